"""The forecast against what was agreed."""

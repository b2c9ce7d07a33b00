"""Prices, drivers, anchoring: volumes become spending by budget line."""

"""A calibrated forecast in terms of a scenario's own inputs, so that `run` gives the same plans."""

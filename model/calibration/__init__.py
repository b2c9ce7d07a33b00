"""From published history to rates, their uncertainty, and draws of plans to come."""

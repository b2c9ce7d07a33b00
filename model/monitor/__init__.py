"""In-year monitor: actuals by month held against budget and profile, and a forecast conditioned on them."""

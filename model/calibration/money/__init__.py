"""Prices, income and balances: an authority's growth shrunk to the nation's, with ranges."""

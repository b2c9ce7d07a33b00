"""Codes, calendar, policy values and national tables: the reading end for bundled data."""

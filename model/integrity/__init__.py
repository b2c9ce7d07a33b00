"""Signing a run and verifying that it is what its scenario gives."""

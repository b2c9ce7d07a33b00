"""What drives a figure: which uncertain inputs its range comes from."""

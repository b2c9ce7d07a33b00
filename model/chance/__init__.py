"""Random numbers by counter, and whole-number chance made of them."""

"""Returns to the department, filled from a finished run: what they say, and what stands against signing them."""

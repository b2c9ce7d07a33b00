"""From what has been published or recorded of an authority to what a scenario says."""

"""Files that an authority has, read into what a scenario says."""

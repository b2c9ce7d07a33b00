"""Learning from a new January count or outturn: which inputs move, and by how much."""

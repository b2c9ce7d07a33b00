"""Places and nurture groups."""

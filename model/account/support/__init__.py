"""Support arrangements of the department, each a rule of its own: what it pays, when, and what it withholds."""

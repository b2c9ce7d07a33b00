"""The commands of `hn-forecast`, one file each. Imports are inside them, so that `--help` answers at once."""

"""What if: the same draws run again with other mitigations, delays or effects, and the differences."""

"""Whether the printed figures of a paper hold: as written, within their rounding, or not at all."""

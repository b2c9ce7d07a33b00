"""The overlay, words and plain data of an update."""

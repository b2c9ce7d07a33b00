"""What `calibrate` writes: an overlay to read and edit, and what it rests on."""

"""What the forecast means for the council's general fund. Never part of the DSG."""

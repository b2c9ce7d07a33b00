"""Why two forecasts differ: a bridge between their deficits by cause, exact in every draw."""

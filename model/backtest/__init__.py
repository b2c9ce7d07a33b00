"""How good a forecast is: rival methods, scores and their summary, on arrays and tables alone."""

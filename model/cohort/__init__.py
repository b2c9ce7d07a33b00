"""Plans in force: opening, rates, and what happens to them in a month."""

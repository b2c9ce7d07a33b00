"""From what was published of an authority to a scenario to start from."""

"""Simple rival methods: what a forecast must beat to be worth its trouble."""

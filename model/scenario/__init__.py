"""The scenario: what the user says, read, checked and explained."""

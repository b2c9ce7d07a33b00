"""Version of the distribution and of the result files."""

__version__ = "0.1.0"

RESULTS_VERSION = 1
"""Version of the tables in a run folder; raised when a column changes meaning."""

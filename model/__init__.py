"""hn-forecast: cohort forecasts of high needs spending and the DSG account.

Reading this package from top to bottom of the tree in ARCHITECTURE.md is reading the calculation.
"""

from model.version import __version__

__all__ = ["__version__"]

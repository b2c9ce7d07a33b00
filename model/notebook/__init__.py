"""What a notebook uses: load a scenario, run it, ask what drives it, and get labelled tables back.

    from model.notebook import load, run, sensitivity

    forecast = run(load("north_somerset_2023"), draws=500)
    forecast.headline()
    forecast.quantiles("cumulative_without_support")

Money is pounds, a deficit positive, as everywhere in the model. Nothing here writes a file.
"""

from model.notebook.asking import load, mitigation_values, run, sensitivity
from model.notebook.forecast import Forecast
from model.notebook.plots import (
    plot_deficit,
    plot_drivers,
    plot_mitigations,
    plot_plans,
    plot_spending,
)

__all__ = [
    "Forecast",
    "load",
    "mitigation_values",
    "plot_deficit",
    "plot_drivers",
    "plot_mitigations",
    "plot_plans",
    "plot_spending",
    "run",
    "sensitivity",
]

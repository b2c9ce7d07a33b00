"""Charts of a calibration: the forecast, the levels, the residuals and how far rates were believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from model.calibration.pipeline_rates import NEW_PLAN_RATES
from model.calibration.plan_totals import ALL_RATES
from model.overlay.calibrating import Calibrated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

INK, BLUE, AMBER, GREY = "#12355B", "#5B9BD5", "#D98E04", "#8A8A8A"
_TITLES = {
    "accepted": "Accepted requests", "rising": "Rise of accepted requests",
    "not_issued": "Assessments without a plan", "new_plans": "New plans", "late": "Late plans",
    "prevalence": "Plans for each child (log)", "elsewhere": "Plans elsewhere",
    "refused": "Refused requests",
}  # fmt: skip


def forecast_chart(found: Calibrated, history: pd.Series) -> Figure:
    """Plans in force by January: published until now, then 10-90 % and 25-75 % of draws and median."""
    figure, (left,) = _figure(1)
    known = history[history.index <= found.january].dropna()
    left.plot(known.index, known.to_numpy(), color=INK, marker="o", label="Published")
    years = np.arange(found.january, found.january + 1 + len(found.targets.plans))
    start = np.full((1, found.targets.plans.shape[1]), found.published_plans)
    plans = np.vstack([start, found.targets.plans])
    low, quarter, middle, upper, high = np.quantile(plans, [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
    left.fill_between(years, low, high, color=BLUE, alpha=0.25, label="10-90 % of draws")
    left.fill_between(years, quarter, upper, color=BLUE, alpha=0.5, label="25-75 %")
    left.plot(years, middle, color=AMBER, marker="s", label="Median")
    left.set_ylim(bottom=0)
    left.xaxis.set_major_locator(_whole_years())
    _finish(left, f"{found.authority}: plans in force in January", "Plans")
    left.legend(frameon=False)
    return figure


def levels_chart(found: Calibrated) -> Figure:
    """Levels of new plans and of net exits by year, and the level the forecast starts from."""
    figure, (left, right) = _figure(2)
    fit = found.fit
    for axes, values, now, title in (
        (left, fit.new_levels, fit.new_level, "New plans beyond what the pipeline explains"),
        (right, fit.exit_levels, fit.exit_level, "Net exits"),
    ):
        axes.plot(
            [year + 1 for year in fit.years], 100 * values, color=INK, marker="o", label="By year"
        )
        axes.xaxis.set_major_locator(_whole_years())
        axes.axhline(100 * now, color=AMBER, linestyle="--", label="Level used")
        _finish(axes, f"{title}, year to January", "For each 100 plans")
        axes.legend(frameon=False)
    return figure


def fit_chart(found: Calibrated) -> Figure:
    """New plans and net exits of the last year known, expected from the rates against seen."""
    figure, (left, right) = _figure(2)
    new_expected, new_seen, exits_expected, exits_seen = 100 * found.fit.last_fit
    for axes, expected, seen, title in (
        (left, new_expected, new_seen, "New plans"),
        (right, exits_expected, exits_seen, "Net exits"),
    ):
        axes.plot(expected, seen, ".", color=BLUE, label="Authorities")
        axes.plot(expected[found.place], seen[found.place], "D", color=AMBER, label=found.authority)
        low, high = np.nanquantile(np.concatenate([expected, seen]), [0.01, 0.99])
        axes.plot([low, high], [low, high], color=GREY, linewidth=0.8, label="As expected")
        axes.set_ylim(low - 1, high + 1)
        ends = np.nanquantile(expected, [0.01, 0.99])
        axes.set_xlim(ends[0] - 1, ends[1] + 1)
        axes.set_xlabel("Expected from the rates, for each 100 plans")
        _finish(axes, f"{title}, year to January {found.january}", "Seen")
        axes.legend(frameon=False)
    return figure


def residuals_chart(found: Calibrated) -> Figure:
    """What the rates leave unexplained, all authorities and years, against a normal distribution."""
    figure, (left, right) = _figure(2)
    growth = np.sort(found.fit.noise.growth)
    left.hist(np.clip(growth, -5, 5), bins=40, color=BLUE, density=True)
    at = np.linspace(-5, 5, 200)
    left.plot(at, stats.norm.pdf(at), color=INK, label="Normal")
    left.legend(frameon=False)
    _finish(left, "Growth left unexplained, standard deviations", "Density")
    places = (np.arange(len(growth)) + 0.5) / len(growth)
    right.plot(stats.norm.ppf(places), growth, ".", color=BLUE, markersize=3)
    right.plot([-3, 3], [-3, 3], color=INK, linewidth=1)
    _finish(right, "Quantiles against a normal distribution", "Found")
    right.set_xlabel("Normal")
    return figure


def shrinkage_chart(found: Calibrated) -> Figure:
    """Each authority's deviation as seen and as used, this authority marked, one panel a rate."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 4, figsize=(13, 6.5), layout="constrained")
    deviations = found.fit.deviations
    for axes, (row, name) in zip(panels.ravel(), enumerate(ALL_RATES), strict=False):
        seen, used = deviations.seen[row], deviations.shrunk[row]
        axes.plot(seen, used, ".", color=BLUE, markersize=4)
        if np.isfinite(seen).any():
            ends = [np.nanmin(seen), np.nanmax(seen)]
            axes.plot(ends, ends, color=GREY, linewidth=0.8)
        if np.isfinite(seen[found.place]):
            axes.plot(seen[found.place], used[found.place], "D", color=AMBER)
        leads = "leads new plans" if name in NEW_PLAN_RATES else "leads exits"
        axes.set_title(f"{_TITLES[name]}\n({leads})", fontsize=9)
        axes.tick_params(labelsize=7)
        axes.locator_params(axis="x", nbins=5)
    figure.supxlabel("Deviation from the mean of authorities, as seen")
    figure.supylabel("as used")
    plt.close(figure)
    return figure


def _whole_years() -> Locator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _figure(panels: int) -> tuple[Figure, list[Axes]]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, panels, figsize=(6.5 * panels, 4.2), layout="constrained")
    plt.close(figure)
    return figure, list(np.atleast_1d(axes))


def _finish(axes: Axes, title: str, label: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.yaxis.grid(True, color="#E5E5E5")
    axes.set_axisbelow(True)

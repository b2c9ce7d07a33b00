"""Charts of a run for notebooks: each takes labelled results and gives back a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.notebook.forecast import Forecast
from model.sensitivity.study import Sensitivity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, BLUE, AMBER, GREY = "#12355B", "#5B9BD5", "#D98E04", "#8A8A8A"
STACK = (
    "#12355B", "#5B9BD5", "#D98E04", "#7BA05B", "#A3A3A3", "#B5651D",
    "#5E4B8B", "#2E8B8B", "#C0504D", "#9BBB59", "#404040", "#E0B0A0",
)  # fmt: skip
MILLION = 1e6


def plot_deficit(forecast: Forecast, *, in_year: bool = False) -> Figure:
    """The deficit by year in £ million as fans of 5-95 % and 25-75 % with mean and target.

    The cumulative deficit without support against the trajectory, or with `in_year` that of each year.
    Raises ValueError for a run without an account.
    """
    series = "in_year_deficit" if in_year else "cumulative_without_support"
    if series not in forecast.draws:
        raise ValueError("this scenario has no account, so there is no deficit to draw")
    title = "In-year deficit" if in_year else "Cumulative deficit without support"
    frame = forecast.quantiles(series, (0.05, 0.25, 0.75, 0.95)) / MILLION
    figure, axes = _axes()
    years = list(frame.index)
    axes.fill_between(
        years, frame["p05"], frame["p95"], color=BLUE, alpha=0.25, label="5-95 % of draws"
    )
    axes.fill_between(years, frame["p25"], frame["p75"], color=BLUE, alpha=0.5, label="25-75 %")
    axes.plot(years, frame["mean"], color=INK, linewidth=2.5, marker="o", label="Mean")
    draws = forecast.draws
    if not in_year and "trajectory_target" in draws:
        target = draws["trajectory_target"].isel(draw=0) / MILLION
        labels = [str(year) for year in target["target_year"].to_numpy()]
        axes.plot(
            labels, target.to_numpy(), color="black", linestyle="--", marker="s", label="Target"
        )
    axes.axhline(0, color=GREY, linewidth=0.8)
    return _finished(figure, axes, f"{forecast.scenario.authority}: {title.lower()}", "£ million")


def plot_plans(forecast: Forecast) -> Figure:
    """Plans in force by month, 5-95 % and 25-75 % of draws and mean. Raises KeyError without plans."""
    frame = forecast.quantiles("plans", (0.05, 0.25, 0.75, 0.95))
    months = [str(label) for label in frame.index]
    at = np.arange(len(months))
    figure, axes = _axes()
    axes.fill_between(
        at, frame["p05"], frame["p95"], color=BLUE, alpha=0.25, label="5-95 % of draws"
    )
    axes.fill_between(at, frame["p25"], frame["p75"], color=BLUE, alpha=0.5, label="25-75 %")
    axes.plot(at, frame["mean"], color=INK, linewidth=2, label="Mean")
    ends = [number for number, month in enumerate(months) if month.endswith("-03")]
    axes.set_xticks(ends, [f"Mar {months[number][:4]}" for number in ends])
    return _finished(figure, axes, f"{forecast.scenario.authority}: plans in force", "Plans")


def plot_spending(forecast: Forecast) -> Figure:
    """Mean spending of the budget lines by year, stacked, £ million. Raises KeyError without lines."""
    frame = forecast.quantiles("line_spend")["mean"].unstack("line") / MILLION
    assert forecast.scenario.funding is not None
    figure, axes = _axes()
    below = np.zeros(len(frame))
    for number, line in enumerate(forecast.scenario.funding.lines):
        values = frame[line.id].to_numpy()
        axes.bar(list(frame.index), values, bottom=below, width=0.6, label=line.title,
                 color=STACK[number % len(STACK)], edgecolor="white", linewidth=0.5)  # fmt: skip
        below = below + values
    _finished(
        figure, axes, f"{forecast.scenario.authority}: spending by budget line, mean", "£ million"
    )
    handles, titles = axes.get_legend_handles_labels()
    # As stacked: the top of the column first.
    axes.legend(handles[::-1], titles[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5),
                frameon=False, fontsize=8)  # fmt: skip
    return figure


def plot_drivers(found: Sensitivity, top: int = 12) -> Figure:
    """How far a figure moves with each input at the low and high end of its range, the largest first."""
    drivers = found.drivers[:top]
    pounds = found.swung.unit == "GBP"
    scale = MILLION if pounds else 1.0
    figure, axes = _axes(height=1.2 + 0.38 * len(drivers))
    for number, driver in enumerate(drivers):
        for value, colour, label in (
            (driver.swing.low, BLUE, "Input at its low end"),
            (driver.swing.high, AMBER, "Input at its high end"),
        ):
            axes.barh(number, (value - found.central) / scale, color=colour, height=0.62,
                      label=label if number == 0 else None)  # fmt: skip
    axes.set_yticks(range(len(drivers)), [_short(driver.group.title) for driver in drivers])
    axes.invert_yaxis()
    axes.axvline(0, color=INK, linewidth=0.8)
    unit = "£ million" if pounds else found.swung.unit
    _finished(figure, axes, f"{found.swung.title}, {found.year}", "")
    axes.set_xlabel(f"Change from the central run, {unit}")
    if drivers:
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2, frameon=False, fontsize=9
        )
    return figure


def plot_mitigations(values: pd.DataFrame) -> Figure:
    """What each mitigation alone, and all together, take off the last cumulative deficit, £ million."""
    ordered = values.drop(index="all", errors="ignore").sort_values("worth", ascending=False)
    if "all" in values.index:
        ordered = pd.concat([values.loc[["all"]], ordered])
    figure, axes = _axes(height=1.2 + 0.42 * len(ordered))
    at = np.arange(len(ordered))
    worth = ordered["worth"] / MILLION
    colours = [INK if name == "all" else BLUE for name in ordered.index]
    axes.barh(at, worth, color=colours, height=0.62)
    axes.hlines(at, ordered["p10"] / MILLION, ordered["p90"] / MILLION, color=AMBER, linewidth=3,
                label="10-90 % of draws")  # fmt: skip
    axes.set_yticks(at, list(ordered["title"]))
    axes.invert_yaxis()
    axes.axvline(0, color=INK, linewidth=0.8)
    _finished(figure, axes, "Less cumulative deficit by the last year", "")
    axes.set_xlabel("£ million")
    return figure


def _axes(height: float = 4.2) -> tuple[Figure, Any]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8.5, height), layout="constrained")
    plt.close(figure)
    return figure, axes


def _finished(figure: Figure, axes: Any, title: str, label: str) -> Figure:
    axes.set_title(title, loc="left", fontsize=11, color=INK, fontweight="bold")
    axes.set_ylabel(label)
    axes.grid(visible=True, color="#E2E2E2", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.legend(frameon=False, fontsize=9)
    return figure


def _short(path: str) -> str:
    """A path that fits beside a chart: sections that say little are left out."""
    text = path.replace("funding.lines", "").replace("funding.", "").replace(".drivers", "")
    return " ".join(text.replace("[", " ").replace("]", " ").replace(" .", " ").split())

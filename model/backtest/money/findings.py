"""What the scores of money show, and what so few years cannot show, in words and tables."""

from __future__ import annotations

from typing import Final

import pandas as pd

from model.backtest.levels import RANGES
from model.backtest.money.rivals import RIVALS
from model.backtest.money.summary import scored
from model.backtest.settings import OUR_METHOD, OUR_TITLE
from model.calibration.money.settings import FAMILY_OF
from model.history.finance import MEASURES, FinanceHistory, financial_year

_WHEN: Final = {
    "prices": (
        "A year's figures are published after it ends. Standing at a year means that its statement of "
        "spending is out, so one year ahead is in fact the year that is then under way or over."
    ),
    "income": (
        "An allocation is announced in the December before its year. Standing at a year means that its "
        "allocation is known and the next is not: one year ahead is what a budget needs until "
        "December, and nobody after."
    ),
    "balance": (
        "Errors are in percent of the year's DSG, not of the balance, which may be nil. Pounds are "
        "derived from a percentage printed to two places. A deficit is above nil."
    ),
}
_MEASURED: Final = {
    "prices": "percent of what came",
    "income": "percent of what came",
    "balance": "percent of the DSG",
}
_TOO_WIDE: Final = 95.0
"""Percent that an 80 % range holds from which it is called wide."""
_MISSES_SHOWN: Final = 5
_LESSONS_NEED: Final = 10
"""Years that came, each with its own national shock, below which coverage over years is not shown."""


def money_findings(history: FinanceHistory, forecasts: pd.DataFrame, summary: pd.DataFrame) -> str:
    """Markdown: for each measure what was scored, the table, what it shows, what it cannot.

    `summary` by measure and horizon, of `forecasts`. Measures without a score say why.
    """
    parts = ["# How well money is forecast", "", *_introduction()]
    for measure, title in MEASURES.items():
        parts += ["", f"## {title}", ""]
        rows = summary[summary.measure == measure] if len(summary) else summary
        if len(rows):
            parts += _of_measure(history, measure, forecasts, rows)
        else:
            years = history.years(measure) if measure in history.series else []
            parts += [
                f"Not scored: {len(years)} years are there, and a forecast by growth needs two before "
                "the one it is scored on."
            ]
    return "\n".join([*parts, "", *_faults(history), "", *_limits()]) + "\n"


def _introduction() -> list[str]:
    return [
        "Every authority with a figure and unchanged boundaries, standing at each financial year, using "
        "nothing later. Our method shrinks an authority's own growth to the nation's by how much "
        "evidence there is for it; how is in `model/calibration/money`. MAPE is the mean absolute error. "
        "CRPS scores the whole range, nil is best. Other methods have our range moved to their forecast, "
        "because there are too few years to learn their own: their CRPS compares the middle alone, "
        "and their coverage is not shown. The ratio is our mean absolute error over the method's on the same "
        "rows, below 1 where ours is smaller, with 95 % over resampled authorities: it says what other "
        "authorities would give in the same years, and nothing of other years.",
    ]


def _of_measure(
    history: FinanceHistory, measure: str, forecasts: pd.DataFrame, rows: pd.DataFrame
) -> list[str]:
    family = FAMILY_OF[measure]
    mine = forecasts[forecasts.measure == measure]
    targets = sorted(set(mine.origin + mine.horizon))
    years = history.years(measure)
    origins = sorted(set(mine.origin))
    return [
        f"{len(years)} years, {financial_year(years[0])} to {financial_year(years[-1])}. Stood at: "
        + ", ".join(map(financial_year, origins))
        + f". Came: {', '.join(map(financial_year, targets))}. {_WHEN[family]}",
        "",
        f"Errors in {_MEASURED[family]}.",
        "",
        "| years ahead | method | rows | MAPE | median error | bias | CRPS | ratio (95 %) |",
        "|---|---|---|---|---|---|---|---|",
        *[_row(row) for _, row in rows.sort_values("horizon", kind="stable").iterrows()],
        "",
        *[f"- {_coverage(row)}" for _, row in rows[rows.method == OUR_METHOD].iterrows()],
        "",
        _shown(rows),
        "",
        _misses(mine),
        "",
        _cannot(len(targets), len(origins)),
    ]


def _row(row: pd.Series) -> str:
    own = row.method == OUR_METHOD
    title = OUR_TITLE if own else RIVALS[row.method]
    ratio = "" if own else f"{row.ratio:.2f} ({row.ratio_low:.2f}-{row.ratio_high:.2f})"
    return (
        f"| {row.horizon} | {title} | {row.rows} | {row.mape:.2f} | {row.median_ape:.2f} | "
        f"{row.bias:+.2f} | {row.crps_percent:.2f} | {ratio} |"
    )


def _coverage(row: pd.Series) -> str:
    held = ", ".join(f"{row[f'coverage_{level}']:.0f} of {level}" for level in RANGES)
    wide = row.coverage_80 > _TOO_WIDE
    wider = (
        " Wider than these years called for: they allow for a nation's growth that changes, and it "
        "hardly did."
        if wide
        else ""
    )
    return f"Our ranges held, {_ahead(row.horizon)}, in percent: {held}.{wider}"


def _ahead(horizon: int) -> str:
    return f"{horizon} year{'s' if horizon > 1 else ''} ahead"


def _shown(rows: pd.DataFrame) -> str:
    """Which methods ours beats, which beat it, and which cannot be told apart, by horizon."""
    sentences = []
    for horizon, part in rows[rows.method != OUR_METHOD].groupby("horizon"):
        better = [RIVALS[row.method] for _, row in part.iterrows() if row.ratio_high < 1]
        worse = [RIVALS[row.method] for _, row in part.iterrows() if row.ratio_low > 1]
        rest = [
            RIVALS[row.method] for _, row in part.iterrows() if row.ratio_low <= 1 <= row.ratio_high
        ]
        words = [
            f"{what} {'; '.join(which).lower()}"
            for what, which in (
                ("smaller errors than", better),
                ("larger errors than", worse),
                ("no difference shown from", rest),
            )
            if which
        ]
        sentences.append(f"{_ahead(int(str(horizon))).capitalize()}: {', '.join(words)}.")
    return "In these years ours had, " + " ".join(sentences)[0].lower() + " ".join(sentences)[1:]


def _misses(mine: pd.DataFrame) -> str:
    """The authorities that ours missed by most, one year ahead; too high is above nil."""
    rows = scored(mine[(mine.method == OUR_METHOD) & (mine.horizon == 1)])
    rows = rows.assign(size=rows.error.abs()).sort_values(
        ["size", "authority"], ascending=[False, True]
    )
    worst = [
        f"{row.authority} in {financial_year(row.origin + 1)} ({row.error:+.0f})"
        for _, row in rows.head(_MISSES_SHOWN).iterrows()
    ]
    spread = len(rows[rows["size"] > 3 * rows["size"].median()])
    return (
        f"Missed by most, one year ahead: {', '.join(worst)}. {spread} of {len(rows)} rows missed by more "
        "than three times the median error."
    )


def _cannot(targets: int, origins: int) -> str:
    years = f"{targets} year{'s' if targets > 1 else ''} that came"
    if targets >= _LESSONS_NEED:
        return f"{years} from {origins} origins."
    return (
        f"What cannot be concluded: the nation moves all authorities at once, so these rows hold "
        f"{years}, not as many as there are authorities. Whether the ranges hold over years, and which "
        "method is best in other years, cannot be told from them; nor anything beyond the longest "
        "horizon in the table."
    )


def _faults(history: FinanceHistory) -> list[str]:
    table = history.faults_table()
    lines = ["## Faults in the files", ""]
    if table.empty:
        return [*lines, "None found."]
    return [
        *lines,
        f"{len(table)} published figures cannot be right or cannot be joined; each is in `faults.csv`. "
        "A price that is not used is neither stood on nor scored.",
        "",
        "| file | what was done | figures | authorities |",
        "|---|---|---|---|",
        *[
            f"| {file} | {used} | {len(part)} | {part.authority.nunique()} |"
            for (file, used), part in table.groupby(["file", "used"])
        ],
    ]


def _limits() -> list[str]:
    return [
        "## What none of this covers",
        "",
        "- Prices are spending over plans, derived and approximate: state schools' without place funding, "
        "both with top-up to alternative provision whose pupils are not counted, independent day and "
        "residential together. An error of a price is an error of recording as often as of forecasting.",
        "- A price here is a mean over mixed pupils. It moves when the mix does, without any fee changing.",
        "- Figures are those of the latest release; what was first published may have been other.",
        "- Settings that no figure gives (`data/reference/money_forecast.yaml`) were written down with a "
        "reason and not searched, but by somebody who had seen these files.",
        "- Policy: a new formula, a change of what a block pays for, grants rolled in, support agreements that "
        "pay into a balance. The ranges hold the nation's growth as it has varied, not a change of rules.",
    ]

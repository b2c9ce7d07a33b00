"""From a file of actuals to checked `Actuals`, or every problem in it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from model.monitor.actuals import Activity, ActualLine, Actuals, PrintedTotal
from model.monitor.cells import TableReader
from model.monitor.grid import Grid, csv_grid, file_bytes, wrong_file
from model.monitor.headings import (
    POUNDS,
    THOUSANDS,
    UNIT_NAMES,
    Columns,
    find_columns,
    heading_problems,
    unit_of,
)
from model.monitor.period import month_words, says_month
from model.monitor.read_activity import ACTIVITY_SHEET, activity_of
from model.monitor.workbook_grids import workbook_grids
from model.scenario.funding_schema import Line
from model.scenario.problems import Problem, ScenarioError, did_you_mean, nearest, one_of, shown
from model.scenario.schema import Scenario

SHEET = "actuals"
"""The sheet that is read where a workbook has one of this name; else the one with the headings."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "line": ("line", "budget line", "line id", "id", "title", "heading", "service", "service area"),
    "budget": ("budget", "annual budget", "full year budget", "year budget", "total budget"),
    "actual": ("actual to date", "actual", "actuals", "spend to date", "expenditure to date",
               "actuals to date", "year to date", "ytd", "to date"),
    "forecast": ("forecast", "forecast outturn", "projected outturn", "outturn", "council forecast"),
    "variance_to_date": ("variance to date", "to date variance"),
    "variance_outturn": ("variance outturn", "outturn variance", "variance of outturn",
                         "projected variance"),
    "unit": ("unit", "units"),
    "period": ("period", "month"),
    "as_at": ("as at", "date", "as of"),
    "timing_months": ("timing months",),
    "least_spread_share": ("least spread share",),
    "source": ("source", "note", "notes", "comment", "comments"),
}  # fmt: skip
MONEY = ("budget", "actual", "forecast", "variance_to_date", "variance_outturn")
TOTALS = frozenset({"total", "totals", "grand total", "total high needs"})
_LARGEST_TIMING = 12.0


def read_actuals(
    path: Path, scenario: Scenario, month: int, unit: str | None = None
) -> tuple[Actuals, tuple[Activity, ...]]:
    """The actuals in a file of CSV or a workbook, and the activity in its sheet `Activity`.

    `unit`: 'pounds' or 'thousands' where the file does not say. Raises ScenarioError with every
    problem: lines unknown, missing or twice, totals that are not sums, budgets that are not the
    scenario's, another period, and cells without a number.
    """
    raw = file_bytes(path)
    grids = _grids(raw, path)
    found = [(grid, columns) for grid in grids if (columns := _table(grid)) is not None]
    named = [pair for pair in found if pair[0].sheet.lower() == SHEET]
    if not found:
        raise _no_table(path, grids)
    if len(found) > 1 and len(named) != 1:
        sheets = ", ".join(grid.sheet for grid, _ in found)
        raise wrong_file(
            path.name,
            f"{len(found)} sheets look like actuals: {sheets}",
            "Name the one to read 'Actuals'.",
        )
    grid, columns = (named or found)[0]
    reading = _Reading(grid, columns, scenario, month, unit)
    lines, total = reading.lines()
    problems = reading.reader.problems
    activity: tuple[Activity, ...] = ()
    for other in grids:
        if other.sheet.lower() == ACTIVITY_SHEET:
            try:
                activity = activity_of(other, scenario)
            except ScenarioError as error:
                problems.extend(error.problems)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda item: item.line or 0))
    digest = hashlib.sha256(raw).hexdigest()
    return (
        Actuals(
            path.name, digest, month, reading.coarseness, lines, total, columns.ignored, grid.sheet
        ),
        activity,
    )


def must_report(line: Line) -> bool:
    """Whether a file of actuals must have the line: an itemised one with a budget.

    A line worked out to close a published position is in no ledger, and a line without money in
    the budget may not be.
    """
    return line.itemised and (line.budget_gbp is None or line.budget_gbp.central != 0)


def _grids(raw: bytes, path: Path) -> list[Grid]:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return [csv_grid(raw, path.name)]
    if suffix == ".xlsx":
        return workbook_grids(raw, path.name)
    raise wrong_file(
        path.name,
        f"{suffix or 'a file without an ending'} is not read; expected .csv or .xlsx",
        "Save it as .xlsx (without macros) or as CSV UTF-8.",
    )


def _table(grid: Grid) -> Columns | None:
    return find_columns(grid, HEADINGS, ("line", "actual"))


def _no_table(path: Path, grids: list[Grid]) -> ScenarioError:
    sheets = ", ".join(grid.sheet for grid in grids if grid.sheet)
    if not any(grid.rows for grid in grids):
        return wrong_file(path.name, "there is nothing in the file")
    where = f"no sheet ({sheets})" if sheets else "no row"
    problem = Problem(
        path.name,
        None,
        "",
        f"{where} has the headings of a table of actuals",
        expected="at least line and actual_to_date_gbp (or actual to date (£000)) in one row",
        hint="See docs/monitor.md; a CSV file separates its cells by commas.",
    )
    return ScenarioError([problem])


class _Reading:
    """One pass over a table of actuals."""

    def __init__(
        self, grid: Grid, columns: Columns, scenario: Scenario, month: int, unit: str | None
    ) -> None:
        assert scenario.funding is not None
        self.reader = TableReader(grid, columns)
        self.reader.problems += heading_problems(grid, columns, HEADINGS)
        self.grid, self.columns, self.month = grid, columns, month
        self.first_year = scenario.horizon.first_year
        self.known = {line.id: line for line in scenario.funding.lines}
        self.asked = {None: None, "pounds": POUNDS, "thousands": THOUSANDS}[unit]
        self.coarseness = self.asked or POUNDS
        self.stated_period = False

    def lines(self) -> tuple[tuple[ActualLine, ...], PrintedTotal | None]:
        """Every line in the scenario's order, and the total where the file has one."""
        found: dict[str, ActualLine] = {}
        unread: set[str] = set()
        total: PrintedTotal | None = None
        units = self._column_units()
        for row, cells in self.grid.rows:
            if row <= self.columns.row:
                continue
            name = self.reader.text(row, cells, "line")
            if not name:
                self._without_name(row, cells)
                continue
            scale = self._scales(row, cells, units)
            if name.lower() in TOTALS:
                if total is not None:
                    self.reader.wrong(
                        row, "line", f"a second total; the first is in row {total.row}"
                    )
                total = self._total(row, cells, scale)
                continue
            self._period(row, cells)
            line = self._line_of(row, name)
            if line is None:
                continue
            if line.id in found or line.id in unread:
                first = found[line.id].row if line.id in found else None
                where = f" (first in row {first})" if first else ""
                message = f"the line {line.id} stands twice{where}"
                self.reader.wrong(row, "line", message, hint="Add the rows up.")
                continue
            made = self._actual_line(row, cells, line, scale)
            if made is None:
                unread.add(line.id)
            else:
                found[line.id] = made
        self._missing(set(found) | unread)
        if not self.stated_period:
            self.reader.wrong(
                None,
                "period",
                "the file does not say which period it is for",
                expected=f"a column period or as_at that says {month_words(self.month, self.first_year)}",
            )
        if not unread:
            self._check_sums(list(found.values()), total)
        self._check_variances(list(found.values()))
        self._check_budgets(list(found.values()))
        return tuple(found[line] for line in self.known if line in found), total

    def _column_units(self) -> dict[str, float | None]:
        units = {
            name: self.columns.by_name[name].unit for name in MONEY if name in self.columns.by_name
        }
        for name, unit in units.items():
            if unit is not None and self.asked is not None and unit != self.asked:
                self.reader.wrong(
                    self.columns.row,
                    name,
                    f"the heading says {UNIT_NAMES[unit]} and --unit says {UNIT_NAMES[self.asked]}",
                    hint="Leave --unit out.",
                )
        return units

    def _scales(
        self, row: int, cells: tuple[object, ...], units: Mapping[str, float | None]
    ) -> dict[str, float]:
        """Pounds in one unit of each column of money in a row."""
        text = self.reader.text(row, cells, "unit")
        own = unit_of(text) if text else None
        if text and own is None:
            self.reader.wrong(
                row, "unit", "no unit of money", found=shown(text), expected="£ or £000"
            )
        scales = {}
        for name, unit in units.items():
            if own is not None and unit is not None and own != unit:
                self.reader.wrong(
                    row, "unit", f"the row says {UNIT_NAMES[own]}, the heading {UNIT_NAMES[unit]}"
                )
            scales[name] = unit or own or self.asked or POUNDS
            self.coarseness = max(self.coarseness, scales[name])
        return scales

    def _without_name(self, row: int, cells: tuple[object, ...]) -> None:
        """A row with figures must say which line it is; notes under a table have none."""
        if any(
            isinstance(self.reader.value(cells, name), int | float) for name in ("budget", "actual")
        ):
            self.reader.wrong(
                row, "line", "figures without a line", expected="the name of the line"
            )

    def _line_of(self, row: int, name: str) -> Line | None:
        plain = " ".join(name.lower().replace("_", " ").split())
        for line in self.known.values():
            if plain in (line.id.replace("_", " "), " ".join(line.title.lower().split())):
                return line
        by_title = {line.title: line.id for line in self.known.values()}
        near = did_you_mean(name, self.known)
        if near is None and (title := nearest(name, by_title)) is not None:
            near = f"Did you mean '{by_title[title]}' ({title})?"
        self.reader.wrong(
            row,
            "line",
            "the scenario has no such line",
            found=shown(name),
            expected=one_of(list(self.known), near),
            hint=near,
        )
        return None

    def _period(self, row: int, cells: tuple[object, ...]) -> None:
        for name in ("period", "as_at"):
            value = self.reader.value(cells, name)
            if value is None:
                continue
            self.stated_period = True
            says = says_month(value, self.first_year)
            asked = month_words(self.month, self.first_year)
            if says is None:
                self.reader.wrong(
                    row, name, "no period or date", found=shown(value), expected=f"{asked}"
                )
            elif says != self.month:
                what = "another financial year" if says == 0 else f"month {says}"
                self.reader.wrong(
                    row,
                    name,
                    f"the file is for {what}",
                    found=shown(str(value)),
                    expected=asked,
                    hint="Take the file of that month, or another --month.",
                )

    def _amounts(
        self,
        row: int,
        cells: tuple[object, ...],
        scale: Mapping[str, float],
        needed: tuple[str, ...],
    ) -> dict[str, float | None]:
        amounts: dict[str, float | None] = {}
        for name in MONEY:
            value = (
                self.reader.number(row, cells, name, needed=name in needed)
                if self.reader.has(name)
                else None
            )
            amounts[name] = None if value is None else value * scale[name]
        return amounts

    def _total(
        self, row: int, cells: tuple[object, ...], scale: Mapping[str, float]
    ) -> PrintedTotal:
        amounts = self._amounts(row, cells, scale, ())
        return PrintedTotal(row, *(amounts[name] for name in MONEY))

    def _actual_line(
        self, row: int, cells: tuple[object, ...], line: Line, scale: Mapping[str, float]
    ) -> ActualLine | None:
        before = len(self.reader.problems)
        amounts = self._amounts(row, cells, scale, ("budget", "actual"))
        budget = amounts["budget"]
        if budget is None and not self.reader.has("budget"):
            if line.budget_gbp is None:
                self.reader.wrong(
                    row, "line", f"neither the file nor the scenario has a budget for {line.id}"
                )
            else:
                budget = line.budget_gbp.central
        timing = self._assumption(row, cells, "timing_months", _LARGEST_TIMING)
        spread = self._assumption(row, cells, "least_spread_share", 1.0)
        actual = amounts["actual"]
        if len(self.reader.problems) > before or budget is None or actual is None:
            return None
        return ActualLine(
            line.id,
            row,
            budget,
            actual,
            amounts["forecast"],
            amounts["variance_to_date"],
            amounts["variance_outturn"],
            timing,
            spread,
            self.reader.text(row, cells, "source"),
        )

    def _assumption(
        self, row: int, cells: tuple[object, ...], name: str, most: float
    ) -> float | None:
        if not self.reader.has(name):
            return None
        value = self.reader.number(row, cells, name, needed=False)
        if value is not None and not 0 <= value <= most:
            self.reader.wrong(row, name, "outside what is allowed", found=shown(value), expected=f"0 to {most:g}")  # fmt: skip
        return value

    def _missing(self, there: set[str]) -> None:
        for line in self.known.values():
            if line.id not in there and must_report(line):
                self.reader.wrong(
                    None,
                    "line",
                    f"the line {line.id} ({line.title}) is missing",
                    expected="one row for every budget line",
                )

    def _check_sums(self, lines: list[ActualLine], total: PrintedTotal | None) -> None:
        """A printed total may be off by one printed unit for each of its parts: papers round, and truncate."""
        if total is None or not lines:
            return
        allowed = len(lines) * self.coarseness
        attributes = {
            "budget": ("budget_gbp", total.budget_gbp),
            "actual": ("actual_gbp", total.actual_gbp),
            "forecast": ("forecast_gbp", total.forecast_gbp),
            "variance_to_date": ("variance_to_date_gbp", total.variance_to_date_gbp),
            "variance_outturn": ("variance_outturn_gbp", total.variance_outturn_gbp),
        }
        for name, (attribute, printed) in attributes.items():
            parts = [getattr(line, attribute) for line in lines]
            given = [part for part in parts if part is not None]
            if printed is None or not given:
                continue
            if len(given) < len(parts):
                self.reader.wrong(
                    total.row, name, "a total of a column in which lines are empty",
                    hint="Write 0 for nil, or leave the total out.",
                )  # fmt: skip
                continue
            difference = printed - sum(given)
            if abs(difference) > allowed + 1e-6:
                self.reader.wrong(
                    total.row,
                    name,
                    "the total is not the sum of its lines: "
                    f"{self._as_printed(printed)} less {self._as_printed(sum(given))} is "
                    f"{self._as_printed(difference)}",
                    expected=f"within {self._as_printed(allowed)}, one unit for each line",
                )

    def _check_variances(self, lines: list[ActualLine]) -> None:
        """A printed variance is its two figures' difference, within one printed unit for each of them."""
        for line in lines:
            for name, printed, figure_gbp in (
                ("variance_to_date", line.variance_to_date_gbp, line.actual_gbp),
                ("variance_outturn", line.variance_outturn_gbp, line.forecast_gbp),
            ):
                if printed is None or figure_gbp is None:
                    continue
                own = figure_gbp - line.budget_gbp
                if abs(printed - own) > 2 * self.coarseness + 1e-6:
                    self.reader.wrong(
                        line.row,
                        name,
                        f"the variance of {line.line} is not its figure less the budget of the year",
                        found=self._as_printed(printed),
                        expected=f"{self._as_printed(own)}; overspending is positive",
                    )

    def _check_budgets(self, lines: list[ActualLine]) -> None:
        """Budgets of the file are the scenario's, but for the rounding of print."""
        factors = set()
        found: list[tuple[ActualLine, float]] = []
        for line in lines:
            budget = self.known[line.line].budget_gbp
            if budget is None or not self.reader.has("budget"):
                continue
            if abs(line.budget_gbp - budget.central) > self.coarseness / 2 + 1e-6:
                found.append((line, budget.central))
                factors.add(round(budget.central / line.budget_gbp, 2) if line.budget_gbp else 0)
        hint = None
        if found and factors == {THOUSANDS}:
            hint = (
                "The file looks like thousands: use --unit thousands or say £000 in the headings."
            )
        elif found and factors == {1 / THOUSANDS}:
            hint = "The file looks like pounds, not thousands."
        for line, budget_gbp in found:
            difference = line.budget_gbp - budget_gbp
            self.reader.wrong(
                line.row,
                "budget",
                f"the budget of {line.line} differs from the scenario's by "
                f"{self._as_printed(difference)}",
                found=self._as_printed(line.budget_gbp),
                expected=self._as_printed(budget_gbp),
                hint=hint,
            )

    def _as_printed(self, pounds: float) -> str:
        if self.coarseness == THOUSANDS:
            return f"{pounds / THOUSANDS:,.10g}k"
        return f"£{pounds:,.2f}".removesuffix(".00")

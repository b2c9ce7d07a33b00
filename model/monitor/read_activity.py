"""From a table of activity (volumes and unit costs) to checked `Activity`, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from model.monitor.actuals import Activity
from model.monitor.cells import TableReader
from model.monitor.grid import Grid, csv_grid, file_bytes, wrong_file
from model.monitor.headings import find_columns, heading_problems
from model.monitor.workbook_grids import workbook_grids
from model.scenario.problems import Problem, ScenarioError, did_you_mean, one_of, shown
from model.scenario.schema import Scenario

ACTIVITY_SHEET = "activity"
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "provision": ("provision", "placement type", "type", "title", "service"),
    "line": ("line", "budget line", "line id"),
    "budget_fye": ("budget fye", "budget volume", "budgeted fye"),
    "budget_unit_cost": ("budget unit cost", "budgeted unit cost", "budget price"),
    "budget_total": ("budget total", "budget total cost", "budget cost"),
    "actual_fye": ("actual fye", "actual volume", "forecast fye"),
    "actual_unit_cost": ("actual unit cost", "actual price", "forecast unit cost"),
    "actual_total": ("actual total", "actual total cost", "actual cost", "forecast total"),
    "source": ("source", "note", "notes"),
}
NEEDED = ("provision", "budget_fye", "budget_unit_cost", "actual_fye", "actual_unit_cost")
FYE_ROUNDING, PRICE_ROUNDING_GBP = 0.005, 0.5
"""Half of the last printed place: full-year equivalents to two places, unit costs to the pound."""


def read_activity(path: Path, scenario: Scenario) -> tuple[Activity, ...]:
    """The activity in a CSV file or a workbook. Raises ScenarioError with every problem."""
    raw = file_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        grids = [csv_grid(raw, path.name)]
    elif suffix == ".xlsx":
        grids = workbook_grids(raw, path.name)
    else:
        raise wrong_file(path.name, f"{suffix or 'this'} is not read; expected .csv or .xlsx")
    named = [grid for grid in grids if grid.sheet.lower() == ACTIVITY_SHEET]
    for grid in named or grids:
        if find_columns(grid, HEADINGS, NEEDED) is not None:
            return activity_of(grid, scenario)
    raise _no_table((named or grids)[0] if grids else Grid(path.name, "", ()))


def activity_of(grid: Grid, scenario: Scenario) -> tuple[Activity, ...]:
    """The activity in one table. Raises ScenarioError with every problem."""
    columns = find_columns(grid, HEADINGS, NEEDED)
    if columns is None:
        raise _no_table(grid)
    reader = TableReader(grid, columns)
    reader.problems += heading_problems(grid, columns, HEADINGS)
    lines = [line.id for line in scenario.funding.lines] if scenario.funding else []
    found: dict[str, Activity] = {}
    for row, cells in grid.rows:
        if row <= columns.row:
            continue
        provision = reader.text(row, cells, "provision")
        if not provision:
            reader.wrong(row, "provision", "the provision has no name")
            continue
        if provision in found:
            message = (
                f"the provision {provision} stands twice (first in row {found[provision].row})"
            )
            reader.wrong(row, "provision", message)
            continue
        line = reader.text(row, cells, "line")
        if line and line not in lines:
            near = did_you_mean(line, lines)
            expected = one_of(lines, near)
            reader.wrong(row, "line", "the scenario has no such line", found=shown(line),
                         expected=expected, hint=near)  # fmt: skip
        made = _row(reader, row, cells, provision, line)
        if made is not None:
            found[provision] = made
            _check_products(reader, made)
    if not found and not reader.problems:
        reader.wrong(None, "provision", "the table has no rows")
    if reader.problems:
        raise ScenarioError(reader.problems)
    return tuple(found.values())


def _row(
    reader: TableReader, row: int, cells: tuple[object, ...], provision: str, line: str
) -> Activity | None:
    before = len(reader.problems)
    values = [reader.number(row, cells, name) for name in NEEDED[1:]]
    totals = [
        reader.number(row, cells, name, needed=False) if reader.has(name) else None
        for name in ("budget_total", "actual_total")
    ]
    for name, value in zip(NEEDED[1:], values, strict=True):
        if name.endswith("fye") and value is not None and value < 0:
            reader.wrong(row, name, "a volume below nil", found=shown(value), expected="0 or more")
    budget_fye, budget_cost, actual_fye, actual_cost = values
    if len(reader.problems) > before:
        return None
    assert budget_fye is not None
    assert budget_cost is not None
    assert actual_fye is not None
    assert actual_cost is not None
    return Activity(
        provision,
        line,
        row,
        budget_fye,
        budget_cost,
        actual_fye,
        actual_cost,
        totals[0],
        totals[1],
        reader.text(row, cells, "source"),
    )


def rounding_allowed(fye: float, unit_cost_gbp: float) -> float:
    """How far a printed total may lie off volume x unit cost by rounding alone, pounds."""
    return FYE_ROUNDING * abs(unit_cost_gbp) + PRICE_ROUNDING_GBP * abs(fye) + PRICE_ROUNDING_GBP


def _check_products(reader: TableReader, item: Activity) -> None:
    """Volume x unit cost is the printed total, within what rounding can do."""
    for name, fye, cost, total in (
        ("budget_total", item.budget_fye, item.budget_unit_cost_gbp, item.budget_total_gbp),
        ("actual_total", item.actual_fye, item.actual_unit_cost_gbp, item.actual_total_gbp),
    ):
        if total is None:
            continue
        difference = total - fye * cost
        if abs(difference) > rounding_allowed(fye, cost):
            reader.wrong(
                item.row,
                name,
                f"{item.provision}: {fye:,g} x {cost:,.10g} is {fye * cost:,.0f}, which is "
                f"{abs(difference):,.0f} {'below' if difference > 0 else 'above'} the total",
                found=f"{total:,.10g}",
                expected=f"within {rounding_allowed(fye, cost):,.0f}, the rounding of print",
            )


def _no_table(grid: Grid) -> ScenarioError:
    problem = Problem(
        grid.file,
        None,
        grid.sheet,
        "there are no headings of a table of activity",
        expected=", ".join(NEEDED),
        hint="See docs/monitor.md.",
    )
    return ScenarioError([problem])

"""Every check of a figures file, in the order of its entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from model.evidence.arithmetic_schema import Bound, Product, RollForward, Same, Sum
from model.evidence.bounds import check_bound
from model.evidence.completeness import check_complete
from model.evidence.definitions import check_definition
from model.evidence.entry import Entry
from model.evidence.growth import check_growth
from model.evidence.judge import UnreadableFigureError, unreadable
from model.evidence.milestones import check_milestone
from model.evidence.pairs import check_pair
from model.evidence.percentages import check_percentage
from model.evidence.products import check_product
from model.evidence.rates_schema import Growth, Percentage
from model.evidence.same_figure import check_same
from model.evidence.schema import FiguresFile
from model.evidence.statement_schema import Complete, Definition, Milestone, Pair
from model.evidence.sums import check_roll_forward, check_sum
from model.evidence.table_checks import check_table
from model.evidence.table_schema import PrintedTable
from model.evidence.verdicts import Outcome

_CHECKS: dict[type[Entry], Callable[[Any], list[Outcome]]] = {
    Sum: check_sum,
    PrintedTable: check_table,
    RollForward: check_roll_forward,
    Same: check_same,
    Product: check_product,
    Percentage: check_percentage,
    Bound: check_bound,
    Milestone: check_milestone,
    Definition: check_definition,
    Complete: check_complete,
    Pair: check_pair,
}
"""The check of each kind but growth, which looks at other growths."""

_NONE: Mapping[str, Growth] = {}


@dataclass(frozen=True)
class FiguresChecked:
    """A figures file with what was found: `outcomes` in the order of the entries."""

    name: str
    file: FiguresFile
    outcomes: tuple[Outcome, ...]

    @property
    def not_holding(self) -> list[Outcome]:
        """What does not hold, explained or not."""
        return [item for item in self.outcomes if not item.verdict.holds]

    @property
    def wrong(self) -> list[Outcome]:
        """What does not hold and no printed amount explains."""
        return [item for item in self.outcomes if item.verdict.wrong]


def examine(file: FiguresFile, name: str = "") -> FiguresChecked:
    """Check every entry. `name` is the file's name, for reports."""
    growths = {entry.id: entry for entry in file.entries if isinstance(entry, Growth)}
    outcomes: list[Outcome] = []
    for entry in file.entries:
        outcomes.extend(check_entry(entry, growths))
    return FiguresChecked(name, file, tuple(outcomes))


def check_entry(entry: Entry, growths: Mapping[str, Growth] = _NONE) -> list[Outcome]:
    """The outcomes of one entry; `growths` are those of the file, which only a growth looks at."""
    try:
        if isinstance(entry, Growth):
            return check_growth(entry, growths)
        return _CHECKS[type(entry)](entry)
    except UnreadableFigureError as error:
        return [unreadable(entry, error.figure)]

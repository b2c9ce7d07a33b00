"""Code lists of the department's returns: their rows, and which settings and needs go in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from model.reference.bundled import read_csv_rows
from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS

_SETTING_ROWS: Final = {row["setting"]: row for row in read_csv_rows("reference/settings.csv")}


@dataclass(frozen=True)
class Category:
    """A placement sheet of the DSG management plan. `age_groups`: those it has a row for."""

    title: str
    short_title: str
    age_groups: tuple[str, ...]


@dataclass(frozen=True)
class ProvisionRow:
    """A row of provision of the Local SEND Reform Plan.

    `table`: its table of needs (7.1 to 7.7), empty for none. `unknown`: why it cannot be told where
    no plan is in it; empty where nil is nil.
    """

    title: str
    table: str
    unknown: str


@dataclass(frozen=True)
class NeedRow:
    """A row of primary need of both returns, and the model's needs in it; `unknown` as above."""

    title: str
    needs: tuple[str, ...]
    unknown: str


@dataclass(frozen=True)
class SpendingGroup:
    """A group of section 251 lines, and their codes."""

    name: str
    title: str
    codes: tuple[str, ...]


def _categories() -> tuple[Category, ...]:
    return tuple(
        Category(
            row["category"],
            row["short_title"],
            AGE_GROUPS[AGE_GROUPS.index(row["first_age_group"]) :],
        )
        for row in read_csv_rows("reference/management_plan_categories.csv")
    )


def _groups() -> tuple[SpendingGroup, ...]:
    lines = read_csv_rows("reference/s251_lines.csv")
    return tuple(
        SpendingGroup(
            row["group"],
            row["title"],
            tuple(line["code"] for line in lines if line["group"] == row["group"]),
        )
        for row in read_csv_rows("reference/s251_groups.csv")
    )


CATEGORIES: Final = _categories()
"""The seven placement sheets of the DSG management plan, in its order."""

PROVISION_ROWS: Final = tuple(
    ProvisionRow(row["row"], row["table"], row["unknown"])
    for row in read_csv_rows("reference/reform_plan_rows.csv")
)
"""The fourteen rows of provision of the Local SEND Reform Plan, in its order."""

NEED_TABLES: Final[Mapping[str, str]] = {
    row["table"]: row["title"] for row in read_csv_rows("reference/reform_plan_tables.csv")
}
"""Tables of need within provision of the Local SEND Reform Plan, 7.1 to 7.7, and their titles."""

NEED_ROWS: Final = tuple(
    NeedRow(row["row"], tuple(row["needs"].split()), row["unknown"])
    for row in read_csv_rows("reference/return_needs.csv")
)
"""The thirteen rows of need of both returns, in their order."""

SPENDING_GROUPS: Final = _groups()
"""Groups of section 251 lines in which the department shows high needs spending; the last is what is left."""

PROVISION_OF: Final[Mapping[str, int]] = {
    setting: [row.title for row in PROVISION_ROWS].index(_SETTING_ROWS[setting]["lsrp_row"])
    for setting in SETTINGS
}
"""Setting -> its place in PROVISION_ROWS."""

CATEGORY_OF: Final[Mapping[str, int]] = {
    setting: [row.title for row in CATEGORIES].index(_SETTING_ROWS[setting]["dsg_plan_category"])
    for setting in SETTINGS
}
"""Setting -> its place in CATEGORIES."""

CATEGORY_OF_PROVISION: Final[Mapping[int, int]] = {
    PROVISION_OF[setting]: CATEGORY_OF[setting] for setting in SETTINGS
}
"""Place in PROVISION_ROWS -> place in CATEGORIES: every row of provision lies within one category."""

NEED_ROW_OF: Final[Mapping[str, int]] = {
    need: next(index for index, row in enumerate(NEED_ROWS) if need in row.needs) for need in NEEDS
}
"""Need of the model -> its place in NEED_ROWS."""


def spending_group_of(code: str) -> int:
    """Place in SPENDING_GROUPS of a section 251 line; a code in no group is with what is left."""
    for index, group in enumerate(SPENDING_GROUPS):
        if code in group.codes:
            return index
    return len(SPENDING_GROUPS) - 1

"""The published history of every authority, and what of it was known on a January."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from model.reference.codes import AGE_GROUPS

NATION: Final = "England"

SERIES: Final = {
    "plans": "Plans in force in January",
    "new_plans": "New plans of the calendar year before",
    "requests": "Requests for an assessment in the calendar year before",
    "refused": "Requests refused in the calendar year before",
    "assessments_issued": "Assessments that ended in a plan in the calendar year before",
    "assessments_not_issued": "Assessments that ended without a plan in the calendar year before",
    "share_in_20_weeks": "Share of plans issued within 20 weeks, exceptions left out where given",
    "ceased": "Plans ceased in the calendar year before",
    "moved_out": "Plans transferred to another authority in the calendar year before",
    "residential": "Residential placements in January",
    "schools_block_gbp": "Schools block before recoupment of the financial year that begins in the year",
}
"""Series of counts by authority and January. Flows stand at the January at which they are published."""

SETTING_GROUPS: Final = {
    "mainstream": "Mainstream schools, bases and units included",
    "state_special": "State special schools",
    "independent_special": "Independent and non-maintained special schools",
    "alternative_provision": "Alternative provision and pupil referral units",
    "post_16": "Further education and specialist post-16 institutions",
    "elsewhere": "Educated elsewhere, not in education or training",
    "other": "Early years, hospital, not recorded",
}
"""Groups of settings that are published from January 2014 on under every layout."""


@dataclass(frozen=True)
class Repair:
    """A published figure that is not used as it stands. `used` None: taken as missing."""

    authority: str
    january: int
    series: str
    published: float
    used: float | None
    reason: str


@dataclass(frozen=True)
class History:
    """Published counts by authority (rows, England among them) and January (columns).

    `authorities`: by name, with columns `code` (the department's three digits), `region` and
    `unchanged` (no change of boundaries since January 2010). `series`, `age_groups` and
    `setting_groups`: tables (authority, January), float64, NaN where nothing is published; shares
    are 0 to 1. `repairs`: figures not used as published.
    """

    authorities: pd.DataFrame
    series: dict[str, pd.DataFrame]
    age_groups: dict[str, pd.DataFrame]
    setting_groups: dict[str, pd.DataFrame]
    repairs: tuple[Repair, ...] = ()

    @property
    def names(self) -> pd.Index:
        """Authorities in alphabetical order, without the nation."""
        return self.authorities.index

    @property
    def januaries(self) -> list[int]:
        """Januaries with plans in force, in order."""
        plans = self.series["plans"]
        return [int(january) for january in plans.columns[plans.notna().any()]]

    def gaps(self) -> list[str]:
        """What leads forecasts and is not published for any authority, in words."""
        wanted = {
            "requests": "requests",
            "new_plans": "new plans",
            "assessments_issued": "assessments",
            "share_in_20_weeks": "the 20-week share",
            "schools_block_gbp": "DSG allocations (in place of the number of children)",
        }
        found = [
            said for name, said in wanted.items() if not self.series[name].notna().any(axis=None)
        ]
        if not (self.authorities.region != "").any():
            found.append("regions")
        return found

    def of(self, name: str, january: int) -> pd.Series:
        """A series at a January by authority; NaN where it is not known."""
        return _column(self.series[name], january).reindex(self.names)

    def nation(self, name: str) -> pd.Series:
        """A series of England by January."""
        return pd.Series(self.series[name].loc[NATION])

    def known_at(self, january: int) -> History:
        """What had been published for that January and before: the way to stand in the past.

        Stocks of later Januaries, flows of later years and later allocations are not there. The
        schools block of the financial year that begins in the year was announced in the December
        before. Figures are those of later releases, as revised.
        """
        return replace(
            self,
            series={name: _until(table, january) for name, table in self.series.items()},
            age_groups={name: _until(table, january) for name, table in self.age_groups.items()},
            setting_groups={
                name: _until(table, january) for name, table in self.setting_groups.items()
            },
            repairs=tuple(repair for repair in self.repairs if repair.january <= january),
        )

    def select(self, names: list[str]) -> History:
        """The same history with only these authorities in the list of names; the nation stays."""
        return replace(self, authorities=self.authorities.loc[names])


def _until(table: pd.DataFrame, january: int) -> pd.DataFrame:
    return table.iloc[:, table.columns.to_numpy(dtype=int) <= january]


def _column(table: pd.DataFrame, january: int) -> pd.Series:
    if january in table.columns:
        return pd.Series(table[january])
    return pd.Series(float("nan"), index=table.index)


def empty_table(names: list[str]) -> pd.DataFrame:
    """A table (authority, January) without a January."""
    return pd.DataFrame(index=pd.Index(names, name="authority"), dtype=float)


AGE_GROUP_OF_PUBLISHED: Final = dict(
    zip(
        ("Under 5", "Age 5 to 10", "Age 11 to 15", "Age 16 to 19", "Age 20 to 25"),
        AGE_GROUPS,
        strict=True,
    )
)
"""Age groups as the department names them in releases before single ages."""

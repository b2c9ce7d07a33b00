"""All that was published of one authority up to a January: what a starter scenario may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from model.history.checks import check_history, findings_of
from model.history.findings import Finding
from model.history.history import NATION, History
from model.history.known_faults import has_fault
from model.history.placements import INDEPENDENT_SPECIAL, placements
from model.history.read_history import history_of
from model.history.read_publication import Published
from model.history.read_tidy import Tidy
from model.history.rules import rules
from model.importing.money import Money
from model.reference.bundled import read_csv_rows
from model.reference.codes import SETTINGS
from model.scenario.problems import Problem, ScenarioError, nearest, shown

Settings = dict[str, int]
"""Plans by setting, and by INDEPENDENT_SPECIAL where day and residential are not told apart."""


@dataclass(frozen=True)
class Evidence:
    """The published history of one authority as it was known on a January.

    `code`, `area_code`: the department's three digits and the ONS's nine characters. `january`: the
    count the scenario begins with; flows are those of the calendar year before. `history` and
    `published` hold nothing later. `money`, `population`: as read, to be asked with the January.
    `findings`: on this authority and on England, up to the January.
    """

    authority: str
    code: str
    area_code: str
    region: str
    january: int
    history: History
    published: Mapping[str, Published]
    money: Money
    population: pd.DataFrame | None
    findings: tuple[Finding, ...]

    @property
    def flow_year(self) -> int:
        """The calendar year of the latest flows."""
        return self.january - 1

    def value(self, series: str, january: int | None = None) -> float | None:
        """A figure of the authority's history at a January, the latest without one; None if unknown."""
        return self.series_of(self.authority, series, january)

    def england(self, series: str, january: int | None = None) -> float | None:
        """The same of England."""
        return self.series_of(NATION, series, january)

    def series_of(self, name: str, series: str, january: int | None = None) -> float | None:
        """The same of any authority, or of England, by name."""
        table = self.history.series[series]
        when = self.january if january is None else january
        if when not in table.columns or name not in table.index:
            return None
        value = float(table.loc[name, when])  # type: ignore[arg-type]
        return None if pd.isna(value) else value

    def row(
        self, file: str, january: int | None = None, authority: str | None = None
    ) -> pd.Series | None:
        """The row of a file that counts everything once; None where there is none."""
        if file not in self.published:
            return None
        rows = self.published[file].whole()
        when = self.january if january is None else january
        own = rows[(rows.authority == (authority or self.authority)) & (rows.january == when)]
        return None if own.empty else own.iloc[0]

    def rows(self, file: str, topic: str, january: int | None = None) -> pd.DataFrame:
        """The authority's rows of a topic, by breakdown; none where the file is not there."""
        if file not in self.published:
            return pd.DataFrame()
        table = self.published[file].table
        when = self.january if january is None else january
        own = table[
            (table.authority == self.authority)
            & (table.january == when)
            & (table.breakdown_topic == topic)
        ]
        return own.set_index("breakdown")

    def settings(self, january: int) -> Settings | None:
        """Plans by setting at a January, or None where placements are not given or do not add up."""
        if has_fault(self.authority, self.region, january, "placements", "breakdowns"):
            return None
        row = self.row("caseload", january)
        return None if row is None else settings_of(row, "ehcplans")

    def jumped(self, january: int) -> bool:
        """Whether growth into a January is no growth of plans that flows explain, or a known fault."""
        return has_fault(self.authority, self.region, january, "jump", "stock") or any(
            finding.kind == "jump"
            and finding.authority == self.authority
            and finding.january == january
            for finding in self.findings
        )

    def usable(self, january: int) -> bool:
        """Whether a scenario can begin with this January as it was published."""
        faulty = has_fault(self.authority, self.region, january, "stock")
        return not faulty and self.settings(january) is not None


def settings_of(row: pd.Series, total: str) -> Settings | None:
    """Placement columns of a row added up by setting; None unless they add up to its `total`.

    Rows in which most placements are not recorded count as not given.
    """
    counts: Settings = dict.fromkeys((*SETTINGS, INDEPENDENT_SPECIAL), 0)
    for column, setting in placements().items():
        if column in row.index and pd.notna(row[column]):
            counts[setting] += int(row[column])
    plans = sum(counts.values())
    if not plans or plans != row[total]:
        return None
    unknown = row.get("placement_unknown")
    if pd.notna(unknown) and float(unknown) > rules().most_not_recorded * plans:
        return None
    return {setting: count for setting, count in counts.items() if count}


@dataclass(frozen=True)
class Everything:
    """All that was read, of every authority and every year.

    `where`: the folder it came from, for messages.
    """

    history: History
    published: Mapping[str, Published]
    money: Money
    population: pd.DataFrame | None
    where: str


def everything_of(
    published: dict[str, Published],
    tidy: Tidy,
    money: Money,
    population: pd.DataFrame | None,
    where: str,
) -> Everything:
    """Join what was read. Raises ScenarioError where no file gives plans in force."""
    history = history_of(published, tidy, None, where)
    return Everything(history, published, money, population, where)


def gather(read: Everything, *, authority: str, first_year: int | None) -> Evidence:
    """What was published of an authority up to the January of `first_year` (first calendar year).

    Without a year: the latest January with plans in force by placement. Raises ScenarioError where
    the authority is not in the files or has no plans at that January.
    """
    history, where = read.history, read.where
    name = _authority(authority, history, where)
    everything = Evidence(
        name, str(history.authorities.code[name]), _area_code(name, read.published),
        str(history.authorities.region[name]), max(history.januaries), history, read.published,
        read.money, read.population, (),
    )  # fmt: skip
    given = _januaries(everything)
    if first_year is None:
        first_year = next((year for year in reversed(given) if everything.usable(year)), None)
        if first_year is None:
            raise ScenarioError(
                [
                    Problem(
                        where, None, "caseload", f"no January of {name} has plans by placement",
                        expected="a caseload file in which its placements add up to its plans",
                    )
                ]
            )  # fmt: skip
    elif first_year not in given:
        raise ScenarioError(
            [
                Problem(
                    where, None, "caseload", f"{name} has no plans in force at January {first_year}",
                    found=f"January {', '.join(map(str, given))}" if given else "no January at all",
                    expected="a year for which the caseload file has the authority",
                    hint=f"Give --first-year {_year(given[-1])}." if given else None,
                )
            ]
        )  # fmt: skip
    standing = _known_at(everything, first_year)
    _refuse_not_adding_up(standing)
    return standing


def _known_at(evidence: Evidence, january: int) -> Evidence:
    """The same with nothing that was published for a later January."""
    files = {
        name: replace(file, table=file.table[file.table.january <= january])
        for name, file in evidence.published.items()
    }
    history = evidence.history.known_at(january)
    # A gap is one only once a later year is there, so what is found is found as it stood then.
    findings = findings_of(check_history(history, files), evidence.authority, january)
    return replace(evidence, january=january, history=history, published=files, findings=findings)


def _year(january: int) -> str:
    return f"{january}-{(january + 1) % 100:02d}"


def _januaries(evidence: Evidence) -> list[int]:
    if "caseload" not in evidence.published:
        return []
    rows = evidence.published["caseload"].whole()
    own = rows[(rows.authority == evidence.authority) & rows.ehcplans.gt(0)]
    return sorted(int(january) for january in own.january)


def _authority(asked: str, history: History, where: str) -> str:
    """The authority's name as published, from its name in any capitals or its three digits."""
    names = [str(name) for name in history.names]
    by_spelling = {name.casefold(): name for name in names}
    by_code = {str(code): str(name) for name, code in history.authorities.code.items() if code}
    found = by_spelling.get(asked.strip().casefold()) or by_code.get(asked.strip())
    if found is not None:
        return found
    inside = [name for name in names if asked.strip().casefold() in name.casefold()]
    near = inside[0] if asked.strip() and inside else nearest(asked, names)
    raise ScenarioError(
        [
            Problem(
                where, None, "--authority", "no authority has this name", found=shown(asked),
                expected=f"one of {len(names)} authorities, as the department writes them",
                hint=f"Did you mean '{near}'?" if near else None,
            )
        ]
    )  # fmt: skip


def _area_code(name: str, published: Mapping[str, Published]) -> str:
    codes = [
        str(row)
        for file in published.values()
        for row in file.table.loc[file.table.authority == name, "new_la_code"].tail(1)
    ]
    return codes[0] if codes else ""


def _refuse_not_adding_up(evidence: Evidence) -> None:
    """Raise ScenarioError where the placements of the January do not add up and nothing says why."""
    row = evidence.row("caseload")
    if row is None or evidence.settings(evidence.january) is not None:
        return
    if has_fault(evidence.authority, evidence.region, evidence.january, "placements", "breakdowns"):
        return
    period = f"{evidence.january - 1}{evidence.january % 100:02d}"
    listed = {
        (item["time_period"], item["la_name"])
        for item in read_csv_rows("reference/sen2_suppressed_rows.csv")
    }
    given = [column for column in placements() if column in row.index and pd.notna(row[column])]
    total = float(row[given].sum()) if given else 0.0
    if (period, evidence.authority) in listed or total == row.ehcplans:
        return
    raise ScenarioError(
        [
            Problem(
                str(evidence.published["caseload"].path), None, "ehcplans",
                f"the placements of {evidence.authority} at January {evidence.january} do not add up to its plans",
                found=f"{total:,.0f} in the placements", expected=f"{row.ehcplans:,.0f}",
                hint="A column of placements is missing or was changed: download the file again.",
            )
        ]
    )  # fmt: skip

"""From a folder of published files to a `History`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd

from model.history.ages import age_group_counts
from model.history.boundaries import changed_boundaries
from model.history.history import (
    AGE_GROUP_OF_PUBLISHED,
    NATION,
    SERIES,
    SETTING_GROUPS,
    History,
    empty_table,
)
from model.history.publications import PUBLICATIONS
from model.history.read_publication import Published, read_publication
from model.history.read_schools_block import read_schools_block
from model.history.read_tidy import Tidy, read_tidy
from model.history.repairs import repaired
from model.history.rules import rules
from model.history.setting_groups import group_counts
from model.scenario.problems import Problem, ScenarioError

_FLOW_COLUMNS: Final = {
    "new_plans": ("newplans", "new_ehc_plans"),
    "requests": ("requests", "requests_received_in_year"),
    "refused": ("requests", "requests_decided_not_to_assess"),
    "assessments_issued": ("assessments", "assess_issued"),
    "assessments_not_issued": ("assessments", "assess_not_issued"),
    "ceased": ("ceased_plans", "total_ceased"),
    "moved_out": ("ceased_plans", "transfer"),
    "residential": ("residential_settings", "Res_tot"),
    "plans": ("caseload", "ehcplans"),
}
"""Series -> the file and the column that give it."""


def read_history(folder: Path) -> History:
    """Read every file of a folder (its subfolders `sen2`, `tidy` and `finance`, or the folder itself).

    The department's files come first; the tidy series fill the years before them. Raises
    ScenarioError with every problem of every file, or where no file gives plans in force.
    """
    if not folder.is_dir():
        raise ScenarioError(
            [
                Problem(
                    str(folder),
                    None,
                    "",
                    "there is no such folder",
                    expected="a folder with the department's files",
                )
            ]
        )
    published = read_publications(_csv_files(folder, "sen2"))
    return history_of(published, read_tidy(folder), read_schools_block(folder), str(folder))


def read_publications(paths: Iterable[Path]) -> dict[str, Published]:
    """Files of the collection by name; every problem of every file at once."""
    found: dict[str, Published] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            file = read_publication(path)
        except ScenarioError as error:
            problems += error.problems
            continue
        name = file.publication.name
        if name in found:
            problems.append(
                Problem(
                    str(path), None, "", f"two files hold {file.publication.title.lower()}",
                    found=f"{found[name].path.name} and {path.name}", expected="one release",
                    hint="Leave one of them out.",
                )
            )  # fmt: skip
        found[name] = file
    if problems:
        raise ScenarioError(problems)
    return found


def history_of(
    published: dict[str, Published], tidy: Tidy, schools_block: pd.DataFrame | None, where: str
) -> History:
    """Join what was read. `schools_block`: (authority code, year), pounds, or None."""
    series = {
        name: _joined(name, published, tidy) for name in SERIES if name != "schools_block_gbp"
    }
    if series["plans"].empty:
        wanted = next(p for p in PUBLICATIONS if p.name == "caseload")
        raise ScenarioError(
            [
                Problem(
                    where, None, "", "no file gives plans in force",
                    expected=f"the SEN2 file '{wanted.title}' (columns {', '.join(wanted.known_by)}) or ehcp_series.csv",
                    hint="Give the folder that holds sen2, tidy and finance, not one of these.",
                )
            ]
        )  # fmt: skip
    names = sorted(set(series["plans"].index) - {NATION})
    rows = [NATION, *names]
    series = {name: _ordered(table, rows) for name, table in series.items()}
    authorities = _authorities(names, published)
    series["schools_block_gbp"] = _by_name(schools_block, authorities, rows)
    series, repairs = repaired(series, rules())
    caseload = published.get("caseload")
    bands = _merged(
        age_group_counts(caseload) if caseload else {},
        tidy.age_groups,
        AGE_GROUP_OF_PUBLISHED.values(),
        rows,
    )
    totals = sum_of(bands).where(lambda table: table > 0)
    series["plans"] = _ordered(series["plans"].combine_first(totals), rows)
    groups = _merged(
        group_counts(caseload) if caseload else {}, tidy.setting_groups, SETTING_GROUPS, rows
    )
    return History(authorities, series, bands, groups, repairs)


def sum_of(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Sum of tables (authority, January); NaN where all are missing."""
    return pd.concat(tables).groupby(level=1).sum(min_count=1)


def _joined(name: str, published: dict[str, Published], tidy: Tidy) -> pd.DataFrame:
    """A series from the department's file, with the tidy series where that has none."""
    if name == "share_in_20_weeks":
        table = _share_in_20_weeks(published)
    else:
        file, column = _FLOW_COLUMNS[name]
        table = _wide(published[file], column) if file in published else empty_table([])
    earlier = tidy.series.get(name)
    if earlier is None:
        return table
    return table.combine_first(earlier) if not table.empty else earlier


def _wide(file: Published, column: str) -> pd.DataFrame:
    rows = file.whole()
    if column not in rows:
        return empty_table([])
    return rows.pivot(index="authority", columns="january", values=column)


def _share_in_20_weeks(published: dict[str, Published]) -> pd.DataFrame:
    file = published.get("timeliness_20_week")
    if file is None:
        return empty_table([])
    without = _wide(file, "plans_issued_20_weeks_ex") / _wide(file, "plans_issued_den_ex")
    with_exceptions = _wide(file, "plans_issued_within_20_weeks") / _wide(file, "plans_issued_den")
    return without.combine_first(with_exceptions)


def _ordered(table: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    ordered = table.reindex(index=pd.Index(rows, name="authority"))
    return ordered.reindex(columns=sorted(int(column) for column in ordered.columns)).astype(float)


def _merged(
    first: dict[str, pd.DataFrame],
    earlier: dict[str, pd.DataFrame],
    names: Iterable[str],
    rows: list[str],
) -> dict[str, pd.DataFrame]:
    merged = {}
    for name in names:
        table = first.get(name, empty_table([]))
        before = earlier.get(name, empty_table([]))
        table = table.combine_first(before) if not table.empty else before
        merged[name] = _ordered(table, rows)
    return merged


def _authorities(names: list[str], published: dict[str, Published]) -> pd.DataFrame:
    """Code and region of each authority, as its latest row has them."""
    columns = ["authority", "january", "old_la_code", "region_name"]
    tables = [
        file.table.loc[file.table.geographic_level == "Local authority", columns]
        for file in published.values()
    ]
    latest = (
        pd.concat(tables).sort_values("january").drop_duplicates("authority", keep="last")
        if tables
        else pd.DataFrame(columns=columns)
    ).set_index("authority")
    changed = changed_boundaries()
    return pd.DataFrame(
        {
            "code": latest.old_la_code.reindex(names).fillna(""),
            "region": latest.region_name.reindex(names).fillna(""),
            "unchanged": [name not in changed for name in names],
        },
        index=pd.Index(names, name="authority"),
    )


def _by_name(
    by_code: pd.DataFrame | None, authorities: pd.DataFrame, rows: list[str]
) -> pd.DataFrame:
    if by_code is None:
        return empty_table(list(rows))
    table = by_code.reindex(authorities.code).set_axis(authorities.index)
    return table.reindex(rows)


def _csv_files(folder: Path, sub: str) -> list[Path]:
    """Every CSV file of the subfolder; without one, those of the folder that look like the department's."""
    inside = folder / sub
    place = inside if inside.is_dir() else folder
    files = sorted(
        path
        for path in place.iterdir()
        if path.is_file()
        and path.name.endswith((".csv", ".csv.gz"))
        and not path.name.startswith((".", "ehcp_", "~"))
    )
    return files if place == inside else [path for path in files if _looks_published(path)]


def _looks_published(path: Path) -> bool:
    """Whether the first line has the collection's own columns; a file that cannot be read is for the reader."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            heading = file.readline().decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error):
        return True
    return "time_period" in heading and "breakdown" in heading

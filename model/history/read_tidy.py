"""The tidy series of earlier releases: plans and flows from 2014, age groups from 2010, settings from 2014."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from model.history.history import AGE_GROUP_OF_PUBLISHED, NATION, SETTING_GROUPS
from model.scenario.problems import Problem, ScenarioError

_SERIES = {
    "plans": "total_ehcp",
    "new_plans": "new_plans_in_year",
    "requests": "requests",
    "refused": "refusals",
    "ceased": "ceased_in_year",
}
_WITHOUT, _WITH = "twenty_week_pct_excl_exceptions", "twenty_week_pct_incl_exceptions"
_TOTAL = "Total"


@dataclass(frozen=True)
class Tidy:
    """Tables (authority, January) by name, as in `History`; a table that no file gives is not there."""

    series: dict[str, pd.DataFrame] = field(default_factory=dict)
    age_groups: dict[str, pd.DataFrame] = field(default_factory=dict)
    setting_groups: dict[str, pd.DataFrame] = field(default_factory=dict)


_NAMES = ("ehcp_series", "ehcp_by_ageband", "ehcp_by_establishment")


def read_tidy(folder: Path) -> Tidy:
    """Read what there is of ehcp_series.csv, ehcp_by_ageband_*.csv and ehcp_by_establishment_*.csv.

    Raises ScenarioError where a file is there and has other columns.
    """
    return read_tidy_files(
        path
        for name in _NAMES
        for path in sorted([*folder.glob(f"tidy/{name}*.csv*"), *folder.glob(f"{name}*.csv*")])
    )


def read_tidy_files(paths: Iterable[Path]) -> Tidy:
    """The same from files; those of other names are left alone."""
    listed = list(paths)
    files = {name: [path for path in listed if path.name.startswith(name)] for name in _NAMES}
    series = _read_series(files["ehcp_series"][0]) if files["ehcp_series"] else {}
    bands: dict[str, pd.DataFrame] = {}
    for path in files["ehcp_by_ageband"]:
        # Both collections overlap in 2019 to 2022 and agree there; the later fills what the first lacks.
        for name, table in _read_age_groups(path).items():
            bands[name] = bands[name].combine_first(table) if name in bands else table
    groups = (
        _read_groups(files["ehcp_by_establishment"][0]) if files["ehcp_by_establishment"] else {}
    )
    return Tidy(series, bands, groups)


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, low_memory=False)
    except (OSError, EOFError, ValueError) as error:
        raise ScenarioError(
            [Problem(str(path), None, "", "the file cannot be read as CSV")]
        ) from error
    missing = [column for column in columns if column not in table]
    if missing:
        raise ScenarioError(
            [
                Problem(
                    str(path),
                    1,
                    column,
                    "a column of the tidy series is missing",
                    expected=f"the column '{column}'",
                )
                for column in missing
            ]
        )
    return table


def _read_series(path: Path) -> dict[str, pd.DataFrame]:
    table = _table(path, ("authority", "date", *_SERIES.values(), _WITHOUT, _WITH))
    table["january"] = pd.to_numeric(table.date.str[-4:])
    wide = {
        name: table.pivot(index="authority", columns="january", values=column)
        for name, column in {**_SERIES, "without": _WITHOUT, "with": _WITH}.items()
    }
    share = wide.pop("without").combine_first(wide.pop("with")) / 100
    return {**wide, "share_in_20_weeks": share}


def _read_age_groups(path: Path) -> dict[str, pd.DataFrame]:
    head = pd.read_csv(path, nrows=0).columns
    if "characteristic_age" in head:
        rows = _table(
            path,
            ("time_period", "geographic_level", "la_name", "characteristic_age", "num_caseload"),
        )
        rows["authority"] = np.where(rows.geographic_level == "National", NATION, rows.la_name)
        tall = rows.rename(
            columns={
                "time_period": "january",
                "characteristic_age": "group",
                "num_caseload": "plans",
            }
        )
    else:
        rows = _table(path, ("la", "year", *AGE_GROUP_OF_PUBLISHED))
        tall = rows.rename(columns={"la": "authority", "year": "january"}).melt(
            ["authority", "january"], list(AGE_GROUP_OF_PUBLISHED), "group", "plans"
        )
    return {
        name: tall[tall.group == published].pivot_table(
            index="authority", columns="january", values="plans", aggfunc="sum", min_count=1
        )
        for published, name in AGE_GROUP_OF_PUBLISHED.items()
    }  # fmt: skip


_INDEPENDENT = ("Special - Non-maintained", "Special - Independent")
_ELSEWHERE = (
    "Elective home education",
    "Other arrangements by local authority",
    "Other arrangements by parents",
    "NEET",
)
_GROUP_OF_ESTABLISHMENTS = {
    "Mainstream school": "mainstream",
    "Special school": "state_special",
    "Alternative provision/Pupil referral unit": "alternative_provision",
    "Further education": "post_16",
}


def _read_groups(path: Path) -> dict[str, pd.DataFrame]:
    rows = _table(
        path,
        ("la", "jan_year", "establishment_group", "establishment_type", "n_statements_and_ehcp"),
    )
    rows = rows[rows.establishment_type.ne(_TOTAL)]
    group = rows.establishment_group.map(_GROUP_OF_ESTABLISHMENTS).fillna("other")
    group = group.mask(rows.establishment_type.isin(_INDEPENDENT), "independent_special")
    group = group.mask(rows.establishment_type.isin(_ELSEWHERE), "elsewhere")
    counts = rows.n_statements_and_ehcp.groupby([group, rows.la, rows.jan_year]).sum()
    return {
        name: counts.loc[name].unstack("jan_year").rename_axis(index="authority", columns="january")
        for name in SETTING_GROUPS
        if name in counts.index.get_level_values(0)
    }

"""Read the SEN2 files and put them on one comparable base.

Everything here is in plans (counts of EHC plans), never shares. Age is an integer; bucketed rows are returned as published and
split by the caller. Source: Department for Education, Education, health and care plans, release of 2025 (Open Government Licence v3.0).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

AGES = np.arange(26)
JANUARY_2024, JANUARY_2025 = 202324, 202425
# Their January 2025 placements are all in "not recorded" (SEN2 quality notes), so both leave every table of stocks and flows.
UNRECORDED_AUTHORITIES = ("Cambridgeshire", "North East Lincolnshire")
INDEPENDENT = "independent_special"
SPLIT_INDEPENDENT = ("independent_special_day", "independent_special_residential")

# Placement names of the ceased, need and residential files, to the column names of caseload.
PLACEMENT_COLUMNS = {
    "AP/PRU - academy": "ap_pru_academy",
    "AP/PRU - free school": "ap_pru_free_school",
    "AP/PRU - LA maintained": "ap_pru_la_maintained",
    "Educated elsewhere - elective home education": "elective_home_education",
    "Educated elsewhere - NEET": "neet",
    "Educated elsewhere - not in education or training (notice to cease issued)": "neet_ntci",
    "Educated elsewhere - not in education or training (other)": "neet_other",
    "Educated elsewhere - not in education or training (compulsory school age)": "neet_other_csa",
    "Educated elsewhere - online provider": "online_provider",
    "Educated elsewhere - other arrangements by LA": "other_arrangements_la",
    "Educated elsewhere - other arrangements by parents": "other_arrangements_parents",
    "Educated elsewhere - other placement settings": "other_placement_settings",
    "Educated elsewhere - other schools and establishments": "other_schools",
    "Educated elsewhere - Welsh establishment": "w_settings",
    "FE - general FE and tertiary colleges": "general_fe_tertiary_colleges",
    "FE - specialist post-16 institutions": "specialist_post_16_institutions",
    "FE - UKRLP provider": "ukrlp_provider",
    "Mainstream - academy": "mainstream_academy",
    "Mainstream - academy (resourced provision)": "mainstream_academy_resourced_provision",
    "Mainstream - academy (SEN unit)": "mainstream_academy_senunit",
    "Mainstream - free school": "mainstream_free_school",
    "Mainstream - free school (resourced provision)": "mainstream_free_school_resourced_provision",
    "Mainstream - free school (SEN unit)": "mainstream_free_school_senunit",
    "Mainstream - independent": "mainstream_independent",
    "Mainstream - LA maintained": "mainstream_la_maintained",
    "Mainstream - LA maintained (resourced provision)": "mainstream_la_maintained_resourced_provision",
    "Mainstream - LA maintained (SEN unit)": "mainstream_la_maintained_senunit",
    "Non-maintained early years": "nm_early_years",
    "Placement not recorded": "placement_unknown",
    "Special - academy/free school": "special_academy_free",
    "Special - Academy/free schools": "special_academy_free",
    "Special - independent": "special_independent",
    "Special - LA maintained": "special_la_maintained",
    "Special - non-maintained": "special_non_maintained",
}


def read_sen2(source: Path, name: str) -> pd.DataFrame:
    """One SEN2 file, with `x` (not available), `z` (not applicable) and other marks as missing numbers."""
    table = pd.read_csv(source / "sen2" / f"{name}.csv.gz", dtype=str)
    first_count = list(table.columns).index("breakdown") + 1
    for column in table.columns[first_count:]:
        table[column] = pd.to_numeric(table[column], errors="coerce")
    table["time_period"] = table["time_period"].astype(int)
    return table


def read_settings_map(reference: Path) -> pd.Series:
    """SEN2 leaf column -> setting (independent special not yet split)."""
    table = pd.read_csv(reference / "sen2_settings.csv", comment="#")
    return table.set_index("sen2_column")["setting"]


def read_settings(reference: Path) -> list[str]:
    """The 15 settings in model order."""
    return pd.read_csv(reference / "settings.csv", comment="#")["setting"].tolist()


def national(table: pd.DataFrame, time_period: int, topic: str) -> pd.DataFrame:
    """England rows of one topic and period, indexed by breakdown."""
    rows = table[
        (table.geographic_level == "National")
        & (table.time_period == time_period)
        & (table.breakdown_topic == topic)
    ]
    return rows.set_index("breakdown")


def unrecorded_rows(table: pd.DataFrame, time_period: int, topic: str) -> pd.DataFrame:
    """Rows of the two authorities whose 2025 placements are not recorded, added together by breakdown."""
    rows = table[
        table.la_name.isin(UNRECORDED_AUTHORITIES)
        & (table.time_period == time_period)
        & (table.breakdown_topic == topic)
    ]
    return rows.set_index("breakdown")


def placements_without_unrecorded(
    table: pd.DataFrame, settings_map: pd.Series, total_column: str, time_period: int, topic: str
) -> pd.DataFrame:
    """England plans by breakdown and SEN2 setting, less the two unrecorded authorities.

    Where an authority's leaf columns are missing its plans sit in England's "not recorded", so they are taken from there.
    """
    leaves = list(settings_map.index)
    england = national(table, time_period, topic)[leaves].fillna(0.0)
    taken = unrecorded_rows(table, time_period, topic)
    for breakdown, row in taken.iterrows():
        recorded = row[leaves].fillna(0.0).astype(float)
        recorded["placement_unknown"] += row[total_column] - recorded.sum()
        england.loc[breakdown] = england.loc[breakdown] - recorded
    return england.T.groupby(settings_map).sum().T.clip(lower=0.0)


def published_age(breakdown: str) -> int | None:
    """Integer of an age row: the lower bucket gives its top age, the upper its bottom; None for unknown ages."""
    words = breakdown.lower().replace("aged", "age").split()
    if words[:2] == ["under", "3"]:
        return 2
    numbers = [int(word) for word in words if word.isdigit()]
    return numbers[0] if numbers else None


def by_published_age(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by integer published age; plans of unknown age are spread over the known in proportion."""
    ages = [published_age(str(name)) for name in rows.index]
    known = rows[[age is not None for age in ages]].copy()
    known.index = pd.Index([age for age in ages if age is not None], name="age")
    total, known_total = rows.sum().sum(), known.sum().sum()
    return known.sort_index() * (total / known_total if known_total else 1.0)


def suppressed_rows(caseload: pd.DataFrame, settings_map: pd.Series) -> pd.DataFrame:
    """Caseload rows whose placement leaves do not add to the plans of the row, with the reason."""
    leaf_sum = caseload[list(settings_map.index)].sum(axis=1)
    failing = caseload[leaf_sum.ne(caseload.ehcplans)].assign(leaf_sum=leaf_sum)
    table = failing[
        [
            "time_period",
            "geographic_level",
            "la_name",
            "breakdown_topic",
            "breakdown",
            "ehcplans",
            "leaf_sum",
        ]
    ].copy()
    table["la_name"] = table.la_name.fillna("England")
    table["reason"] = [_reason(row) for row in table.itertuples()]
    return table.sort_values(
        ["time_period", "geographic_level", "la_name", "breakdown_topic", "breakdown"]
    )


def _reason(row) -> str:
    if row.la_name == "England":
        return "total includes authorities that returned a total only; the breakdown does not"
    if row.la_name in UNRECORDED_AUTHORITIES:
        return (
            "placements suppressed at authority level; counted as not recorded in the England row"
        )
    return "authority returned a total only; breakdowns missing or partial"

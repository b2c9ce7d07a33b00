"""Invented SEN2 files in the department's layout, small enough to add up by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

from model.history.placements import placements
from model.history.publications import KEY_COLUMNS, PUBLICATIONS, Publication

AUTHORITIES = {
    "England": ("", ""),
    "Northtown": ("901", "E06000901"),
    "Westshire": ("902", "E10000902"),
}
SHARE = {"England": 10, "Northtown": 4, "Westshire": 6}
"""Plans of each place are these, times what the year has; England is the sum of the two."""


def publication(name: str) -> Publication:
    return next(item for item in PUBLICATIONS if item.name == name)


def key(
    name: str, file: Publication, january: int, breakdown: str | None = None, topic: str = ""
) -> dict[str, str]:
    code, area = AUTHORITIES[name]
    period = f"{january - 1}{january % 100:02d}" if file.stock else f"{january - 1}"
    nation = name == "England"
    return {
        "time_period": period,
        "time_identifier": "Academic year" if file.stock else "Calendar year",
        "geographic_level": "National" if nation else "Local authority",
        "region_name": "" if nation else "South West",
        "new_la_code": area,
        "old_la_code": code,
        "la_name": "" if nation else name,
        "breakdown_topic": topic or file.whole,
        "breakdown": breakdown or file.whole,
    }  # fmt: skip


def caseload_row(name: str, january: int, scale: int = 1) -> dict[str, object]:
    """50 plans a share: 20 mainstream, 2 in a base, 15 state special, 3 independent, 10 elsewhere."""
    size = SHARE[name] * scale
    row: dict[str, object] = key(name, publication("caseload"), january)
    row |= dict.fromkeys(placements(), 0)
    row |= {
        "mainstream_academy": 20 * size, "mainstream_academy_senunit": 2 * size, "mainstream_total": 22 * size,
        "special_academy_free": 15 * size, "special_independent": 3 * size, "special_total": 18 * size,
        "ap_pru_total": 0, "general_fe_tertiary_colleges": 8 * size, "fe_total": 8 * size,
        "elective_home_education": size, "ed_elsewhere": size, "nm_early_years": size,
        "await_prov_2022": "x", "perm_ex_2022": "x", "ehcplans": 50 * size,
    }  # fmt: skip
    return row


def caseload(januaries: tuple[int, ...] = (2022, 2023)) -> pd.DataFrame:
    return pd.DataFrame(
        [caseload_row(name, january) for january in januaries for name in AUTHORITIES]
    ).astype(str)


def ceased(january: int = 2023) -> pd.DataFrame:
    file = publication("ceased_plans")
    parts = dict(file.parts[0][1] and [(part, 0) for part in file.parts[0][1]])
    return pd.DataFrame(
        [
            {**key(name, file, january), **parts, "needs_met": 2 * size, "transfer": size, "total_ceased": 3 * size}
            for name, size in SHARE.items()
        ]
    ).astype(str)  # fmt: skip


def write(table: pd.DataFrame, path: Path) -> Path:
    data = table.to_csv(index=False).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


assert set(KEY_COLUMNS) <= set(caseload().columns)

"""Which setting each placement column of the department's files belongs to."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Final

from model.reference.bundled import read_csv_rows

INDEPENDENT_SPECIAL: Final = "independent_special"
"""Independent and non-maintained special schools: published together, split day and residential here."""


@cache
def placements() -> MappingProxyType[str, str]:
    """Placement column -> setting, or INDEPENDENT_SPECIAL. Total and exclusive."""
    rows = read_csv_rows("reference/sen2_settings.csv")
    return MappingProxyType({row["sen2_column"]: row["setting"] for row in rows})

"""Plans by group of settings, the finest division that every layout since January 2014 allows."""

from __future__ import annotations

import pandas as pd

from model.history.history import SETTING_GROUPS
from model.history.read_publication import Published

_INDEPENDENT = ("special_independent", "special_non_maintained")
_TOTALS = {
    "mainstream": "mainstream_total",
    "alternative_provision": "ap_pru_total",
    "post_16": "fe_total",
    "elsewhere": "ed_elsewhere",
}


def group_counts(caseload: Published) -> dict[str, pd.DataFrame]:
    """Plans by setting group: tables (authority, January). `other` is what is left of the plans."""
    rows = caseload.whole().set_index(["authority", "january"])
    counts = pd.DataFrame({name: rows[column] for name, column in _TOTALS.items()})
    counts["independent_special"] = rows[list(_INDEPENDENT)].sum(axis=1, min_count=2)
    counts["state_special"] = rows.special_total - counts.independent_special
    counts["other"] = rows.ehcplans - counts.sum(axis=1, min_count=6)
    return {name: counts[name].unstack("january") for name in SETTING_GROUPS}

"""Primary need within age and setting, fitted proportionally to three published pairs of margins."""

from __future__ import annotations

import numpy as np
import pandas as pd
from fitting import fit_to_margins
from sen2_files import PLACEMENT_COLUMNS

NEED_COLUMNS = {
    "ASD": "number_asd", "HI": "number_hi", "MLD": "number_mld", "MSI": "number_msi", "OTH": "number_oth", "PD": "number_pd",
    "PMLD": "number_pmld", "SEMH": "number_semh", "SLCN": "number_slcn", "SLD": "number_sld", "SPLD": "number_spld",
    "VI": "number_vi", "unknown": "number_need_unknown",
}  # fmt: skip
NEEDS = [
    "ASD",
    "DS",
    "HI",
    "MLD",
    "MSI",
    "OTH",
    "PD",
    "PMLD",
    "SEMH",
    "SLCN",
    "SLD",
    "SPLD",
    "VI",
    "unknown",
]


def needs_by_setting(rows: pd.DataFrame, settings_map: pd.Series) -> pd.DataFrame:
    """Plans by SEN2 setting and need, from the "Type of placement" rows; rows that are totals of others are left out."""
    leaves = rows[rows.index.isin(PLACEMENT_COLUMNS)]
    table = (
        leaves[list(NEED_COLUMNS.values())]
        .groupby(leaves.index.map(PLACEMENT_COLUMNS).map(settings_map))
        .sum()
    )
    return table.set_axis(list(NEED_COLUMNS), axis=1)


def need_shares(
    plans: pd.DataFrame, by_age: pd.DataFrame, by_setting: pd.DataFrame
) -> pd.DataFrame:
    """Share of each need within (age, setting): columns age, setting, need, share.

    plans (age, setting), by_age (age, need) and by_setting (setting, need) are the margins; seed: age x need shares times setting x need
    shares over need shares, that is independence of age and setting given need. A cell without plans takes the seed.
    """
    by_setting = by_setting.reindex(plans.columns).fillna(0.0)
    a = by_age.to_numpy(dtype=float) + 1e-6
    s = by_setting.to_numpy(dtype=float) + 1e-6
    seed = a[:, None, :] * s[None, :, :] / s.sum(axis=0)
    cells = plans.to_numpy(dtype=float)
    fitted = fit_to_margins(
        seed * (cells > 0)[:, :, None], [((0, 1), cells), ((0, 2), a), ((1, 2), s)]
    )
    fitted = np.where((cells > 0)[:, :, None], fitted, seed)
    shares = fitted / fitted.sum(axis=2, keepdims=True)
    index = pd.MultiIndex.from_product(
        [plans.index, plans.columns, list(NEED_COLUMNS)], names=["age", "setting", "need"]
    )
    table = pd.Series(shares.ravel(), index=index).unstack("need")
    table["DS"] = 0.0  # Down syndrome is first published from 2025-26
    return table[NEEDS].stack().rename("share").reset_index()

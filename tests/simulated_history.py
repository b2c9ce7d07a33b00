"""A nation of invented authorities whose plans follow known rates, for tests of calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.history.history import NATION, SETTING_GROUPS, History, empty_table
from model.reference.codes import AGE_GROUPS


@dataclass(frozen=True)
class Truth:
    """What the invented nation follows: coefficients, levels and the size of surprises."""

    accepted: float = 0.40
    late: float = 0.25
    new_plans: float = 0.20
    refused: float = -0.10
    new_level: float = 0.05
    exit_level: float = 0.05
    local_sd: float = 0.03
    common_sd: float = 0.010


def simulated_history(
    truth: Truth, seed: int, authorities: int = 150, first: int = 2013, last: int = 2024
) -> History:
    """Januaries `first` to `last` of authorities that differ in requests, refusals and lateness.

    New plans of a year: plans x (level + coefficients x the rates of the year before, mean and own
    deviation alike) + surprise; net exits: plans x (level + coefficient x own refusals).
    """
    random = np.random.default_rng(seed)
    years = list(range(first, last + 1))
    names = [f"Authority {place:03d}" for place in range(authorities)]
    plans = np.exp(random.normal(7.5, 0.6, authorities))
    own = {
        "accepted": random.normal(0, 0.04, authorities),
        "refused": random.normal(0, 0.015, authorities),
        "in_time": random.normal(0, 0.15, authorities),
    }
    new_rate = np.full(authorities, 0.13)
    tables: dict[str, list[np.ndarray]] = {
        name: []
        for name in ("plans", "new_plans", "requests", "refused", "share_in_20_weeks",
                     "assessments_issued", "assessments_not_issued")
    }  # fmt: skip
    for _ in years:
        for name, persistence, sd in (
            ("accepted", 0.8, 0.024),
            ("refused", 0.8, 0.009),
            ("in_time", 0.7, 0.1),
        ):
            own[name] = persistence * own[name] + random.normal(0, sd, authorities)
        accepted = np.clip(0.17 + own["accepted"], 0.03, 0.5)
        refused = np.clip(0.05 + own["refused"], 0.001, 0.2)
        in_time = np.clip(0.6 + own["in_time"], 0.02, 0.98)
        late = (1 - in_time) ** 2 * accepted
        new = new_rate * plans
        tables["plans"].append(np.round(plans))
        tables["new_plans"].append(np.round(new))
        asked = random.poisson(accepted * plans) + random.poisson(refused * plans)
        declined = random.binomial(asked, refused / (accepted + refused))
        tables["requests"].append(asked)
        tables["refused"].append(declined)
        tables["share_in_20_weeks"].append(in_time)
        tables["assessments_issued"].append(np.round(new))
        tables["assessments_not_issued"].append(np.full(authorities, np.nan))
        common = random.normal(0, truth.common_sd)
        following = (
            truth.new_level + common + truth.accepted * accepted + truth.late * late
            + truth.new_plans * new_rate + random.normal(0, truth.local_sd / 2, authorities)
        )  # fmt: skip
        exits = truth.exit_level + truth.refused * (refused - 0.05)
        growth = following - exits + random.normal(0, truth.local_sd, authorities)
        new_count = plans * np.maximum(following, 0.01)
        plans = plans * np.maximum(1 + growth, 0.5)
        new_rate = new_count / plans
    series = {name: _table(np.array(rows).T, names, years) for name, rows in tables.items()}
    rows = [NATION, *names]
    for name in ("ceased", "moved_out", "residential", "schools_block_gbp"):
        series[name] = empty_table(rows)
    about = pd.DataFrame(
        {
            "code": "",
            "region": [f"Region {place % 9}" for place in range(authorities)],
            "unchanged": True,
        },
        index=pd.Index(names, name="authority"),
    )
    nothing = {name: empty_table(rows) for name in AGE_GROUPS}
    groups = {name: empty_table(rows) for name in SETTING_GROUPS}
    return History(about, series, nothing, groups)


def _table(values: np.ndarray, names: list[str], years: list[int]) -> pd.DataFrame:
    table = pd.DataFrame(
        values.astype(float), index=pd.Index(names, name="authority"), columns=years
    )
    whole = table.mean() if (table.max().max() <= 1) else table.sum()
    return pd.concat([pd.DataFrame([whole], index=[NATION]), table]).rename_axis("authority")

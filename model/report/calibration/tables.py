"""Tables of a calibration: coefficients, how far each rate was believed, levels, and the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.calibration.pipeline_rates import EXIT_RATES, NEW_PLAN_RATES, RATES
from model.calibration.plan_totals import ALL_RATES
from model.overlay.agreement import Agreement
from model.overlay.calibrating import Calibrated


def coefficients(found: Calibrated) -> pd.DataFrame:
    """Coefficients of both equations with standard errors."""
    rows = [
        (equation, name, RATES[name], value, error)
        for equation, names, terms in (
            ("new plans of the next year for each plan", NEW_PLAN_RATES, found.fit.pipeline),
            ("net exits of the next year for each plan", EXIT_RATES, found.fit.exits),
        )
        for name, value, error in zip(
            names, terms.value, np.sqrt(np.diag(terms.covariance)), strict=True
        )
    ]
    return pd.DataFrame(
        rows, columns=["equation", "rate", "meaning", "coefficient", "standard_error"]
    )


def shrinkage(found: Calibrated) -> pd.DataFrame:
    """The authority's rates: mean of authorities, own deviation, how far believed, what is used."""
    deviations, place = found.fit.deviations, found.place
    pipeline = pd.DataFrame(
        {
            "rate": list(ALL_RATES),
            "meaning": [RATES[name] for name in ALL_RATES],
            "mean_of_authorities": deviations.mean,
            "own_deviation": deviations.seen[:, place],
            "believed_share": deviations.weight_own[:, place],
            "region_share": deviations.weight_region[:, place],
            "deviation_used": deviations.shrunk[:, place],
        }
    )
    shares = pd.DataFrame(
        [
            (
                rate.rate.name, rate.rate.title, rate.nation, rate.own[place] - rate.nation,
                rate.weight_own[place], rate.weight_region[place], rate.shrunk[place] - rate.nation,
            )
            for rate in found.rates
        ],
        columns=list(pipeline.columns),
    )  # fmt: skip
    return pd.concat([pipeline, shares], ignore_index=True)


def levels(found: Calibrated) -> pd.DataFrame:
    """Levels of new plans and net exits by year, for each plan, and the smoothed level now."""
    fit = found.fit
    table = pd.DataFrame(
        {
            "january": list(fit.years),
            "new_plans_level": fit.new_levels,
            "net_exits_level": fit.exit_levels,
        }
    )
    last = pd.DataFrame([(fit.january, fit.new_level, fit.exit_level)], columns=list(table.columns))
    return pd.concat([table, last], ignore_index=True)


def forecast(found: Calibrated, agreed: Agreement | None) -> pd.DataFrame:
    """Plans in force and new plans by January: percentiles, and those of the scenario when run."""
    rows = []
    for measure, draws in (("plans", found.targets.plans), ("new_plans", found.targets.new_plans)):
        for step, values in enumerate(draws):
            rows.append((measure, found.january + 1 + step, *np.quantile(values, [0.1, 0.5, 0.9])))
    table = pd.DataFrame(rows, columns=["measure", "january", "p10", "p50", "p90"])
    if agreed is not None:
        ran = pd.DataFrame(
            agreed.scenario, columns=["scenario_p10", "scenario_p50", "scenario_p90"]
        )
        ran.insert(0, "january", list(agreed.januaries))
        ran.insert(0, "measure", "plans")
        table = table.merge(ran, how="left", on=["measure", "january"])
    return table

"""Ranges of a method from its own past errors: what it missed by, standing at earlier Januaries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.backtest.settings import settings
from model.backtest.simple_methods.counts import Floats, logs_of

Method = Callable[[Floats, Floats, tuple[int, ...]], Floats]
"""From counts (authority, January), England's (January,) and horizons to medians (authority, horizon)."""


def past_errors(
    method: Method, history: Floats, nation: Floats, horizons: tuple[int, ...]
) -> list[Floats]:
    """Log actual less log forecast, (error,) for each horizon, pooled over authorities.

    From the latest five earlier Januaries whose target was known at the last January of `history`; fewer
    where there are fewer. Each forecast is made from the Januaries up to its own origin alone.
    """
    januaries = history.shape[1]
    origins = int(settings()["past_origins"])
    actual = logs_of(history)
    back = range(min(horizons), min(max(horizons) + origins, januaries))
    forecast = {
        years: logs_of(method(history[:, :-years], nation[:-years], horizons)) for years in back
    }
    pooled = []
    for at, horizon in enumerate(horizons):
        missed = [
            actual[:, januaries - 1 - years + horizon] - forecast[years][:, at]
            for years in range(horizon, min(horizon + origins, januaries))
        ]
        errors = np.concatenate(missed) if missed else np.empty(0)
        pooled.append(errors[np.isfinite(errors)])
    return pooled


def ensemble_of(median: Floats, errors: Floats, *, shifted: bool) -> Floats:
    """Equally likely values (authority, value), sorted, from `median` (authority,) and log errors (error,).

    The values are the middles of equal slices of the empirical distribution: nothing is drawn. Errors
    are centred on their median unless `shifted`. NaN with fewer than 40 errors.
    """
    count = int(settings()["ensemble_values"])
    if errors.size < settings()["least_errors"]:
        return np.full((len(median), count), np.nan)
    around = errors if shifted else errors - np.median(errors)
    spread = np.quantile(around, (np.arange(count) + 0.5) / count)
    return np.asarray(median[:, None] * np.exp(spread))

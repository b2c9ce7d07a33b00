"""The growth of one authority in draws: its own shrunk to the nation's, or the typical one where it has none."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.calibration.money.forecast import KnownGrowth, known_growth
from model.calibration.money.growth_draws import nation_ahead, own_ahead, own_weight
from model.calibration.money.growth_fit import GrowthFit, fit_growth
from model.calibration.money.settings import FAMILY_OF, growth_settings
from model.history.finance import FinanceHistory

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AuthorityGrowth:
    """Growth of a measure after the year of an authority's last figure.

    `ahead` (year ahead 1.., draw): change of the logarithm (of the share, for a balance), summed
    from that year on. `shrinkage`: 1 less the part of its own past growth against the nation's that
    is expected of the next year. `fit`: growth of all authorities.
    """

    ahead: Floats
    shrinkage: float
    fit: GrowthFit


def growth_of(
    known: FinanceHistory, measure: str, code: str, start: int, end: int, draws: int, seed: int
) -> AuthorityGrowth | None:
    """Growth of the authority `code` from the financial year `start` to `end`, at least a year ahead.

    The nation's growth of years that `known` has is taken as it was. None where fewer than two
    years are known.
    """
    years = known.years(measure)
    if len(years) < 2:
        return None
    latest = years[-1]
    settings = growth_settings(FAMILY_OF[measure])
    past = known_growth(known, measure, latest)
    if past is None:
        return None
    fit = fit_growth(past.growth, past.behind, settings)
    random = np.random.Generator(
        np.random.Philox(
            np.random.SeedSequence([seed, zlib.crc32(f"{measure} {code}".encode()), start])
        )
    )
    horizons = max(end - start, 1)
    one, behind, now = _only(fit, past, code if start == latest else None)
    own = own_ahead(one, behind, now, settings, horizons, draws, random)[0]
    known_nation = (
        fit.nation[len(fit.nation) - (latest - start) :] if start < latest else fit.nation[:0]
    )
    nation = np.broadcast_to(
        known_nation[:horizons, None], (min(len(known_nation), horizons), draws)
    )
    if horizons > len(nation):
        nation = np.vstack(
            [nation, nation_ahead(fit, settings, horizons - len(nation), draws, random)]
        )
    shrinkage = 1 - float(own_weight(one, behind, now)[0])
    return AuthorityGrowth(np.cumsum(nation + own, axis=0), shrinkage, fit)


def _only(
    fit: GrowthFit, past: KnownGrowth, code: str | None
) -> tuple[GrowthFit, Floats | None, Floats | None]:
    """The fit of one authority; without growth of its own, that of a typical one with none known."""
    row = -1 if code is None else int(past.codes.get_indexer(pd.Index([code]))[0])
    if row >= 0:
        alone = replace(fit, deviations=fit.deviations[[row]])
        if past.behind is None or past.plans_now is None:
            return alone, None, None
        return alone, past.behind[[row]], past.plans_now[[row]]
    years = fit.deviations.shape[1]
    unknown = replace(fit, deviations=np.full((1, years), np.nan))
    if past.plans_now is None:
        return unknown, None, None
    typical = float(np.nanmedian(past.plans_now))
    return unknown, np.full((1, years), typical), np.array([typical])

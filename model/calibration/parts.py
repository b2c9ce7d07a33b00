"""Plans by age group and by setting group: flows from one January to the next, joined to the total.

For a part k (an age group or a setting group) of an authority:

    stock of k next January = sum over parts j it can come from of A[k, j] stock of j + v[k] new plans

A and v are not below nil, the same for all authorities, estimated robustly from the latest
transitions (Huber's loss, bounded least squares). What the parts fall short of the total is new
plans too many or too few, so it is spread as new plans are: special schools grow by places and are
never scaled to the total. What authorities do besides is drawn from past errors, all parts of one
authority and year together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from model.calibration.plan_draws import PlanDraws
from model.calibration.settings import Settings
from model.chance.philox import stream_key, uniforms
from model.history.history import History

Floats = NDArray[np.float64]

AGE_GROUP_ORIGINS: Final = {
    "under_5": ("under_5",),
    "5_to_10": ("under_5", "5_to_10"),
    "11_to_15": ("5_to_10", "11_to_15"),
    "16_to_19": ("11_to_15", "16_to_19"),
    "20_to_25": ("16_to_19", "20_to_25"),
}
"""Where the plans of an age group can have been a year before."""

SETTING_GROUP_ORIGINS: Final = {
    "mainstream": ("mainstream", "other"),
    "state_special": ("state_special", "mainstream", "other"),
    "independent_special": ("independent_special", "state_special", "mainstream"),
    "alternative_provision": ("alternative_provision", "mainstream"),
    "post_16": ("post_16", "mainstream", "state_special", "elsewhere"),
    "elsewhere": ("elsewhere", "post_16", "mainstream"),
    "other": ("other", "mainstream"),
}
"""Where the plans of a setting group can have been a year before."""

COMPLETE_SINCE: Final = {"elsewhere": 2019, "other": 2019, "post_16": 2019}
"""First January of groups that are counted differently before: NEET joined those elsewhere in 2019."""
SHARE_KEPT: Final = frozenset({"independent_special", "alternative_provision"})
"""Groups with too few plans for their flows to be told: they keep their share of an authority's total."""
_FIRST_JANUARY: Final = 2016
_LEAST_SHARE_OF_TOTAL: Final = 0.9
_LEAST_KEPT: Final = 0.3
_COUNT_SHARE: Final = 0.8
_LEAST_VARIANCE: Final = 1e-5
_NORMAL_MAD: Final = 1.4826


@dataclass(frozen=True)
class PartFlows:
    """Flows between the parts of plans.

    `stay` (part, part of origin) and `entry` (part,): shares a year. A part without a known
    transition keeps its share of the total: `known` (part,) False. `errors` (residual, part):
    standardised log errors of one authority and year, nil where a count is too small;
    `variance` (part,): of log errors beyond counting.
    """

    parts: tuple[str, ...]
    stay: Floats
    entry: Floats
    known: NDArray[np.bool_]
    errors: Floats
    variance: Floats


def fit_parts(
    history: History,
    tables: Mapping[str, pd.DataFrame],
    origins: Mapping[str, tuple[str, ...]],
    settings: Settings,
) -> PartFlows:
    """Estimate flows at the last January of the history from its latest transitions."""
    parts = tuple(origins)
    january = history.januaries[-1]
    first = january - int(settings.flow_transitions)
    stay, entry = np.zeros((len(parts), len(parts))), np.zeros(len(parts))
    known = np.zeros(len(parts), dtype=bool)
    steps = {year: _step(history, tables, parts, year, settings) for year in range(first, january)}
    for row, part in enumerate(parts):
        columns = [parts.index(origin) for origin in origins[part]]
        terms, responses = [], []
        for year, (before, after, new, plans, used) in steps.items():
            if part in SHARE_KEPT or year < COMPLETE_SINCE.get(part, _FIRST_JANUARY):
                continue
            rows = used & np.isfinite(after[row])
            if rows.any():
                x = np.vstack([before[columns], new[None]])[:, rows] / plans[rows]
                terms.append(x.T)
                responses.append(after[row, rows] / plans[rows])
        if terms:
            found = _bounded_robust(np.vstack(terms), np.concatenate(responses), settings.huber)
            stay[row, columns], entry[row] = found[:-1], found[-1]
            known[row] = True
    errors, variance = _errors(steps, stay, entry, known)
    return PartFlows(parts, stay, entry, known, errors, variance)


def draw_parts(
    history: History,
    tables: Mapping[str, pd.DataFrame],
    flows: PartFlows,
    totals: PlanDraws,
    seed: int,
) -> Floats:
    """Draws of each part, (horizon, part, authority, draw); in every draw they sum to the total.

    NaN for an authority whose parts are not published at the start.
    """
    stock = _stock(history, tables, flows.parts, history.januaries[-1])
    start = history.of("plans", history.januaries[-1]).to_numpy(dtype=float)
    share = stock / start
    complete = share.sum(axis=0) >= _LEAST_SHARE_OF_TOTAL
    share = np.where(complete, share / share.sum(axis=0), np.nan)
    horizons, _, draws = totals.plans.shape
    drawn = np.empty((horizons, len(flows.parts), *totals.plans.shape[1:]))
    current = share[:, :, None] * np.nan_to_num(start, nan=1.0)[None, :, None]
    current = np.repeat(current, draws, axis=2)
    noise = _drawn_errors(flows, totals, seed)
    for step in range(horizons):
        total, new = totals.plans[step], totals.new_plans[step]
        raw = np.einsum("kj,jad->kad", flows.stay, current)
        raw += flows.entry[:, None, None] * new
        # What keeps its share follows the total, each draw from the share it has; the others make up the rest.
        raw[~flows.known] = (current / current.sum(axis=0) * total)[~flows.known]
        raw = _to_total(raw, total, np.where(flows.known, flows.entry, 0.0))
        sd = np.sqrt(flows.variance[:, None, None] + _COUNT_SHARE / np.maximum(raw, 1.0))
        noisy = np.maximum((raw + 0.5) * np.exp(noise[step] * sd) - 0.5, 0.0)
        current = noisy * (total / noisy.sum(axis=0))
        drawn[step] = current
    return drawn


def _stock(
    history: History, tables: Mapping[str, pd.DataFrame], parts: tuple[str, ...], january: int
) -> Floats:
    """Plans by part and authority at a January; NaN where not published."""
    columns = []
    for part in parts:
        table = tables[part]
        known = table[january] if january in table else pd.Series(np.nan, index=table.index)
        columns.append(known.reindex(history.names).to_numpy(dtype=float))
    stock = np.array(columns)
    published = np.isfinite(stock).any(axis=0)
    return np.where(published & ~np.isfinite(stock), 0.0, stock)


_Step = tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]


def _step(
    history: History, tables: Mapping[str, pd.DataFrame], parts: tuple[str, ...], january: int,
    settings: Settings,
) -> _Step:  # fmt: skip
    """Parts before and after, new plans between, plans before, and whom to learn from."""
    before = _stock(history, tables, parts, january)
    after = _stock(history, tables, parts, january + 1)
    plans = history.of("plans", january).to_numpy(dtype=float)
    later = history.of("plans", january + 1).to_numpy(dtype=float)
    new = history.of("new_plans", january + 1).to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        used = (
            np.isfinite(before).all(axis=0)
            & np.isfinite(new)
            & (plans > settings.least_plans)
            & (new / plans < settings.largest_new)
            & (np.abs(later / plans - 1) < settings.largest_growth)
        )
    return before, after, new, plans, used


def _bounded_robust(terms: Floats, response: Floats, huber: float) -> Floats:
    """Coefficients not below nil under Huber's loss, its scale from a first fit's residuals."""
    first = optimize.nnls(terms, response)[0]
    residual = response - terms @ first
    scale = _NORMAL_MAD * float(np.median(np.abs(residual - np.median(residual)))) + 1e-9

    def misses(value: Floats) -> Floats:
        return np.asarray(terms @ value - response)

    def slopes(value: Floats) -> Floats:
        return terms

    found = optimize.least_squares(
        misses,
        np.maximum(first, 1e-6),
        jac=slopes,
        bounds=(0.0, np.inf),
        loss="huber",
        f_scale=huber * scale,
    )
    return np.asarray(found.x)


def _to_total(raw: Floats, total: Floats, entry: Floats) -> Floats:
    """Spread what the parts (part, authority, draw) miss of the total as new plans are spread."""
    weight = entry / entry.sum() if entry.sum() > 0 else np.full(len(entry), 1 / len(entry))
    missing = total - raw.sum(axis=0)
    spread = np.maximum(raw + weight[:, None, None] * missing, _LEAST_KEPT * raw)
    return np.asarray(spread * (total / spread.sum(axis=0)))


def _errors(
    steps: dict[int, _Step], stay: Floats, entry: Floats, known: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Log errors of one step, given the true total, standardised; and their variance by part."""
    logs, counts = [], []
    for before, after, new, _, used in steps.values():
        rows = used & np.isfinite(after).all(axis=0)
        if not rows.any() or not known.any():
            continue
        total = after[:, rows].sum(axis=0)
        raw = stay @ before[:, rows] + entry[:, None] * new[rows]
        shares = before[:, rows] / before[:, rows].sum(axis=0)
        raw[~known] = (shares * total)[~known]
        fitted = _to_total(raw[..., None], total[:, None], np.where(known, entry, 0.0))[..., 0]
        enough = fitted > 1
        logs.append(np.where(enough, np.log((after[:, rows] + 0.5) / (fitted + 0.5)), np.nan).T)
        counts.append(fitted.T)
    if not logs:
        # Nothing to learn from yet: shares move as counting alone would have them.
        return np.zeros((1, len(entry))), np.full(len(entry), _LEAST_VARIANCE)
    error, count = np.vstack(logs), np.vstack(counts)
    middle = np.nanmedian(error, axis=0)
    spread = (_NORMAL_MAD * np.nanmedian(np.abs(error - middle), axis=0)) ** 2
    counting = _COUNT_SHARE * np.nanmedian(1 / np.maximum(count, 1.0), axis=0)
    variance = np.maximum(spread - counting, _LEAST_VARIANCE)
    standard = (error - middle) / np.sqrt(variance + _COUNT_SHARE / np.maximum(count, 1.0))
    return np.nan_to_num(standard), variance


def _drawn_errors(flows: PartFlows, totals: PlanDraws, seed: int) -> Floats:
    """Standardised errors of past authorities and years, (horizon, part, authority, draw)."""
    horizons, _, draws = totals.plans.shape
    count = len(flows.errors)
    noise = np.empty((horizons, len(flows.parts), len(totals.authorities), draws))
    for place, name in enumerate(totals.authorities):
        key = stream_key(seed, f"calibration parts {flows.parts[0]} {name}")
        uniform = uniforms(key, 0, draws, horizons)
        which = np.minimum((uniform * count).astype(np.int64), count - 1)
        noise[:, :, place] = np.moveaxis(flows.errors[which], 2, 1)
    return noise

"""Joint samples of every uncertain input.

Each input has a stream of its own, keyed by the seed and its path, so that adding an input changes
no other. Within a draw an input is sampled once with its `path` through time: redrawing a rate
every year would let errors cancel and make ranges far too narrow (design 5.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.chance.philox import stream_key, uniforms
from model.reference.calendar import MONTHS
from model.scenario.checks import correlation_matrix
from model.scenario.inputs import Figure, Input, inputs
from model.scenario.numbers import Quantity, ShareSet, Yearly
from model.scenario.problems import did_you_mean
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]
Override = float | tuple[float, ...] | tuple[tuple[str, float], ...]
"""What fixes an input: one number, a number for each year of the horizon, or named shares."""

_JITTER = 1e-8
"""Lets correlations of exactly 1 be factored; far below what a sample could show."""


@dataclass(frozen=True)
class InputChange:
    """What mitigations do to one input through time: value x `factor` + `addend`, (month, draw)."""

    factor: Floats
    addend: Floats


@dataclass(frozen=True)
class Draws:
    """Sampled inputs of a block of draws.

    `of` gives an input's values: a number as (draw,), a number by year as (year, draw) over the
    horizon, named shares as name -> (draw,). `sampled` holds the uncertain ones by path, for the
    table of inputs. `first_draw` and `size` say which draws these are. `changes` are what
    mitigations do to inputs, by identity of the figure, and `presence` (month, draw) how far each
    mitigation, by id, is in the run: both are seen by `monthly` and `at` only.
    """

    years: range
    first_draw: int
    size: int
    sampled: dict[str, Floats] = field(default_factory=dict)
    changes: dict[int, InputChange] = field(default_factory=dict)
    presence: dict[str, Floats] = field(default_factory=dict)
    _values: dict[int, object] = field(default_factory=dict)
    _monthly: dict[int, Floats] = field(default_factory=dict)

    @property
    def months(self) -> int:
        """Months of the horizon."""
        return MONTHS * len(self.years)

    def of(self, figure: Quantity) -> Floats:
        """Values of a number, shape (draw,)."""
        value = self._values[id(figure)]
        assert isinstance(value, np.ndarray)
        return value

    def by_year(self, figure: Yearly) -> Floats:
        """Values of a number by year, shape (year, draw)."""
        value = self._values[id(figure)]
        assert isinstance(value, np.ndarray)
        return value

    def monthly(self, figure: Quantity | Yearly) -> Floats:
        """Values in each month of the horizon with what mitigations change, shape (month, draw).

        A changed value is kept within the range that the input permits.
        """
        known = self._monthly.get(id(figure))
        if known is not None:
            return known
        if isinstance(figure, Yearly):
            values = np.repeat(self.by_year(figure), MONTHS, axis=0)
        else:
            values = np.broadcast_to(self.of(figure), (self.months, self.size))
        change = self.changes.get(id(figure))
        if change is not None:
            rule = figure.at(self.years[-1]) if isinstance(figure, Yearly) else figure
            values = np.clip(values * change.factor + change.addend, rule.low, rule.high)
        self._monthly[id(figure)] = values
        return values

    def at(self, figure: Quantity | Yearly, month: int) -> Floats:
        """Values in one month, shape (draw,). Months before the first year take its own, unchanged."""
        if month < 0:
            return self.of(figure) if isinstance(figure, Quantity) else self.by_year(figure)[0]
        return np.asarray(self.monthly(figure)[month])

    def shares(self, figure: ShareSet) -> dict[str, Floats]:
        """Named shares, each (draw,), summing to 1 over the names."""
        value = self._values[id(figure)]
        assert isinstance(value, dict)
        return value


def sample(
    scenario: Scenario,
    seed: int,
    first_draw: int,
    size: int,
    overrides: Mapping[str, Override] | None = None,
    samples: Mapping[str, Floats] | None = None,
) -> Draws:
    """Sample every input for draws first_draw .. first_draw + size - 1.

    `overrides` fixes inputs by path. `samples` are joint samples (sample,) used instead of
    drawing; each draw takes one row for all of them. Raises KeyError for an unknown override.
    """
    entries = inputs(scenario)
    _refuse_unknown(entries, overrides or {})
    draws = Draws(scenario.horizon.years, first_draw, size)
    innovations = _correlated(scenario, entries, seed, draws)
    row = None
    if samples:
        table_rows = len(next(iter(samples.values())))
        pick = uniforms(stream_key(seed, "samples"), first_draw, size, 1)[0]
        row = np.minimum((pick * table_rows).astype(int), table_rows - 1)
    for entry in entries:
        if overrides and entry.path in overrides:
            _keep(draws, entry, _columns(entry, [overrides[entry.path]] * size, draws))
        elif samples and row is not None and entry.path in samples:
            _keep(draws, entry, samples[entry.path][row], sampled=True)
        else:
            scores = innovations.get(entry.path)
            value = _sampled(entry, seed, draws, scores)
            _keep(draws, entry, value, sampled=not entry.figure.certain)
    return draws


def central(scenario: Scenario, overrides: Mapping[str, Override] | None = None) -> Draws:
    """The central value of every input, as one draw (design section 4)."""
    return designed(scenario, [overrides or {}])


def designed(scenario: Scenario, cases: Sequence[Mapping[str, Override]]) -> Draws:
    """One draw a case: the central value of every input but those that the case fixes by path.

    Raises KeyError for a path that is no input.
    """
    entries = inputs(scenario)
    _refuse_unknown(entries, {path: value for case in cases for path, value in case.items()})
    draws = Draws(scenario.horizon.years, 0, len(cases))
    for entry in entries:
        middle = _middle(entry.figure, draws.years)
        _keep(
            draws, entry, _columns(entry, [case.get(entry.path, middle) for case in cases], draws)
        )
    return draws


def _middle(figure: Figure, years: range) -> Override:
    """The central value, as something that could fix the input."""
    if isinstance(figure, Quantity):
        return figure.central
    if isinstance(figure, Yearly):
        return tuple(_central_at(figure, year) for year in years)
    return tuple(figure.central.items())


def _refuse_unknown(entries: Sequence[Input], overrides: Mapping[str, Override]) -> None:
    """Raise KeyError for paths that are no input and ValueError for values an input may not have."""
    known = {entry.path: entry.figure for entry in entries}
    for path, value in overrides.items():
        if path not in known:
            near = did_you_mean(path, known)
            raise KeyError(f"no such input: {path}" + (f". {near}" if near else ""))
        _refuse_impossible(path, known[path], value)


def _refuse_impossible(path: str, figure: Figure, value: Override) -> None:
    if isinstance(figure, ShareSet):
        return
    given = value if isinstance(value, tuple) else (value,)
    rule = figure.at(max(figure.by_year, default=0)) if isinstance(figure, Yearly) else figure
    for one in given:
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise ValueError(f"{path} is held at a number, not at {one!r}")
        if not (np.isnan(one) or rule.low <= one <= rule.high):
            hint = f"; {one:g} % is {one / 100:g}" if rule.high == 1 and 1 < one <= 100 else ""
            raise ValueError(
                f"{path} = {one:g} is out of range: {rule.low:g} to {rule.high:g} {rule.unit}{hint}"
            )


def _central_at(figure: Yearly, year: int) -> float:
    # A known allocation stops before the horizon does; income growth takes over from there.
    return figure.at(year).central if figure.covers(year) else np.nan


def _keep(draws: Draws, entry: Input, value: object, *, sampled: bool = False) -> None:
    draws._values[id(entry.figure)] = value
    if not sampled:
        return
    if isinstance(value, dict):
        for name, shares in value.items():
            draws.sampled[f"{entry.path}.{name}"] = shares
    elif isinstance(value, np.ndarray):
        draws.sampled[entry.path] = value


def _columns(entry: Input, values: Sequence[Override], draws: Draws) -> Floats | dict[str, Floats]:
    """One value a draw, in the shape that the input has in `Draws`."""
    if isinstance(entry.figure, ShareSet):
        if not all(isinstance(value, tuple) for value in values):
            raise KeyError(f"{entry.path} is a set of shares and cannot be one number")
        shares = [dict(value) for value in values]  # type: ignore[arg-type]
        return {name: np.array([one[name] for one in shares]) for name in entry.figure.shares}
    if isinstance(entry.figure, Quantity):
        return np.array(values, dtype=float)
    return np.stack([np.broadcast_to(value, len(draws.years)) for value in values], axis=-1)


def _sampled(entry: Input, seed: int, draws: Draws, scores: Floats | None) -> object:
    figure = entry.figure
    if isinstance(figure, ShareSet):
        return _shares(figure, seed, entry.path, draws)
    if isinstance(figure, Quantity):
        if figure.certain:
            return np.full(draws.size, figure.central)
        if scores is None:
            uniform = uniforms(stream_key(seed, entry.path), draws.first_draw, draws.size, 1)[0]
        else:
            uniform = special.ndtr(scores[0])
        return figure.distribution.quantile(uniform)
    return _series(figure, seed, entry.path, draws, scores)


def _series(figure: Yearly, seed: int, path: str, draws: Draws, scores: Floats | None) -> Floats:
    """A number by year (year, draw), its uniforms tied together in time as `path` says."""
    count = len(draws.years)
    if figure.certain:
        values = [np.full(draws.size, _central_at(figure, year)) for year in draws.years]
        return np.array(values)
    if scores is None:
        uniform = uniforms(stream_key(seed, path), draws.first_draw, draws.size, count)
        scores = special.ndtri(uniform)
    if figure.path == "persistent":
        scores = np.repeat(scores[:1], count, axis=0)
    elif figure.path == "ar1":
        scores = _autoregressive(scores, figure.rho)
    uniform = special.ndtr(scores)
    values = [
        figure.at(year).distribution.quantile(uniform[index])
        if figure.covers(year)
        else np.full(draws.size, np.nan)
        for index, year in enumerate(draws.years)
    ]
    return np.array(values)


def _autoregressive(innovations: Floats, rho: float) -> Floats:
    """Stationary first-order scores: z_t = rho z_(t-1) + sqrt(1 - rho^2) e_t, variance 1 throughout."""
    scores = np.empty_like(innovations)
    scores[0] = innovations[0]
    for year in range(1, len(innovations)):
        scores[year] = rho * scores[year - 1] + np.sqrt(1 - rho * rho) * innovations[year]
    return scores


def _shares(figure: ShareSet, seed: int, path: str, draws: Draws) -> dict[str, Floats]:
    """Dirichlet shares from independent gammas, one stream a name."""
    if not figure.dirichlet:
        return {name: np.full(draws.size, v) for name, v in figure.central.items()}
    gammas = {
        name: special.gammaincinv(
            weight, uniforms(stream_key(seed, f"{path}.{name}"), draws.first_draw, draws.size, 1)[0]
        )
        for name, weight in figure.shares.items()
    }
    total = np.zeros(draws.size)
    for gamma in gammas.values():
        total = total + gamma
    return {name: gamma / total for name, gamma in gammas.items()}


def _correlated(
    scenario: Scenario, entries: list[Input], seed: int, draws: Draws
) -> dict[str, Floats]:
    """Normal scores (year, draw) of the inputs named in `correlations` (Gaussian copula)."""
    named = {name for item in scenario.correlations for name in item.between}
    order = [entry.path for entry in entries if entry.path in named]
    if not order:
        return {}
    # Lower triangular: an input's scores depend only on itself and those before it.
    root = np.linalg.cholesky(correlation_matrix(scenario, order) + _JITTER * np.eye(len(order)))
    rows = len(draws.years)
    independent = [
        special.ndtri(uniforms(stream_key(seed, path), draws.first_draw, draws.size, rows))
        for path in order
    ]
    scores = {}
    for index, name in enumerate(order):
        total = np.zeros((rows, draws.size))
        for k in range(len(order)):
            total = total + root[index, k] * independent[k]
        scores[name] = total
    return scores

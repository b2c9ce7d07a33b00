"""Checks between the sections of a scenario: references, sums, years and order.

Each check names the sections it reads, so that it still runs when another section is wrong. The
checks of one part of the scenario are in the module named after it; those of the whole are here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.reference.calendar import financial_year_label
from model.scenario import (
    checks_account,
    checks_bands,
    checks_cohort,
    checks_demand,
    checks_funding,
    checks_general_fund,
    checks_mitigations,
    checks_nurture,
    checks_places,
    checks_policy,
    checks_support,
    checks_versions,
)
from model.scenario.findings import Check, Finding, reads, repeated, unknown
from model.scenario.inputs import inputs
from model.scenario.quantities import Quantity, Yearly
from model.scenario.schema import Scenario

LONGEST_HORIZON = 30
_NOT_NEGATIVE = -1e-9
"""Smallest eigenvalue taken for nil: rounding in a matrix of correlations."""


def check(scenario: Scenario, sound: set[str]) -> list[Finding]:
    """Findings of every check whose sections are in `sound`, in the order of the checks."""
    return [finding for item in _CHECKS if item.reads <= sound for finding in item.find(scenario)]


@reads("horizon", "as_at")
def _horizon(scenario: Scenario) -> Iterator[Finding]:
    horizon, as_at = scenario.horizon, scenario.as_at
    at = ("horizon", "last_year")
    last = financial_year_label(horizon.last_year)
    if horizon.last_year < horizon.first_year:
        first = financial_year_label(horizon.first_year)
        yield Finding(at, "the last year is before the first", last, f"{first} or later")
    elif len(horizon.years) > LONGEST_HORIZON:
        years = f"{LONGEST_HORIZON} or fewer"
        yield Finding(at, "the horizon is too long", f"{len(horizon.years)} years", years)
    elif (as_at.year, as_at.month) > (horizon.last_year + 1, 3):
        yield Finding(("as_at",), "the scenario stands after its horizon", str(as_at))


@reads("horizon")
def _yearly_cover(scenario: Scenario) -> Iterator[Finding]:
    """Every number by year covers the horizon (an allocation only needs its first year)."""
    for item in inputs(scenario):
        figure = item.figure
        if not isinstance(figure, Yearly):
            continue
        if item.at[-1] == "gross_income_gbp":
            if not figure.covers(scenario.horizon.first_year):
                year = financial_year_label(scenario.horizon.first_year)
                yield Finding(item.at, f"no allocation for the first year, {year}")
            continue
        missing = [year for year in scenario.horizon.years if not figure.covers(year)]
        if missing:
            yield Finding(
                item.at,
                f"no value for {financial_year_label(missing[0])}",
                expected="every year of the horizon",
                hint="Add the year, or 'then:' for all years that are not given.",
            )


@reads("switched_off")
def _switched_off(scenario: Scenario) -> Iterator[Finding]:
    yield from repeated(scenario.switched_off, ("switched_off",), "mechanism", key="")


@reads(*Scenario.model_fields)
def _correlations(scenario: Scenario) -> Iterator[Finding]:
    figures = [item for item in inputs(scenario) if isinstance(item.figure, Quantity | Yearly)]
    uncertain = [item.path for item in figures if not item.figure.certain]
    certain = {item.path for item in figures} - set(uncertain)
    pairs = [tuple(sorted(item.between)) for item in scenario.correlations]
    named = True
    for index, correlation in enumerate(scenario.correlations):
        for number, name in enumerate(correlation.between):
            at = ("correlations", index, "between", number)
            if name in certain:
                yield Finding(at, f"the input '{name}' is not uncertain, so nothing moves with it")
            elif name not in uncertain:
                yield unknown(at, "uncertain input", name, uncertain)
            named = named and name in uncertain
        if len(set(correlation.between)) == 1:
            yield Finding(("correlations", index), "an input correlated with itself")
            named = False
    labels = [" and ".join(pair) for pair in pairs]
    yield from repeated(labels, ("correlations",), "pair", key="")
    if named and pairs:
        names = list(dict.fromkeys(name for pair in pairs for name in pair))
        smallest = float(np.linalg.eigvalsh(correlation_matrix(scenario, names))[0])
        if smallest < _NOT_NEGATIVE:
            yield Finding(
                ("correlations",),
                "these correlations cannot hold together",
                f"a smallest eigenvalue of {smallest:.3f} of their matrix",
                "a matrix without negative eigenvalues",
                "Make the correlations weaker, or give the missing pairs.",
            )


def correlation_matrix(scenario: Scenario, names: list[str]) -> NDArray[np.float64]:
    """Correlations of normal scores: r = 2 sin(pi rho / 6) for a Spearman rho (Gaussian copula)."""
    matrix = np.eye(len(names))
    for correlation in scenario.correlations:
        if not set(correlation.between) <= set(names):
            continue
        i, j = (names.index(name) for name in correlation.between)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * correlation.spearman / 6)
    return matrix


_CHECKS: tuple[Check, ...] = (
    _horizon,
    _yearly_cover,
    _switched_off,
    *checks_cohort.CHECKS,
    *checks_demand.CHECKS,
    *checks_places.CHECKS,
    *checks_funding.CHECKS,
    *checks_bands.CHECKS,
    *checks_nurture.CHECKS,
    *checks_account.CHECKS,
    *checks_support.CHECKS,
    *checks_general_fund.CHECKS,
    *checks_mitigations.CHECKS,
    *checks_policy.CHECKS,
    *checks_versions.CHECKS,
    _correlations,
)

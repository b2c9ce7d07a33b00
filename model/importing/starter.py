"""The starter scenario of an authority: its sections in the order in which a person reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from model.history.findings import Finding
from model.importing.account import account_section
from model.importing.choices import choices
from model.importing.evidence import Evidence
from model.importing.figures import Figure, Section, assumed, rounded
from model.importing.leavers import moved_in_section, rates_section
from model.importing.new_plans import new_plans_section
from model.importing.plans import plans_section
from model.importing.population import Population, population_of
from model.importing.prices import funding_section
from model.importing.requests import LATER_STEP, requests_section, step_id

YEARS_AHEAD: Final = 4
"""Financial years after the first one."""

_DRAWS: Final = 1000


@dataclass(frozen=True)
class Starter:
    """A scenario to start from.

    `head`: comment at the head of the file. `sections`: in order; the first, without a key, holds
    name, title and the years. `population`: the table that lies beside it. `replace_first`: what is
    assumed and should be replaced, the most important first.
    """

    authority: str
    january: int
    head: str
    sections: tuple[Section, ...]
    population: Population
    findings: tuple[Finding, ...]
    replace_first: tuple[str, ...]

    @property
    def left_out(self) -> tuple[Section, ...]:
        """Sections that the files given do not fill."""
        return tuple(section for section in self.sections if section.key and section.body is None)


def starter_of(evidence: Evidence) -> Starter:
    """Everything the files say of an authority at a January, as a scenario. Pure: reads no file."""
    first, last = evidence.january, evidence.january + YEARS_AHEAD
    population = population_of(evidence, last)
    requests = requests_section(evidence)
    funding, account = funding_section(evidence), account_section(evidence)
    sections = (
        _front(evidence, last),
        population.section(),
        plans_section(evidence),
        new_plans_section(evidence, with_requests=requests.body is not None),
        requests,
        Section("reviews", {"completed_share": assumed(choices()["reviews_completed"])}),
        moved_in_section(evidence),
        rates_section(evidence),
        funding,
        account,
        _correlations(requests, funding, account, first),
    )
    return Starter(
        evidence.authority, first, _HEAD.format(authority=evidence.authority, january=first),
        sections, population, evidence.findings, _replace_first(population, sections),
    )  # fmt: skip


_HEAD: Final = (
    "{authority} as published statistics had it for January {january}: a scenario to start from, made by\n"
    "`hn-forecast import sen2`. It is not the council's forecast. What no statistic gives is marked\n"
    "`status: assumed`, with a range and a reason; import_notes.md says what to look at and replace first.\n"
    "\n"
    "DfE and ONS figures are under the Open Government Licence v3.0. Beside this file an overlay with\n"
    "`extends: scenario.yaml` may put calibrated rates in place of what is assumed here."
)


def _front(evidence: Evidence, last: int) -> Section:
    first, name = evidence.january, evidence.authority
    body: dict[str, Any] = {
        "format": 1,
        "name": f"{_slug(name)}_{first}",
        "title": f"{name}, January {first}, from published statistics",
        "authority": name,
        "as_at": f"{first}-06",
        "description": (
            f"A starter from published statistics: plans of January {first}, flows of {evidence.flow_year}. It is "
            "not the council's forecast. Nothing published for a later January is used; national rates that "
            "came later are marked hindsight. Check first: the population, the deficit brought forward, "
            "prices, and how many assessments can be done a month. No trajectory, transfer or saving is in it."
        ),
        "horizon": Figure(first_year=_year(first), last_year=_year(last)),
        "run": Figure(draws=_DRAWS, seed=int(evidence.code) if evidence.code.isdigit() else 1),
    }
    return Section("", body)


def _correlations(requests: Section, funding: Section, account: Section, first: int) -> Section:
    items = []
    if funding.body is not None:
        items.append(
            _tied("funding.inflation[fees].annual_rate", "funding.inflation[pay].annual_rate", 0.6,
                  "Fees follow pay and prices.")
        )  # fmt: skip
    if funding.body is not None and account.body is not None:
        items.append(
            _tied("funding.inflation[pay].annual_rate", "account.blocks[high_needs].income_growth", 0.3,
                  "Grant has risen in years of high inflation.")
        )  # fmt: skip
    if requests.body is not None:
        choice = choices()["capacity_correlation"]
        steps = [
            f"requests.capacity[{step_id(first + ahead)}].assessments_a_month"
            for ahead in (0, LATER_STEP)
        ]
        items.append(_tied(steps[0], steps[1], rounded(choice.value), choice.reason))
    return Section("correlations", items or None)


def _tied(one: str, other: str, spearman: float, reason: str) -> Figure:
    return Figure(between=[one, other], spearman=spearman, reason=reason)


def _replace_first(population: Population, sections: tuple[Section, ...]) -> tuple[str, ...]:
    by_key = {section.key: section.body for section in sections}
    replace = _without_a_price(by_key) + _doubtful_prices(by_key)
    if by_key["account"] is not None:
        replace.append(
            "`account`: the deficit brought forward is a range around an approximate balance of an earlier year."
        )
    if by_key["funding"] is not None:
        replace.append(
            "`funding`: prices are spending of 2021-22 over plans; put your own monitor into `published_gbp`, and residential and otherwise prices from your contracts."
        )
    if population.stands_in:
        replace.append("`population.csv`: " + population.stands_in)
    if by_key["requests"] is not None:
        replace.append(
            "`requests.capacity`: how many assessments a month can be done from April on, and the queue that `warm_up` works out."
        )
    plans = by_key["plans"]
    if any(item["status"] == "assumed" for item in plans.get("standing", [])):
        replace.append(
            "`plans.settings`: those listed under `plans.standing` are not as published."
        )
    if "note" in plans:
        replace.append("`plans.age_groups`: " + plans["note"])
    if "needs" not in plans:
        replace.append("`plans.needs`: not published for this January; add your own.")
    replace.append(
        "`rates` and `moved_in`: a year or two of your own leavers and moves say more than the ranges here; `hn-forecast calibrate` works them out."
    )
    return tuple(replace)


_WITHOUT_SCHOOLING: Final = ("elective_home_education", "other")
"""Settings that the DSG pays nothing or little for."""


def _without_a_price(by_key: dict[str, Any]) -> list[str]:
    """Settings with plans that no line pays for: they would cost nothing."""
    if by_key["funding"] is None:
        return []
    drivers = [driver for line in by_key["funding"]["lines"] for driver in line["drivers"]]
    priced = {name for driver in drivers for name in driver.get("settings", ())}
    named = {driver["id"]: driver for driver in drivers}
    if "day" in named and "settings" not in named["day"]:
        # Carried as an amount because plans were too few for a price.
        priced |= {"independent_special_day", "independent_special_residential"}
    if "alternative_provision" in named:
        priced.add("alternative_provision")
    left = {
        name: count
        for name, count in by_key["plans"]["settings"].items()
        if count and name not in priced and name not in _WITHOUT_SCHOOLING
    }
    if not left:
        return []
    listed = ", ".join(f"{count:,} in {name.replace('_', ' ')}" for name, count in left.items())
    return [
        f"`funding`: nothing in the files prices these plans, so they cost nothing here: {listed}. The return may have "
        "their spending on another line; give each a price."
    ]


def _doubtful_prices(by_key: dict[str, Any]) -> list[str]:
    """Prices whose ends are so far apart that one of the counts behind them must be wrong."""
    if by_key["funding"] is None:
        return []
    doubtful = []
    for line in by_key["funding"]["lines"]:
        for driver in line["drivers"]:
            low, high = (driver.get("annual_cost_gbp") or {}).get("between", (1.0, 1.0))
            if high > _DOUBTFUL * low:
                doubtful.append(f"{driver['title']} {low:,.0f} to {high:,.0f}")
    if not doubtful:
        return []
    return [
        "`funding`: these prices are no more than a guess, for plans or spending were recorded differently in the two "
        f"years: {'; '.join(doubtful)}. They may drive the deficit: give your own."
    ]


_DOUBTFUL: Final = 3.0
"""Times the lower end from which a price says little."""


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"

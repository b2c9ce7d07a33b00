"""Data gaps of a run: what its scenario does not give, and what stands in for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from model.assumptions import Assumption, held, register
from model.notices import notices
from model.results import Results
from model.scenario.fields import Month
from model.scenario.policy_values import policy_value
from model.scenario.schema import Scenario

WITHOUT: dict[str, tuple[str, str]] = {
    "requests": (
        "Requests and waiting",
        "New plans come at a rate; no queue and no 20-week share.",
    ),
    "pool": ("Pupils funded without a plan", "Nobody converts from support to a plan."),
    "reviews": ("Annual reviews", "Plans end at given rates; reviews are not counted."),
    "places": ("Places in local schools", "Whoever is due a setting gets it; nobody waits."),
    "nurture_effect": ("Effect of nurture groups", "Groups cost money and avert nothing."),
    "rebanding": ("New top-up bands", "Bands stay as they are."),
    "moved_in": ("Plans arriving from elsewhere", "Nobody arrives with a plan."),
    "caseload": ("Officers and caseload", "Nothing is said of officers."),
    "general_fund": ("Transport and appeals", "Costs outside the DSG are left out."),
    "account": ("DSG account", "There is no deficit, only spending."),
    "trajectory": ("Agreed trajectory", "No target, no rating and no chance of meeting it."),
    "mitigations": ("Mitigations", "Nothing is done that the figures do not hold already."),
    "figures": ("Printed figures", "No paper is checked with this run."),
    "versions": ("Version history", "Who changed the scenario when is not shown."),
}
"""Sections a scenario may leave out: their title, and what the model does without them."""

SHOWN = 3
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Gap:
    """One gap: its kind, what it is, how many figures it concerns, details, and how it is handled."""

    kind: str
    what: str
    count: int
    detail: str
    handling: str


def data_gaps(results: Results) -> list[Gap]:
    """Every gap of a run, by kind. Nothing is computed anew: all of it is read from the run."""
    scenario = results.scenario
    rows = register(scenario)
    return [
        *_provenance(rows),
        *_left_out(scenario),
        *_stale(scenario, rows),
        *(Gap("Question about the scenario", seen, 1, meaning, "Shown on the cover; to be answered")
          for seen, meaning in notices(scenario)),
        *_printed(results),
    ]  # fmt: skip


def _provenance(rows: list[Assumption]) -> Iterator[Gap]:
    """Figures without source, assumed figures by section, hindsight, and what has no owner."""
    unsourced = [row for row in rows if not row.source and row.status != "assumed"]
    for section, paths in _by_section(unsourced).items():
        yield Gap("No source", section, len(paths), _some(paths), "Taken as given; add a source")
    assumed = [row for row in rows if row.status == "assumed"]
    for section, paths in _by_section(assumed).items():
        yield Gap("Assumed", section, len(paths), _some(paths),
                  "No published figure; reason and range stand in the Assumptions sheet")  # fmt: skip
    late = [row for row in rows if row.hindsight]
    for section, paths in _by_section(late).items():
        yield Gap("Hindsight", section, len(paths), _some(paths),
                  "Newer than the date of the scenario; fit for a forecast, not for a test of one")  # fmt: skip
    for name in ("owner", "as_at", "confidence"):
        missing = sum(not getattr(row, name) for row in rows)
        if missing:
            title = {"owner": "No owner", "as_at": "No date", "confidence": "No confidence"}[name]
            yield Gap(title, "Register as a whole", missing, f"of {len(rows)} rows",
                      f"Give {name} with the figure where somebody answers for it")  # fmt: skip


def _by_section(rows: list[Assumption]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        section = re.split(r"[.\[]", row.path)[0]
        national = row.path.startswith("data/national/")
        found.setdefault("national tables" if national else section, []).append(row.path)
    return found


def _some(paths: list[str]) -> str:
    unique = list(dict.fromkeys(paths))
    more = len(unique) - SHOWN
    return ", ".join(unique[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _left_out(scenario: Scenario) -> Iterator[Gap]:
    """Mechanisms that are off, sections that are not there, ranges that are not drawn."""
    for name, (title, without) in WITHOUT.items():
        if name in scenario.switched_off:
            yield Gap("Switched off", title, 1, "The scenario has data and leaves it out", without)
        elif name == "rebanding":
            if not scenario.has("rebanding"):
                yield Gap("Not given", title, 1, "", without)
        elif not getattr(scenario, name):
            yield Gap("Not given", title, 1, "", without)
    account = scenario.account
    if account is not None:
        override = account.statutory_override
        if override is None or override.usable_reserves_gbp is None:
            yield Gap("Not given", "Usable reserves", 1, "account.statutory_override",
                      "Nothing is said of how far reserves reach")  # fmt: skip
    count = held(scenario)
    if count:
        yield Gap("Held at one value", "Assumptions with a range that is not drawn", count, "",
                  "The range of the forecast does not hold them")  # fmt: skip


def _stale(scenario: Scenario, rows: list[Assumption]) -> Iterator[Gap]:
    """Inputs dated long before the scenario."""
    as_at = scenario.as_at
    limit = int(policy_value(scenario, "input_stale_after_months"))
    old = [
        row for row in rows if (age := age_in_months(row.as_at, as_at)) is not None and age > limit
    ]
    for section, paths in _by_section(old).items():
        yield Gap("Stale", section, len(paths), _some(paths),
                  f"More than {limit} months older than the scenario; used as given")  # fmt: skip
    plans = scenario.plans
    if (
        plans is not None
        and (as_at.year - plans.counted.year) * 12 + as_at.month - plans.counted.month > limit
    ):
        yield Gap("Stale", "plans", 1, f"Plans were counted in {plans.counted}",
                  "Rolled forward to the start of the forecast")  # fmt: skip


def age_in_months(text: str, as_at: Month) -> int | None:
    """Months from a date in words or figures to the date of the scenario; None where none is read.

    Of several dates the last counts.

    >>> age_in_months("2022-03", Month(2023, 6)), age_in_months("31 March 2023", Month(2023, 6))
    (15, 3)
    >>> age_in_months("last year", Month(2023, 6)) is None
    True
    """
    found = [(int(year), int(month)) for year, month in re.findall(r"\b(\d{4})-(\d{2})\b", text)]
    names = "|".join(_MONTHS)
    for name, year in re.findall(rf"\b({names})[a-z]*\s+(\d{{4}})\b", text.lower()):
        found.append((int(year), _MONTHS.index(name) + 1))
    if not found:
        return None
    year, month = max(found)
    return (as_at.year - year) * 12 + as_at.month - month


def _printed(results: Results) -> Iterator[Gap]:
    """Printed figures that do not hold, counted by verdict and by how they are handled."""
    if results.figures is None:
        return
    found = results.figures.not_holding
    handled = Counter((str(item.verdict), bool(item.handling)) for item in found)
    for (verdict, with_handling), count in sorted(handled.items()):
        yield Gap("Papers disagree", f"Printed figures: {verdict}", count,
                  "See the sheet 'Figures checked'",
                  "Handling is stated for each there" if with_handling else "No handling is stated")  # fmt: skip

"""Which inputs a mitigation may change: those that the model reads month by month.

An input that is read once (an opening stock, the delay of an opening, the growth of new plans) would
be changed for the past as well, or not at all, so it is no lever. In a pattern `[]` stands for an
entry of a list by its id: `places.groups[].return_share_a_year`.
"""

from __future__ import annotations

import re
from typing import Final

LEVERS: Final[dict[str, str]] = {
    # Demand
    "new_plans.level": "level of requests; of new plans where requests are not forecast",
    "moved_in.plans_a_year": "plans arriving from other authorities",
    "requests.shocks[].extra_share": "size of a shock to requests",
    "requests.refused_share": "share of requests refused",
    "requests.overturned_share": "share of refusals overturned",
    "requests.overturned_after_months": "time from a refusal to its overturning",
    "requests.decision_weeks": "time from request to decision",
    "requests.advice_and_drafting_weeks": "time from advice starting to the final plan",
    "requests.case_spread_weeks": "how far single cases lie either side",
    "requests.plan_share": "share of assessments that end in a plan",
    "requests.on_time_share": "share of plans on time when nobody waits",
    "requests.capacity[].assessments_a_month": "psychology capacity",
    "requests.recruitment[].posts_fte": "posts being recruited to",
    "requests.recruitment[].filled_share": "share of the posts that is filled",
    "requests.recruitment[].assessments_a_month_each": "assessments of one post",
    "requests.locums[].assessments_a_month": "assessments by locums",
    "pool.assessed_a_month": "pupils without a plan sent to assessment",
    "pool.converts_share": "share of them that gains a plan",
    "pool.leaving_share_a_year": "share of them that leaves of itself",
    "reviews.reviews_a_year": "reviews due for a plan",
    "reviews.reviews_a_year_under_5": "reviews due for a plan of a child under 5",
    "reviews.completed_share": "share of reviews completed in time",
    "reviews.amended_share": "share of reviews that amend a plan",
    "reviews.ceased_share": "share of reviews that end a plan",
    # Cohort: leavers and moves against national rates
    "rates.ceased_under_18": "ceasing at ages 0 to 17",
    "rates.ceased_18_and_over": "ceasing at ages 18 to 25",
    "rates.moved_out": "moves to another authority",
    "rates.to_state_special": "moves to state special schools",
    "rates.to_independent": "moves to independent placements",
    "rates.to_post_16": "moves to mainstream post-16",
    "rates.to_other": "moves out of education or out of the record",
    "rates.other_moves": "every other move of setting",
    # Places
    "places.groups[].return_share_a_year": "who would come back of those without a place",
    "places.groups[].settled_return_share_a_year": "who would come back of the others",
    "places.groups[].schools[].places": "places of a school until its first opening",
    "places.groups[].schools[].openings[].places": "places after an opening",
    "places.groups[].schools[].other_authorities": "places taken by other authorities' pupils",
    "places.tribunal_share": "share of new demand with a tribunal's order",
    # Nurture groups
    "nurture_groups[].rate_gbp": "funding of a nurture place",
    "nurture_effect.stay_months": "length of a stay",
    "nurture_effect.occupied_share": "share of places filled",
    "nurture_effect.averts_request_share": "requests averted by a completed place",
    "nurture_effect.averts_placements[].probability": "placements averted by a completed place",
    "nurture_effect.fade_a_year": "how fast what is averted comes back",
    "nurture_effect.with_top_up_share": "share of pupils admitted who have top-up",
    "nurture_effect.withheld_gbp": "top-up withheld from one of them",
    # Money
    "funding.bands[].annual_value_gbp": "value of a band",
    "funding.lines[].drivers[].annual_cost_gbp": "cost of a pupil",
    "funding.lines[].drivers[].entry_cost_gbp": "cost of a pupil placed after the start",
    "funding.lines[].drivers[].coverage_share": "share of plans that attract the spending",
    "funding.lines[].drivers[].education_share": "share of the cost that the DSG bears",
    "funding.lines[].drivers[].fte": "pupils that no cohort drives",
    "funding.lines[].drivers[].annual_amount_gbp": "an amount",
    # The general fund
    "general_fund.transport.travellers[].share_transported": "share of pupils taken to school",
    "general_fund.transport.travellers[].annual_cost_gbp": "cost of a passenger",
    "general_fund.appeals.share_of_refusals": "share of refusals appealed against",
    "general_fund.appeals.share_of_plans_a_year": "share of plans with an appeal in a year",
}  # fmt: skip
"""Pattern of an input's path -> what it is. `tests/unit/test_levers.py` holds it to the model."""

_ENTRY = re.compile(r"\[[^\]]*\]")


def pattern_of(path: str) -> str:
    """The path without the ids of its list entries.

    >>> pattern_of("places.groups[semh].return_share_a_year")
    'places.groups[].return_share_a_year'
    """
    return _ENTRY.sub("[]", path)


def is_lever(path: str) -> bool:
    """True when a mitigation may change the input of this path.

    >>> is_lever("rates.to_independent"), is_lever("new_plans.damping")
    (True, False)
    """
    return pattern_of(path) in LEVERS


def levers_in(section: str) -> list[str]:
    """Patterns of the levers in a section of the scenario.

    >>> levers_in("moved_in"), levers_in("account")
    (['moved_in.plans_a_year'], [])
    """
    return [pattern for pattern in LEVERS if re.split(r"[.\[]", pattern)[0] == section]


def sections_with_levers() -> list[str]:
    """Sections of the scenario that have any, in the order of the table."""
    return list(dict.fromkeys(re.split(r"[.\[]", pattern)[0] for pattern in LEVERS))

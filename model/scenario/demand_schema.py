"""Schema of demand: requests, assessment, the pool funded without a plan, reviews, caseload."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from model.reference.calendar import MONTHS
from model.scenario.fields import (
    CalendarYear,
    Id,
    MonthField,
    Part,
    PositivePounds,
    Share,
    Shares,
    SourcedPart,
    Text,
    YearlyFte,
    YearlyShare,
    constant,
)
from model.scenario.margin_rule import MOST_PLANS
from model.scenario.number_rule import NumberRule
from model.scenario.plans_schema import Age
from model.scenario.problems import problem
from model.scenario.quantities import Quantity, Yearly
from model.scenario.yearly_rule import YearlyRule

_SHARE = NumberRule("share", 0, 1)
_YEARLY_SHARE = YearlyRule(_SHARE)
_WEEKS = NumberRule("weeks", 0, 104)
_MONTHS = NumberRule("months", 0, 60)
Weeks = Annotated[Quantity, _WEEKS]
Months = Annotated[Quantity, _MONTHS]
AMonth = Annotated[Quantity, NumberRule("a month", low=0)]
YearlyAMonth = Annotated[Yearly, YearlyRule(NumberRule("a month", low=0))]
AYear = Annotated[Yearly, YearlyRule(NumberRule("a year", low=0, high=12))]
Fte = Annotated[Quantity, NumberRule("FTE", low=0)]
Count = Annotated[float, Field(ge=0, le=MOST_PLANS)]


def _weights(value: list[Any]) -> list[float]:
    if len(value) != MONTHS:
        raise problem(f"{len(value)} weights, not {MONTHS}", expected="12, January to December")
    weights = [_SHARE.plain(item, (index,)) for index, item in enumerate(value)]
    if abs(sum(weights) - 1) > 1e-6:
        raise problem(f"the weights sum to {sum(weights):.12g}", expected="a sum of 1")
    return weights


class Shock(SourcedPart):
    """A dated change in requests that trend and population do not explain."""

    id: Id
    """Name of the shock."""
    title: Text
    """Name in reports."""
    start: MonthField
    """First month with the shock."""
    end: MonthField | None = None
    """Last month with it; without it the shock lasts."""
    extra_share: Annotated[Quantity, NumberRule("share of requests", -1, 5)]
    """Change in requests as a share of what they would be: 0.1 is a tenth more, 0 none."""
    age_groups: list[Text] = []
    """Age groups it falls on; all of them without it."""
    with_mitigation: Id | None = None
    """A mitigation that brings the shock with it: it counts only as far as that one is in the run."""


class CapacityStep(SourcedPart):
    """How many assessments get psychology advice in a month from a date on."""

    id: Id
    """Name of the step."""
    start: MonthField
    """First month at this capacity."""
    assessments_a_month: AMonth
    """Assessments a month, whatever asks for them."""


class Recruitment(SourcedPart):
    """Posts being recruited to: capacity that comes when they are filled."""

    id: Id
    """Name of the round."""
    title: Text
    """Name in reports."""
    start: MonthField
    """Month in which the posts are planned to be filled."""
    posts_fte: Fte
    """Posts advertised, FTE."""
    filled_share: Share
    """Share of the posts that is filled in the end."""
    delay_months: Months = constant(_MONTHS, 0)
    """How much later than planned they start."""
    assessments_a_month_each: AMonth
    """Assessments a month of one FTE."""


class Locums(SourcedPart):
    """Assessments bought from locums, beyond the service's own."""

    id: Id
    """Name of the contract."""
    title: Text
    """Name in reports."""
    start: MonthField
    """First month."""
    end: MonthField
    """Last month."""
    assessments_a_month: AMonth
    """Most that they assess in a month; paid for what they do."""
    cost_each_gbp: PositivePounds
    """Cost of one assessment, premium included, in cash."""
    fund: Literal["dsg", "general_fund"]
    """Who pays: dsg needs a driver of kind locums, general_fund never enters the DSG."""


class WaitingAtStart(Part):
    """Assessments waiting at the start, by how long they have waited."""

    months_waited: Annotated[int, Field(ge=0, le=60)]
    """Whole months waited: 0 is under one month."""
    assessments: Count
    """How many."""


class WarmUp(SourcedPart):
    """Published flows of the calendar year before the count: they leave the opening queue."""

    year: CalendarYear
    """Calendar year of the flows; its end is the published count of plans."""
    requests: Count
    """Requests received in the year."""
    refused: Count
    """Refused in the year."""
    assessments_ended: Count
    """Assessments that ended in the year, with a plan or without."""
    plans_issued: Count
    """Plans issued in the year."""
    issued_counted: Count
    """Plans in the denominator of the published 20-week share, exceptions included."""
    issued_in_20_weeks: Count
    """Of these, issued within 20 weeks."""


class PublishedShare(SourcedPart):
    """A published 20-week share of one month, shown beside the forecast's."""

    month: MonthField
    """Month of the plans issued."""
    share: Share
    """Share issued within 20 weeks, exceptions included."""


class Requests(SourcedPart):
    """From requests for an assessment to plans. Level, growth and fading are those of `new_plans`."""

    base_year: CalendarYear
    """Calendar year of the number of requests; the base year of `new_plans`."""
    requests_in_base_year: Count
    """Requests received in the base year."""
    seasonality: (
        Annotated[
            list[Any],
            AfterValidator(_weights),
            Field(
                json_schema_extra={
                    "title": "12 shares that sum to 1",
                    "items": {"type": "number", "minimum": 0, "maximum": 1},
                    "minItems": MONTHS,
                    "maxItems": MONTHS,
                }
            ),
        ]
        | None
    ) = None
    """Shares of a year's requests made in January to December; equal twelfths without it."""
    shocks: list[Shock] = []
    """Dated changes in requests."""
    refused_share: YearlyShare
    """Share of requests refused an assessment."""
    overturned_share: YearlyShare = constant(_YEARLY_SHARE, 0)
    """Share of refusals overturned at mediation or tribunal."""
    overturned_after_months: Months = constant(_MONTHS, 4)
    """Months from a refusal to its overturning."""
    decision_weeks: Weeks
    """Weeks from a request to the decision to assess."""
    advice_and_drafting_weeks: Weeks
    """Weeks from psychology advice starting to the final plan: advice, drafting, consultation."""
    case_spread_weeks: Weeks = constant(_WEEKS, 0)
    """How far single cases lie either side of these weeks, evenly; smooths the 20-week share."""
    plan_share: YearlyShare
    """Share of assessments that end in a plan."""
    on_time_share: YearlyShare
    """Share of plans issued within 20 weeks when nobody waits in the queue."""
    exceptions_share: Share = constant(_SHARE, 0)
    """Share of plans issued that are allowed exceptions from the 20 weeks."""
    exceptions_on_time_share: Share = constant(_SHARE, 0)
    """Share of those exceptions that are issued within 20 weeks all the same."""
    capacity: list[CapacityStep] = []
    """Psychology capacity by date; without any nobody waits."""
    recruitment: list[Recruitment] = []
    """Posts being recruited to, on top."""
    locums: list[Locums] = []
    """Locums, on top."""
    order: Literal["first_in_first_out", "any_order", "priority"] = "first_in_first_out"
    """Who is assessed first: the longest waiting, anybody waiting alike, or those in `priority`."""
    priority: list[Text] = []
    """Age groups, and pool, in order of priority; those not named come after, longest waiting first."""
    warm_up: WarmUp | None = None
    """Published flows of the year before: a run of that year leaves the opening queue."""
    stated_capacities: list[Annotated[float, Field(gt=0)]] = []
    """Assessments a month as papers state them, for the arithmetic of how long a pool would take."""
    published_shares: list[PublishedShare] = []
    """Published 20-week shares of single months, to compare with; nothing is fitted to them."""
    waiting_at_start: list[WaitingAtStart] = []
    """The opening queue by months waited, where it is known; instead of warm_up."""
    opening_queue_factor: Annotated[Quantity, NumberRule("factor", 0, 10)] = constant(
        NumberRule("factor", 0, 10), 1
    )
    """Multiplies the opening queue: how far it may be off."""


class AwardEnd(SourcedPart):
    """A date on which awards without a plan come to their end."""

    month: MonthField
    """First month without them."""
    share: Share
    """Share of the awards then running that end."""


class Pool(SourcedPart):
    """Pupils with top-up and no plan: assessed, and then converted to a plan or stopped."""

    fte: Fte
    """Pupils funded without a plan at the start, FTE."""
    fte_per_pupil: Annotated[Quantity, NumberRule("FTE", 0.1, 1)] = constant(
        NumberRule("FTE", 0.1, 1), 1
    )
    """FTE of one pupil: FTE are not headcount."""
    band_shares: Shares
    """How they are spread over bands."""
    assessed_a_month: YearlyAMonth
    """Pupils sent to assessment in a month, from `assessed_from`."""
    assessed_from: MonthField
    """First month in which pupils of the pool are sent to assessment."""
    order: Literal["highest_band_first", "lowest_band_first", "in_proportion"] = (
        "highest_band_first"
    )
    """Which pupils are assessed first."""
    converts_share: YearlyShare
    """Share of those assessed that gains a plan, on average over the pool; the others stop."""
    converts_rise: Annotated[Quantity, NumberRule("share", 0, 1)] = constant(
        NumberRule("share", 0, 1), 0
    )
    """How much higher that share is for the highest band than for the lowest, rising evenly."""
    awards: Literal["continue", "end_dates"] = "continue"
    """continue: awards go on until an assessment decides; end_dates: they end as in award_ends."""
    published_awards: Literal["held", "as_run"] = "held"
    """What the published forecast of the line took: held, every award of the start to the year's end,
    whatever `awards` says of the run; as_run, that they end as in the run."""
    award_ends: list[AwardEnd] = []
    """When awards end, if `awards` says end_dates. Those in assessment go on until decided."""
    leaving_share_a_year: YearlyShare = constant(_YEARLY_SHARE, 0)
    """Share that leaves the pool in a year of itself: school, area or need."""
    also_requested_share: Share = constant(_SHARE, 0)
    """Share of those assessed who are in the requests of `requests` already: counted once only."""


class Reviews(SourcedPart):
    """Annual reviews: how many, how many are done, and what they end."""

    reviews_a_year: AYear = constant(YearlyRule(NumberRule("a year", 0, 12)), 1)
    """Reviews due for a plan in a year, from age 5."""
    reviews_a_year_under_5: AYear = constant(YearlyRule(NumberRule("a year", 0, 12)), 2)
    """Reviews due for a plan of a child under 5 in a year."""
    completed_share: YearlyShare
    """Share of reviews due that is completed in time."""
    amended_share: YearlyShare = constant(_YEARLY_SHARE, 0)
    """Share of completed reviews that lead to an amended plan."""
    ceased_share: YearlyShare = constant(_YEARLY_SHARE, 0)
    """Share of completed reviews that end a plan, beyond the plans that end anyway."""
    ceased_from: MonthField | None = None
    """First month in which reviews end plans beyond the usual; the start without it."""
    ceased_ages: Annotated[list[Age], Field(min_length=2, max_length=2)] = [5, 25]
    """Youngest and oldest age at which they do."""


class Caseload(SourcedPart):
    """Officers who keep plans, and what the forecast implies for them."""

    officers_fte: YearlyFte
    """Officers in post, FTE."""
    plans_an_officer: Annotated[Quantity, NumberRule("plans", low=1)]
    """Plans that one officer should hold."""
    new_plan_weight: Annotated[Quantity, NumberRule("plans", low=0)] = constant(
        NumberRule("plans", low=0), 0
    )
    """Work of issuing a plan in a year, in plans held."""


class StatementTransfers(SourcedPart):
    """Statements of special educational needs to be reviewed and turned into plans by a date."""

    statements: Annotated[Quantity, NumberRule("statements", low=0)]
    """Statements to be transferred at the start; the opening plans count them already."""
    start: MonthField
    """First month of transfer reviews."""
    reviews_a_year: Annotated[Yearly, YearlyRule(NumberRule("reviews a year", low=0))]
    """Transfer reviews done in a full year."""
    leaving_share_a_year: Annotated[Yearly, _YEARLY_SHARE] = constant(_YEARLY_SHARE, 0)
    """Share of those remaining who leave in a year without a transfer."""
    deadline: MonthField
    """Last month in which a transfer is in time."""

"""Schema of the money side: inflation, bands, budget lines and their drivers, nurture groups."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from model.reference.calendar import MONTHS
from model.scenario.fields import (
    FinancialYear,
    Id,
    Inflation,
    MonthField,
    Part,
    PositivePounds,
    Pounds,
    Share,
    Shares,
    SourcedPart,
    Text,
    YearlyFte,
    YearlyPlaces,
    YearlyPositivePounds,
    YearlyPounds,
    YearlyShare,
    constant,
)
from model.scenario.number_rule import NumberRule
from model.scenario.plans_schema import Age
from model.scenario.problems import problem
from model.scenario.quantities import Quantity
from model.scenario.yearly_rule import YearlyRule

Billing = Literal["monthly", "termly"]
Anchor = Literal["price", "one_off", "none"]
Scope = Literal["whole_year", "current_pupils"]
Standing = Literal["settled", "waiting", "interim", "overflow"]
_MONTHLY_SHARE = NumberRule("share", 0, 1)


class InflationSeries(SourcedPart):
    """A yearly rate of inflation that prices refer to by id."""

    id: Id
    """Name by which prices refer to it."""
    title: Text
    """Name in reports."""
    annual_rate: Inflation
    """Rise from the year before, by financial year; the base year has none."""
    uplift_month: Annotated[int, Field(ge=1, le=12)]
    """Calendar month in which the new price starts: 4 April, 9 September (7/12 in its first year)."""


class Band(SourcedPart):
    """A top-up band: need category x level with a value by year."""

    id: Id
    """Band code, such as C2."""
    need_category: Text
    """Need category of the matrix (A, B, C, DH, DV, E), bespoke or other-authority."""
    level: Annotated[int, Field(ge=0, le=9)]
    """Level within the need category, 0 to 9."""
    annual_value_gbp: YearlyPositivePounds
    """Full-year value per pupil by financial year; inflation of the driver comes on top."""


class _Driver(SourcedPart):
    id: Id
    """Name within its line."""
    title: Text
    """Name in reports."""
    s251: Text
    """Section 251 line this spending is reported on, such as 1.2.1."""


class BandDrift(Part):
    """How fast the awards of a band grow against those of the others."""

    band: Id
    """Band."""
    growth_a_year: Annotated[Quantity, NumberRule("a year", -0.9, 5)]
    """Growth of its awards a year; holders in all follow coverage, so shares are scaled back to 1."""


class _Priced(_Driver):
    annual_cost_gbp: PositivePounds | None = None
    """Full-year cost of one pupil at base-year prices; or give band_shares."""
    band_shares: Shares | None = None
    """How those with top-up are spread over bands; the cost is then the mean band value."""
    band_drift: list[BandDrift] = []
    """Bands whose share of awards drifts from the start of the first year."""
    inflation: Id | None = None
    """Inflation series of the price; none leaves it flat in cash."""
    billing: Billing = "monthly"
    """Monthly, or termly: a third each in September, January and April for those on roll."""
    education_share: YearlyShare = constant(YearlyRule(NumberRule("share", 0, 1)), 1)
    """Share of the cost that the DSG bears, the rest being health or social care."""


class PlansDriver(_Priced):
    """Spending that follows plans in force in some settings and ages."""

    kind: Literal["plans"]
    """What kind of driver this is: `plans`."""
    settings: Annotated[list[Text], Field(min_length=1)]
    """Settings whose plans drive this spending."""
    ages: Annotated[list[Age], Field(min_length=2, max_length=2)] = [0, 25]
    """Youngest and oldest age on 31 August."""
    coverage_share: YearlyShare = constant(YearlyRule(NumberRule("share", 0, 1)), 1)
    """Share of those plans that attract this spending."""
    standings: list[Standing] = []
    """Only plans of these standings: settled, waiting (for a place), interim, overflow (placed
    independently for want of a place). All without it."""
    entry_cost_gbp: PositivePounds | None = None
    """Full-year cost of a pupil placed after the start, at base-year prices; without it all
    placements have the same price."""
    converted_from_pool: bool = False
    """True where pupils who gain a plan out of the pool are paid: they keep the band of their award
    instead of taking the mean of `band_shares`."""


class CurrentPupilsDriver(_Priced):
    """Spending on a fixed number of pupils that no cohort drives (no plan, or another authority's)."""

    kind: Literal["pupils_without_plan"]
    """What kind of driver this is: `pupils_without_plan`."""
    fte: YearlyFte
    """Full-time-equivalent pupils by financial year. FTE is not headcount and not plans."""
    pool: bool = False
    """True for the pool of the scenario: FTE and bands then come from it, and `fte` and
    `band_shares` stand only while the pool is switched off."""


class PlacesDriver(_Driver):
    """Commissioned places, paid filled or not."""

    kind: Literal["places"]
    """What kind of driver this is: `places`."""
    places: YearlyPlaces
    """Places by academic year, keyed by the financial year in which it starts (2023-24 for
    2023/24): a financial year pays 5/12 of the one before and 7/12 of its own."""
    rate_gbp: YearlyPositivePounds
    """Funding per place and year."""
    paid_by: Literal["authority", "department"]
    """authority: spending here. department: already deducted from income, so nothing here."""


class AddedPlacesDriver(_Driver):
    """Places of the scenario's schools beyond those at the start, paid by the authority."""

    kind: Literal["added_places"]
    """What kind of driver this is: `added_places`."""


class LocumsDriver(_Driver):
    """Locum assessments that the DSG pays."""

    kind: Literal["locums"]
    """What kind of driver this is: `locums`."""


class NurtureDriver(_Driver):
    """Spending on the scenario's nurture groups."""

    kind: Literal["nurture_groups"]
    """What kind of driver this is: `nurture_groups`."""
    inflation: Id | None = None
    """Inflation series on top of the band's value; none leaves it flat in cash."""


class WithheldDriver(_Driver):
    """Top-up of pupils in nurture groups that is withheld while they are there: a credit."""

    kind: Literal["nurture_withheld"]
    """What kind of driver this is: `nurture_withheld`."""
    inflation: Id | None = None
    """Inflation series on top of the award's value; none leaves it flat in cash."""


class AmountDriver(_Driver):
    """An amount that no cohort drives: amount x growth x inflation."""

    kind: Literal["amount"]
    """What kind of driver this is: `amount`."""
    annual_amount_gbp: YearlyPounds
    """Full-year amount at base-year prices by financial year."""
    inflation: Id | None = None
    """Inflation series; none leaves it flat in cash."""
    growth: Inflation = constant(YearlyRule(NumberRule("a year", -0.5, 1), "ar1", 0.5), 0)
    """Growth in volume from the year before."""


Driver = Annotated[
    PlansDriver
    | CurrentPupilsDriver
    | PlacesDriver
    | AddedPlacesDriver
    | LocumsDriver
    | NurtureDriver
    | WithheldDriver
    | AmountDriver,
    Field(discriminator="kind"),
]


class CurrentPupils(SourcedPart):
    """Pupils in place on a finance count, with their average yearly cost as published."""

    id: Id
    """Name of the group of pupils."""
    title: Text
    """Name in reports."""
    pupils: Annotated[int, Field(ge=0)]
    """Pupils in place."""
    annual_cost_gbp: PositivePounds
    """Average full-year cost of one of them."""


def _profile(value: list[Any]) -> list[float]:
    if len(value) != MONTHS:
        expected = f"{MONTHS} monthly shares, April to March"
        raise problem(f"{len(value)} shares, not {MONTHS}", expected=expected)
    shares = [_MONTHLY_SHARE.plain(item, (index,)) for index, item in enumerate(value)]
    if abs(sum(shares) - 1) > 1e-6:
        raise problem(f"the monthly shares sum to {sum(shares):.12g}", expected="a sum of 1")
    return shares


class Line(SourcedPart):
    """A line of the high needs budget and what drives it."""

    id: Id
    """Name of the line, by which mitigations refer to it."""
    title: Text
    """Name in reports."""
    block: Literal["schools", "high_needs", "early_years", "central_services"] = "high_needs"
    """Block of the DSG that pays."""
    itemised: bool = True
    """False for a line worked out to close a published position: printed totals leave it out."""
    budget_gbp: Pounds | None = None
    """Budget of the first financial year."""
    published_gbp: Pounds | None = None
    """Published forecast outturn of the first financial year."""
    published_scope: Scope = "whole_year"
    """What the published forecast covers: the whole year's pupils, or current pupils only
    (starters and leavers then come on top)."""
    current_pupils: list[CurrentPupils] = []
    """Finance count behind a line published for current pupils only."""
    anchor: Anchor = "price"
    """price: one factor carried forward; one_off: the difference stays in the first year;
    none: the line is not anchored."""
    monthly_profile: (
        Annotated[
            list[Any],
            AfterValidator(_profile),
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
    """Shares of a year's amount paid in April to March, for amounts; equal twelfths without it."""
    drivers: Annotated[list[Driver], Field(min_length=1)]
    """What makes up the line; each entry says its `kind`."""


class OldBand(Part):
    """Where the holders of an old band go."""

    band: Id
    """Old band."""
    to: Shares
    """Shares of its holders in the new bands."""


class Rebanding(SourcedPart):
    """A new band matrix from a date: old bands map to new ones."""

    id: Id
    """Name of the change."""
    title: Text
    """Name in reports."""
    start: MonthField
    """First month of the new bands."""
    bands: Annotated[list[OldBand], Field(min_length=1)]
    """Every band that is re-mapped; the others stay as they are."""
    cost_neutral: bool = False
    """True scales the new values so that the pupils of the date cost what they did."""


class Funding(SourcedPart):
    """Prices and budget lines."""

    price_base: FinancialYear
    """Financial year whose prices the scenario gives."""
    inflation: list[InflationSeries] = []
    """Yearly rates of inflation."""
    bands: list[Band] = []
    """Top-up bands and their values."""
    rebandings: list[Rebanding] = []
    """New band matrices, by date."""
    lines: Annotated[list[Line], Field(min_length=1)]
    """Budget lines."""


class NurtureGroup(SourcedPart):
    """A nurture group: places x rate x months/12 from its opening."""

    id: Id
    """Name of the group."""
    school: Text
    """School that hosts it."""
    phase: Literal["primary", "secondary"]
    """Primary or secondary."""
    opens: MonthField
    """Month in which it opens; it may be in the past."""
    places: Annotated[int, Field(ge=1, le=40)] = 10
    """Places, paid filled or not."""
    band: Id | None = None
    """Band whose value is paid for each place; or give rate_gbp."""
    rate_gbp: YearlyPositivePounds | None = None
    """Funding per place and year."""


class AvertedPlacement(Part):
    """Placements of one kind that completed nurture places avert."""

    driver: Text
    """The spending they would have caused: a driver, as line.driver."""
    probability: Share
    """Chance that a completed place averts one."""
    instead_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """What the child costs instead in a full year, at base-year prices: a local place is not free."""


class NurtureEffect(SourcedPart):
    """What nurture groups avert, with a fade, and the top-up withheld from their pupils."""

    stay_months: Annotated[Quantity, NumberRule("months", 1, 24)]
    """Months a pupil stays: a place is completed each time a stay ends."""
    occupied_share: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of places filled."""
    averts_request_share: Share
    """Chance that a completed place averts a request for assessment."""
    averts_placements: list[AvertedPlacement] = []
    """Placements averted besides."""
    fade_a_year: Share
    """Share of what is averted that comes back within a year, and so on every year."""
    with_top_up_share: Share
    """Share of pupils admitted who have top-up; it is withheld for the stay."""
    withheld_gbp: PositivePounds
    """Full-year top-up of such a pupil at base-year prices, at most the group's own rate counts."""

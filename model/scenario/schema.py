"""The scenario: everything a run needs, and nothing it does not.

Each section is declared in its own module; this one puts them together. `Scenario` is what the
model reads. How a file becomes a checked `Scenario` is in `model.scenario.load`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from model.scenario.account_schema import Account, Trajectory
from model.scenario.demand_schema import Caseload, Pool, Requests, Reviews, StatementTransfers
from model.scenario.fields import FinancialYear, Id, MonthField, Part, Text
from model.scenario.funding_schema import Funding, NurtureEffect, NurtureGroup
from model.scenario.general_fund_schema import GeneralFund
from model.scenario.mitigation_schema import Mitigation
from model.scenario.places_schema import PlaceRules
from model.scenario.plans_schema import (
    MovedIn,
    NewPlans,
    OpeningPlans,
    PopulationTable,
    Rates,
    RecordingDifference,
)
from model.scenario.policy_schema import PolicyValue
from model.scenario.problems import problem
from model.scenario.version_schema import Version

Mechanism = Literal["requests", "pool", "reviews", "places", "nurture_effect", "rebanding"]

FORMAT = 1
"""Version of the scenario format; a file says which one it is written for."""


class Horizon(Part):
    """The years forecast."""

    first_year: FinancialYear
    """First financial year, usually the current one."""
    last_year: FinancialYear
    """Last financial year."""

    @property
    def years(self) -> range:
        """Starting years of the financial years forecast."""
        return range(self.first_year, self.last_year + 1)

    @property
    def months(self) -> int:
        """Number of months forecast."""
        return 12 * len(self.years)


class Run(Part):
    """How many draws and from which seed; both can be given on the command line instead."""

    draws: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Number of draws."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    """Seed of the random numbers: the same seed gives the same figures."""


class Correlation(Part):
    """Rank correlation between two uncertain inputs, named by their path."""

    between: Annotated[list[Text], Field(min_length=2, max_length=2)]
    """Two paths as `validate` prints them, such as funding.inflation[fees].annual_rate."""
    reason: Text | None = None
    """Why they go together."""
    spearman: Annotated[float, Field(ge=-1, le=1)]
    """Spearman's rank correlation, -1 to 1."""


def _mitigated(value: Any) -> Any:
    if value in ("base", "none", "all"):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise problem(
        "unknown choice", found=value, expected="base, none, all or a list of mitigation ids"
    )


class Scenario(Part):
    """A checked scenario. Raises nothing: an invalid one never becomes a `Scenario`."""

    format: Literal[1]
    """Version of the scenario format: 1."""
    name: Id
    """Short name, used in folder names."""
    title: Text
    """Title of every report."""
    authority: Text
    """Name of the local authority."""
    invented: bool = False
    """True for an invented authority; every report then says so."""
    as_at: MonthField
    """Month in which the scenario stands; later knowledge is marked `hindsight`."""
    description: Text | None = None
    """What this scenario is, in a few sentences."""
    extends: Text | None = None
    """Another scenario file that this one overlays."""
    what_if: bool = False
    """True for a question put to the scenario it extends: every line keeps that one's anchor, so that
    nothing differs but what the question changes."""
    horizon: Horizon
    """First and last financial year forecast."""
    run: Run = Run()
    """Draws and seed."""
    population: PopulationTable | None = None
    """Population the new plans come from."""
    plans: OpeningPlans | None = None
    """Plans in force at the start; without it there is no cohort."""
    new_plans: NewPlans | None = None
    """New plans issued; without it nobody joins."""
    requests: Requests | None = None
    """Requests, refusals, assessment and waiting; without it new plans come as `new_plans` says."""
    pool: Pool | None = None
    """Pupils funded without a plan, sent to assessment; needs `requests`."""
    reviews: Reviews | None = None
    """Annual reviews and the plans they end."""
    caseload: Caseload | None = None
    """Officers, and what the forecast implies for them."""
    statement_transfers: StatementTransfers | None = None
    """Statements still to be turned into plans, and by when."""
    moved_in: MovedIn | None = None
    """Plans arriving from other authorities."""
    recording_difference: RecordingDifference | None = None
    """Plans that counts gain or lose beyond recorded flows; without it counts close."""
    rates: Rates = Rates()
    """How leavers and moves differ from national rates."""
    places: PlaceRules | None = None
    """Places in local schools; without it whoever is due a setting gets it."""
    funding: Funding | None = None
    """Prices, bands and budget lines; without it nothing is spent."""
    nurture_groups: list[NurtureGroup] = []
    """Nurture groups, paid by a driver of kind nurture_groups."""
    nurture_effect: NurtureEffect | None = None
    """What nurture groups avert and the top-up they replace; without it they only cost."""
    account: Account | None = None
    """The DSG account; without it reports leave it out."""
    trajectory: Trajectory | None = None
    """The agreed trajectory; without it reports leave it out."""
    general_fund: GeneralFund | None = None
    """What plans cost the council outside the DSG: transport, appeals."""
    mitigations: list[Mitigation] = []
    """What the authority does to change the forecast."""
    switched_off: list[Mechanism] = []
    """Mechanisms left out although the scenario has data for them: requests, pool, reviews, places,
    nurture_effect, rebanding."""
    mitigated: Annotated[
        Any,
        AfterValidator(_mitigated),
        Field(
            json_schema_extra={
                "title": "base, none, all or a list of ids",
                "anyOf": [
                    {"enum": ["base", "none", "all"]},
                    {"type": "array", "items": {"type": "string"}},
                ],
            }
        ),
    ] = "base"
    """base: only what the published figures already hold; none: without future effects; all; or a
    list of mitigation ids."""
    correlations: list[Correlation] = []
    """Inputs that move together."""
    samples: Text | None = None
    """Parquet or CSV file of joint samples, one column an input path, used instead of drawing."""
    policy: dict[str, PolicyValue] = {}
    """Policy values of your own by name, in place of those in data/policy for this scenario alone."""
    versions: list[Version] = []
    """Version history of this scenario, the oldest first; changes no number."""
    figures: Text | None = None
    """File of printed figures to check, whose verdicts go with the results; changes no number."""

    def has(self, mechanism: Mechanism) -> bool:
        """True when the scenario has data for a mechanism and does not switch it off.

        The pool is assessed in the queue of `requests` and is off without it.
        """
        if mechanism in self.switched_off:
            return False
        if mechanism == "rebanding":
            return self.funding is not None and bool(self.funding.rebandings)
        if mechanism == "pool" and not self.has("requests"):
            return False
        if mechanism == "requests" and (self.plans is None or self.new_plans is None):
            return False
        return getattr(self, mechanism) is not None

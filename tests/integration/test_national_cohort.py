"""The project's own cohort carried from January 2024 to January 2025 on the national base.

Design 5.3: "test on that corrected base" (Cambridgeshire and North East Lincolnshire out of both
years): age x setting shares within 2 points; tagged entry cohorts within 3 points. The tables were
fitted by another stepping (`data/build/cohort_step.py`, phase transfers before exits); here the
months are the model's own, `model.month.advance`, in expected values.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from model.cohort.placements import Placements
from model.cohort.rates import EFFECTS, effects, transition_rates
from model.cohort.state import CohortState, MonthFlows, empty_state
from model.cohort.step import Workspace
from model.demand.new_plans import Entries, moved_in_pattern, new_plan_pattern
from model.draws import Draws
from model.month import MonthInputs, advance
from model.reference.calendar import SEPTEMBER, calendar_month, month_index
from model.reference.codes import AGES, NEEDS, SETTINGS
from model.reference.national import NationalRates, national_rates
from model.scenario.plans_schema import MovedIn, NewPlans, Rates

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
FIRST_YEAR = 2024
FEBRUARY_2024 = month_index(2024, 2, FIRST_YEAR)
MONTHS = range(FEBRUARY_2024, month_index(2025, 1, FIRST_YEAR) + 1)
PLACEMENTS = Placements(())
MATERIAL_PLANS = 400


def by_path(name: str, path: Path) -> ModuleType:
    """A module that is not in a package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TABLES = by_path("national_tables_for_the_cohort", ROOT / "tests/unit/test_national_rates.py")
"""The published tables and the tagged entry cohorts (docs/national_rates.md, "Measured")."""


class Year:
    """Twelve months of the model's cohort from a stock (age, setting).

    `plans` (age, setting) at the end; `flows`: name -> (age, setting) of the year. `arrivals` says
    how plans come from other authorities: a `number` a year as a scenario gives it, or `per plan`
    in force as the tables were fitted (nationally arrivals are departures, so they grow with the
    stock). Without `joining`, a closed cohort: nobody is added.
    """

    def __init__(
        self, opening: np.ndarray, *, joining: bool = True, arrivals: str = "number"
    ) -> None:
        state = opening_state(opening)
        inputs = month_inputs(national_rates(), joining=joining)
        if arrivals == "per plan":
            inputs = replace(inputs, moved_in=None)
        work = Workspace(inputs.rates, PLACEMENTS, len(inputs.entries.age), 1)
        flows = MonthFlows.nil(PLACEMENTS, 1)
        self.flows = {
            name: np.zeros_like(opening) for name in ("new", "moved_in", "ceased", "moved_out")
        }
        for month in MONTHS:
            flows.clear()
            before = state.plans.copy()
            advance(state, flows, inputs, month, work)
            if arrivals == "per plan":
                flows.moved_in += arrive(state, before, month)
            for name, total in self.flows.items():
                total += getattr(flows, name)[:, :, 0]
        self.plans = state.plans.sum(axis=2)[:, :, 0]
        assert state.plans.min() > -1e-9


def arrive(state: CohortState, before: np.ndarray, month: int) -> np.ndarray:
    """Add arrivals in proportion to the plans in force before the month; their (age, setting, 1)."""
    if calendar_month(month) == SEPTEMBER:
        before = np.concatenate([np.zeros_like(before[:1]), before[:-1]])
        before[-1] = 0.0
    rate = TABLES.by_age_and_setting(TABLES.table("moved_in"), "annual_rate_per_plan")
    weight = national_rates().season["moved_out"][calendar_month(month) - 1]
    arriving = before * rate[:, :, None, None] * weight
    state.plans += arriving
    return arriving.sum(axis=2)


def opening_state(stock: np.ndarray) -> CohortState:
    state = empty_state(PLACEMENTS, 1)
    state.plans[:, :, NEEDS.index("ASD"), 0] = stock
    return state


def month_inputs(national: NationalRates, *, joining: bool) -> MonthInputs:
    """The model's inputs for England less the two authorities: new plans, arrivals, rates as they are."""
    rates = transition_rates(national, PLACEMENTS)
    entries = Entries.national(national)
    new_plans = NewPlans.model_validate({"base_year": 2024})
    # A population at which the rates by age give the new plans of the corrected base.
    rows = TABLES.table("new_plans")
    plans = rows[rows.year == 2024].set_index("age").new_plans_corrected_base.to_numpy()
    per_1000 = national.new_plans_per_1000
    population = np.divide(1000 * plans, per_1000, out=np.zeros(26), where=per_1000 > 0)
    pattern = new_plan_pattern(
        new_plans, entries, population[None], (2024,), national, FEBRUARY_2024, 12, FIRST_YEAR
    )
    rate = TABLES.by_age_and_setting(TABLES.table("moved_in"), "annual_rate_per_plan")
    arriving = (TABLES.corrected(2024) + TABLES.corrected(2025)) / 2 * rate
    moved_in = MovedIn.model_validate({"plans_a_year": float(arriving.sum())})
    draws = Draws(range(FIRST_YEAR, FIRST_YEAR + 1), 0, 1)
    untilted = Rates()
    tilts = [getattr(untilted, name) for name in EFFECTS]
    for figure in (new_plans.level, new_plans.yearly_variation, moved_in.plans_a_year, *tilts):
        draws._values[id(figure)] = np.array([[figure.at(FIRST_YEAR).central]])
    for number in (new_plans.initial_growth, new_plans.damping, new_plans.dispersion):
        draws._values[id(number)] = np.array([number.central])
    live = np.argwhere(np.ones((len(AGES), PLACEMENTS.count), dtype=bool)).astype(np.int64)
    inputs = MonthInputs(
        rates=rates,
        tilts=untilted,
        live=live,
        entries=entries,
        new_plans=new_plans,
        new_pattern=pattern,
        moved_in=moved_in,
        moved_in_pattern=moved_in_pattern(entries, national, FEBRUARY_2024, 12),
        draws=draws,
        seed=0,
        chance=None,
    )
    assert (effects(untilted, draws, FEBRUARY_2024) == 1.0).all()
    return inputs if joining else replace(inputs, new_plans=None, moved_in=None)


@pytest.fixture(scope="module")
def year() -> Year:
    """With arrivals as a scenario gives them."""
    return Year(TABLES.corrected(2024))


@pytest.fixture(scope="module")
def fitted_year() -> Year:
    """With arrivals per plan in force, as the tables were fitted."""
    return Year(TABLES.corrected(2024), arrivals="per plan")


def recorded() -> np.ndarray:
    return TABLES.corrected(2025)


# ---------------------------------------------------------------- the year carried forward


@pytest.mark.parametrize("arrivals", ["number", "per plan"])
def test_setting_shares_by_age_at_january_2025(arrivals: str) -> None:
    """Within 2 points of the corrected base in every cell of ages with material stock (issue 2)."""
    plans = Year(TABLES.corrected(2024), arrivals=arrivals).plans
    material = (recorded().sum(axis=1) >= MATERIAL_PLANS) & (np.arange(26) < 25)
    assert material.sum() >= 22
    gap = np.abs(TABLES.shares(plans) - TABLES.shares(recorded()))
    worst = np.unravel_index(np.argmax(gap * material[:, None]), gap.shape)
    assert gap[worst] <= 0.02, (worst[0], SETTINGS[worst[1]], gap[worst])
    # Not met by standing still: the shares of January 2024 are further away.
    still = np.abs(TABLES.shares(TABLES.corrected(2024)) - TABLES.shares(recorded()))
    assert still[material].max() > 0.02


def test_setting_shares_of_all_ages_at_january_2025(year: Year) -> None:
    found, due = (plans.sum(axis=0) / plans.sum() for plans in (year.plans, recorded()))
    assert np.abs(found - due).max() < 0.005


def test_new_plans_of_the_year_are_the_published_ones(year: Year) -> None:
    """SEN2 new plans of calendar 2024 on the corrected base: all of them, at their ages."""
    rows = TABLES.table("new_plans")
    plans = rows[rows.year == 2024].set_index("age").new_plans_corrected_base
    assert year.flows["new"].sum(axis=1) == pytest.approx(plans.to_numpy(), rel=2e-4, abs=2.0)
    first = TABLES.by_age_and_setting(TABLES.table("first_settings"), "share")
    expected = plans.to_numpy()[:, None] * first
    assert np.allclose(year.flows["new"], expected, rtol=2e-3, atol=2.0)


def test_the_net_residual_is_the_one_in_the_table(
    fitted_year: Year, capsys: pytest.CaptureFixture[str]
) -> None:
    """What flows do not explain, by age at January 2025: shown, and as `net_residual.csv` has it.

    To a plan in a thousand under 16. From 16 on, where the September step moves most plans, the
    tables were fitted with phase transfers before that month's exits and design 5.3 has them after:
    one more in a hundred stays, and one in a thousand of all plans.
    """
    table = TABLES.table("net_residual").set_index("age")
    stepped, counted = fitted_year.plans.sum(axis=1), recorded().sum(axis=1)
    residual = counted - stepped
    with capsys.disabled():
        print("\nage: stepped, recorded, recording difference (as in the table)")
        for age in AGES[2:25]:
            print(
                f"{age:3d}: {stepped[age]:9,.0f} {counted[age]:9,.0f} "
                f"{residual[age]:7,.0f} ({table.recording_difference[age]:7,.0f})"
            )
        total = table.recording_difference.sum()
        print(
            f"all: {stepped.sum():8,.0f} {counted.sum():9,.0f} {residual.sum():7,.0f} ({total:7,.0f})"
        )
    assert np.abs(table.plans_recorded.to_numpy() - counted).max() < 0.5
    assert stepped.sum() == pytest.approx(table.plans_stepped.sum(), rel=1e-3)
    gap = np.abs(stepped - table.plans_stepped.to_numpy())
    allowed = 1e-3 * counted + 1.0
    assert (gap <= allowed).all()


def test_the_year_conserves_plans(year: Year, fitted_year: Year) -> None:
    """January 2024 + new + moved in - ceased - moved out = stepped January 2025."""
    for one in (year, fitted_year):
        flow = {name: float(values.sum()) for name, values in one.flows.items()}
        net = flow["new"] + flow["moved_in"] - flow["ceased"] - flow["moved_out"]
        assert TABLES.corrected(2024).sum() + net == pytest.approx(one.plans.sum(), abs=1e-4)
        assert flow["moved_in"] == pytest.approx(flow["moved_out"], rel=0.03)


def test_ceased_plans_are_near_the_published_number(year: Year) -> None:
    """SEN2 2024: 30,909 ceased without transfers in England, here without two authorities."""
    published = TABLES.table("recording_difference").set_index("year").ceased_without_transfer
    assert year.flows["ceased"].sum() == pytest.approx(published[2024], rel=0.12)


# ---------------------------------------------------------------- tagged entry cohorts


@pytest.mark.parametrize(
    ("year_held", "closing"),
    [(1, (62.0, 22.3)), (2, (53.1, 28.8)), (3, (46.8, 33.9)), (4, (41.9, 37.1))],
)
def test_tagged_entry_cohorts_drift_to_special(
    year_held: int, closing: tuple[float, float]
) -> None:
    """Plans in their k-th year in January 2024, followed by the model to January 2025 (design 5.3).

    Mainstream/special within 3 points of the published next row; the age and setting mix of a row
    is the agreed assumption of docs/national_rates.md, "Measured" (b).
    """
    cohort = TABLES.held_cohort(year_held)
    stepped = Year(cohort, joining=False).plans
    for group, target in zip(TABLES.CASELOAD_GROUPS, closing, strict=True):
        assert 100 * TABLES.group_share(stepped, group) == pytest.approx(target, abs=3.0)

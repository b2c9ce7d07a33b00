"""What papers 000, 001 and 003 print of the council's own fund (groups H and I), and that none of it is DSG."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.forecast import anchor_lines, by_year, forecast, forecast_central
from model.prepared import Prepared, prepare
from model.scenario.load import LoadedScenario, load

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load(ROOT / "scenarios" / "somerset_2023.yaml")


@pytest.fixture(scope="module")
def prepared(loaded: LoadedScenario) -> Prepared:
    return prepare(loaded)


def test_i1_transport_is_forecast_at_11_8m_against_10_1m(prepared: Prepared) -> None:
    """I1 (001:684, 811-826): 10.1m budgeted, 11.8m forecast, 1.7m over, in the central run's first year."""
    fund = prepared.scenario.general_fund
    transport = forecast_central(prepared, anchor_lines(prepared)).general_fund.transport
    first = by_year(transport.cost_gbp)[:, 0, 0].sum()
    assert first == pytest.approx(11_800_000)
    assert first - fund.transport.budget_gbp.central == pytest.approx(1_700_000)


def test_i1_transport_grows_with_plans_and_the_cost_of_a_passenger(prepared: Prepared) -> None:
    """I1: growth is passengers x unit cost, exactly; both rise from 2023-24 to 2024-25."""
    transport = forecast_central(prepared, anchor_lines(prepared)).general_fund.transport
    cost = by_year(transport.cost_gbp)[..., 0]
    passengers = by_year(transport.passengers)[..., 0] / 12
    each = cost / passengers
    growth = cost[:, 1] / cost[:, 0]
    assert growth == pytest.approx(
        (passengers[:, 1] / passengers[:, 0]) * (each[:, 1] / each[:, 0])
    )
    assert cost.sum(axis=0)[1] > cost.sum(axis=0)[0]
    rate = prepared.scenario.general_fund.inflation[0].annual_rate.at(2024).central
    # A rise from September counts seven months in its year; passengers weigh the months.
    assert each[:, 1] / each[:, 0] == pytest.approx(1 + rate * 7 / 12, rel=0.01)


def test_h10_b11_no_line_of_the_dsg_knows_the_general_fund(
    loaded: LoadedScenario, prepared: Prepared
) -> None:
    """H10 (000:3045: 140k of tribunal fees outside the 6,295k), B11, I15: with and without the general
    fund every line, block and view is the same to the bit."""
    without = loaded.scenario.model_copy(update={"general_fund": None})
    bare = prepare(replace(loaded, scenario=without))
    one = forecast(prepared, anchor_lines(prepared), 0, 64, seed=5)
    other = forecast(bare, anchor_lines(bare), 0, 64, seed=5)
    assert one.spending.by_line.tobytes() == other.spending.by_line.tobytes()
    assert one.views.without_support.tobytes() == other.views.without_support.tobytes()
    assert one.account.in_year_deficit.tobytes() == other.account.in_year_deficit.tobytes()
    assert other.general_fund is None


def test_h14_a_conceded_placement_costs_more_than_the_appeal(prepared: Prepared) -> None:
    """H14 (001:1099, 1110): a placement conceded adds an average placement and not legal cost only; it is
    shown beside and falls on the DSG, so the council's cost of appeals leaves it out."""
    appeals = forecast_central(prepared, anchor_lines(prepared)).general_fund.appeals
    part = prepared.scenario.general_fund.appeals
    conceded = by_year(appeals.plans)[0, 0] * part.conceded_share.central
    assert by_year(appeals.conceded_gbp)[0, 0] == pytest.approx(conceded * 40_000)
    number = by_year(appeals.plans + appeals.refusals)[0, 0]
    assert by_year(appeals.cost_gbp)[0, 0] == pytest.approx(number * part.cost_each_gbp.central)
    assert by_year(appeals.conceded_gbp)[0, 0] > by_year(appeals.cost_gbp)[0, 0]


def test_h9_c25_appeals_follow_refusals(prepared: Prepared) -> None:
    """H9 (001:1079-1112): appeals against refusals are a share of the month's refusals, in every draw."""
    block = forecast(prepared, anchor_lines(prepared), 0, 64, seed=5)
    refused, appeals = block.months.demand.refused, block.general_fund.appeals
    share = block.draws.monthly(prepared.scenario.general_fund.appeals.share_of_refusals)
    assert np.allclose(appeals.refusals, refused * share)
    assert refused.sum(axis=0).min() > 100


def test_g6_locums_paid_by_the_council_leave_the_dsg_alone(north_somerset_file: Path) -> None:
    """G6 (000:2350; 003:386): locums on the general fund cost it 1,300 each, and no DSG driver pays them."""
    own = prepare(load(north_somerset_file))
    block = forecast_central(own, anchor_lines(own))
    locums = block.months.demand.locums.sum(axis=0)
    assert locums.sum() > 30
    assert by_year(locums * 1_300)[0, 0] == pytest.approx(block.spending.general_fund[0, 0])
    kinds = {driver.kind for line in own.scenario.funding.lines for driver in line.drivers}
    assert "locums" not in kinds

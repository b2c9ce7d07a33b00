"""Acceptance checks of papers 001, 003 and 004 that print a rule rather than a figure, one test each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.account.reserves import override_ends, reserves_position
from model.draws import central
from model.forecast import anchor_lines, by_year, forecast_central
from model.mitigation.line_changes import line_changes
from model.prepared import prepare
from model.run import run
from model.scenario.fields import Month
from model.scenario.load import LoadedScenario, load
from model.scenario.problems import ScenarioError
from tests.demand import Queue
from tests.scenarios import HEAD, small

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def somerset() -> LoadedScenario:
    return load(ROOT / "scenarios" / "somerset_2023.yaml")


def with_override(loaded: LoadedScenario, ends: object) -> LoadedScenario:
    account = loaded.scenario.account
    override = account.statutory_override.model_copy(update={"ends": ends})
    account = account.model_copy(update={"statutory_override": override})
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"account": account}))


def test_a19_the_override_ends_in_april_2026_and_the_deficit_meets_reserves_in_2026_27(somerset):
    """A19 (001:858-867): nothing is charged up to 2025-26, the whole cumulative deficit from 2026-27 on;
    with the override on reserves are left alone."""
    for loaded, expected in ((somerset, True), (with_override(somerset, Month(2099, 3)), False)):
        draws = run(loaded, draws=64).draws
        charged, deficit = draws["reserves_charged"], draws["cumulative_with_support"]
        assert float(charged.sel(year=["2023-24", "2024-25", "2025-26"]).max()) == 0
        for year in ("2026-27", "2027-28"):
            due = deficit.sel(year=year) if expected else 0 * deficit.sel(year=year)
            assert np.array_equal(charged.sel(year=year), due)
    assert float(deficit.sel(year="2023-24").mean()) > 30e6, "there is a deficit to speak of"


RESERVES = """
account:
  statutory_override: {ends: ENDS, usable_reserves_gbp: {2023-24: 900, 2024-25: 800, then: 700}}
  blocks:
    - {id: high_needs, opening_deficit_gbp: 500, gross_income_gbp: 10000, planned_deficit_gbp: {uniform: [100, 200]}}
"""


@pytest.mark.parametrize(
    ("ends", "charged"),
    [("2023-03", [650, 800, 950]), ("2024-03", [0, 800, 950]), ("2025-03", [0, 0, 950]),
     ("2026-03", [0, 0, 0])],
)  # fmt: skip
def test_a19_by_hand(tmp_path, ends, charged):
    """500 and 150 a year: 650, 800, 950 against reserves of 900, 800, 700, from the first whole year."""
    scenario = small(tmp_path, RESERVES.replace("ENDS", ends)).scenario
    closing = np.array([[650.0], [800.0], [950.0]])
    position = reserves_position(
        scenario.account.statutory_override, override_ends(scenario), closing, central(scenario)
    )
    assert position.charged[:, 0].tolist() == charged
    assert position.left[:, 0] == pytest.approx(np.array([900, 800, 700]) - charged)
    assert position.exhausted[:, 0].tolist() == [
        float(c > r) for c, r in zip(charged, [900, 800, 700], strict=True)
    ]
    surplus = reserves_position(
        scenario.account.statutory_override, override_ends(scenario), -closing, central(scenario)
    )
    assert not surplus.charged.any()


def test_a26_a_lower_funding_guarantee_helps_schools_and_never_high_needs(somerset):
    """A26 (004:280; 001:381-389): schools-block spending 0.5m lower improves that block only; high needs
    gains only by an approved transfer (A6, J12)."""
    path = "account.blocks[schools].planned_deficit_gbp"
    ready = prepare(somerset)
    anchors = anchor_lines(ready)
    names = [block.id for block in somerset.scenario.account.blocks]
    high, schools = names.index("high_needs"), names.index("schools")
    base = forecast_central(ready, anchors, overrides={path: 400_000.0})
    lower = forecast_central(ready, anchors, overrides={path: -100_000.0})
    moved = lower.account.in_year_deficit - base.account.in_year_deficit
    assert moved[schools, :, 0] == pytest.approx(np.full(5, -500_000))
    assert not moved[high].any()
    (transfer,) = somerset.scenario.account.transfers
    approved = forecast_central(
        ready, anchors,
        overrides={path: -100_000.0, f"account.transfers[{transfer.id}].approval": 1.0},
    )  # fmt: skip
    gained = approved.account.in_year_deficit[high] - lower.account.in_year_deficit[high]
    assert gained[0, 0] == pytest.approx(-1_500_000)


LONG = HEAD.replace("last_year: 2025-26", "last_year: 2044-45")
FIVE_YEAR_OLDS = """
plans:
  counted: 2023-01
  total: 100
  source: invented
  age_groups: {5_to_10: 100}
  settings: {mainstream: 100}
rates: {ceased_under_18: 0, ceased_18_and_over: 0, moved_out: 0}
"""


def test_f8_a_plan_opened_at_five_and_never_ceased_is_counted_for_twenty_years(tmp_path):
    """F8 (001:913; 004:1021): entitlement to 25. Those aged 5 on 31 August 2022 are 25 from September
    2042, and end by the August after; those of 10 end five years before."""
    ready = prepare(small(tmp_path, FIVE_YEAR_OLDS, LONG))
    opening = np.zeros_like(ready.cohort.opening.expected)
    total = ready.cohort.opening.expected.sum()
    opening[5] = ready.cohort.opening.expected.sum(axis=0)
    aged = replace(ready.cohort.opening, expected=opening)
    own = replace(ready, cohort=replace(ready.cohort, opening=aged))
    plans = forecast_central(own, {}).cohort.by_setting.sum(axis=1)[:, 0]
    held = plans > total / 2
    # Months from April 2023; September 2022 to August 2042 are twenty years.
    last = int(np.flatnonzero(held)[-1])
    assert plans[last] == pytest.approx(total)
    counted = 7 + last
    assert counted == pytest.approx(20 * 12, abs=12)
    assert plans[last + 1] == pytest.approx(0, abs=1e-9)


def test_g12_a_backlog_of_450_empties_with_the_inflow_off_and_refills_with_it_on():
    """G12 (003:427): 450 cleared, then refilled. At 90 a month it takes five months without inflow."""
    queue = Queue(12, before=[450.0])
    waiting = [float(queue.month(0.0, 90.0).waiting[0]) for _ in range(5)]
    assert waiting == pytest.approx([360, 270, 180, 90, 0])
    refilled = [float(queue.month(120.0, 90.0).waiting[0]) for _ in range(5)]
    assert refilled == pytest.approx([30, 60, 90, 120, 150])


LINES = """
funding:
  price_base: 2023-24
  lines:
    - {id: bespoke, title: Bespoke packages, anchor: none, drivers: [{kind: amount, id: a, title: A, s251: "1.2.3", annual_amount_gbp: 100000}]}
    - {id: direct, title: Direct payments, anchor: none, drivers: [{kind: amount, id: a, title: A, s251: "1.2.3", annual_amount_gbp: 20000}]}
mitigations:
  - id: personal_budgets
    title: Personal budgets in place of packages
    condition: "3"
    theme: Inclusion
    start: 2023-09
    ramp_months: 6
    changes: [{line: bespoke, full_year_gbp: -30000}, {line: direct, full_year_gbp: 30000}]
    confidence: {between: [0.3, 0.8]}
    share_in_base: 0
mitigated: all
"""


def test_i18_substitution_at_equal_cost_nets_to_nil(tmp_path):
    """I18 (004:1024, 1243-1263): a personal budget that costs what it replaces changes no total."""
    scenario = small(tmp_path, LINES).scenario
    changed = line_changes(scenario, central(scenario))
    assert by_year(changed)[0, 1, 0] < -10_000
    assert changed.sum(axis=0) == pytest.approx(np.zeros_like(changed[0]), abs=1e-9)


def test_g13_diversion_has_an_effect_only_where_somebody_enters_one(tmp_path):
    """G13 (003:390), E22 (001:1467): five pathway officers, no effect printed. None is assumed: a
    mitigation without an effect is refused, and the bundled scenario has none."""
    with pytest.raises(ScenarioError, match="changes"):
        small(tmp_path, LINES.replace(
            "    changes: [{line: bespoke, full_year_gbp: -30000}, {line: direct, full_year_gbp: 30000}]\n", ""
        ))  # fmt: skip
    notts = load(ROOT / "scenarios" / "nottinghamshire_2024.yaml").scenario
    assert notts.mitigations == []
    assert all(shock.extra_share.central >= 0 for shock in notts.requests.shocks)


def test_j15_where_the_grant_for_capacity_ends_transfers_end_with_it(tmp_path):
    """J15 (004:989, 1023, 1084): capacity is funded to March 2016. Without it 800 less 19 months of 25
    remain, and the deadline is missed."""
    head = HEAD.replace("2023-24, last_year: 2025-26", "2014-15, last_year: 2018-19").replace(
        "as_at: 2023-06", "as_at: 2014-11"
    )
    body = (
        "statement_transfers: {statements: 800, start: 2014-09, deadline: 2018-03, "
        "reviews_a_year: {2014-15: 300, 2015-16: 300, then: 0}}\n"
    )
    draws = run(small(tmp_path, body, head), draws=2).draws
    assert float(draws["statements_remaining"].sel(year="2018-19")[0]) == pytest.approx(
        800 - 19 * 25
    )
    assert float(draws["statements_in_time"].max()) == 0

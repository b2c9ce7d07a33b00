"""Checks of the account, the general fund and governance that papers 000 and 002 print or imply.

Ids are those of the catalogue of systems: A and B money and Safety Valve, I general fund, J governance.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from model.assumptions import register
from model.checks import all_passed, check_results
from model.draws import central, sample
from model.forecast import anchor_lines, forecast_central
from model.general_fund.capital import capital_at_risk
from model.prepared import prepare
from model.returns.of_run import returns_of
from model.run import run
from model.scenario.load import LoadedScenario, load

pytestmark = pytest.mark.integration


def overlay(folder: Path, base: Path, text: str) -> LoadedScenario:
    """The scenario of `base` with `text` over it."""
    shutil.copytree(base.parent / base.stem, folder / base.stem)
    shutil.copyfile(base, folder / base.name)
    path = folder / "overlay.yaml"
    path.write_text(f"extends: {base.name}\nname: overlay\n{text}", encoding="utf-8")
    return load(path)


CAPITAL = """
general_fund:
  price_base: 2023-24
  capital:
    - id: bases
      title: Five resource bases
      spend_gbp: {2023-24: 900000, 2024-25: 300000, then: 0}
      bid_succeeds: CHANCE
      reimbursed: 2024-25
"""


@pytest.mark.parametrize(
    ("chance", "net", "exposed"),
    [
        ("1", [900, -900, 0, 0, 0], [900, 0, 0, 0, 0]),
        ("0", [900, 300, 0, 0, 0], [900, 1200, 1200, 1200, 1200]),
    ],
)
def test_a28_capital_paid_ahead_of_the_bid(tmp_path, north_somerset_file, chance, net, exposed):
    """A28: a bid that succeeds leaves no net cost, one that fails all of it (000:2291, 2313)."""
    loaded = overlay(tmp_path, north_somerset_file, CAPITAL.replace("CHANCE", chance))
    found = capital_at_risk(loaded.scenario.general_fund.capital, central(loaded.scenario))
    assert (found.net[0, :, 0] / 1000).tolist() == net
    assert (found.exposed[0, :, 0] / 1000).tolist() == exposed


def test_a28_dsg_revenue_is_untouched_and_the_chance_is_drawn(tmp_path, north_somerset_file):
    text = CAPITAL.replace("CHANCE", "{discrete: {1: 0.6, 0: 0.4}}")
    prepared = prepare(overlay(tmp_path, north_somerset_file, text))
    plain = prepare(load(north_somerset_file))
    anchors = anchor_lines(plain)
    with_bid = forecast_central(prepared, anchors).account
    without = forecast_central(plain, anchors).account
    assert (with_bid.closing_deficit == without.closing_deficit).all()
    draws = sample(prepared.scenario, 5, 0, 2048)
    last = capital_at_risk(prepared.scenario.general_fund.capital, draws).exposed[0, -1]
    assert set(last.tolist()) == {0.0, 1_200_000.0}
    assert (last > 0).mean() == pytest.approx(0.4, abs=0.04)


TRAVEL = """
general_fund:
  price_base: 2023-24
  transport:
    travellers:
      - {id: special, title: Special, settings: [state_special], share_transported: 0.8, annual_cost_gbp: 8000}
mitigations:
  - id: travel_training
    title: Independent travel training
    condition: "6"
    theme: Inclusion
    start: 2024-01
    ramp_months: 0
    input_changes:
      - {input: "general_fund.transport.travellers[special].share_transported", add: CHANGE}
    confidence: 1
    share_in_base: 0
mitigated: [travel_training]
"""


def test_i19_travel_training_saves_from_the_term_after_and_nothing_without_trainees(
    tmp_path, north_somerset_file
):
    """I19 (000:2324; 002:200-202): trained in the autumn, one pupil in forty travels alone from January."""
    spent = {}
    for change in ("-0.02", "0"):
        folder = tmp_path / change
        folder.mkdir()
        prepared = prepare(overlay(folder, north_somerset_file, TRAVEL.replace("CHANGE", change)))
        view = forecast_central(prepared, anchor_lines(prepared)).general_fund
        spent[change] = view.transport.cost_gbp[0, :, 0]
    saved = spent["0"] - spent["-0.02"]
    assert (saved[:9] == 0).all()
    assert saved[9:] == pytest.approx(spent["0"][9:] * 0.02 / 0.8)


def test_j9_every_assumption_says_where_it_comes_from(north_somerset_file):
    """J9: every driver carries a source, or a reason and a range, and the run its date (002:263-268)."""
    scenario = load(north_somerset_file).scenario
    rows = register(scenario)
    assert len(rows) > 200
    assert str(scenario.as_at) == "2023-06"
    silent = [row.path for row in rows if row.status in ("published", "derived") and not row.source]
    assert silent == []
    # A year of an uncertain series may be fixed, and a range may be given for a setting as a whole.
    ranged = {row.path for row in rows if row.low is not None or row.distribution == "dirichlet"}
    assumed = [
        row for row in rows if row.status == "assumed" and not row.path.startswith("data/national")
    ]
    unexplained = [
        row.path
        for row in assumed
        if not row.reason
        or (row.path not in ranged and "range of the setting as a whole" not in row.reason)
    ]
    assert len(assumed) > 100
    assert unexplained == []


BID = """
mitigations:
  - id: growth_bid
    title: Growth proposal for assessment capacity
    condition: "1"
    theme: Early identification
    start: START
    ramp_months: 0
    changes: [{line: services, full_year_gbp: 0}]
    confidence: 1
    share_in_base: 0
    cost: [{fund: general_fund, full_year_gbp: COST}]
mitigated: [growth_bid]
"""


def bid(folder: Path, base: Path, cost: str, start: str = "2023-09"):
    folder.mkdir()
    line = load(base).scenario.funding.lines[0].id
    text = BID.replace("COST", cost).replace("START", start).replace("services", line)
    prepared = prepare(overlay(folder, base, text))
    return forecast_central(prepared, anchor_lines(prepared))


def test_j10_a_bid_for_general_fund_money_leaves_the_dsg_as_it_is(tmp_path, north_somerset_file):
    """J10 (000:1175, 1183): the in-year DSG deficit does not know of it."""
    dear, free = (bid(tmp_path / cost, north_somerset_file, cost) for cost in ("1000000", "0"))
    assert (dear.account.closing_deficit == free.account.closing_deficit).all()
    assert (dear.account.in_year_deficit == free.account.in_year_deficit).all()
    # From September: 7/12 of the first year.
    assert dear.spending.general_fund[:2, 0] - free.spending.general_fund[:2, 0] == pytest.approx(
        [1_000_000 * 7 / 12, 1_000_000]
    )


def test_j14_capacity_that_slips_costs_and_delivers_part_of_the_year(tmp_path, north_somerset_file):
    """J14, B10 (000:2366-2378): recruited in January instead of September, 3/12 of the year not 7/12."""
    late = bid(tmp_path / "late", north_somerset_file, "1000000", "2024-01")
    none = bid(tmp_path / "none", north_somerset_file, "0", "2024-01")
    assert late.spending.general_fund[0, 0] - none.spending.general_fund[0, 0] == pytest.approx(
        250_000
    )


@pytest.mark.parametrize(("printed", "passes"), [(38_665_000, True), (38_667_500, False)])
def test_l10_totals_that_do_not_foot_within_2k_fail(tmp_path, north_somerset_file, printed, passes):
    """L10: a run whose DSG totals do not foot to within 2k of the sum of lines must fail to sign off."""
    text = north_somerset_file.read_text(encoding="utf-8")
    assert text.count("spending_gbp: 38664000") == 1
    folder = north_somerset_file.parent / north_somerset_file.stem
    shutil.copytree(folder, tmp_path / folder.name)
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        text.replace("spending_gbp: 38664000", f"spending_gbp: {printed}"), encoding="utf-8"
    )
    checks = check_results(run(load(changed), draws=64))
    assert all_passed(checks) is passes
    failed = [check.name for check in checks if not check.passed and check.kind != "notice"]
    assert (failed == []) is passes
    assert all("38,66" in name for name in failed)


def test_b2_payments_are_forty_and_ten_percent_and_the_rest_is_an_assumption(north_somerset_file):
    """B2: 8.44m and 2.11m of 21.1m paid to the end of 2023-24; 10.55m outstanding is assumed, tested and
    withheld off track (000:2092, 2105)."""
    account = load(north_somerset_file).scenario.account
    agreed = 21_100_000
    first, *later = account.support_payments
    assert account.support_received_before_gbp.central == 0.4 * agreed
    assert first.amount_gbp.central == pytest.approx(0.1 * agreed)
    assert sum(item.amount_gbp.central for item in later) == agreed - 8_440_000 - 2_110_000
    assert all(item.amount_gbp.provenance.status == "assumed" for item in later)
    assert first.test is None
    assert [item.test.year for item in later] == [item.year - 1 for item in later]


def test_payments_fail_together_when_the_trajectory_is_missed(north_somerset_file):
    """Withheld in the draws that are off track, paid in those on it: the same draws year after year."""
    results = run(load(north_somerset_file), draws=256)
    paid = results.draws["support_paid"].sel(arrangement="safety_valve")
    on = results.draws["trajectory_gap"].sel(target_year="2023-24").to_numpy()
    second = paid.sel(year="2024-25").to_numpy()
    assert set(np.unique(second)) == {0.0, 2_637_500.0}
    # The allowance is uncertain, so nearer the target means more often paid.
    assert on[second > 0].mean() < on[second == 0].mean()
    due = (
        results.draws["support_due_unpaid"]
        .sel(arrangement="safety_valve", year="2024-25")
        .to_numpy()
    )
    assert (due == 2_637_500 - second).all()


def test_the_reform_plan_begins_with_the_january_counted():
    """2025 to 2029, of which the January after 2025 is the count that the forecast starts from."""
    path = Path(__file__).resolve().parents[2] / "scenarios" / "demoshire_2026.yaml"
    loaded = load(path)
    found = returns_of(run(loaded, draws=64))
    assert found is not None
    given = loaded.scenario.plans
    for case in (found.reform["mitigated"], found.reform["unmitigated"]):
        ages, provision = case[0], case[1]
        assert [row.entries[0] for row in ages.rows[:-1]] == list(given.age_groups.values())
        assert ages.rows[-1].entries[0] == provision.rows[-1].entries[0] == given.total
        # Nothing of these five years is outside the run.
        assert all(isinstance(entry, int) for entry in ages.rows[-1].entries)

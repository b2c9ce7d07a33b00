"""Support arrangements on cases small enough to work by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.account.block_account import block_account
from model.account.financing import financing_cost
from model.account.reserves import first_exhausted, override_ends, reserves_position
from model.account.support.terms import support_terms
from model.account.views import cumulative_views
from model.draws import central, sample
from model.scenario.problems import ScenarioError
from tests.scenarios import HEAD, small

pytestmark = pytest.mark.unit

BLOCKS = """
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: 1000, gross_income_gbp: 10000}
    - {id: schools, opening_deficit_gbp: 0, gross_income_gbp: 50000}
  support_received_before_gbp: 400
"""
TARGETS = """
trajectory:
  balance_by: 2025-26
  targets:
    - {year: 2022-23, cumulative_deficit_gbp: 1400}
    - {year: 2023-24, cumulative_deficit_gbp: 1500}
    - {year: 2024-25, cumulative_deficit_gbp: 1600}
    - {year: 2025-26, cumulative_deficit_gbp: 1700}
"""


def booked(folder, account, in_year, head=HEAD, rest=TARGETS):
    """The account with a high needs block that overspends by `in_year` each year."""
    scenario = small(folder, BLOCKS + account + rest, head).scenario
    draws = central(scenario)
    spend = 10000 + np.array(in_year, dtype=float)[:, None]
    book = block_account(
        scenario.account, {"high_needs": spend}, draws, terms=support_terms(scenario)
    )
    return scenario, draws, book


def payments(test: str, year: str = "2024-25") -> str:
    return f"""  support_payments:
    - {{id: one, title: One, year: {year}, amount_gbp: 300, test: {{{test}}}}}
"""


def paid(book) -> list[float]:
    return book.total(book.support)[:, 0].tolist()


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        # Without support 1,400 opening: 1,550, 1,580, 1,690 against 1,500, 1,600, 1,700.
        ("year: 2024-25", [0, 300, 0]),
        (
            "year: 2023-24",
            [0, 0, 300],
        ),  # 50 over at March 2024, under at March 2025: paid a year later
        ("year: 2023-24, allowance_gbp: 50", [0, 300, 0]),
        ("year: 2023-24, on_return: lost", [0, 0, 0]),
        ("year: 2023-24, paid_off_track: 0.4", [0, 120, 180]),
        # In the year: 150 against 100, 30 against 100.
        ("year: 2023-24, measure: in_year", [0, 0, 300]),
        ("year: 2024-25, measure: in_year", [0, 300, 0]),
    ],
)
def test_a_payment_follows_its_test(tmp_path, test, expected):
    _, _, book = booked(tmp_path, payments(test), [150, 30, 110])
    assert paid(book) == expected


def test_what_is_withheld_is_due_until_it_is_paid(tmp_path):
    _, _, book = booked(tmp_path, payments("year: 2023-24"), [150, 30, 110])
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [0, 300, 0]
    assert book.arrangements.names == ("safety_valve",)


def test_withheld_to_the_end_when_never_back_on_track(tmp_path):
    _, _, book = booked(tmp_path, payments("year: 2023-24"), [500, 500, 500])
    assert paid(book) == [0, 0, 0]
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [0, 300, 300]


def test_the_test_looks_at_the_position_without_support(tmp_path):
    """A payment of the year before does not help to meet the next target: nothing is circular."""
    account = """  support_payments:
    - {id: sure, title: Sure, year: 2023-24, amount_gbp: 900}
    - {id: tested, title: Tested, year: 2024-25, amount_gbp: 300, test: {year: 2024-25}}
"""
    scenario, draws, book = booked(tmp_path, account, [500, 30, 110])
    assert paid(book) == [900, 0, 0]
    views = cumulative_views(book, scenario.account, draws)
    assert views.without_support[1, 0] > 1600
    assert views.with_support[1, 0] < 1600


EXTENSION = """  support_payments:
    - {id: one, title: One, year: 2023-24, amount_gbp: 300, test: {year: 2023-24}}
    - {id: two, title: Two, year: 2024-25, amount_gbp: 500}
  safety_valve_extension:
    agreed: AGREED
    from_year: 2024-25
    targets:
      - {year: 2024-25, cumulative_deficit_gbp: 3000}
      - {year: 2025-26, cumulative_deficit_gbp: 3000}
    payments:
      - {year: 2024-25, share: 0.25}
      - {year: 2025-26, share: 0.75, test: {year: 2025-26}}
"""


def test_an_extension_pays_what_was_not_paid_by_its_own_shares(tmp_path):
    """300 withheld and 500 to come: 200 in the first year of the extension, 600 in the second."""
    _, _, book = booked(tmp_path, EXTENSION.replace("AGREED", "1"), [500, 500, 400])
    assert paid(book) == [0, 200, 600]
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [300, 0, 0]


def test_an_extension_that_is_not_agreed_changes_nothing(tmp_path):
    _, _, book = booked(tmp_path, EXTENSION.replace("AGREED", "0"), [500, 500, 400])
    assert paid(book) == [0, 500, 0]
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [300, 300, 300]


def test_an_extension_does_not_bring_back_what_is_lost(tmp_path):
    account = EXTENSION.replace("AGREED", "1").replace(
        "year: 2023-24}}", "year: 2023-24, on_return: lost}}"
    )
    _, _, book = booked(tmp_path, account, [500, 500, 400])
    assert paid(book) == [0, 125, 375]


HEAD_2026 = HEAD.replace("2023-06", "2026-06").replace(
    "first_year: 2023-24, last_year: 2025-26", "first_year: 2026-27, last_year: 2028-29"
)
GRANT = """  stability_grant:
    approval: 1
    paid: 2026-10
    evidence:
      - {id: note, title: Note, deficit_gbp: 950}
      - {id: return, title: Return, deficit_gbp: 980}
    ineligible_gbp: 50
"""


def grant(folder, account=GRANT, blocks=BLOCKS, in_year=(0, 0, 0)):
    scenario = small(folder, blocks + account, HEAD_2026).scenario
    draws = central(scenario)
    spend = 10000 + np.array(in_year, dtype=float)[:, None]
    return block_account(
        scenario.account, {"high_needs": spend}, draws, terms=support_terms(scenario)
    )


def test_the_grant_meets_nine_tenths_of_the_lowest_figure_less_what_is_ineligible(tmp_path):
    book = grant(tmp_path)
    assert paid(book) == pytest.approx([0.9 * (950 - 50), 0, 0])
    assert book.arrangements.figures["stability_grant_eligible"].tolist() == [900]


def test_overspends_of_other_blocks_are_deducted_and_surpluses_are_in_the_books(tmp_path):
    over = BLOCKS.replace(
        "{id: schools, opening_deficit_gbp: 0", "{id: schools, opening_deficit_gbp: 30"
    )
    under = BLOCKS.replace(
        "{id: schools, opening_deficit_gbp: 0", "{id: schools, opening_deficit_gbp: -200"
    )
    plain = GRANT.split("    evidence")[0]
    # 1,030 in the books less the 30 that is not high needs; 800 in the books with the surplus.
    assert paid(grant(tmp_path, plain, over))[0] == pytest.approx(0.9 * 1000)
    assert paid(grant(tmp_path, plain, under))[0] == pytest.approx(0.9 * 800)


@pytest.mark.parametrize(
    ("receipts", "expected"),
    # 1,000 in the books after 400 of Safety Valve money: 900; 1,260 capped at the 1,000 held; 860.
    [("net", 900), ("gross", 1000), ("gross_less_receipts", 860)],
)
def test_the_switch_for_safety_valve_receipts(tmp_path, receipts, expected):
    account = f"""  stability_grant:
    approval: 1
    paid: 2026-10
    safety_valve_receipts: {receipts}
"""
    assert paid(grant(tmp_path, account))[0] == pytest.approx(expected)


def test_the_terms_are_policy_values_that_a_scenario_may_replace(tmp_path):
    over = BLOCKS.replace(
        "{id: schools, opening_deficit_gbp: 0", "{id: schools, opening_deficit_gbp: 30"
    )
    terms = """policy:
  stability_grant_share: {value: 0.5, source: a later note, reason: to see what half would do}
  stability_grant_lowest_figure: {value: false, source: a later note, reason: differences are explained}
  stability_grant_excludes_other_overspends: {value: false, source: a later note, reason: as above}
"""
    # Half of the 1,030 in the books less the 50 stated, whatever the evidence says.
    assert paid(grant(tmp_path, GRANT + terms, over))[0] == pytest.approx(0.5 * 980)


def test_without_a_month_the_grant_comes_when_the_policy_values_say(tmp_path):
    account = "  stability_grant: {approval: 1}\n"
    book = grant(tmp_path, account)
    assert paid(book) == pytest.approx([900, 0, 0])
    assert book.arrangements.held[0, 0, 0] == pytest.approx(450)  # October


def test_no_deficit_no_grant_whatever_the_switch(tmp_path):
    surplus = BLOCKS.replace("opening_deficit_gbp: 1000", "opening_deficit_gbp: -100")
    account = """  stability_grant: {approval: 1, paid: 2026-10, safety_valve_receipts: gross}
"""
    assert paid(grant(tmp_path, account, surplus)) == [0, 0, 0]


def test_a_late_grant_is_due_and_unpaid_and_is_held_for_less_of_its_year(tmp_path):
    account = """  stability_grant: {approval: 1, paid: 2026-10, delay_months: 7}
"""
    book = grant(tmp_path, account)
    assert paid(book) == pytest.approx([0, 900, 0])
    assert book.arrangements.due_unpaid[0, :, 0] == pytest.approx([900, 0, 0])
    # Paid at the start of May 2027: held for eleven months of that year.
    assert book.arrangements.held[0, :, 0] == pytest.approx([0, 900 * 11 / 12, 0])


def test_a_grant_seen_from_inside_the_forecast_uses_that_years_close(tmp_path):
    head = HEAD_2026.replace("first_year: 2026-27", "first_year: 2025-26")
    scenario = small(
        tmp_path, BLOCKS + "  stability_grant: {approval: 1, paid: 2026-10}\n", head
    ).scenario
    spend = 10000 + np.array([[500.0], [0.0], [0.0], [0.0]])
    book = block_account(
        scenario.account, {"high_needs": spend}, central(scenario), terms=support_terms(scenario)
    )
    assert paid(book) == pytest.approx([0, 0.9 * 1500, 0, 0])


def test_the_chance_of_approval_is_drawn(tmp_path):
    account = """  stability_grant: {approval: {discrete: {1: 0.75, 0: 0.25}}, paid: 2026-10}
"""
    scenario = small(tmp_path, BLOCKS + account, HEAD_2026).scenario
    draws = sample(scenario, 1, 0, 4096)
    book = block_account(
        scenario.account, {"high_needs": np.full((3, 4096), 10000.0)}, draws,
        terms=support_terms(scenario),
    )  # fmt: skip
    amounts = book.total(book.support)[0]
    assert set(np.round(amounts, 6)) == {0.0, 900.0}
    assert (amounts > 0).mean() == pytest.approx(0.75, abs=0.03)


def test_later_deficits_are_met_by_the_share_assumed_and_a_surplus_by_nothing(tmp_path):
    account = """  later_deficits:
    - {year: 2026-27, share_met: 0.5, paid: 2027-11}
    - {year: 2027-28, share_met: 0.9, paid: 2028-11}
    - {year: 2028-29, share_met: 0.9, paid: 2029-11}
"""
    book = grant(tmp_path, account, in_year=(600, -100, 50))
    # What is paid after the last year is not in the forecast.
    assert paid(book) == pytest.approx([0, 300, 0])


def test_financing_is_on_the_average_balance_and_nil_on_a_surplus(tmp_path):
    account = """  support_payments:
    - {id: one, title: One, year: 2023-24, amount_gbp: 600, paid_in: 2023-10}
    - {id: two, title: Two, year: 2024-25, amount_gbp: 4000, paid_in: 2024-04}
  financing: {annual_rate: 0.04}
"""
    scenario, draws, book = booked(tmp_path, account, [200, 100, 0])
    cost = financing_cost(scenario.account.financing, book, draws)
    # 1,000 + half of 200 - 600 held for half a year; then 600 + 50 - 4,000 for a whole year.
    assert cost.average_balance[:2, 0] == pytest.approx([800, -3350])
    assert cost.cost[:2, 0] == pytest.approx([32, 0])


def test_reserves_below_the_minimum_and_the_first_year_they_are_exhausted(tmp_path):
    account = """  statutory_override:
    ends: 2024-03
    usable_reserves_gbp: {2023-24: 1500, 2024-25: 1500, then: 900}
    minimum_reserves_gbp: 400
"""
    scenario, draws, book = booked(tmp_path, account, [200, 100, 0])
    views = cumulative_views(book, scenario.account, draws)
    override = scenario.account.statutory_override
    position = reserves_position(override, override_ends(scenario), views.with_support, draws)
    assert position.left[:, 0].tolist() == [1500, 200, -400]
    assert position.below_minimum[:, 0].tolist() == [0, 1, 1]
    assert position.exhausted[:, 0].tolist() == [0, 0, 1]
    flags = np.array([[0.0, 1, 0], [1, 1, 0], [1, 1, 0]])
    assert first_exhausted(flags).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    in_year=st.lists(st.floats(-800, 800), min_size=3, max_size=3),
    test=st.sampled_from(["year: 2023-24", "year: 2024-25", "year: 2023-24, paid_off_track: 0.3"]),
    measure=st.sampled_from(["cumulative", "in_year"]),
    agreed=st.sampled_from(["0", "1", "{discrete: {1: 0.5, 0: 0.5}}"]),
)
def test_nothing_is_paid_twice_or_lost_on_the_way(tmp_path, in_year, test, measure, agreed):
    """Paid and due add up in every draw, and support moves the deficit by exactly what is paid."""
    account = EXTENSION.replace("AGREED", agreed).replace(
        "amount_gbp: 500}", f"amount_gbp: 500, test: {{{test}, measure: {measure}}}}}"
    )
    scenario = small(tmp_path, BLOCKS + account + TARGETS).scenario
    draws = sample(scenario, 3, 0, 64)
    spend = 10000 + np.repeat(np.array(in_year)[:, None], 64, axis=1)
    book = block_account(
        scenario.account, {"high_needs": spend}, draws, terms=support_terms(scenario)
    )
    views = cumulative_views(book, scenario.account, draws)
    assert (book.arrangements.paid >= 0).all()
    assert (book.arrangements.due_unpaid >= -1e-9).all()
    assert (book.arrangements.total.sum(axis=0) <= 800 + 1e-9).all()
    assert views.without_support == pytest.approx(
        1400 + np.cumsum(np.repeat(np.array(in_year)[:, None], 64, 1), 0)
    )
    assert views.with_support == pytest.approx(
        views.without_support - 400 - np.cumsum(book.arrangements.total, 0)
    )
    assert book.identity_gap() < 1e-6


def test_the_grant_never_exceeds_what_is_eligible(tmp_path):
    """Receipts that count gross do not pay for what is ineligible."""
    account = """  stability_grant: {approval: 1, paid: 2026-10, safety_valve_receipts: gross, ineligible_gbp: 700}
"""
    # 300 eligible of 1,000; nine tenths of 300 and the 400 received would be 630.
    assert paid(grant(tmp_path, account))[0] == pytest.approx(300)


def test_what_is_lost_is_not_due(tmp_path):
    _, _, book = booked(tmp_path, payments("year: 2023-24, on_return: lost"), [150, 30, 110])
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [0, 0, 0]


def test_a_surplus_elsewhere_meets_its_part_of_a_later_deficit_first(tmp_path):
    """600 overspent in high needs, 250 saved in schools: half of 350."""
    blocks = BLOCKS.replace(
        "gross_income_gbp: 50000}", "gross_income_gbp: 50000, planned_deficit_gbp: -250}"
    )
    account = "  later_deficits: [{year: 2026-27, share_met: 0.5, paid: 2027-11}]\n"
    assert paid(grant(tmp_path, account, blocks, (600, 0, 0))) == pytest.approx([0, 175, 0])


def test_an_override_without_an_end_ends_as_the_policy_values_say(tmp_path):
    account = "  statutory_override: {usable_reserves_gbp: 5000}\n"
    scenario = small(tmp_path, BLOCKS + account, HEAD_2026).scenario
    assert str(override_ends(scenario)) == "2028-03"
    own = (
        account
        + """policy:
  override_end: {value: 2031-03-31, source: a statement, reason: to see what an extension would do}
"""
    )
    assert str(override_ends(small(tmp_path, BLOCKS + own, HEAD_2026).scenario)) == "2031-03"


BAD = {
    "a year without a target": (payments("year: 2024-25"), "", "the year tested has no target"),
    "a year before the forecast": (payments("year: 2022-23"), TARGETS, "cannot be tested"),
    "a year after the payment": (payments("year: 2025-26"), TARGETS, "cannot be tested"),
    "a month of another year": (
        "  support_payments: [{id: a, title: A, year: 2024-25, amount_gbp: 1, paid_in: 2026-05}]\n",
        TARGETS, "not in 2024-25",
    ),
    "shares that are not one": (
        EXTENSION.replace("AGREED", "1").replace("0.75", "0.7"), TARGETS, "do not sum to 1; found 0.95",
    ),
    "an extension of nothing": (
        EXTENSION[EXTENSION.index("  safety_valve_extension"):].replace("AGREED", "1"), TARGETS,
        "no payments to extend",
    ),
    "a grant before its time": (GRANT, TARGETS, "not known at the scenario's date"),
}  # fmt: skip
BAD_2026 = {
    "a plain probability": (GRANT.replace("approval: 1", "approval: 0.8"), "decided one way or the other; found 0.8"),
    "an end within a year": ("  statutory_override: {ends: 2028-04}\n", "ends with a financial year"),
    "a grant before the deficit is measured": (
        GRANT.replace("2026-10", "2026-02"), "before the deficit it meets is measured",
    ),
    "more than the most": (
        "  later_deficits: [{year: 2026-27, share_met: 0.95, paid: 2027-11}]\n", "at most 0.9",
    ),
    "paid before it arises": (
        "  later_deficits: [{year: 2027-28, share_met: 0.5, paid: 2027-03}]\n", "before the deficit arises",
    ),
    "a year not forecast": (
        "  later_deficits: [{year: 2030-31, share_met: 0.5, paid: 2031-11}]\n", "not forecast",
    ),
    "a year twice": (
        "  later_deficits: [{year: 2026-27, share_met: 0.5, paid: 2027-11}, "
        "{year: 2026-27, share_met: 0.1, paid: 2027-11}]\n", "given twice",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(BAD))
def test_support_that_does_not_fit_is_refused(tmp_path, case):
    account, rest, message = BAD[case]
    with pytest.raises(ScenarioError, match=message):
        small(tmp_path, BLOCKS + account + rest)


@pytest.mark.parametrize("case", list(BAD_2026))
def test_grants_and_later_deficits_that_do_not_fit_are_refused(tmp_path, case):
    account, message = BAD_2026[case]
    with pytest.raises(ScenarioError, match=message):
        small(tmp_path, BLOCKS + account, HEAD_2026)


GAP = """  support_payments:
    - {id: one, title: One, year: 2023-24, amount_gbp: 300}
  safety_valve_extension:
    agreed: 1
    from_year: 2023-24
    targets:
      - {year: 2022-23, cumulative_deficit_gbp: 1400}
      - {year: 2023-24, cumulative_deficit_gbp: 1500}
      - {year: 2025-26, cumulative_deficit_gbp: 1700}
    payments:
      - {year: 2023-24, share: 1, test: {year: 2023-24, measure: in_year}}
"""


def test_a_year_without_a_target_before_it_is_no_return(tmp_path):
    """150 against 100 is withheld; 2025-26 has no in-year target, so it brings nothing back."""
    _, _, book = booked(tmp_path, GAP, [150, 30, 0])
    assert paid(book) == [0, 0, 0]
    assert book.arrangements.due_unpaid[0, :, 0].tolist() == [300, 300, 300]

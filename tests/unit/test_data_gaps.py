"""What a scenario does not give is listed, counted and said how it is handled."""

from __future__ import annotations

import pytest

from model.report.data_gaps import age_in_months, data_gaps
from model.run import run
from model.scenario.fields import Month
from tests.scenarios import small

pytestmark = pytest.mark.unit

BODY = """
account:
  support_received_before_gbp: {value: 200000, status: assumed, reason: letter not found, range: [0, 400000]}
  blocks:
    - id: high_needs
      opening_deficit_gbp: {value: 1000000, source: accounts, as_at: 2022-03}
      gross_income_gbp: {2023-24: 5000000, then: {value: 5200000, status: assumed, reason: none yet, range: [5000000, 5400000]}}
      planned_deficit_gbp: {value: 100000, source: budget, as_at: 2022-06, owner: accountant, confidence: high}
"""


@pytest.fixture
def gaps(tmp_path):
    return data_gaps(run(small(tmp_path, BODY), draws=2))


def count(gaps, kind: str, what: str) -> int:
    (found,) = [gap for gap in gaps if (gap.kind, gap.what) == (kind, what)]
    return found.count


def test_sources_assumptions_and_ages_are_counted(gaps):
    """One figure has no source, two are assumed, of which one has a range for all years; of two dated ones only March 2022 is over 12 months."""
    assert count(gaps, "No source", "account") == 1
    assert count(gaps, "Assumed", "account") == 2
    assert count(gaps, "Stale", "account") == 1
    assert count(gaps, "Held at one value", "Assumptions with a range that is not drawn") == 1


def test_what_has_no_owner_is_counted_over_all_rows(gaps):
    owner = next(gap for gap in gaps if gap.kind == "No owner")
    dated = next(gap for gap in gaps if gap.kind == "No date")
    assert (owner.count, dated.count) == (4, 3)


def test_sections_left_out_say_what_happens_without(gaps):
    missing = {gap.what for gap in gaps if gap.kind == "Not given"}
    assert {"Agreed trajectory", "Mitigations", "Usable reserves", "Version history"} <= missing
    assert "DSG account" not in missing


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2022-06", 12),
        ("2022-05-31", 13),
        ("January 2023", 5),
        ("31 Mar 2022 and 30 April 2023", 2),
        ("academic year", None),
        ("", None),
    ],
)
def test_dates_are_read_in_figures_and_words(text, months):
    assert age_in_months(text, Month(2023, 6)) == months

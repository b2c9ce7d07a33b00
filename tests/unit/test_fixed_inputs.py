"""Inputs held at a value: what is no input, or no value that the input may have, is refused."""

from __future__ import annotations

import numpy as np
import pytest

from model.draws import central, designed, sample
from tests.scenarios import small

pytestmark = pytest.mark.unit

BODY = """
funding:
  price_base: 2023-24
  inflation:
    - {id: fees, title: Fees, annual_rate: {2023-24: 0, then: {uniform: [0.02, 0.04]}}, uplift_month: 4}
  lines:
    - id: units
      title: Units
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 10, annual_cost_gbp: 20000, inflation: fees}
    - id: places
      title: Places
      anchor: none
      drivers: [{kind: amount, id: a, title: A, s251: "1.2.2", annual_amount_gbp: 100000}]
mitigations:
  - id: plan
    title: Plan
    condition: "1"
    theme: Inclusion
    start: 2023-09
    ramp_months: 0
    changes: [{line: places, full_year_gbp: -1200}]
    confidence: 0.5
    share_in_base: 0
"""
CONFIDENCE = "mitigations[plan].confidence"
FTE = "funding.lines[units].drivers[unit].fte"
FEES = "funding.inflation[fees].annual_rate"


@pytest.fixture
def scenario(tmp_path):
    return small(tmp_path, BODY).scenario


def ways(scenario):
    """Everything that takes fixed inputs."""
    yield lambda fixed: central(scenario, fixed)
    yield lambda fixed: sample(scenario, 5, 0, 64, fixed)
    # The mistake is in the last case: every case is looked at.
    yield lambda fixed: designed(scenario, [{}, fixed])


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (CONFIDENCE, 1.01, r"confidence = 1\.01 is out of range: 0 to 1"),
        (CONFIDENCE, 50, "50 % is 0.5"),
        (CONFIDENCE, 100.0, "100 % is 1"),
        (CONFIDENCE, -0.1, r"= -0\.1 is out of range"),
        (CONFIDENCE, True, "is held at a number, not at True"),
        (CONFIDENCE, "half", "is held at a number, not at 'half'"),
        (FTE, -1, "= -1 is out of range"),
        (FEES, (0.0, 0.03, -2.0), r"= -2 is out of range"),
        (FEES, (0.0, 0.03, None), "is held at a number, not at None"),
    ],
)
def test_a_value_that_cannot_be_is_refused(scenario, path, value, says):
    for way in ways(scenario):
        with pytest.raises(ValueError, match=says):
            way({path: value})


@pytest.mark.parametrize("value", [101, -5])
def test_no_percentage_is_guessed_where_it_would_be_none(scenario, value):
    with pytest.raises(ValueError, match="out of range") as error:
        central(scenario, {CONFIDENCE: value})
    assert "%" not in str(error.value)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0])
def test_the_ends_of_the_range_are_in_it(scenario, value):
    for way in ways(scenario):
        assert way({CONFIDENCE: value}).of(scenario.mitigations[0].confidence)[-1] == value


def test_a_misspelt_input_is_refused_with_the_nearest(scenario):
    for way in ways(scenario):
        with pytest.raises(KeyError, match=r"no such input: .*confidense.*confidence"):
            way({"mitigations[plan].confidense": 0.5})


def test_what_is_given_by_year_is_held_in_its_year(scenario):
    held = central(scenario, {FEES: (0.0, 0.01, 0.05)})
    rate = scenario.funding.inflation[0].annual_rate
    assert held.by_year(rate)[:, 0] == pytest.approx([0.0, 0.01, 0.05])
    assert central(scenario).by_year(rate)[:, 0] == pytest.approx([0.0, 0.03, 0.03])
    both = designed(scenario, [{}, {FEES: 0.05}])
    assert np.array_equal(both.by_year(rate)[:, 1], [0.05] * 3)

"""Volumes of a line within a year, and the part of its spending that they drive."""

from __future__ import annotations

import numpy as np
import pytest

from model.report.bridge.saved_figures import forecast_figures
from model.report.read_run import read_run
from model.run import run
from tests.saved_runs import save_run
from tests.scenarios import small, write_small

pytestmark = pytest.mark.unit

BODY = """
funding:
  price_base: 2023-24
  lines:
    - id: places
      title: Places and a service
      published_gbp: 1650000
      drivers:
        - {kind: places, id: bought, title: Places, s251: "1.0.2", paid_by: authority,
           places: {2023-24: 100, 2024-25: 124, then: 124}, rate_gbp: 10000}
        - {kind: amount, id: service, title: A service, s251: "1.2.5", annual_amount_gbp: 500000}
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: 0, gross_income_gbp: {2023-24: 1000000, then: 1000000}}
"""


def test_april_march_and_average_of_places(tmp_path):
    """100 places until August 2024, then 124: 100 in April, 124 in March, 5/12 and 7/12 between."""
    draws = run(small(tmp_path, BODY), draws=2).draws
    of = {name: draws[f"line_{name}"].values[0, :, 0] for name in (
        "april_volume", "year_end_volume", "plan_years")}  # fmt: skip
    np.testing.assert_allclose(of["april_volume"], [100, 100, 124])
    np.testing.assert_allclose(of["year_end_volume"], [100, 124, 124])
    np.testing.assert_allclose(of["plan_years"], [100, 114, 124])


def test_spending_that_volumes_drive_is_after_anchoring(tmp_path):
    """1.5m of drivers published as 1.65m: factor 1.1, so 1.1m of places and 0.55m of the service."""
    draws = run(small(tmp_path, BODY), draws=2).draws
    volume_spend = draws["line_volume_spend"].values[0, :, 0]
    np.testing.assert_allclose(volume_spend, [1_100_000, 1_254_000, 1_364_000])
    rest = draws["line_spend"].values[0, :, 0] - volume_spend
    np.testing.assert_allclose(rest, 550_000)


def test_a_comparison_reads_each_series_under_its_own_name(tmp_path):
    """What is read back from the folder is what the run had, month ends apart."""
    scenario = write_small(tmp_path, BODY)
    figures = forecast_figures(read_run(save_run(scenario, tmp_path / "run", draws=2)))
    line = figures.as_run.lines["places"]
    assert not line.follows_plans
    for values, expected in (
        (line.april, [100, 100, 124]),
        (line.march, [100, 124, 124]),
        (line.average, [100, 114, 124]),
        (line.volume_spend, [1_100_000, 1_254_000, 1_364_000]),
        (line.spend, [1_650_000, 1_804_000, 1_914_000]),
        (figures.as_run.account["closing_deficit"]["high_needs"], [650_000, 1_454_000, 2_368_000]),
    ):
        np.testing.assert_allclose(values, np.repeat(np.array(expected)[:, None], 2, axis=1))

"""Anchors that no slip of units explains, and forecasts far from what was published of the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.checks import all_passed, check_results
from model.run import run
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.unit

EVERYTHING = Path(__file__).parent / "bad_inputs"
LINE = """
funding:
  price_base: 2023-24
  lines:
    - id: units
      title: Units
      anchor: price
      published_gbp: PUBLISHED
      drivers: [{kind: pupils_without_plan, id: unit, title: U, s251: "1.2.1", fte: 10, annual_cost_gbp: 1000}]
"""


@pytest.mark.parametrize(
    ("published", "kind"),
    [(900, "published"), (1_000, "notice"), (3_000, "notice"), (10_000, None),
     (100_000, "notice"), (101_000, "published")],
)  # fmt: skip
def test_a_factor_of_ten_either_way_is_not_to_be_signed(tmp_path, published, kind):
    """Plans and prices come to 10,000."""
    checks = check_results(
        run(small(tmp_path, LINE.replace("PUBLISHED", str(published))), draws=64)
    )
    found = [check.kind for check in checks if check.name.startswith("Units: plans and prices")]
    assert found == ([kind] if kind else [])
    assert all_passed(checks) == (kind != "published")


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "population.csv").write_bytes((EVERYTHING / "population.csv").read_bytes())

    def of(*swaps: tuple[str, str]) -> list[str]:
        text = (EVERYTHING / "base.yaml").read_text(encoding="utf-8")
        for old, new in swaps:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
        checks = check_results(run(load(tmp_path / "base.yaml"), draws=64))
        return [check.name for check in checks if check.kind == "notice"]

    return of


@pytest.mark.parametrize(("share", "month", "there"), [(1, "2023-04", True), (1, "2022-12", False)])
def test_a_published_share_outside_the_range_is_asked_about(asked, share, month, there):
    found = asked(("{month: 2023-05, share: 0.4}", f"{{month: {month}, share: {share}}}"))
    words = f"{share:.0%} of plans in {month} were published"
    assert any(words in name for name in found) == there, found


@pytest.mark.parametrize(("before", "there"), [(5, True), (20, False), (100, False)])
def test_many_more_new_plans_than_the_year_before_are_asked_about(asked, before, there):
    found = asked(("  plans_in_base_year: 15\n", f"  plans_in_base_year: {before}\n"))
    assert any(f"more than the {before} of" in name for name in found) == there, found

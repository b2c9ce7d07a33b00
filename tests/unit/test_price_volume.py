"""Price and volume: the cost-and-volume table of 000:3323-3355, and the identity that they add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.monitor.price_volume import price_and_volume
from model.monitor.read_activity import rounding_allowed
from model.report.rounding import half_away

pytestmark = pytest.mark.unit

# Provision: full-year equivalents, unit costs and totals for budget 2021-22, actual 2021-22, budget
# 2022-23 and actual 2022-23, and the lines of paper 000 they stand in.
TABLE = {
    "In-house (000:3327-3329)": (
        (87.0, 80.17, 87.0, 72.33),
        (18363, 15229, 15127, 16369),
        (1597607, 1220926, 1316044, 1183953),
    ),
    "Agency fostering (000:3331-3333)": (
        (58.0, 43.08, 42.0, 40.2),
        (42907, 42726, 45249, 46249),
        (2488604, 1840632, 1900473, 1859225),
    ),
    "Residential (000:3335-3337)": (
        (12.0, 12.81, 10.0, 12.73),
        (207309, 200457, 205636, 227036),
        (2487706, 2567853, 2056355, 2890169),
    ),
    "Supported living (000:3339-3341)": (
        (2.27, 3.12, 3.5, 5.29),
        (205000, 168658, 184718, 198701),
        (465564, 526213, 646513, 1051126),
    ),
    "Housing with support (000:3343-3345)": (
        (20.49, 14.25, 12.92, 6.51),
        (28679, 28931, 28679, 132942),
        (587600, 412263, 370535, 865451),
    ),
    "Other areas (000:3347-3349)": (
        (153.98, 161.0, 171.92, 171.19),
        (13350, 9394, 12300, 10611),
        (2055642, 1512470, 2114600, 1816487),
    ),
    "Total (000:3351-3353)": (
        (333.74, 314.43, 327.34, 308.25),
        (29013, 25698, 25676, 31359),
        (9682723, 8080357, 8404519, 9666412),
    ),
}
CELLS = [
    pytest.param(fye, cost, total, id=f"{name} {number}")
    for name, rows in TABLE.items()
    for number, (fye, cost, total) in enumerate(zip(*rows, strict=True))
]


def test_the_table_has_28_cells():
    assert len(CELLS) == 28


@pytest.mark.parametrize(("fye", "cost", "total"), CELLS)
def test_volume_times_unit_cost_is_the_printed_total_within_its_rounding(fye, cost, total):
    assert abs(fye * cost - total) <= rounding_allowed(fye, cost)


def test_the_rounding_allowed_would_notice_one_more_pupil():
    assert abs(73.33 * 16369 - 1183953) > rounding_allowed(73.33, 16369)


def test_in_house_2022_23_shows_its_printed_rounding():
    """72.33 x 16,369 = 1,183,970 against 1,183,953 printed (000:3327-3329)."""
    assert half_away(72.33 * 16_369) == 1_183_970
    assert half_away(72.33 * 16_369) - 1_183_953 == 17


def test_residential_2022_23():
    """Volume 2.73 x 205,636 = 561,386; price 12.73 x 21,400 = 272,422 (21,401 is printed); together
    833,808 against 833,814 printed (000:3335-3337)."""
    parts = price_and_volume(10.0, 205_636, 12.73, 227_036)
    assert half_away(parts.volume_gbp) == 561_386
    assert half_away(parts.price_gbp) == 272_422
    assert half_away(parts.total_gbp) == 833_808
    assert half_away(833_814 - parts.total_gbp) == 6


@pytest.mark.parametrize(("name", "rows"), TABLE.items(), ids=list(TABLE))
def test_both_years_split_to_the_printed_variance_within_rounding(name, rows):
    (b1, a1, b2, a2), (bc1, ac1, bc2, ac2), (bt1, at1, bt2, at2) = rows
    for budget, actual, printed in (
        ((b1, bc1), (a1, ac1), at1 - bt1),
        ((b2, bc2), (a2, ac2), at2 - bt2),
    ):
        parts = price_and_volume(*budget, *actual)
        allowed = rounding_allowed(*budget) + rounding_allowed(*actual)
        assert abs(parts.total_gbp - printed) <= allowed, name


money = st.floats(0, 1e6)
volume = st.floats(0, 5000)


@given(volume, money, volume, money)
def test_the_parts_add_to_the_variance(budget_fye, budget_cost, fye, cost):
    parts = price_and_volume(budget_fye, budget_cost, fye, cost)
    assert parts.total_gbp == pytest.approx(
        fye * cost - budget_fye * budget_cost, abs=1e-4, rel=1e-9
    )


def test_dearer_and_no_more_of_it_is_price_alone_and_the_other_way_round():
    assert price_and_volume(10, 100, 10, 120).volume_gbp == 0
    assert price_and_volume(10, 100, 10, 120).price_gbp == 200
    assert price_and_volume(10, 100, 12, 100).volume_gbp == 200
    assert price_and_volume(10, 100, 12, 100).price_gbp == 0
    assert price_and_volume(10, 100, 12, 120).price_gbp == 240, "the joint part is price"

"""Opening plans: fitted to published margins, and whole in every draw (design 5.3, "Opening").

"With chance on, every draw opens with whole plans by controlled rounding that keeps the margins."
Bounds on means are z-bounds with a false alarm under 1e-5 a test, all cells together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.chance.philox import stream_key
from model.cohort.fitting import fit_and_round, fit_to_margins, round_table, spread_whole
from model.cohort.opening import Opening, fit_opening
from model.reference.codes import (
    AGE_GROUPS,
    AGES,
    NEEDS,
    PHASES,
    SETTINGS,
    age_group_of,
    phase_of,
)
from model.reference.national import national_rates
from model.scenario.load import load
from model.scenario.plans_schema import OpeningPlans

pytestmark = pytest.mark.unit

NORTH_SOMERSET = Path(__file__).resolve().parents[2] / "scenarios" / "north_somerset_2023.yaml"
KEY = stream_key(11, "test of fitting")
FALSE_ALARM = 1e-5


def assert_unbiased(draws: np.ndarray, expected: np.ndarray) -> None:
    """Each cell's mean over draws is its expected value; cells within one of it, so sd <= 1/2."""
    count = draws.shape[-1]
    fraction = expected - np.floor(expected)
    deviation = np.sqrt(fraction * (1 - fraction) / count)
    bound = stats.norm.isf(FALSE_ALARM / 2 / expected.size)
    # A cell that is nearly whole may see a handful of draws only: allow three in `count`.
    assert (np.abs(draws.mean(axis=-1) - expected) <= bound * deviation + 3 / count).all()


def margins_table(seed: int, rows: int, columns: int, zeros: float) -> np.ndarray:
    """A table with fractions, structural zeros, and whole row and column sums."""
    generator = np.random.default_rng(seed)
    pattern = generator.gamma(0.6, size=(rows, columns)) + 0.01
    pattern[generator.random((rows, columns)) < zeros] = 0.0
    pattern[:, 0] += 0.5  # keeps every row, and the first row every column, able to hold its margin
    pattern[0] += 0.5
    whole = generator.multinomial(40 * rows, (pattern / pattern.sum()).ravel())
    whole = whole.reshape(rows, columns)
    return fit_to_margins(pattern, whole.sum(axis=1).astype(float), whole.sum(axis=0).astype(float))


# ---------------------------------------------------------------- proportional fitting


def test_fitting_meets_its_margins_and_keeps_the_pattern() -> None:
    """Rows and columns are met; cross-ratios of the seed are kept (Deming and Stephan 1940)."""
    generator = np.random.default_rng(1)
    seed = generator.gamma(2.0, size=(5, 7))
    rows, columns = np.array([5.0, 60, 20, 14, 1]), np.array([10.0, 20, 30, 5, 5, 29, 1])
    table = fit_to_margins(seed, rows, columns)
    assert table.sum(axis=1) == pytest.approx(rows, abs=1e-6)
    assert table.sum(axis=0) == pytest.approx(columns, abs=1e-6)
    ratio = table[1:, 1:] * table[:1, :1] / table[1:, :1] / table[:1, 1:]
    pattern = seed[1:, 1:] * seed[:1, :1] / seed[1:, :1] / seed[:1, 1:]
    assert ratio == pytest.approx(pattern, rel=1e-9)


def test_fitting_leaves_zeros_and_the_seed_alone() -> None:
    seed = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0]])
    before = seed.copy()
    table = fit_to_margins(seed, np.array([10.0, 20.0]), np.array([12.0, 8.0, 10.0]))
    assert table[0, 1] == 0.0
    assert table[1, 1] == pytest.approx(8.0)
    assert (seed == before).all()


def test_a_margin_of_nil_empties_its_row() -> None:
    table = fit_to_margins(np.ones((2, 2)), np.array([0.0, 8.0]), np.array([3.0, 5.0]))
    assert table.tolist() == [[0.0, 0.0], [3.0, 5.0]]


@pytest.mark.parametrize(
    ("seed", "rows", "columns"),
    [
        ([[1.0, 1.0], [1.0, 1.0]], [5.0, 5.0], [6.0, 5.0]),  # totals differ
        ([[1.0, 0.0], [1.0, 1.0]], [5.0, 5.0], [4.0, 6.0]),  # row 1 has one place too few
        ([[0.0, 0.0], [1.0, 1.0]], [1.0, 5.0], [3.0, 3.0]),  # nobody can be in row 1
    ],
)
def test_margins_that_cannot_hold_together_are_refused(
    seed: list[list[float]], rows: list[float], columns: list[float]
) -> None:
    with pytest.raises(ValueError, match="cannot hold together"):
        fit_to_margins(np.array(seed), np.array(rows), np.array(columns))


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "only"),
    [
        ([[1.0, 1.0], [1.0, 0.0]], [1.0, 1.0], [1.0, 1.0], [[0.0, 1.0], [1.0, 0.0]]),
        (
            [[1.0, 2.0, 0.0], [2.0, 1.0, 1.0], [0.0, 1.0, 5.0]],
            [30.0, 40.0, 30.0],
            [70.0, 0.0, 30.0],
            [[30.0, 0.0, 0.0], [40.0, 0.0, 0.0], [0.0, 0.0, 30.0]],
        ),
    ],
)
def test_margins_that_leave_one_table_only_are_met(
    seed: list[list[float]], rows: list[float], columns: list[float], only: list[list[float]]
) -> None:
    """Margins that force a possible cell to nil can hold together, if only just.

    Plain proportional fitting creeps towards such a table and never arrives.
    """
    table = fit_to_margins(np.array(seed), np.array(rows), np.array(columns))
    assert table == pytest.approx(np.array(only), abs=1e-6)


# ---------------------------------------------------------------- controlled rounding


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "zeros"),
    [(1, 2, 2, 0.0), (2, 5, 13, 0.3), (3, 9, 4, 0.5), (4, 26, 15, 0.6), (5, 1, 6, 0.0)],
)
def test_rounding_keeps_margins_in_every_draw_and_is_unbiased(
    seed: int, rows: int, columns: int, zeros: float
) -> None:
    """Cox 1987: whole, rows and columns kept, each cell up or down, expected values unchanged."""
    table = margins_table(seed, rows, columns, zeros)
    draws = round_table(table, KEY, 0, 6000, 0)
    assert (draws == np.round(draws)).all()
    assert (draws.sum(axis=1) == np.round(table.sum(axis=1))[:, None]).all()
    assert (draws.sum(axis=0) == np.round(table.sum(axis=0))[:, None]).all()
    assert (np.abs(draws - table[..., None]) < 1.0 + 1e-6).all()
    assert (draws[table == 0.0] == 0.0).all()
    assert_unbiased(draws, table)


def test_every_draw_is_rounded_in_its_own_way() -> None:
    """Halves in a 2 x 2 table: two possible tables, each half of the time; blocks agree."""
    draws = round_table(np.full((2, 2), 0.5), KEY, 0, 4000, 0)
    assert draws[0, 0].mean() == pytest.approx(0.5, abs=4.5 * 0.5 / np.sqrt(4000))
    assert (draws[0, 0] == draws[1, 1]).all()
    assert (draws[0, 0] != draws[0, 1]).all()
    assert (round_table(np.full((2, 2), 0.5), KEY, 64, 64, 0) == draws[..., 64:128]).all()
    assert (round_table(np.full((2, 2), 0.5), KEY, 0, 64, 1) != draws[..., :64]).any()


def test_a_whole_table_is_left_as_it_is() -> None:
    table = np.array([[3.0, 0.0], [1.0, 7.0]])
    assert (round_table(table, KEY, 0, 8, 0) == table[..., None]).all()


def test_spreading_whole_counts_keeps_rows_zeros_and_expectations() -> None:
    """Systematic sampling: row sums kept, each column within one of its share and unbiased."""
    shares = np.array([[0.13, 0.0, 0.57, 0.3, 0.0], [1.0, 0, 0, 0, 0], [0.2, 0.2, 0.2, 0.2, 0.2]])
    counts = np.array([7.0, 3.0, 11.0])
    draws = np.zeros((3, 5, 8000))
    spread_whole(np.repeat(counts[:, None], 8000, axis=1), shares, 0, 1, *KEY, draws)
    expected = counts[:, None] * shares
    assert (draws.sum(axis=1) == counts[:, None]).all()
    assert (np.abs(draws - expected[..., None]) < 1.0).all()
    assert (draws[shares == 0.0] == 0.0).all()
    assert_unbiased(draws, expected)


def test_spreading_adds_to_what_is_there_and_skips_empty_rows() -> None:
    out = np.ones((1, 2, 3))
    spread_whole(np.array([[0.0, 4.0, 0.0]]), np.array([[0.5, 0.5]]), 0, 1, *KEY, out)
    assert out[0].tolist() == [[1.0, 3.0, 1.0], [1.0, 3.0, 1.0]]


def test_fitting_and_rounding_keeps_each_draws_rows_and_the_same_columns() -> None:
    """Rows differ from draw to draw (whole plans by age and setting); needs stay as published."""
    generator = np.random.default_rng(3)
    rows = generator.multinomial(200, np.full(20, 1 / 20), size=64).T.astype(float)
    columns = np.array([90.0, 60.0, 31.0, 19.0, 0.0])
    seed = generator.gamma(1.0, size=(20, 5)) + 1e-3
    seed[3, 1:3] = 0.0
    out = np.zeros((20, 5, 64))
    fit_and_round(seed, rows, columns, 0, 2, *KEY, out)
    assert (out == np.round(out)).all()
    assert out.min() >= 0.0
    assert (out.sum(axis=1) == rows).all()
    assert (out.sum(axis=0) == columns[:, None]).all()
    assert (out[3, 1:3] == 0.0).all()


# ---------------------------------------------------------------- an authority's opening


@pytest.fixture(scope="module")
def plans() -> OpeningPlans:
    published = load(NORTH_SOMERSET).scenario.plans
    assert published is not None
    return published


@pytest.fixture(scope="module")
def opening(plans: OpeningPlans) -> Opening:
    return fit_opening(plans, national_rates())


def age_group_sums(table: np.ndarray) -> dict[str, np.ndarray]:
    """Plans by age group of (age, setting, need, ...)."""
    return {
        group: sum(
            table[age].sum(axis=(0, 1)) for age in AGES if AGE_GROUPS[age_group_of(age)] == group
        )
        for group in AGE_GROUPS
    }


def assert_keeps_published_margins(table: np.ndarray, plans: OpeningPlans, within: float) -> None:
    """`table` (age, setting, need, draw) has the published age groups, settings and phases."""
    for group, value in age_group_sums(table).items():
        assert np.abs(value - plans.age_groups.get(group, 0)).max() <= within, group
    for number, name in enumerate(SETTINGS):
        published = plans.settings.get(name, 0)
        by_phase = published if isinstance(published, dict) else {}
        total = sum(by_phase.values()) if by_phase else published
        assert np.abs(table[:, number].sum(axis=(0, 1)) - total).max() <= within, name
        for phase in PHASES if by_phase else ():
            ages = [age for age in AGES if PHASES[phase_of(age)] == phase]
            held = table[ages, number].sum(axis=(0, 1))
            assert np.abs(held - by_phase.get(phase, 0)).max() <= within, (name, phase)


def test_north_somerset_opens_with_its_published_margins(
    plans: OpeningPlans, opening: Opening
) -> None:
    """SEN2 January 2023: 1,785 plans; 72, 494, 682, 374, 163 by age group; residential 6 and 18."""
    assert plans.settings["independent_special_residential"] == {"pre_16": 6, "post_16": 18}
    assert opening.expected.min() >= 0.0
    assert opening.expected.sum() == pytest.approx(1785, abs=1e-6)
    assert_keeps_published_margins(opening.expected[..., None], plans, 1e-5)


def test_north_somerset_keeps_its_margins_in_every_draw(
    plans: OpeningPlans, opening: Opening
) -> None:
    """Whole plans, published margins and nobody where nobody can be, in each of 640 draws."""
    draws = opening.whole(stream_key(5, "opening"), 0, 640)
    assert (draws == np.round(draws)).all()
    assert draws.min() >= 0.0
    assert_keeps_published_margins(draws, plans, 0.0)
    assert (draws[opening.expected == 0.0] == 0.0).all()
    # Blocks of 64 draws open as the same draws of a longer run do.
    assert (opening.whole(stream_key(5, "opening"), 128, 64) == draws[..., 128:192]).all()


def test_north_somerset_opens_unbiased(opening: Opening) -> None:
    """Mean whole plans by age and setting over 4,096 draws are the expected ones."""
    draws = opening.whole(stream_key(6, "opening"), 0, 4096)
    expected = opening.expected.sum(axis=2)
    found = draws.sum(axis=2)
    deviation = found.std(axis=-1) / np.sqrt(4096)
    bound = stats.norm.isf(FALSE_ALARM / 2 / expected.size)
    assert (np.abs(found.mean(axis=-1) - expected) <= bound * deviation + 3 / 4096).all()
    by_need = draws.sum(axis=(0, 1))
    deviation = by_need.std(axis=-1) / np.sqrt(4096)
    gap = np.abs(by_need.mean(axis=-1) - opening.expected.sum(axis=(0, 1)))
    assert (gap <= bound * deviation + 3 / 4096).all()


NEED_MARGIN = {
    "ASD": 700,
    "SEMH": 410,
    "SLCN": 250,
    "MLD": 200,
    "SLD": 90,
    "PD": 60,
    "HI": 25,
    "VI": 15,
    "SPLD": 25,
    "MSI": 1,
    "OTH": 9,
}


def with_needs(plans: OpeningPlans, needs: dict[str, int]) -> OpeningPlans:
    data = {
        "counted": plans.counted,
        "total": plans.total,
        "age_groups": plans.age_groups,
        "settings": plans.settings,
        "needs": needs,
    }
    return OpeningPlans.model_validate(data)


def test_a_published_need_margin_is_kept_in_every_draw(plans: OpeningPlans) -> None:
    """Where an authority publishes needs they are kept exactly, beside ages and settings."""
    assert sum(NEED_MARGIN.values()) == plans.total
    given = with_needs(plans, NEED_MARGIN)
    opening = fit_opening(given, national_rates())
    margin = np.array([NEED_MARGIN.get(need, 0) for need in NEEDS], dtype=float)
    assert opening.expected.sum(axis=(0, 1)) == pytest.approx(margin, abs=1e-5)
    draws = opening.whole(stream_key(7, "opening"), 0, 128)
    assert (draws == np.round(draws)).all()
    assert (draws.sum(axis=(0, 1)) == margin[:, None]).all()
    assert_keeps_published_margins(draws, given, 0.0)


def test_needs_follow_national_tables_where_none_are_published(opening: Opening) -> None:
    """Design 5.3: need comes from national age and setting tables where there is no margin."""
    by_cell = opening.expected.sum(axis=2, keepdims=True)
    assert opening.expected == pytest.approx(by_cell * national_rates().stock_need_share, abs=1e-9)


def test_impossible_opening_margins_are_named() -> None:
    """Plans after 16 cannot be under 5: refused in words, not fitted."""
    impossible = OpeningPlans.model_validate(
        {
            "counted": "2023-01",
            "total": 30,
            "age_groups": {"under_5": 20, "16_to_19": 10},
            "settings": {"mainstream_post_16": {"post_16": 20}, "mainstream": {"pre_16": 10}},
        }
    )
    with pytest.raises(ValueError, match="cannot hold together"):
        fit_opening(impossible, national_rates())


def test_phases_that_use_up_the_age_groups_can_be_fitted() -> None:
    """All under 16 in mainstream and all over in colleges: one way to hold, and a usual one."""
    given = OpeningPlans.model_validate(
        {
            "counted": "2023-01",
            "total": 300,
            "age_groups": {"under_5": 30, "5_to_10": 100, "11_to_15": 100, "16_to_19": 70},
            "settings": {"mainstream": {"pre_16": 230}, "mainstream_post_16": 70},
        }
    )
    opening = fit_opening(given, national_rates())
    assert_keeps_published_margins(opening.expected[..., None], given, 1e-5)
    assert_keeps_published_margins(opening.whole(KEY, 0, 64), given, 0.0)

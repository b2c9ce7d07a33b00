"""Figures that the Nottinghamshire paper prints (003, the committee's pack of 15 April 2024).

Groups D, F and G of `systems.md` as far as paper 003 prints a number that the scenario holds. The
arithmetic of 488 falling to 338 (G3) is tested in test_published_demand.py.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.demand.capacity import months_to_clear
from model.forecast import BlockResult, anchor_lines, by_year, forecast_central
from model.notices import notices
from model.prepared import Prepared, prepare
from model.report.rounding import half_away
from model.results import Results
from model.run import run
from model.scenario.load import LoadedScenario, load
from tests.demand import run_demand

pytestmark = pytest.mark.integration

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
NO_TREND = {"new_plans.initial_growth": 0.0}
FIRST_MONTH = (2024, 4)
DECEMBER_2024, SEPTEMBER_2025, APRIL_2025, APRIL_2026 = 8, 17, 12, 24
MANSFIELD = "places.groups[special].schools[mansfield].openings[opening]"


def read(name: str) -> LoadedScenario:
    return load(SCENARIOS / f"{name}.yaml")


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return read("nottinghamshire_2024")


@pytest.fixture(scope="module")
def prepared(loaded: LoadedScenario) -> Prepared:
    return prepare(loaded)


@pytest.fixture(scope="module")
def results(loaded: LoadedScenario) -> Results:
    return run(loaded, draws=128, seed=5)


@pytest.fixture(scope="module")
def readings(prepared: Prepared) -> dict[str, BlockResult]:
    """Central runs: requests without a trend, and the two readings of 500 more each year."""
    runs = {"none": forecast_central(prepared, anchor_lines(prepared), overrides=NO_TREND)}
    for name in ("once", "each_year"):
        other = prepare(read(f"nottinghamshire_2024_500_{name}"))
        runs[name] = forecast_central(other, anchor_lines(other))
    return runs


def requests_of(block: BlockResult) -> np.ndarray:
    demand = block.months.demand
    assert demand is not None
    return demand.requests.sum(axis=1)[:, 0]


def calendar_years(months: int) -> np.ndarray:
    """The calendar year of each month from April of the first year."""
    return FIRST_MONTH[0] + (np.arange(months) + FIRST_MONTH[1] - 1) // 12


# ---------------------------------------------------------------- plans and requests


def test_f2_growth_since_2017_is_10_5_percent_a_year(loaded: LoadedScenario) -> None:
    """F2 (003:340, 398): 2,104 to 4,240 in seven years; 10.5 % a year, 10.6 % from the 2,101 of
    the other paragraph (C26); both are "101 %" in all. 35 % of 4,240 made in two years are 1,484, 531 of them in 2022 (SEN2)."""
    plans, new_plans = loaded.scenario.plans, loaded.scenario.new_plans
    assert plans is not None
    assert new_plans is not None
    for before, rate in ((2104, 10.5), (2101, 10.6)):
        assert half_away(((plans.total / before) ** (1 / 7) - 1) * 100, 1) == rate
        assert int((plans.total / before - 1) * 100) == 101
    assert half_away(0.35 * plans.total) == 1484
    assert new_plans.plans_in_base_year == 1484 - 531


@pytest.mark.shared_data
def test_opening_margins_have_the_shape_of_january_2023(
    loaded: LoadedScenario, shared_folder: Path
) -> None:
    """SEN2 ends at 3,741 in January 2023: each age group times 4,240 over 3,741, within one plan."""
    bands = pd.read_csv(shared_folder / "data" / "tidy" / "ehcp_by_ageband_2019-2023.csv.gz")
    bands = bands[(bands.la_name == "Nottinghamshire") & (bands.time_period == 2023)]
    names = {"Under 5": "under_5", "Age 5 to 10": "5_to_10", "Age 11 to 15": "11_to_15"}
    names |= {"Age 16 to 19": "16_to_19", "Age 20 to 25": "20_to_25"}
    plans = loaded.scenario.plans
    assert plans is not None
    assert bands.num_caseload.sum() == 3741
    for row in bands.itertuples():
        scaled = row.num_caseload * 4240 / 3741
        assert abs(plans.age_groups[names[row.characteristic_age]] - scaled) < 1


def test_f3_requests_rose_26_9_percent(loaded: LoadedScenario) -> None:
    """F3 (003:347): 1,368 / 1.269 = 1,078 in 2022, against 1,087 in SEN2, within 1 %."""
    requests = loaded.scenario.requests
    assert requests is not None
    before = half_away(requests.requests_in_base_year / 1.269)
    assert before == 1078
    assert before == pytest.approx(1087, rel=0.01)


def test_f17_500_once_is_a_level_of_1868(readings: dict[str, BlockResult]) -> None:
    """F17 (003:400): 1,368 + 500 = 1,868 (derived) in every year, but for the population."""
    plain, once = requests_of(readings["none"]), requests_of(readings["once"])
    np.testing.assert_allclose(once / plain, 1868 / 1368, rtol=1e-9)
    assert by_year(once[:, None])[0, 0] == pytest.approx(1868, rel=0.01)


def test_f17_500_each_year_is_500_above_the_year_before(readings: dict[str, BlockResult]) -> None:
    """F17 (003:400): 1,868, 2,368, 2,868, 3,368, 3,868 in 2024 to 2028 (derived), but for the
    population; the two readings are the same in 2024 and 2,000 requests apart in 2028."""
    plain, each = requests_of(readings["none"]), requests_of(readings["each_year"])
    years = calendar_years(len(plain))
    for year in range(2024, 2030):
        asked = 1368 + 500 * (year - 2023)
        np.testing.assert_allclose((each / plain)[years == year], asked / 1368, rtol=1e-9)
    once = requests_of(readings["once"])
    apart = (each - once)[years == 2028].sum()
    assert (each == once)[years == 2024].all()
    assert apart == pytest.approx(2000, rel=0.02)


def test_f17_neither_reading_can_be_assessed(readings: dict[str, BlockResult]) -> None:
    """At 93 a month and the posts still to be filled, plans are what the psychologists can do: the
    level reading leaves a longer queue, the other a queue that doubles its growth; plans issued in
    the last year differ by less than 2 %."""
    waiting = {name: run.months.demand.waiting[-1, 0] for name, run in readings.items()}  # type: ignore[union-attr]
    assert waiting["none"] < 338 < 2 * 338 < waiting["once"] < waiting["each_year"] / 3
    issued = {
        name: by_year(run.months.demand.issued)[-1, 0]  # type: ignore[union-attr]
        for name, run in readings.items()
    }
    assert issued["each_year"] == pytest.approx(issued["once"], rel=0.02)


# ---------------------------------------------------------------- the queue and the 20 weeks


def test_g3_the_forecast_opens_with_338_waiting(prepared: Prepared) -> None:
    """G3 (003:386): 338 children in January 2024, none longer than the printed five months."""
    requests = prepared.scenario.requests
    assert requests is not None
    demand = run_demand(prepared)
    assert float(demand.opening.queue.sum()) == pytest.approx(338)
    assert max(item.months_waited for item in requests.waiting_at_start) + 1 == 5


def test_g3_more_come_to_the_queue_than_its_fall_allows(prepared: Prepared) -> None:
    """G3, F3: 488 to 338 at 93 a month lets 55.5 a month arrive (003:386-389), while 1,368 requests
    less 21 % refused are 90 a month (003:347; SEN2). Both are published; the model takes the requests,
    so its queue does not go on falling by 37.5 a month."""
    demand = run_demand(prepared)
    agreed = demand.series.agreed[:6, 0].mean()
    assert agreed > 55.5 + 25
    requests = prepared.scenario.requests
    assert requests is not None
    refused = requests.refused_share.at(2024).central
    assert half_away(requests.requests_in_base_year * (1 - refused) / 12) == 90
    waiting = demand.series.waiting[:, 0]
    assert waiting[3] > 338 - 37.5


def test_g4_queue_over_throughput_is_3_6_months(loaded: LoadedScenario) -> None:
    """G4 (003:386-389): 338 / 93 = 3.6 months, below the five printed as the longest; 488 / 72 = 6.8
    in September 2023, below the twelve printed."""
    assert loaded.scenario.requests is not None
    now, before = (
        step.assessments_a_month.central for step in loaded.scenario.requests.capacity[::-1]
    )
    assert half_away(months_to_clear(338, now), 1) == 3.6
    assert half_away(months_to_clear(488, before), 1) == 6.8
    assert half_away((now / before - 1) * 100, 1) == 29.2


def test_g5_nine_posts_by_september_2025(loaded: LoadedScenario) -> None:
    """G5 (003:139, 388): 3.6 FTE recruited and 5.4 still open make nine; three trainees besides."""
    requests = loaded.scenario.requests
    assert requests is not None
    posts = {item.id: item for item in requests.recruitment}
    recruited = [posts[name].posts_fte.central for name in ("recruited_2024", "recruited_2025")]
    assert sum(recruited) == pytest.approx(3.6)
    assert sum(recruited) + posts["still_open"].posts_fte.central == pytest.approx(9)
    assert posts["trainees"].posts_fte.central == 3
    assert max((item.start.year, item.start.month) for item in requests.recruitment) == (2025, 9)


def test_g5_capacity_grows_only_as_posts_are_filled(prepared: Prepared) -> None:
    """93 a month until August 2024; every post filled on time and at 5 a month each would add 45."""
    fixed = {
        f"requests.recruitment[{name}].{key}": value
        for name, full in (
            ("recruited_2024", 1.0),
            ("recruited_2025", 1.0),
            ("still_open", 1.0),
            ("trainees", 0.0),
        )
        for key, value in (("filled_share", full), ("assessments_a_month_each", 5.0))
    } | {"requests.recruitment[still_open].delay_months": 0.0}
    demand = forecast_central(prepared, anchor_lines(prepared), overrides=fixed).months.demand
    assert demand is not None
    capacity = demand.capacity[:, 0]
    assert capacity[:5] == pytest.approx(np.full(5, 93.0))
    assert capacity[5:SEPTEMBER_2025] == pytest.approx(np.full(SEPTEMBER_2025 - 5, 93 + 1.8 * 5))
    assert capacity[SEPTEMBER_2025:] == pytest.approx(93 + 9 * 5.0)


def test_g8_the_model_beside_28_percent_and_the_target_of_55(results: Results) -> None:
    """G8 (003:354-362, 1197): 4.5 % in 2022, 28 % in 2023, 55 % the target for December 2024. The
    model was not led to any of them: its April to June 2024 holds the 28 % of the year before within
    ten points, and nine draws in ten miss the target."""
    in_time = results.draws["demand_in_time_by_month"].to_numpy()
    issued = results.draws["demand_issued_by_month"].to_numpy()
    spring = in_time[:3].sum(axis=0) / issued[:3].sum(axis=0)
    assert abs(np.median(spring) - 0.28) < 0.1
    december = in_time[DECEMBER_2024] / issued[DECEMBER_2024]
    assert np.quantile(december, 0.9) < 0.55


def test_g14_first_in_first_out_leaves_nobody_in_time(loaded: LoadedScenario) -> None:
    """G14 (003:391): the paper's order with 338 waiting would issue next to no plan within 20 weeks
    in summer 2024, against 28 % in 2023 (003:1197); the same number is assessed in either order."""
    assert loaded.scenario.requests is not None
    first = loaded.scenario.requests.model_copy(update={"order": "first_in_first_out"})
    scenario = loaded.scenario.model_copy(update={"requests": first})
    runs = {
        "any_order": run_demand(loaded).series,
        "first_in_first_out": run_demand(replace(loaded, scenario=scenario)).series,
    }
    # Months from February 2024 are stepped; by June those drafted at the start are issued.
    summer = slice(5, 9)
    shares = {
        name: series.issued_in_time[summer, 0].sum() / series.issued[summer, 0].sum()
        for name, series in runs.items()
    }
    assert shares["first_in_first_out"] < 0.02
    assert shares["any_order"] > 0.2
    np.testing.assert_allclose(
        runs["any_order"].assessed, runs["first_in_first_out"].assessed, rtol=1e-9
    )


def test_g11_caseload_150_from_220(loaded: LoadedScenario, results: Results) -> None:
    """G11 (003:392, 421): 4,240 plans at 150 are 28.3 officers, 19.3 at 220. With 28.3 in post the
    plans of 2024-25 are above 150 again, and more officers are needed every year."""
    assert loaded.scenario.caseload is not None
    assert loaded.scenario.plans is not None
    total, caseload = loaded.scenario.plans.total, loaded.scenario.caseload
    stated = caseload.plans_an_officer.central
    assert half_away(total / stated, 1) == caseload.officers_fte.at(2024).central == 28.3
    assert half_away(total / 220, 1) == 19.3
    held = results.draws["caseload_plans_an_officer"].mean("draw").to_numpy()
    needed = results.draws["caseload_officers_needed"].mean("draw").to_numpy()
    assert held[0] > 150
    assert (np.diff(needed) > 0).all()


def test_h4_review_rates_lie_between_the_printed(loaded: LoadedScenario) -> None:
    """H4 (003:432, 1199): 77.0 % in 2022, 51.8 % in 2023; 80 % is the target for 2024."""
    assert loaded.scenario.reviews is not None
    assert 0.518 < loaded.scenario.reviews.completed_share.at(2024).central < 0.8


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(("delay", "months"), [(0, 7), (3, 4), (7, 0), (12, 0)])
def test_d9_160_places_from_september_are_seven_twelfths_of_a_year(
    prepared: Prepared, delay: float, months: int
) -> None:
    """D9 (003:217): on time 160 places give 7/12 of a year in 2025-26, 93.3 on average, and fewer by
    a twelfth for every month late."""
    fixed = {f"{MANSFIELD}.delay_months": float(delay)}
    places = forecast_central(prepared, anchor_lines(prepared), overrides=fixed).months.places
    assert places is not None
    commissioned = places.commissioned[0, :, 0]
    added = commissioned[APRIL_2025:APRIL_2026] - commissioned[0]
    assert added.mean() == pytest.approx(160 * months / 12)
    if delay == 0:
        assert (added[: SEPTEMBER_2025 - APRIL_2025] == 0).all()
        assert (added[SEPTEMBER_2025 - APRIL_2025 :] == 160).all()


def test_the_only_notice_is_about_first_settings(loaded: LoadedScenario) -> None:
    """It is true of this scenario: SEN2's first settings are of a year in which places were short."""
    assert [name.split(",")[0] for name, _ in notices(loaded.scenario)] == [
        "new plans start in the settings of a published year"
    ]

"""Places by hand: openings and delays, who gets a place, where the others are, who pays (design 5.4)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from model.cohort.placements import Placements, Twin, placements_for
from model.cohort.state import MonthFlows, empty_state
from model.draws import central, sample
from model.forecast import anchor_lines, by_year, forecast_central
from model.funding.drivers import volumes_for
from model.prepared import prepare
from model.provision.capacity import (
    added_places_gbp,
    group_others,
    group_places,
    school_places,
)
from model.provision.places import PlaceAllocation
from model.reference.codes import NEEDS, SETTINGS
from model.scenario.load import load
from model.whatif.delay_cost import local_drivers
from tests.scenarios import small

pytestmark = pytest.mark.unit

PLANS = """
plans:
  counted: 2023-01
  total: 10
  age_groups: {5_to_10: 10}
  settings: {mainstream: 10}
"""
APRIL, SEPTEMBER, JANUARY = 0, 5, 9


def school(
    name: str = "school", places: object = 0, extra: str = "", payer: str = "authority"
) -> str:
    return (
        f"{{id: {name}, title: A school, places: {places}, place_rate_gbp: 12000, "
        f"paid_by: {payer}{extra}}}"
    )


def group(schools: str, name: str = "primary", ages: str = "[4, 10]", extra: str = "") -> str:
    return (
        f"    - {{id: {name}, title: A group, setting: state_special, ages: {ages}{extra}, "
        f"schools: [{schools}]}}\n"
    )


PAYS = """
funding:
  price_base: 2023-24
  lines:
    - {id: opened, title: Opened, anchor: none, drivers: [{kind: added_places, id: a, title: A, s251: "1.0.2"}]}
"""


def scenario_of(
    tmp_path,
    groups: str,
    overflow: str = "{independent: 0.2, interim: 0.1, waiting: 0.7}",
    extra: str = "",
    more: str = PAYS,
):
    text = f"places:\n  groups:\n{groups}  overflow: {overflow}\n"
    for line in extra.splitlines():
        text += f"  {line}\n"
    return small(tmp_path, PLANS + more + text)


class Month:
    """One month's allocation, told who is where and who asks; everything else stands still."""

    def __init__(self, loaded, *, size: int | None = None) -> None:
        self.prepared = prepare(loaded)
        scenario = loaded.scenario
        draws = central(scenario) if size is None else sample(scenario, 5, 0, size)
        setup = self.prepared.cohort
        self.placements: Placements = self.prepared.placements
        self.rates, self.entries = setup.rates, setup.entries
        seed = None if size is None else 5
        self.places = PlaceAllocation(setup.places, scenario.places, draws, seed)
        self.state = empty_state(self.placements, draws.size)
        self.flows = MonthFlows.nil(self.placements, draws.size)
        self.size = draws.size
        self._forget()

    def _forget(self) -> None:
        shape = (len(NEEDS), self.size)
        self.phase = np.zeros((self.rates.phase.count, *shape))
        self.in_year = np.zeros((self.rates.in_year.count, *shape))
        self.new = np.zeros((len(self.entries.age), *shape))
        self.moved_in = np.zeros_like(self.new)

    def at(self, setting: str, standing: str = "settled") -> int:
        number = SETTINGS.index(setting)
        if standing == "settled":
            return number
        if standing == "existing":
            return self.placements.existing(number)
        place = self.placements.twin(number, standing, SETTINGS.index("state_special"))
        assert place is not None
        return place

    def put(self, number: float, age: int, setting: str, standing: str = "settled",
            need: str = "ASD") -> None:  # fmt: skip
        self.state.plans[age, self.at(setting, standing), NEEDS.index(need)] += number

    def move(self, number: float, age: int, origin: str, need: str = "ASD", *, phase: bool = False,
             standing: str = "settled") -> None:  # fmt: skip
        """`number` pupils in `origin` ask for a special school place."""
        routes, asking = (
            (self.rates.phase, self.phase) if phase else (self.rates.in_year, self.in_year)
        )
        place = self.at(origin, standing)
        wanted = (
            (routes.age == age)
            & (routes.origin == place)
            & (routes.destination == SETTINGS.index("state_special"))
        )
        (row,) = np.flatnonzero(wanted)
        asking[row, NEEDS.index(need)] += number
        self.put(number, age, origin, standing, need)

    def join(self, number: float, age: int, need: str = "ASD", *, moved_in: bool = False) -> None:
        """`number` new plans that name a special school."""
        wanted = (self.entries.age == age) & (
            self.entries.placement == SETTINGS.index("state_special")
        )
        (row,) = np.flatnonzero(wanted)
        (self.moved_in if moved_in else self.new)[row, NEEDS.index(need)] += number

    def run(self, month: int) -> dict[str, np.ndarray]:
        """Allocate; what the month's series say, each (group, draw)."""
        self.flows.clear()
        self.places.allocate(
            self.state, self.flows, self.phase, self.in_year, self.new, self.moved_in, month
        )
        self.places.record(self.state, month)
        self._forget()
        series = self.places.series
        return {name: getattr(series, name)[:, month] for name in series.__dataclass_fields__}

    def count(self, setting: str, standing: str = "settled", age: int | None = None,
              need: str | None = None) -> float:  # fmt: skip
        ages = slice(None) if age is None else slice(age, age + 1)
        needs = slice(None) if need is None else slice(NEEDS.index(need), NEEDS.index(need) + 1)
        return float(self.state.plans[ages, self.at(setting, standing), needs].sum() / self.size)


def first(series: Mapping[str, np.ndarray], *names: str) -> list[float]:
    return [float(series[name][0, 0]) for name in names]


# ---------------------------------------------------------------- commissioned places through time


def places_by_month(tmp_path, opening: str, places: object = 22) -> np.ndarray:
    loaded = scenario_of(tmp_path, group(school(places=places, extra=f", openings: [{opening}]")))
    scenario = loaded.scenario
    return school_places(scenario.places.groups[0].schools[0], central(scenario))[:, 0]


def test_d6_interim_places_until_the_permanent_site_opens(tmp_path):
    """D6: 22 interim places before 65, 10 before 48 (000:1880; second site January 2024, 000:2313)."""
    semh = places_by_month(
        tmp_path, "{id: permanent, title: Permanent, start: 2024-09, places: 65}"
    )
    assert semh.tolist() == [22.0] * 17 + [65.0] * 19
    baytree = places_by_month(
        tmp_path, "{id: second, title: Second site, start: 2024-01, places: 48}", 10
    )
    assert baytree.tolist() == [10.0] * JANUARY + [48.0] * (36 - JANUARY)


@pytest.mark.parametrize(
    ("delay", "late"), [(0, 0), (0.2, 0), (0.5, 1), (1, 1), (2.4, 2), (12, 12), (11.5, 12)]
)
def test_d5_delay_counts_to_the_nearest_month(tmp_path, delay, late):
    """D5, D6: until a late opening the interim places stay (000:2313)."""
    semh = places_by_month(
        tmp_path,
        f"{{id: permanent, title: P, start: 2024-01, places: 65, delay_months: {delay}}}",
    )
    assert semh.tolist() == [22.0] * (JANUARY + late) + [65.0] * (36 - JANUARY - late)


THREE_STEPS = (
    "{id: interim, title: Interim, start: 2023-09, places: 30, interim: true, delay_months: EARLY}, "
    "{id: permanent, title: Permanent, start: 2024-01, places: 65, delay_months: LATE}, "
    "{id: smaller, title: Smaller, start: 2025-04, places: 40}"
)


@pytest.mark.parametrize(
    ("early", "late", "expected"),
    [
        (0, 0, [22] * 5 + [30] * 4 + [65] * 15 + [40] * 12),
        (0, 12, [22] * 5 + [30] * 16 + [65] * 3 + [40] * 12),
        # Two temporary years that come after the building they were to bridge never count.
        (6, 0, [22] * 9 + [65] * 15 + [40] * 12),
        # The last change is not held up by one that comes after it.
        (0, 24, [22] * 5 + [30] * 19 + [40] * 12),
    ],
)
def test_d6_of_the_openings_that_have_come_the_last_in_the_plan_counts(
    tmp_path, early, late, expected
):
    steps = THREE_STEPS.replace("EARLY", str(early)).replace("LATE", str(late))
    assert places_by_month(tmp_path, steps).tolist() == expected


def test_each_draw_has_its_own_delay(tmp_path):
    """An opening half on time and half six months late: one of the two in every draw."""
    opening = "{id: o, title: O, start: 2023-09, places: 20, delay_months: {discrete: {0: 0.5, 5.5: 0.5}}}"
    loaded = scenario_of(tmp_path, group(school(places=8, extra=f", openings: [{opening}]")))
    scenario = loaded.scenario
    draws = sample(scenario, 3, 0, 64)
    places = school_places(scenario.places.groups[0].schools[0], draws)
    opens = (places == 8).sum(axis=0)
    assert set(opens) == {SEPTEMBER, SEPTEMBER + 6}
    assert ((places == 8) | (places == 20)).all()


def test_e9_one_school_late_holds_up_that_school_only(tmp_path):
    """E9: one of four schools cannot start (000:2308, 720); a group is the sum of its schools."""
    opening = ", openings: [{id: o, title: O, start: 2023-09, places: 15, delay_months: %d}]"
    schools = ", ".join(
        school(f"s{number}", 10, opening % (12 if number == 2 else 0)) for number in range(4)
    )
    loaded = scenario_of(tmp_path, group(schools))
    only = loaded.scenario.places.groups[0]
    draws = central(loaded.scenario)
    each = [school_places(item, draws)[:, 0] for item in only.schools]
    opened = [int((places == 10).sum()) for places in each]
    assert opened == [5, 5, 17, 5]
    assert group_places(only, draws)[:, 0].tolist() == [40.0] * 5 + [55.0] * 12 + [60.0] * 19


def test_other_authorities_pupils_by_year(tmp_path):
    schools = (
        school("one", 10, ", other_authorities: {2023-24: 2, 2024-25: 3, then: 1}")
        + ", "
        + school("two", 10, ", other_authorities: 4")
    )
    loaded = scenario_of(tmp_path, group(schools))
    others = group_others(loaded.scenario.places.groups[0], central(loaded.scenario))
    assert others[:, 0].tolist() == [6.0] * 12 + [7.0] * 12 + [5.0] * 12


# ---------------------------------------------------------------- who gets a place


def asked_by_all(tmp_path, places: object, extra: str = "", schools: str = "") -> Month:
    """Two phase transfers, two waiting, one in interim provision, four new and five who would return."""
    loaded = scenario_of(
        tmp_path,
        group(schools or school(places=places), extra=", return_share_a_year: 1"),
        extra=extra,
    )
    month = Month(loaded)
    month.move(2, 4, "early_years", phase=True)
    month.put(2, 7, "mainstream", "waiting")
    month.put(1, 8, "alternative_provision", "interim")
    month.move(3, 7, "mainstream")
    month.join(1, 5)
    month.put(5, 9, "independent_special_day", "overflow")
    return month


ASK_TO_RETURN = 5 * (1 - 1e-9 ** (1 / 12))
"""Of five who would all come back within a year, those who ask in a month."""


@pytest.mark.parametrize(
    ("places", "phase", "waiting", "new", "returned"),
    [
        (0, 0, 0, 0, 0),
        (1.5, 1.5, 0, 0, 0),
        (2, 2, 0, 0, 0),
        (4, 2, 2, 0, 0),
        (7, 2, 3, 2, 0),
        (9, 2, 3, 4, 0),
        (11, 2, 3, 4, 2),
        (50, 2, 3, 4, ASK_TO_RETURN),
    ],
)
def test_places_go_to_phase_transfers_waiting_new_and_returns_in_turn(
    tmp_path, places, phase, waiting, new, returned
):
    month = asked_by_all(tmp_path, places)
    total = month.state.plans.sum() + month.new.sum()
    series = month.run(SEPTEMBER)
    assert first(series, "asked", "placed", "from_waiting", "returned") == pytest.approx(
        [6, phase + new, waiting, returned]
    )
    assert month.count("state_special") == pytest.approx(phase + waiting + new + returned)
    assert month.count("state_special", age=4) == pytest.approx(phase)
    assert month.count("state_special", age=9) == pytest.approx(returned)
    assert month.count("independent_special_day", "overflow", 9) == pytest.approx(5 - returned)
    assert month.state.plans.sum() == pytest.approx(total)
    assert month.state.plans.min() >= 0


def test_the_tribunals_share_of_new_demand_comes_before_those_waiting(tmp_path):
    """A quarter of four new is ordered: with four places two phase transfers, one ordered, one waiting."""
    month = asked_by_all(tmp_path, 4, "tribunal_share: 0.25")
    series = month.run(SEPTEMBER)
    assert first(series, "placed", "from_waiting", "returned") == pytest.approx([3, 1, 0])


@pytest.mark.parametrize(
    ("order", "phase", "new", "waiting", "returned"),
    [
        ("[new, returns, waiting, phase_transfers, tribunal]", 0, 4, 0, ASK_TO_RETURN),
        ("[returns, new, waiting, tribunal, phase_transfers]", 0, 4, 0, ASK_TO_RETURN),
        ("[waiting, phase_transfers, new, returns, tribunal]", 2, 4, 3, 0),
        ("[returns, waiting, phase_transfers, new, tribunal]", None, None, 3, ASK_TO_RETURN),
    ],
)
def test_another_order_of_priority(tmp_path, order, phase, new, waiting, returned):
    """Nine places; in the first two orders as many as new demand and returns take, and no more."""
    places = 4 + ASK_TO_RETURN if order.startswith(("[new", "[returns, new")) else 9
    month = asked_by_all(tmp_path, places, f"priority: {order}")
    series = month.run(SEPTEMBER)
    assert first(series, "from_waiting", "returned") == pytest.approx([waiting, returned])
    if phase is None:
        # 9 places less 4.1 returned less 3 waiting: all that is left goes to phase transfers.
        phase, new = 6 - ASK_TO_RETURN, 0.0
    assert month.count("state_special", age=4) == pytest.approx(phase)
    assert first(series, "placed") == pytest.approx([phase + new])


def test_who_has_a_place_already_takes_no_other_by_order_of_a_tribunal(tmp_path):
    """Seven places, four new first: what a tribunal orders of them is placed by then, three wait on."""
    order = "[new, tribunal, waiting, phase_transfers, returns]"
    month = asked_by_all(tmp_path, 7, f"priority: {order}\ntribunal_share: 0.5")
    assert first(month.run(SEPTEMBER), "placed", "from_waiting") == pytest.approx([4, 3])


def test_within_one_kind_all_have_the_same_chance(tmp_path):
    """Two places for three movers and one joiner: half of each."""
    month = Month(scenario_of(tmp_path, group(school(places=2))))
    month.move(3, 7, "mainstream")
    month.join(1, 5)
    month.run(APRIL)
    assert month.count("state_special", age=7) == pytest.approx(1.5)
    assert month.count("state_special", age=5) == pytest.approx(0.5)


def test_more_pupils_than_places_admits_nobody_and_removes_nobody(tmp_path):
    """Places cut from ten to six with eight in place: they stay, and nobody follows until five are left."""
    opening = ", openings: [{id: cut, title: Cut, start: 2023-09, places: 6}]"
    month = Month(
        scenario_of(tmp_path, group(school(places=10, extra=opening)), overflow="{waiting: 1}")
    )
    month.put(8, 7, "state_special")
    month.move(1, 7, "mainstream")
    assert first(month.run(SEPTEMBER - 1), "asked", "placed", "own") == [1, 1, 9]
    month.move(3, 7, "mainstream")
    full = month.run(SEPTEMBER)
    assert first(full, "asked", "placed", "own", "commissioned") == [3, 0, 9, 6]
    month.put(-4, 7, "state_special")
    month.state.plans[:, month.at("mainstream", "waiting")] = 0.0
    month.move(3, 7, "mainstream")
    assert first(month.run(SEPTEMBER + 1), "placed", "own") == [1, 6]


def test_other_authorities_pupils_take_places_and_own_pupils_elsewhere_do_not(tmp_path):
    """Ten places, three taken by others; nine own pupils of whom four are in others' schools: two free."""
    schools = school(places=10, extra=", other_authorities: 3")
    month = Month(scenario_of(tmp_path, group(schools, extra=", own_pupils_elsewhere: 4")))
    month.put(9, 7, "state_special")
    month.move(5, 7, "mainstream")
    series = month.run(APRIL)
    assert first(series, "placed", "own", "others") == [2, 7, 3]
    assert month.count("state_special") == 11
    fewer = Month(scenario_of(tmp_path, group(schools, extra=", own_pupils_elsewhere: 4")))
    fewer.put(3, 7, "state_special")
    fewer.move(20, 7, "mainstream")
    # Three own pupils, all elsewhere: seven free, not eight.
    assert first(fewer.run(APRIL), "placed") == [7]


def test_groups_share_nothing(tmp_path):
    """A place for another need, or another age, is no help; an age nobody limits has no limit."""
    groups = (
        group(school("a", 1), "semh", "[4, 10]", ", needs: [SEMH]")
        + group(school("b", 5), "asd", "[4, 10]", ", needs: [ASD]")
        + group(school("c", 2), "older", "[11, 12]")
    )
    month = Month(scenario_of(tmp_path, groups))
    for need in ("SEMH", "ASD", "MLD"):
        month.move(3, 7, "mainstream", need)
    month.move(4, 11, "mainstream", "SEMH")
    month.move(6, 13, "mainstream", "SEMH")
    series = month.run(APRIL)
    assert series["placed"][:, 0].tolist() == [1, 3, 2]
    assert series["asked"][:, 0].tolist() == [3, 3, 4]
    assert month.count("state_special", need="MLD") == 3, "no group admits it: not limited"
    assert month.count("state_special", age=13) == 6
    assert month.places.series.own[:, APRIL, 0].tolist() == [1, 3, 2]


# ---------------------------------------------------------------- where the others are


def test_overflow_shares_of_everybody_without_a_place(tmp_path):
    """Ten new, ten from mainstream: 20 % independent, 10 % interim, 70 % wait, each counted once."""
    month = Month(scenario_of(tmp_path, group(school(places=0))))
    month.join(6, 7)
    month.join(4, 7, moved_in=True)
    month.move(10, 8, "mainstream")
    series = month.run(APRIL)
    assert first(
        series, "asked", "placed", "independent", "to_interim", "to_waiting", "stayed"
    ) == pytest.approx([20, 0, 4, 2, 14, 0])
    assert first(series, "overflow", "interim", "waiting") == pytest.approx([4, 2, 14])
    assert month.count("independent_special_day", "overflow", 7) == pytest.approx(2)
    assert month.count("alternative_provision", "interim", 8) == pytest.approx(1)
    assert month.count("mainstream", "waiting") == pytest.approx(14)
    assert month.count("mainstream") == 0
    joined = month.flows.new[7, :, 0]
    assert joined.sum() == pytest.approx(6)
    assert joined[month.at("independent_special_day", "overflow")] == pytest.approx(1.2)
    assert joined[month.at("alternative_provision", "interim")] == pytest.approx(0.6)
    assert joined[month.at("mainstream", "waiting")] == pytest.approx(4.2)
    assert month.flows.moved_in.sum() == pytest.approx(4)


def test_who_has_nowhere_to_wait_stays_and_asks_again(tmp_path):
    """From alternative provision: 70 % stay there, not waiting; nobody under five waits in a school."""
    month = Month(scenario_of(tmp_path, group(school(places=0))))
    month.move(10, 9, "alternative_provision")
    series = month.run(APRIL)
    assert first(series, "to_waiting", "stayed") == pytest.approx([0, 7])
    assert month.count("alternative_provision") == pytest.approx(7)
    young = Month(scenario_of(tmp_path, group(school(places=0), ages="[3, 10]")))
    young.join(10, 4)
    young.join(10, 5)
    young.run(APRIL)
    assert young.count("early_years", "waiting") == pytest.approx(7)
    assert young.count("early_years", "waiting", 4) == pytest.approx(7)
    assert young.count("mainstream", "waiting", 5) == pytest.approx(7)


def test_waiting_pupils_are_candidates_every_month_until_a_place_is_free(tmp_path):
    opening = ", openings: [{id: o, title: O, start: 2023-06, places: 3}]"
    month = Month(
        scenario_of(tmp_path, group(school(places=0, extra=opening)), overflow="{waiting: 1}")
    )
    month.move(5, 7, "mainstream")
    assert first(month.run(0), "to_waiting", "waiting") == [5, 5]
    assert first(month.run(1), "asked", "from_waiting", "waiting") == [0, 0, 5]
    assert first(month.run(2), "from_waiting", "own", "waiting") == [3, 3, 2]
    assert first(month.run(3), "from_waiting", "own", "waiting") == [0, 3, 2]


def test_past_the_admitted_ages_nobody_goes_on_seeking(tmp_path):
    """At eleven, one past the oldest: where they are is where they are settled; younger ones wait on."""
    month = Month(scenario_of(tmp_path, group(school(places=0), extra=", return_share_a_year: 1")))
    states = (
        ("mainstream", "waiting"),
        ("alternative_provision", "interim"),
        ("independent_special_day", "overflow"),
    )
    for setting, standing in states:
        month.put(2, 11, setting, standing)
        month.put(3, 10, setting, standing)
    series = month.run(SEPTEMBER)
    for setting, standing in states:
        assert month.count(setting, standing, 11) == 0
        assert month.count(setting, "settled", 11) == 2
        assert month.count(setting, standing, 10) == 3
    assert first(series, "waiting", "interim", "overflow") == [3, 3, 3]


def test_returns_are_yearly_shares_and_settled_pupils_have_their_own(tmp_path):
    """Of 100 placed for want of a place 30 % a year would come back, of 100 others 6 %."""
    loaded = scenario_of(
        tmp_path,
        group(
            school(places=1000),
            extra=", return_share_a_year: 0.3, settled_return_share_a_year: 0.06",
        ),
    )
    month = Month(loaded)
    month.put(100, 7, "independent_special_day", "overflow")
    month.put(100, 8, "independent_special_day")
    month.put(100, 12, "independent_special_day")
    series = month.run(APRIL)
    overflow, settled = 100 * (1 - 0.7 ** (1 / 12)), 100 * (1 - 0.94 ** (1 / 12))
    assert first(series, "returned") == pytest.approx([overflow + settled])
    assert month.count("state_special", age=7) == pytest.approx(overflow)
    assert month.count("state_special", age=8) == pytest.approx(settled)
    for number in range(1, 12):
        month.run(number)
    assert month.count("independent_special_day", "overflow") == pytest.approx(70)
    assert month.count("independent_special_day", age=8) == pytest.approx(94)
    assert month.count("independent_special_day", age=12) == 100, "past the admitted ages"


ENTRY = """
funding:
  price_base: 2023-24
  lines:
    - id: fees
      title: Fees
      anchor: none
      drivers:
        - {kind: plans, id: all, title: All, s251: "1.2.3", settings: [independent_special_day], annual_cost_gbp: 50000, entry_cost_gbp: 60000}
        - {kind: plans, id: overflow, title: O, s251: "1.2.3", settings: [independent_special_day], standings: [overflow], annual_cost_gbp: 1}
        - {kind: plans, id: settled, title: S, s251: "1.2.3", settings: [independent_special_day], standings: [settled], annual_cost_gbp: 1}
"""


def test_existing_placements_can_return_too_and_drivers_tell_standings_apart(tmp_path):
    """Where prices are split the independent setting is there three times, and each is counted once."""
    loaded = scenario_of(
        tmp_path,
        group(school(places=5), extra=", settled_return_share_a_year: 1"),
        more=ENTRY,
    )
    month = Month(loaded)
    placements = month.placements
    day, special = SETTINGS.index("independent_special_day"), SETTINGS.index("state_special")
    overflow = month.at("independent_special_day", "overflow")
    existing = placements.existing(day)
    assert len({day, overflow, existing}) == 3
    assert placements.twins[overflow - len(SETTINGS)] == Twin(day, "overflow", special)
    assert [placements.standing(p) for p in (day, existing, overflow)] == [
        "settled", "settled", "overflow",
    ]  # fmt: skip
    assert [placements.sought_by(p) for p in (day, existing, overflow)] == [-1, -1, special]
    volumes = volumes_for(loaded.scenario, placements)
    cells = [set(volumes.placement[volumes.volume == number]) for number in range(volumes.count)]
    # A driver's first volume holds existing placements, its second everybody else.
    assert cells == [{existing}, {day, overflow}, set(), {overflow}, {existing}, {day}]
    month.put(5, 7, "independent_special_day", "existing")
    assert first(month.run(APRIL), "returned") == pytest.approx([ASK_TO_RETURN])


def test_every_placement_has_a_counter_of_its_own(tmp_path):
    groups = group(school("a", 1)) + group(school("b", 1), "bases").replace(
        "state_special", "specialist_base"
    )
    placements = placements_for(scenario_of(tmp_path, groups, more=ENTRY).scenario)
    assert placements.sought == tuple(
        SETTINGS.index(name) for name in ("specialist_base", "state_special")
    )
    codes = [placements.code(place) for place in range(placements.count)]
    assert len(set(codes)) == len(codes) == placements.count
    assert max(codes) < 256
    # Nobody waits in the setting they wait for; all other combinations are there.
    waits = {(t.setting, t.sought) for t in placements.twins if t.standing == "waiting"}
    assert len(waits) == 5


# ---------------------------------------------------------------- whole children


def test_with_chance_children_are_placed_whole_and_by_lot(tmp_path):
    """Five places for eight: five placed in each draw, not always of one age, three overflow whole."""
    month = Month(scenario_of(tmp_path, group(school(places=5.9))), size=64)
    month.move(4, 7, "mainstream")
    month.move(4, 8, "mainstream")
    series = month.run(APRIL)
    assert (series["placed"] == 5).all(), "part of a place is no place"
    assert (month.state.plans == np.round(month.state.plans)).all()
    of_seven = month.state.plans[7, month.at("state_special")].sum(axis=0)
    assert set(of_seven) >= {1.0, 2.0, 3.0, 4.0}
    assert of_seven.mean() == pytest.approx(2.5, abs=4 * 0.68 / 8), "hypergeometric, sd 0.68"
    rest = series["independent"] + series["to_interim"] + series["to_waiting"]
    assert (rest == 3).all()
    assert (month.state.plans.sum(axis=(0, 1, 2)) == 8).all()


def test_with_chance_overflow_has_its_shares_on_average(tmp_path):
    """Forty without a place in each of 512 draws: 8 independent, 4 interim, 28 wait."""
    month = Month(scenario_of(tmp_path, group(school(places=0))), size=512)
    month.move(40, 7, "mainstream")
    series = month.run(APRIL)
    for name, share in (("independent", 0.2), ("to_interim", 0.1), ("to_waiting", 0.7)):
        error = np.sqrt(40 * share * (1 - share) / 512)
        assert series[name].mean() == pytest.approx(40 * share, abs=4 * error), name


def test_with_chance_joiners_are_counted_where_they_are_put(tmp_path):
    """New at seven, moved in at eight, five places for forty: each is counted at their placement."""
    month = Month(scenario_of(tmp_path, group(school(places=5))), size=64)
    month.join(20, 7)
    month.join(20, 8, moved_in=True)
    month.run(APRIL)
    where = month.state.plans.sum(axis=2)
    assert (where.sum(axis=(0, 1)) == 40).all()
    assert (month.flows.new[7] == where[7]).all()
    assert (month.flows.moved_in[8] == where[8]).all()
    for setting, standing in (
        ("state_special", "settled"), ("independent_special_day", "overflow"),
        ("alternative_provision", "interim"), ("mainstream", "waiting"),
    ):  # fmt: skip
        assert where[7, month.at(setting, standing)].any()
        assert where[8, month.at(setting, standing)].any()


def test_with_chance_who_gets_a_place_no_longer_waits(tmp_path):
    month = Month(scenario_of(tmp_path, group(school(places=1))), size=8)
    month.put(3, 8, "mainstream", "waiting")
    series = month.run(APRIL)
    assert series["from_waiting"].tolist() == series["own"].tolist() == [[1.0] * 8]
    assert series["waiting"].tolist() == [[2.0] * 8]


def test_with_chance_who_has_nowhere_to_wait_stays(tmp_path):
    month = Month(scenario_of(tmp_path, group(school(places=0))), size=64)
    month.move(10, 9, "alternative_provision")
    series = month.run(APRIL)
    assert not series["to_waiting"].any()
    assert series["stayed"].mean() == pytest.approx(7, abs=4 * np.sqrt(2.1 / 64))
    stay = month.state.plans[9, month.at("alternative_provision")].sum(axis=0)
    assert (series["stayed"][0] == stay).all()


def test_with_chance_who_misses_the_lot_overflows_as_anybody_would(tmp_path):
    """One place for two: the other is placed independently in a fifth of 512 draws, whatever the lot."""
    month = Month(scenario_of(tmp_path, group(school(places=1))), size=512)
    month.move(1, 7, "mainstream")
    month.move(1, 8, "mainstream")
    series = month.run(APRIL)
    assert (series["placed"] == 1).all()
    error = np.sqrt(0.2 * 0.8 / 512)
    assert series["independent"].mean() == pytest.approx(0.2, abs=4 * error)


def test_with_chance_the_tribunals_share_of_one_pupil_is_right_on_average(tmp_path):
    """One new pupil, one waiting, one place: a quarter of the draws place the new one by order."""
    extra = "tribunal_share: 0.25"
    month = Month(scenario_of(tmp_path, group(school(places=1)), extra=extra), size=512)
    month.put(1, 8, "mainstream", "waiting")
    month.move(1, 7, "mainstream")
    series = month.run(APRIL)
    assert (series["placed"] + series["from_waiting"] == 1).all()
    assert series["placed"].mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 512))


# ---------------------------------------------------------------- who pays


def two_payers(tmp_path, start: str = "2023-09"):
    opening = f", openings: [{{id: o, title: O, start: {start}, places: PLACES}}]"
    schools = (
        school("ours", 10, opening.replace("PLACES", "16"))
        + ", "
        + school("theirs", 20, opening.replace("PLACES", "23"), "department")
    )
    return scenario_of(tmp_path, group(schools))


def test_places_opened_are_paid_by_one_or_the_other_and_never_by_both(tmp_path):
    """Six more paid by the authority, three by the department, at 12,000 from September: 7/12, then 12/12."""
    loaded = two_payers(tmp_path)
    scenario, draws = loaded.scenario, central(loaded.scenario)
    ours, theirs = (
        by_year(added_places_gbp(scenario.places, draws, payer))[:, 0]
        for payer in ("authority", "department")
    )
    assert ours == pytest.approx([6 * 7_000, 72_000, 72_000])
    assert theirs == pytest.approx([3 * 7_000, 36_000, 36_000])


def test_an_academic_year_of_added_places_is_7_12_and_5_12(tmp_path):
    """Design 5.4: places of one academic year only, September to August."""
    opening = (
        ", openings: [{id: a, title: A, start: 2023-09, places: 6},"
        " {id: b, title: B, start: 2024-09, places: 0}]"
    )
    scenario = scenario_of(tmp_path, group(school(places=0, extra=opening))).scenario
    paid = by_year(added_places_gbp(scenario.places, central(scenario), "authority"))[:, 0]
    assert paid == pytest.approx([6 * 7_000, 6 * 5_000, 0])


def test_fewer_places_than_at_the_start_give_money_back(tmp_path):
    opening = ", openings: [{id: o, title: O, start: 2024-09, places: 4}]"
    scenario = scenario_of(tmp_path, group(school(places=10, extra=opening))).scenario
    paid = by_year(added_places_gbp(scenario.places, central(scenario), "authority"))[:, 0]
    assert paid == pytest.approx([0, -6 * 7_000, -72_000])


ACCOUNT = """
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: 0, gross_income_gbp: {2023-24: 1000000}, income_growth: 0}
    - {id: schools, opening_deficit_gbp: 0, gross_income_gbp: {2023-24: 1000000}, income_growth: 0}
"""


@pytest.mark.parametrize("pupils", [0, 3])
def test_places_are_paid_filled_or_not_and_enter_the_account_once(tmp_path, pupils):
    """Opened in September: spending 42,000 and 21,000 off income, whoever sits in them."""
    two_payers(tmp_path)
    text = (tmp_path / "small.yaml").read_text() + ACCOUNT
    text = text.replace("settings: {mainstream: 10}",
                        f"settings: {{mainstream: {10 - pupils}, state_special: {pupils}}}")  # fmt: skip
    (tmp_path / "small.yaml").write_text(text)
    prepared = prepare(load(tmp_path / "small.yaml"))
    run = forecast_central(prepared, anchor_lines(prepared))
    spent = by_year(run.spending.by_line)[0, :, 0]
    assert spent == pytest.approx([42_000, 72_000, 72_000])
    assert run.department_places[:, 0] == pytest.approx([21_000, 36_000, 36_000])
    deducted = run.account.income.deductions.sum(axis=0)[:, 0]
    assert deducted == pytest.approx([21_000, 36_000, 36_000])
    # Both worsen the deficit, each once; the schools block spends what it gets.
    assert run.views.in_year[:, 0] + 1_000_000 == pytest.approx([63_000, 108_000, 108_000])


def test_local_drivers_pay_for_places_opened_and_for_pupils_in_those_settings_only(tmp_path):
    """Plans in special schools are local; with independent ones among them they are not."""
    plans = '{{kind: plans, id: {0}, title: P, s251: "1.2.2", settings: [{1}], annual_cost_gbp: 1}}'
    drivers = [
        plans.format("mixed", "state_special, independent_special_day"),
        plans.format("special", "state_special"),
        plans.format("day", "independent_special_day"),
    ]
    line = f"    - {{id: top_up, title: T, anchor: none, drivers: [{', '.join(drivers)}]}}\n"
    loaded = scenario_of(tmp_path, group(school(places=5)), more=PAYS + line)
    assert local_drivers(loaded.scenario) == [0, 2]


def test_places_switched_off_pay_nothing(tmp_path):
    two_payers(tmp_path)
    text = (tmp_path / "small.yaml").read_text() + ACCOUNT + "switched_off: [places]\n"
    (tmp_path / "small.yaml").write_text(text)
    prepared = prepare(load(tmp_path / "small.yaml"))
    assert prepared.placements.sought == ()
    run = forecast_central(prepared, anchor_lines(prepared))
    assert not run.spending.by_line.any()
    assert run.department_places is None
    assert run.months.places is None
    assert not run.account.income.deductions.any()


def test_priced_standings_are_the_cells_of_the_table(tmp_path):
    """A waiting pupil is in one placement only: the ages and places of the twins do not overlap."""
    month = Month(scenario_of(tmp_path, group(school(places=1))))
    setup = month.places.setup
    names = [tuple(map(int, row)) for row in setup.occupied]
    for cells, groups in setup.seeking:
        names += [tuple(map(int, row)) for row in cells]
        assert len(cells) == len(groups) > 0
    assert len(names) == len(set(names))
    assert {age for age, *_ in names} == set(range(4, 11))

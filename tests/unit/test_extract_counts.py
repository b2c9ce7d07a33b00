"""Counts of an extract: small cases by hand, and every flow of an invented one given back exactly."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.importing.extract.extract import age_on_31_august
from model.importing.extract.monthly import Monthly, closing_gaps, monthly
from model.importing.extract.read import read_extract
from model.importing.extract.scenario_part import scenario_part
from model.importing.extract.small_counts import margin_to_fives, to_fives, without_small
from model.importing.extract.waiting import waiting_on, whole_months
from model.report.extract_scenario import shares
from tests.extracts import HEADINGS, invented, write_csv

pytestmark = pytest.mark.unit

TODAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("extracts")


def read(folder, rows, as_at=date(2025, 1, 31), headings=HEADINGS):
    return read_extract(
        write_csv(folder / "e.csv", rows, headings=headings), today=TODAY, as_at=as_at
    )


def counted(frame: pd.DataFrame) -> Counter[tuple[str, ...]]:
    """A table of counts as name -> count, months as YYYY-MM."""
    names = [column for column in frame.columns if column != "count"]
    keys = frame.assign(month=frame["month"].dt.strftime("%Y-%m"))[names]
    return Counter(dict(zip(keys.itertuples(index=False, name=None), frame["count"], strict=True)))


def flows_of(counts: Monthly) -> dict[str, list[str]]:
    """Months in which each flow has counts."""
    found = counts.flows.groupby("flow")["month"].agg(
        lambda months: sorted(months.dt.strftime("%Y-%m"))
    )
    return dict(found)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(0, 400))
def test_every_flow_and_stock_of_an_invented_extract_is_given_back(folder, seed, cut):
    """By construction: the generator counts each event as it makes it, one child at a time."""
    made = invented(seed, 120, end=date(2025, 1, 31) - timedelta(days=cut))
    counts = monthly(read(folder, made.rows, made.end), np.datetime64("2023-01", "M"))
    assert counted(counts.flows) == made.flows
    assert counted(pd.concat([counts.opening, counts.stock])) == made.stock
    assert not closing_gaps(counts).any()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_request_is_decided_or_waits_and_every_assessment_ends_or_waits(folder, seed):
    """requests = refused + withdrawn + agreed - overturned + undecided; agreed = ended + open (from nil)."""
    made = invented(seed, 120)
    extract = read(folder, made.rows)
    counts = monthly(extract, np.datetime64("2023-01", "M"))
    requests, refused, withdrawn, agreed, overturned, *ended = (
        int(counts.by_month(name).sum())
        for name in ("requests", "refused", "requests_withdrawn", "agreed", "overturned",
                     "assessments_ended_with_plan", "assessments_ended_without_plan", "assessments_withdrawn")
    )  # fmt: skip
    queue = waiting_on(extract, date(2025, 1, 31)).groupby("stage")["count"].sum()
    assert requests == refused + withdrawn + agreed - overturned + queue.get("undecided", 0)
    waiting = queue.get("waiting_for_advice", 0) + queue.get("advice_started", 0)
    assert agreed == sum(ended) + waiting
    assert ended[0] == counts.by_month("plans_issued").sum() + queue.get("drafting", 0)


PLAN = {
    "child_key": "a", "birth_month": "2014-08", "request_date": "2024-01-10", "request_outcome": "agreed",
    "decision_date": "2024-02-01", "assessment_end_date": "2024-05-20", "assessment_outcome": "plan",
    "plan_date": "2024-05-29", "first_placement": "mainstream_academy", "current_placement": "special_la_maintained",
    "placement_date": "2024-09-03", "need": "Autistic spectrum disorder",
}  # fmt: skip


def test_a_plan_by_hand(folder):
    """Issued on day 140: in time. 9 on 31 August 2023, 10 on 31 August 2024, in state special since September."""
    counts = monthly(read(folder, [PLAN]))
    assert flows_of(counts) == {
        "requests": ["2024-01"], "agreed": ["2024-02"], "assessments_ended_with_plan": ["2024-05"],
        "plans_issued": ["2024-05"], "issued_counted": ["2024-05"], "issued_in_20_weeks": ["2024-05"],
        "issued_counted_without_exceptions": ["2024-05"],
        "issued_in_20_weeks_without_exceptions": ["2024-05"], "changed_placement": ["2024-09"],
    }  # fmt: skip
    stock = counted(counts.stock)
    assert stock[("2024-05", "5_to_10", "mainstream", "ASD")] == 1
    assert stock[("2024-09", "5_to_10", "state_special", "ASD")] == 1
    assert sum(stock.values()) == 9  # May 2024 to January 2025
    late = monthly(read(folder, [{**PLAN, "plan_date": "2024-05-30"}]))
    assert "issued_in_20_weeks" not in flows_of(late)
    assert "issued_counted" in flows_of(late)


def test_an_exception_counts_in_one_share_and_not_in_the_other(folder):
    flows = flows_of(monthly(read(folder, [{**PLAN, "exceptions": "Y"}])))
    assert "issued_in_20_weeks" in flows
    assert "issued_counted_without_exceptions" not in flows
    assert "issued_in_20_weeks_without_exceptions" not in flows


def test_what_was_asked_of_another_authority_is_no_flow_here(folder):
    flows = flows_of(monthly(read(folder, [{**PLAN, "moved_in_date": "2024-07-01"}])))
    assert flows == {"moved_in": ["2024-07"], "changed_placement": ["2024-09"]}


def test_a_transfer_out_is_not_ceased_and_leaves_from_where_the_plan_was(folder):
    gone = {**PLAN, "cease_date": "2024-09-03", "cease_reason": 5}
    counts = monthly(read(folder, [gone]), np.datetime64("2024-01", "M"))
    assert counted(counts.flows)[("2024-09", "moved_out", "5_to_10", "mainstream", "", "ASD")] == 1
    assert "ceased" not in flows_of(counts)
    assert "changed_placement" not in flows_of(counts)
    assert not closing_gaps(counts).any()


def test_a_placement_that_begins_with_the_plan_is_no_change(folder):
    counts = monthly(read(folder, [{**PLAN, "placement_date": "2024-05-29"}]))
    assert "changed_placement" not in flows_of(counts)
    assert (
        counted(counts.flows)[("2024-05", "plans_issued", "5_to_10", "state_special", "", "ASD")]
        == 1
    )
    assert not closing_gaps(counts).any()


def test_agreed_by_the_tribunal_is_a_refusal_overturned_that_day(folder):
    flows = flows_of(monthly(read(folder, [{**PLAN, "decided_by": "Tribunal"}])))
    assert flows["refused"] == flows["overturned"] == flows["agreed"] == ["2024-02"]


def test_special_schools_are_day_or_residential_where_the_row_says_so(folder):
    rows = [
        {
            **PLAN,
            "child_key": key,
            "current_placement": "special_non_maintained",
            "residential": said,
        }
        for key, said in (("a", "yes"), ("b", "no"), ("c", ""))
    ]
    stock = counted(monthly(read(folder, rows)).stock)
    for setting in (
        "independent_special_residential",
        "independent_special_day",
        "independent_special",
    ):
        assert stock[("2025-01", "5_to_10", setting, "ASD")] == 1


def test_counting_begins_where_requests_and_leavers_are_in_the_extract(folder):
    old = {**PLAN, "child_key": "b", "request_date": "", "request_outcome": "", "decision_date": "",
           "assessment_end_date": "", "assessment_outcome": "", "plan_date": "2015-03-01",
           "cease_date": "2024-06-30", "cease_reason": "ceased", "placement_date": "2016-01-01"}  # fmt: skip
    counts = monthly(read(folder, [PLAN, old]))
    assert str(counts.months[0]) == "2024-06"
    assert counts.opening["count"].tolist() == [1, 1]
    assert [str(day) for day in counts.counted_to[[0, -1]]] == ["2024-06-30", "2025-01-31"]
    with pytest.raises(ValueError, match="2025-02 is after the extract of 2025-01-31"):
        monthly(read(folder, [PLAN, old]), np.datetime64("2025-02", "M"))


def test_a_month_not_over_is_counted_to_the_day_of_the_extract(folder):
    counts = monthly(read(folder, [PLAN], as_at=date(2025, 1, 16)))
    assert str(counts.counted_to[-1]) == "2025-01-16"
    assert counts.stock["month"].iloc[-1] == pd.Timestamp("2025-01-01")


@given(
    birth=st.dates(date(2000, 1, 1), date(2024, 12, 1)), day=st.dates(date(2000, 1, 1), date(2030, 1, 1))
)  # fmt: skip
def test_age_on_31_august_is_the_number_of_birthdays_by_then(birth, day):
    august = date(day.year if day.month >= 9 else day.year - 1, 8, 31)
    birthdays = sum((birth.year + n, birth.month) <= (august.year, 8) for n in range(1, 60))
    months = np.array([f"{birth:%Y-%m}"], "datetime64[M]")
    assert age_on_31_august(months, np.datetime64(day)).tolist() == [min(max(birthdays, 0), 25)]


def test_the_queue_by_hand(folder):
    rows = [
        {"child_key": "a", "birth_month": "2019-01", "request_date": "2025-01-02"},
        {**PLAN, "child_key": "b", "decision_date": "2024-10-30", "advice_started_date": "2024-12-01",
         "assessment_end_date": "", "assessment_outcome": "", "plan_date": "", "placement_date": "", "first_placement": "", "current_placement": ""},
        {**PLAN, "child_key": "c", "decision_date": "2024-11-30", "assessment_end_date": "", "assessment_outcome": "",
         "plan_date": "", "placement_date": "", "first_placement": "", "current_placement": ""},
        {**PLAN, "child_key": "d", "plan_date": "", "assessment_end_date": "2025-01-07", "placement_date": "", "first_placement": "", "current_placement": ""},
    ]  # fmt: skip
    queue = waiting_on(read(folder, rows), date(2025, 1, 31))
    expected = [
        ("undecided", 0, 1),
        ("waiting_for_advice", 2, 1),
        ("advice_started", 3, 1),
        ("drafting", 0, 1),
    ]
    assert (
        list(queue[["stage", "months_waited", "count"]].itertuples(index=False, name=None))
        == expected
    )
    headings = [name for name in HEADINGS if name != "advice_started_date"]
    queue = waiting_on(read(folder, rows, headings=headings), date(2025, 1, 31))
    assert queue["stage"].tolist() == [
        "undecided",
        "assessment_open",
        "assessment_open",
        "drafting",
    ]
    # Two months earlier the request had not come, and work on no advice had begun.
    queue = waiting_on(read(folder, rows), date(2024, 11, 30))
    assert set(queue["stage"]) == {"waiting_for_advice"}
    assert queue["months_waited"].tolist() == [0, 1, 9]


@given(since=st.dates(date(2020, 1, 1), date(2025, 1, 31)))
def test_whole_months_at_a_month_s_end_are_calendar_months(since):
    months = whole_months(np.array([since], "datetime64[D]"), np.datetime64("2025-01-31"))
    assert months.tolist() == [(2025 - since.year) * 12 + 1 - since.month]


def test_whole_months_on_another_day():
    since = np.array(["2024-12-17", "2024-12-16", "2025-01-16"], "datetime64[D]")
    assert whole_months(since, np.datetime64("2025-01-16")).tolist() == [0, 1, 0]
    # 28 February completes the month since 31 January.
    since = np.array(["2025-01-31", "2025-01-28"], "datetime64[D]")
    assert whole_months(since, np.datetime64("2025-02-28")).tolist() == [1, 1]
    assert whole_months(since, np.datetime64("2025-02-27")).tolist() == [0, 0]


def test_the_year_of_a_part_is_that_of_the_invented_extract(folder):
    """Counted over 2024 by the generator; the season over both whole years."""
    made = invented(4, 300)
    extract = read(folder, made.rows)
    part = scenario_part(extract, monthly(extract, np.datetime64("2022-11", "M")))
    assert part is not None and part.year is not None  # noqa: PT018
    year = part.year
    of: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    for (month, flow, *_), count in made.flows.items():
        if month[:4] == "2024":
            of[flow] += count
        if flow == "requests" and month < "2025":
            requests[month[5:]] += count
    assert year.requests == of["requests"]
    assert year.agreed_at_once == of["agreed"] - of["overturned"]
    assert year.stopped == of["refused"] + of["requests_withdrawn"]
    assert year.overturned == of["overturned"]
    assert year.with_plan == of["assessments_ended_with_plan"]
    assert year.without_plan == of["assessments_ended_without_plan"] + of["assessments_withdrawn"]
    assert year.exceptions == of["issued_counted"] - of["issued_counted_without_exceptions"]
    in_time = of["issued_in_20_weeks"] - of["issued_in_20_weeks_without_exceptions"]
    assert year.exceptions_in_20_weeks == in_time
    assert year.moved_in == of["moved_in"]
    assert year.requests_by_month.tolist() == [requests[f"{month:02d}"] for month in range(1, 13)]


def test_the_opening_queue_holds_who_waits_for_advice_alone(folder):
    made = invented(4, 300)
    extract = read(folder, made.rows)
    part = scenario_part(extract, monthly(extract))
    assert part is not None and part.waiting is not None  # noqa: PT018
    end = date(2025, 1, 31)
    waiting = [
        row.get("overturned_date") or row["decision_date"]
        for row in made.rows
        if (row.get("request_outcome") == "agreed" or "overturned_date" in row)
        and "advice_started_date" not in row
    ]
    assert part.waiting == Counter(
        (end.year - day.year) * 12 + end.month - day.month for day in waiting
    )


@pytest.mark.parametrize(("seed", "rounded"), [(4, False), (4, True)])
def test_the_part_of_a_scenario_adds_up(folder, seed, rounded):
    made = invented(seed, 300)
    extract = read(folder, made.rows)
    counts = monthly(extract, np.datetime64("2023-01", "M"))
    part = scenario_part(extract, counts, rounded=rounded)
    assert part is not None and part.year is not None  # noqa: PT018
    opening, year = part.opening, part.year
    assert opening.needs is not None
    for margin in (opening.age_groups, opening.settings, opening.needs):
        assert sum(margin.values()) == opening.total
    assert sum(year.first_settings.values()) == year.plans_issued
    in_force = sum(n for (month, *_), n in made.stock.items() if month == "2025-01")
    issued = sum(
        n
        for (month, flow, *_), n in made.flows.items()
        if month[:4] == "2024" and flow == "plans_issued"
    )
    if rounded:
        assert (opening.total, year.plans_issued) == (to_fives(in_force), to_fives(issued))
        shown = [*opening.age_groups.values(), *opening.settings.values(), *opening.needs.values(),
                 *year.first_settings.values(), *(part.waiting or {}).values(), year.requests, year.stopped,
                 year.overturned, year.with_plan, year.without_plan, year.issued_in_20_weeks]  # fmt: skip
        assert not any(count % 5 for count in shown)
    else:
        assert (opening.total, year.plans_issued) == (in_force, issued)
    assert (year.year, str(opening.counted)) == (2024, "2025-01")


def test_weeks_are_means_over_the_year_and_left_out_for_few(folder):
    """Decisions after 22 days, advice to plan 58 days; in the year before they took longer."""
    started = {**PLAN, "advice_started_date": "2024-04-01"}
    rows = [{**started, "child_key": f"k{n}"} for n in range(5)]
    before = {**started, "child_key": "b", "request_date": "2023-01-01", "decision_date": "2023-09-01", "plan_date": "2024-06-28"}  # fmt: skip
    since = np.datetime64("2024-01", "M")
    extract = read(folder, [*rows, before])
    part = scenario_part(extract, monthly(extract, since))
    assert part is not None and part.year is not None  # noqa: PT018
    assert part.year.decision_weeks == pytest.approx(22 / 7)
    assert part.year.advice_and_drafting_weeks == pytest.approx((5 * 58 + 88) / 6 / 7)
    extract = read(folder, rows[:4])
    part = scenario_part(extract, monthly(extract, since))
    assert part is not None and part.year is not None  # noqa: PT018
    assert (part.year.decision_weeks, part.year.advice_and_drafting_weeks) == (None, None)


def test_the_part_of_a_year_that_is_not_whole_has_opening_plans_alone(folder):
    made = invented(4, 60)
    extract = read(folder, made.rows)
    part = scenario_part(extract, monthly(extract, np.datetime64("2024-02", "M")))
    assert part is not None
    assert part.year is None
    extract = read(folder, [PLAN])
    since = np.datetime64("2025-01", "M")
    assert scenario_part(extract, monthly(extract, since)) is not None
    extract = read(folder, [PLAN], as_at=date(2024, 12, 31))
    assert scenario_part(extract, monthly(extract, np.datetime64("2024-05", "M"))) is None


def test_day_and_residential_by_national_shares_add_up_to_the_undivided(folder):
    rows = [{**PLAN, "child_key": f"k{n}", "birth_month": "2006-02", "current_placement": "special_independent"} for n in range(40)]  # fmt: skip
    said = [{**rows[0], "child_key": f"s{n}", "residential": "yes"} for n in range(7)]
    extract = read(folder, [*rows, *said])
    part = scenario_part(extract, monthly(extract))
    assert part is not None
    residential = part.opening.settings["independent_special_residential"] - 7
    assert 0 < residential < 40
    assert part.opening.settings["independent_special_day"] == 40 - residential
    assert (part.opening.split.undivided, part.opening.split.residential) == (40, residential)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=15))
def test_a_margin_in_fives_adds_up_and_is_near(counts):
    total = to_fives(sum(counts))
    rounded = margin_to_fives(np.array(counts), total)
    assert not (rounded % 5).any()
    assert (rounded >= 0).all()
    assert rounded.sum() == (total if sum(counts) else 0)
    scale = total / sum(counts) if sum(counts) else 0
    assert (np.abs(rounded - np.array(counts) * scale) < 5).all()


def test_small_counts_are_replaced_and_others_rounded():
    frame = pd.DataFrame(
        {
            "month": ["2025-01"] * 3,
            "age_group": ["a", "a", "b"],
            "need": ["x", "y", "x"],
            "count": [4, 4, 9],
        }
    )
    shown = without_small(frame, ("month",), (("age_group",), ("need",)))
    assert shown.to_numpy().tolist() == [
        ["2025-01", "all", "all", "15"],
        ["2025-01", "a", "all", "10"], ["2025-01", "b", "all", "10"],
        ["2025-01", "all", "x", "15"], ["2025-01", "all", "y", "c"],
    ]  # fmt: skip


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any))
def test_shares_of_the_months_sum_to_one(counts):
    assert abs(shares(np.array(counts)).sum() - 1) < 1e-9
    assert (np.abs(shares(np.array(counts)) - np.array(counts) / sum(counts)) < 1e-4).all()

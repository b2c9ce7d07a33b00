"""What the checks of published files find, on invented files added up by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.history.checks import check_history, findings_of, footing, gaps, jumps, nation_footing
from model.history.findings import Finding
from model.history.known_faults import faults_of, known_faults
from model.history.placements import placements
from model.history.publications import PUBLICATIONS
from model.history.read_history import history_of, read_publications
from model.history.read_publication import Published, read_publication
from model.history.read_tidy import Tidy
from model.history.rules import rules
from tests.published_files import caseload, caseload_row, write

pytestmark = pytest.mark.unit


def read(table: pd.DataFrame, folder: Path) -> Published:
    return read_publication(write(table, folder / "caseload.csv"))


def found(findings: list[Finding]) -> list[tuple[str, int | None, str]]:
    return [(item.authority, item.january, item.found) for item in findings]


def test_nothing_is_found_where_everything_adds_up(tmp_path):
    file = read(caseload(), tmp_path)
    assert not list(footing(file))
    assert not list(nation_footing(file))


def test_a_part_that_is_short_and_a_placement_that_is_short(tmp_path):
    """Northtown 2023: 80 of 88 mainstream plans in the parts, so 192 of 200 in the placements."""
    table = caseload()
    table.loc[4, "mainstream_academy"] = "72"
    assert found(list(footing(read(table, tmp_path)))) == [
        ("Northtown", 2023, "the parts of mainstream_total add up to 80 and 88 is published"),
        ("Northtown", 2023, "the placements add up to 192 and 200 is published"),
    ]


def test_breakdown_rows_are_told_together(tmp_path):
    """Ages 7 and 8 lack 1 and 3 plans of 200 in their placements: one finding, with the larger."""
    row = caseload_row("Northtown", 2023) | {"breakdown_topic": "Child or young persons age"}
    short = [
        {**row, "breakdown": f"age {7 + index}", "nm_early_years": 4 - lacking}
        for index, lacking in enumerate((1, 3))
    ]
    table = pd.concat([caseload(), pd.DataFrame(short).astype(str)])
    assert (
        "Northtown",
        2023,
        "in 2 of its rows by age, placement or years the placements add up to something else than is published, by 3 at most",
    ) in found(list(footing(read(table, tmp_path))))


def test_rows_that_the_reference_lists_as_suppressed_are_no_finding(tmp_path):
    """Hackney at January 2024 returned a total only; another authority with the same row is one."""
    row = caseload_row("Northtown", 2024) | dict.fromkeys(
        [*placements(), "mainstream_total", "special_total", "ap_pru_total"], "x"
    )
    row |= {"nm_early_years": 0}
    table = pd.concat([caseload(), pd.DataFrame([row, {**row, "la_name": "Hackney"}]).astype(str)])
    assert found(list(footing(read(table, tmp_path)))) == [
        ("Northtown", 2024, "the placements add up to 0 and 200 is published")
    ]  # fmt: skip


def test_ages_that_do_not_add_up(tmp_path):
    row = caseload_row("Northtown", 2023) | {"breakdown_topic": "Child or young persons age"}
    ages = [{**row, "breakdown": "age 7"}, {**row, "breakdown": "age 8"}]
    table = pd.concat([caseload(), pd.DataFrame(ages).astype(str)])
    assert found(list(footing(read(table, tmp_path)))) == [
        (
            "Northtown",
            2023,
            "rows by 'Child or young persons age' add up to 400 and 200 is published",
        )
    ]


def test_the_nation_is_the_sum_of_its_authorities_or_not(tmp_path):
    table = caseload()
    table.loc[3, "ehcplans"] = "510"
    assert found(list(nation_footing(read(table, tmp_path)))) == [
        ("England", 2023, "authorities add up to 500 and England has 510")
    ]


def test_a_file_cut_short_is_not_held_against_the_nation(tmp_path):
    table = caseload().drop(index=5)
    assert found(list(nation_footing(read(table, tmp_path)))) == [
        ("England", 2023, "the file holds 1 of 2 authorities")
    ]


def history(plans: dict[int, float], new: dict[int, float], ceased: dict[int, float]):
    def table(values: dict[int, float]) -> pd.DataFrame:
        rows = {
            "England": {year: 10 * value for year, value in values.items()},
            "Northtown": values,
        }
        return pd.DataFrame(rows).T

    tidy = Tidy({"plans": table(plans), "new_plans": table(new), "ceased": table(ceased)})
    return history_of({}, tidy, None, "here")


def test_growth_that_flows_explain_is_no_jump():
    """1,000 to 1,100 with 150 new and 50 ceased: log 1.1 is 0.095, the flows say 0.1."""
    known = history({2022: 1000, 2023: 1100}, {2023: 150}, {2023: 50})
    assert not list(jumps(known, rules()))


@pytest.mark.parametrize(
    ("closing", "jump"), [(1190, False), (1200, True), (1019, True), (1021, False)]
)
def test_growth_beyond_the_limit_is_a_jump_either_way(closing, jump):
    """Flows say 0.1 and the limit is 0.08: log growth of 0.18 is 1,197 plans, of 0.02 is 1,020.2."""
    known = history({2022: 1000, 2023: closing}, {2023: 150}, {2023: 50})
    assert bool(list(jumps(known, rules()))) is jump


def test_small_authorities_do_not_jump():
    known = history({2022: 50, 2023: 80}, {2023: 5}, {2023: 5})
    assert not list(jumps(known, rules()))


def test_two_years_of_one_step_are_no_jump():
    known = history({2021: 1000, 2023: 1500}, {2023: 150}, {2023: 50})
    assert not list(jumps(known, rules()))


def test_gaps_are_between_known_years_and_not_at_their_ends():
    known = history(
        {2020: 1000, 2021: float("nan"), 2022: 1010, 2023: float("nan")}, {2023: 1}, {2023: 1}
    )
    assert [(item.where, item.january) for item in gaps(known)] == [("plans", 2021)]


def test_series_missing_in_one_year_are_one_finding():
    """Plans, new and ceased plans all lack 2021: one line says so."""
    nan = float("nan")
    known = history(
        {2020: 1e3, 2021: nan, 2022: 1e3},
        {2020: 1, 2021: nan, 2022: 1},
        {2020: 1, 2021: nan, 2022: 1},
    )
    (gap,) = gaps(known)
    assert (gap.where, gap.january) == ("several series", 2021)
    for words in ("plans in force", "new plans", "plans ceased"):
        assert words in gap.found


def test_a_finding_says_january_of_a_stock_and_calendar_year_of_a_flow():
    stock = Finding("footing", "Northtown", 2023, "caseload", "this", "that")
    flow = Finding("footing", "Northtown", 2023, "newplans", "this", "that")
    assert str(stock) == "caseload, January 2023: this; that."
    assert str(flow) == "newplans, calendar 2022: this; that."


def test_findings_of_an_authority_stop_at_its_january(tmp_path):
    """What is found in later years is not known to a scenario that stands earlier."""
    table = caseload()
    table.loc[4, "special_academy_free"] = "59"
    published = read_publications([write(table, tmp_path / "caseload.csv")])
    everything = check_history(history_of(published, Tidy(), None, "here"), published)
    footings = [item for item in everything if item.kind == "footing"]
    assert {item.january for item in footings} == {2023}
    assert not [
        item for item in findings_of(everything, "Northtown", 2022) if item.kind == "footing"
    ]
    assert not [
        item for item in findings_of(everything, "Westshire", 2023) if item.kind == "footing"
    ]
    assert [item for item in findings_of(everything, "Northtown", 2023) if item.kind == "footing"]


def test_known_faults_name_files_and_januaries_and_say_where_from():
    files = {item.name for item in PUBLICATIONS}
    effects = {"placements", "breakdowns", "stock", "new_plans", "jump", "definition"}
    for fault in known_faults():
        assert fault.file in files
        assert fault.effect in effects
        assert fault.source.startswith("DfE SEN2")
        assert fault.found
        assert fault.done


def test_a_regional_fault_touches_its_region_only():
    leeds = {fault.effect for fault in faults_of("Leeds", "Yorkshire and The Humber", 2023)}
    bristol = {fault.effect for fault in faults_of("Bristol, City of", "South West", 2025)}
    assert "new_plans" in leeds
    assert bristol == {"definition"}
    assert not faults_of("Leeds", "Yorkshire and The Humber", 2018)

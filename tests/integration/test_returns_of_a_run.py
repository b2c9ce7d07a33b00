"""The two returns of whole runs: they are the run's own figures, add up, and read the same in the workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from model.reference.policy import open_questions, policy
from model.report.returns_table import returns_table
from model.report.workbook import About, write_workbook
from model.report.workbook.checks import PASSED
from model.results import Results
from model.returns.of_run import CASES, MITIGATED, NOT_STEPPED, THE_SAME, UNMITIGATED, returns_of
from model.returns.return_table import NOT_IN_RUN, UNKNOWN
from model.run import run
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.integration

ABOUT = About(
    run_id="returns",
    created=datetime(2026, 11, 25, 12, 0),
    version="0.1.0",
    seed=1,
    draws=64,
    command="hn-forecast run scenario.yaml",
    scenario_file="scenario.yaml",
    scenario_hash="",
    packages={},
)
OWN = """\
format: 1
name: all_mitigations
extends: scenario.yaml
mitigated: all
policy:
  rag_green_at_least: {value: 0.75, source: Audit committee, reason: More careful}
"""


@pytest.fixture(scope="module")
def demoshire(demoshire_file, tmp_path_factory) -> Results:
    """Demoshire with all its mitigations, and a policy value of its own."""
    folder = tmp_path_factory.mktemp("demoshire")
    for source in Path(demoshire_file).parent.iterdir():
        if source.is_file():
            (folder / source.name).write_bytes(source.read_bytes())
    (folder / "all.yaml").write_text(OWN, encoding="utf-8")
    return run(load(folder / "all.yaml"), draws=64)


@pytest.fixture(scope="module")
def north_somerset(north_somerset_file) -> Results:
    return run(load(north_somerset_file), draws=64)


@pytest.fixture(scope="module")
def workbook(demoshire, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "workbook.xlsx"
    write_workbook(demoshire, path, ABOUT)
    return openpyxl.load_workbook(path, data_only=True)


def entry(results: Results, case: str, name: str, number: str, row: str) -> list[object]:
    found = returns_of(results)
    assert found is not None
    (table,) = [item for item in getattr(found, name)[case] if item.number == number]
    (line,) = [item for item in table.rows if item.title == row]
    return list(line.entries)


@pytest.mark.parametrize("which", ["demoshire", "north_somerset"])
def test_totals_are_the_run_s_own_plans(which, request):
    """The January counted is the scenario's total, every later one the run's mean, rounded."""
    results = request.getfixturevalue(which)
    for case, draws in ((MITIGATED, results.draws), (UNMITIGATED, results.unmitigated.draws)):
        totals = entry(results, case, "management", "0", "Total")
        januaries = [str(p) for p in draws["point"].to_numpy() if str(p).endswith("-01")]
        means = draws["plans"].sel(point=januaries).mean("draw").to_numpy()
        counted = results.scenario.plans.total
        assert totals == [counted, *np.floor(means + 0.5).tolist()]


@pytest.mark.parametrize("which", ["demoshire", "north_somerset"])
def test_the_two_returns_agree(which, request):
    """The management plan's January is the reform plan's calendar year before."""
    results = request.getfixturevalue(which)
    found = returns_of(results)
    for case in CASES:
        management = {t.number: t for t in found.management[case]}
        reform = {t.number: t for t in found.reform[case]}
        by_january = dict(zip(management["0"].years, management["0"].total.entries, strict=True))
        shared = 0
        for number in ("5.1", "6", "7"):
            for year, total in zip(reform[number].years, reform[number].total.entries, strict=True):
                january = year[year.index("(") + 1 : -1]
                assert total == by_january.get(january, NOT_IN_RUN)
                shared += january in by_january
        assert shared
        for number in range(1, 8):
            ages, needs = management[f"{number} ages"].total, management[f"{number} needs"].total
            assert ages.entries == needs.entries == management["0"].rows[number - 1].entries


def test_years_outside_the_run_are_not_filled(north_somerset):
    """April 2023 to March 2028: Januaries 2024 to 2028, so calendar 2025 to 2027 of the five years, and
    requests of the whole years 2024 to 2027."""
    ages = entry(north_somerset, MITIGATED, "reform", "5.1", "Total")
    requests = entry(north_somerset, MITIGATED, "reform", "10", "Total")
    last = north_somerset.scenario.horizon.last_year + 1
    held = [year for year in range(2025, 2030) if year + 1 <= last]
    for entries, years in ((ages, held), (requests, [y for y in range(2025, 2030) if y < last])):
        assert [entry != NOT_IN_RUN for entry in entries] == [
            year in years for year in range(2025, 2030)
        ]


def test_requests_of_a_calendar_year_are_the_months_own(demoshire):
    """Four whole calendar years of five financial years; they and the months at either end are all."""
    draws = demoshire.draws
    by_year = draws["demand_requests_by_calendar_year"].sum("age_group")
    assert by_year["calendar_year"].to_numpy().tolist() == ["2026", "2027", "2028", "2029"]
    whole = draws["demand_requests"].sum("year") - by_year.sum("calendar_year")
    assert (whole > 0).all()
    assert (whole < draws["demand_requests"].sum("year") / 4).all()
    issued = draws["demand_issued_by_month"].sel(month=[f"2027-{m:02d}" for m in range(1, 13)])
    found = draws["demand_issued_by_calendar_year"].sel(calendar_year="2027").sum("age_group")
    found = found + draws["demand_issued_from_pool_by_calendar_year"].sel(calendar_year="2027")
    np.testing.assert_allclose(found.to_numpy(), issued.sum("month").to_numpy(), atol=1e-9)


@pytest.mark.parametrize("which", ["demoshire", "north_somerset"])
def test_groups_of_spending_are_the_account_s_spending_and_blocks_close(which, request):
    results = request.getfixturevalue(which)
    found = returns_of(results)
    for case in CASES:
        assert [block.block for block in found.blocks[case]] == [
            str(name) for name in results.draws["block"].to_numpy()
        ]
        for block in found.blocks[case]:
            rows = block.account
            np.testing.assert_allclose(block.by_group.sum(axis=0), rows["spend"], atol=1e-6)
            closing = (
                rows["opening_deficit"] + rows["prior_year_adjustment"] + rows["spend"]
                - rows["net_income"] + rows["net_transfers_out"] + rows["draws_on_balances"]
                - rows["support"]
            )  # fmt: skip
            np.testing.assert_allclose(closing, rows["closing_deficit"], atol=1e-6)


def test_savings_are_what_the_mitigations_do(demoshire):
    """Unmitigated less mitigated spending is the fall of the deficit, year by year."""
    found = returns_of(demoshire)
    (after,) = [item for item in found.blocks[MITIGATED] if item.block == "high_needs"]
    (before,) = [item for item in found.blocks[UNMITIGATED] if item.block == "high_needs"]
    saved = (before.by_group - after.by_group).sum(axis=0)
    assert saved[-1] > 100_000
    fall = before.account["closing_deficit"] - after.account["closing_deficit"]
    np.testing.assert_allclose(np.cumsum(saved), fall, atol=1e-6)
    assert not found.one_case


def test_a_run_without_mitigations_has_one_case(tmp_path):
    loaded = small(
        tmp_path,
        """
        plans:
          counted: 2023-01
          total: 10
          age_groups: {5_to_10: 10}
          settings: {mainstream: 10}
        """,
    )
    results = run(loaded)
    found = returns_of(results)
    assert found.one_case == THE_SAME
    assert found.blocks == {case: [] for case in CASES}
    assert found.management[MITIGATED] is found.management[UNMITIGATED]
    requests = entry(results, MITIGATED, "reform", "10", "Under 5")
    assert set(requests) == {UNKNOWN}
    write_workbook(results, tmp_path / "small.xlsx", ABOUT)
    stored = openpyxl.load_workbook(tmp_path / "small.xlsx", data_only=True)
    words = {cell.value for row in stored["Management plan"].iter_rows() for cell in row}
    assert any("no mitigations" in str(word) for word in words)
    assert not any("unmitigated" in str(word) and "January" in str(word) for word in words)


def test_mitigations_without_an_account_leave_the_unmitigated_case_out(demoshire, tmp_path):
    """The run was not stepped without them: nothing is passed off as unmitigated."""
    results = replace(demoshire, unmitigated=None)
    found = returns_of(results)
    assert found.one_case == NOT_STEPPED
    assert set(found.management) == set(found.reform) == {MITIGATED}
    assert set(returns_table(results)["case"]) == {MITIGATED}
    write_workbook(results, tmp_path / "one.xlsx", ABOUT)
    stored = openpyxl.load_workbook(tmp_path / "one.xlsx", data_only=True)
    words = {str(cell.value) for row in stored["Reform plan"].iter_rows() for cell in row}
    assert any("Only the mitigated case is shown" in word for word in words)
    assert not any(word.endswith("unmitigated") for word in words)


def test_the_tidy_table_is_the_returns(demoshire):
    table = returns_table(demoshire)
    assert set(table["case"]) == set(CASES)
    numbers = table["value"].notna()
    assert (table.loc[~numbers, "words"] != "").all()
    assert (table.loc[numbers, "words"] == "").all()
    assert (table["value"].dropna() % 1 == 0).all()
    one = table.query("table == '6' and row == 'Elective Home Education' and case == 'unmitigated'")
    assert one["value"].tolist() == entry(
        demoshire, UNMITIGATED, "reform", "6", "Elective Home Education"
    )
    unknown = table.query("words.str.startswith('unknown')")["words"]
    assert unknown.str.contains("SEN2").any()
    closing = table.query(
        "title == 'high_needs' and row == 'closing_deficit' and case == 'mitigated'"
    )["value"].to_numpy()
    modelled = demoshire.draws["closing_deficit"].sel(block="high_needs").mean("draw").to_numpy()
    assert np.abs(closing - modelled).max() <= 0.5


def rows_of(workbook, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in workbook[name].iter_rows()]


def test_the_workbook_shows_both_returns_and_its_checks_hold(workbook, demoshire):
    rows = rows_of(workbook, "Management plan")
    (total, *_) = [row for row in rows if row[0] == "Total"]
    both = entry(demoshire, MITIGATED, "management", "0", "Total") + entry(
        demoshire, UNMITIGATED, "management", "0", "Total"
    )
    assert total[1 : len(both) + 1] == both
    assert any("cannot be pasted into the template" in str(row[0]) for row in rows)
    reform = rows_of(workbook, "Reform plan")
    assert any(NOT_IN_RUN in row for row in reform)
    assert any(row[0] == "10 Requests for an EHC needs assessment, by age" for row in reform)
    checks = [row for row in rows_of(workbook, "Checks") if "plan: " in str(row[0])]
    assert len(checks) > 30
    assert all(PASSED in row for row in checks)


def test_policy_values_and_open_questions_stand_in_the_workbook(workbook):
    rows = rows_of(workbook, "Policy values")
    text = {str(cell) for row in rows for cell in row if cell}
    for name in policy():
        assert any(f"({name})" in item for item in text), name
    for question in open_questions():
        assert question.missing in text
    (own,) = [row for row in rows if "(rag_green_at_least)" in str(row[0])]
    assert own[1] == 0.75
    assert own[4:7] == ["given", "0.7 (assumed)", "Audit committee"]
    thresholds = rows_of(workbook, "Reconciliation")
    (green,) = [row for row in thresholds if str(row[0]).startswith("Green from")]
    assert green[1] == 0.75

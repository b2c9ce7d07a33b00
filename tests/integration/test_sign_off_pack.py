"""The sign-off pack: members' page, risks, schools forum, accounts note, data gaps and audit trail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl import Workbook
from ruamel.yaml import YAML

from model.assumptions import register
from model.reconcile.tail_risk import mean_of_worst
from model.report.deployment import deployed
from model.report.workbook import write_workbook
from model.results import Results
from model.run import run
from model.scenario.load import load
from model.studies import Studies, study
from tests.scenarios import HEAD, small
from tests.workbooks import ABOUT, links, text_of, value_beside

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def somerset(north_somerset_file, tmp_path_factory):
    """North Somerset at few draws: results and the workbook with stored values."""
    results = run(load(north_somerset_file), draws=32)
    return results, _written(results, tmp_path_factory.mktemp("ns"))


@pytest.fixture(scope="module")
def demoshire(demoshire_file, tmp_path_factory):
    """Demoshire with its studies."""
    results = run(load(demoshire_file), draws=64)
    studies = study(results, draws=16, jobs=2)
    return results, _written(results, tmp_path_factory.mktemp("demo"), studies), studies


def _written(results: Results, folder: Path, studies: Studies | None = None) -> Workbook:
    path = folder / "pack.xlsx"
    write_workbook(results, path, ABOUT, studies)
    return openpyxl.load_workbook(path, data_only=True)


def _changed(folder: Path, source: Path, change: Callable[[dict[str, Any]], None]) -> Results:
    """A run of Demoshire with its data changed."""
    data = YAML(typ="safe").load(source)
    change(data)
    shutil.copytree(source.parent, folder / "demoshire")
    path = folder / "demoshire" / "scenario.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    return run(load(path), draws=16)


class TestAccountsNote:
    def test_gross_to_net_of_north_somerset(self, somerset):
        """204,114,880 less 150,361k and 3,672k is 50,081,880 (paper 000:2037-2067)."""
        sheet = somerset[1]["Accounts note"]
        rows = {
            "Final DSG for the year before recoupment and direct funding": 204_114_880,
            "less academy recoupment and places funded directly": 150_361_000 + 3_672_000,
            "Total DSG after recoupment": 50_081_880,
        }
        for label, value in rows.items():
            assert value_beside(sheet, label, 4) == pytest.approx(value, abs=0.01)

    def test_the_gap_of_350_is_rounding_and_no_error(self, somerset):
        """Printed 50,082,230 (paper 000:2067) against 50,081,880 from its parts."""
        sheet = somerset[1]["Accounts note"]
        assert value_beside(sheet, "From its parts") == pytest.approx(50_081_880)
        assert value_beside(sheet, "As printed") == pytest.approx(50_082_230)
        assert value_beside(sheet, "Gap: rounding of printed figures") == pytest.approx(350)

    def test_every_year_ends_at_the_account(self, somerset):
        results, workbook = somerset
        closing = results.draws["closing_deficit"].sum("block").mean("draw").to_numpy()
        for index, value in enumerate(closing):
            label = "Net DSG position at the end of the year"
            shown = value_beside(workbook["Accounts note"], label, 4, nth=index)
            assert shown == pytest.approx(float(value), abs=0.01)
        assert value_beside(workbook["Checks"], "Workbook checks that failed", 3) == 0

    def test_parts_are_the_spending_of_each_block(self, somerset):
        results = somerset[0]
        for block in results.draws["block"].to_numpy():
            parts = [item.mean_gbp for item in deployed(results) if item.block == block]
            spend = results.draws["spend"].sel(block=block).mean("draw").to_numpy()
            np.testing.assert_allclose(np.sum(parts, axis=0), spend, atol=0.01)

    def test_place_funding_is_delegated_and_top_up_is_central(self, somerset):
        found = {item.rule: item.column for item in deployed(somerset[0])}
        assert found["1.0.2"] == "isb"
        assert {found[code] for code in ("1.2.1", "1.2.2", "1.2.3")} == {"central"}

    def test_a_surplus_brought_forward_is_distributed_and_no_reserve(self, tmp_path):
        """300k surplus, 5,000k grant, 5,100k spent: 200k surplus is carried forward."""
        body = """
        account:
          blocks:
            - id: high_needs
              opening_deficit_gbp: -300000
              gross_income_gbp: {2023-24: 5000000, then: 5000000}
              planned_deficit_gbp: {2023-24: 100000, then: 400000}
        """
        workbook = _written(run(small(tmp_path, body), draws=4), tmp_path)
        sheet = workbook["Accounts note"]
        assert value_beside(sheet, "plus surplus brought forward", 4) == pytest.approx(300_000)
        carried = "Carry-forward of the year (a deficit is positive)"
        reserve = "DSG unusable reserve at the start of the year"
        ends = "Net DSG position at the end of the year"
        assert value_beside(sheet, carried, 4) == pytest.approx(-200_000)
        assert value_beside(sheet, reserve, 4) == 0
        # The second year spends 400k more than its grant: 200k too much; the third starts with that.
        assert value_beside(sheet, ends, 4, nth=1) == pytest.approx(200_000)
        assert value_beside(sheet, reserve, 4, nth=2) == pytest.approx(200_000)
        assert value_beside(sheet, ends, 4, nth=2) == pytest.approx(600_000)
        assert value_beside(workbook["Checks"], "Workbook checks that failed", 3) == 0

    def test_adjustments_and_contributions_reach_the_end(self, demoshire_file, tmp_path):
        def all_terms(data: dict[str, Any]) -> None:
            dated = {"id": "x", "title": "X", "block": "high_needs", "year": "2025-26"}
            data["account"] |= {
                "prior_year_adjustments": [{**dated, "amount_gbp": 300_000}],
                "draws_on_balances": [{**dated, "amount_gbp": 70_000}],
                "authority_contributions": [{**dated, "amount_gbp": 1_000_000}],
            }

        workbook = _written(_changed(tmp_path, demoshire_file, all_terms), tmp_path)
        sheet = workbook["Accounts note"]
        contribution = value_beside(sheet, "plus local authority contribution", 4)
        assert contribution == pytest.approx(1_000_000)
        assert value_beside(workbook["Checks"], "Workbook checks that failed", 3) == 0

    def test_reserves_stand_with_the_words_of_section_25(self, demoshire_file, tmp_path):
        def reserves(data: dict[str, Any]) -> None:
            override = {"ends": "2028-03", "usable_reserves_gbp": {"then": 30_000_000}}
            data["account"]["statutory_override"] = override

        results = _changed(tmp_path, demoshire_file, reserves)
        sheet = _written(results, tmp_path)["Accounts note"]
        assert value_beside(sheet, "Usable reserves after all other calls, central") == 30_000_000
        left = float(results.draws["reserves_left"].isel(year=-1).mean())
        assert value_beside(sheet, "Reserves left, mean", 6) == pytest.approx(left)
        assert "section 25 of the Local Government Act 2003" in text_of(sheet)


class TestForum:
    def test_transfers_are_held_to_the_limit(self, somerset):
        """1 % of the schools block is twice what the forum can agree (paper 000:2043, 2073)."""
        results, workbook = somerset
        (transfer,) = results.scenario.account.transfers
        sheet = workbook["Schools forum"]
        gross = float(results.draws["gross_income"].sel(block="schools").isel(year=0).mean())
        share, amount, within, over = (
            value_beside(sheet, transfer.title, column) for column in (3, 4, 5, 6)
        )
        assert share == pytest.approx(0.01)
        assert amount == pytest.approx(0.01 * gross)
        assert within == pytest.approx(0.005 * gross)
        assert over == pytest.approx(0.005 * gross)
        assert value_beside(sheet, transfer.title, 8) == "Secretary of State"

    def test_lines_are_budget_forecast_and_variance(self, demoshire):
        results, workbook, _ = demoshire
        sheet = workbook["Schools forum"]
        line = next(item for item in results.scenario.funding.lines if item.budget_gbp is not None)
        label = f"High needs: {line.title}"
        months = results.draws["line_spend_by_month"].sel(line=line.id).mean("draw").to_numpy()
        expected = [
            line.budget_gbp.central,
            months[:12].sum(),
            months[:12].sum() - line.budget_gbp.central,
        ]
        found = [value_beside(sheet, label, column) for column in (2, 3, 4)]
        assert found == pytest.approx(expected)
        ends = [value_beside(sheet, label, column) for column in (7, 8, 9)]
        assert ends == pytest.approx([months[:5].sum(), months[:9].sum(), months[:12].sum()])

    def test_a_scenario_older_than_the_limit_is_held_to_none(self, tmp_path):
        body = """
        account:
          blocks:
            - {id: high_needs, opening_deficit_gbp: 0, gross_income_gbp: {then: 5000000}}
            - {id: schools, opening_deficit_gbp: 0, gross_income_gbp: {then: 100000000}}
          transfers:
            - {id: t, title: Moved, from_block: schools, to_block: high_needs, share_of_gross: 0.02}
        """
        head = HEAD.replace("2023-06", "2014-11").replace("2023-24", "2014-15")
        head = head.replace("2025-26", "2015-16")
        sheet = _written(run(small(tmp_path, body, head), draws=4), tmp_path)["Schools forum"]
        assert "No limit is known for 2014-11" in text_of(sheet)
        assert value_beside(sheet, "Moved", 5) == pytest.approx(2_000_000)


class TestRisks:
    def test_chances_and_worst_draws_are_those_of_the_run(self, demoshire):
        results, workbook, _ = demoshire
        sheet = workbook["Risks"]
        deficit = results.draws["in_year_deficit"].transpose("year", "draw").to_numpy()
        chance = value_beside(sheet, "the year has an in-year deficit")
        assert chance == pytest.approx((deficit[0] > 0).mean())
        met = results.draws["trajectory_on_trajectory"].mean("draw").to_numpy()
        label = "the cumulative deficit is above the agreed target, without support"
        assert value_beside(sheet, label, 3) == pytest.approx(1 - met[1])
        worst = value_beside(sheet, "Mean of the worst 10% of draws", 6)
        assert worst == pytest.approx(mean_of_worst(deficit[-1], 0.1))
        downside = value_beside(sheet, "Downside case: 90th percentile", 6)
        assert downside == pytest.approx(np.quantile(deficit[-1], 0.9))
        assert worst > downside

    def test_studies_are_shown(self, demoshire):
        _, workbook, studies = demoshire
        sheet = workbook["Risks"]
        first = studies.sensitivity.drivers[0]
        assert value_beside(sheet, first.group.title, 4) == pytest.approx(first.swing.size)
        delay = studies.delays[0]
        label = f"{delay.opening.title}, {delay.opening.start} ({delay.school})"
        assert value_beside(sheet, label, 4) == pytest.approx(float(delay.late_net.mean(-1)[2]))
        item = demoshire[0].scenario.mitigations[0]
        low, _ = studies.mitigations.alone_range[item.id]
        mean = float(studies.mitigations.alone[item.id].cumulative[-1])
        assert value_beside(sheet, item.title, 5) == pytest.approx(mean - low)
        assert "What the range does not cover" in text_of(sheet)


class TestMembers:
    def test_every_amount_is_a_figure_of_the_run(self, demoshire):
        """No number is typed: each in the words is the rounded one of a mean or percentile."""
        results, workbook, _ = demoshire
        text = text_of(workbook["Members"])
        draws = results.draws
        first = float(draws["in_year_deficit"].isel(year=0).mean())
        last = draws["cumulative_without_support"].isel(year=-1).to_numpy()
        for value in (first, last.mean(), *np.quantile(last, [0.1, 0.9]), mean_of_worst(last, 0.1)):
            assert f"a deficit of £{value / 1e6:,.1f}m" in text
        assert "INVENTED AUTHORITY" in text

    def test_actions_are_named_with_their_worth(self, demoshire):
        results, workbook, studies = demoshire
        text = text_of(workbook["Members"])
        for item in results.scenario.mitigations:
            worth = float(studies.mitigations.alone[item.id].cumulative[-1])
            assert f"{item.title} (£{worth / 1e6:,.1f}m less)" in text
        assert "hold only what was already under way" in text

    def test_no_jargon_goes_undefined(self, demoshire):
        text = text_of(demoshire[1]["Members"]).lower()
        jargon = ("p10", "p90", "percentile", "median", "draw", "anchor", "s251", "top-up")
        assert [word for word in jargon if word in text] == []

    def test_sentences_are_short(self, demoshire):
        """At most 26 words on average, and none above 50."""
        lines = [str(row[0].value or "") for row in demoshire[1]["Members"].iter_rows(max_row=45)]
        counts = [len(one.split()) for one in re.split(r"[.?;:]\s", " ".join(lines)) if one]
        assert max(counts) <= 50
        assert sum(counts) / len(counts) <= 26

    def test_a_surplus_without_target_or_action_is_called_one(self, tmp_path):
        body = """
        account:
          blocks:
            - id: high_needs
              opening_deficit_gbp: -3000000
              gross_income_gbp: {2023-24: 5000000, then: 5000000}
              planned_deficit_gbp: -200000
        """
        text = text_of(_written(run(small(tmp_path, body), draws=4), tmp_path)["Members"])
        assert "a surplus of £0.2m for the year itself" in text
        assert "a surplus of £3.2m before any" in text
        assert "No plan with yearly targets" in text
        assert "No actions to bring the deficit down" in text
        assert "Safety Valve" not in text
        assert "a deficit of" not in text

    def test_a_question_says_that_it_is_one(self, demoshire_file, tmp_path):
        shutil.copytree(demoshire_file.parent, tmp_path / "demoshire")
        question = tmp_path / "question.yaml"
        text = "format: 1\nextends: demoshire/scenario.yaml\nname: question\nwhat_if: true\n"
        question.write_text(text, encoding="utf-8")
        shown = text_of(_written(run(load(question), draws=4), tmp_path)["Members"])
        assert "A QUESTION, NOT A FORECAST" in shown
        assert "If that question came true, the year 2025-26" in shown


class TestAuditTrail:
    def test_every_link_lands_on_a_cell_with_something_in_it(self, demoshire):
        workbook = demoshire[1]
        found = list(links(workbook))
        assert len(found) > 120
        for place, sheet, cell in found:
            assert sheet in workbook.sheetnames, place
            assert workbook[sheet][cell].value is not None, f"{place} leads to an empty cell"

    def test_a_link_lands_on_the_figure_it_stands_beside(self, demoshire):
        """Column C holds the value by formula, column F the link to where it comes from."""
        workbook, compared = demoshire[1], 0
        for row in workbook["Audit trail"].iter_rows(min_row=6):
            if row[0].value == "Input" or row[2].value is None or row[5].hyperlink is None:
                continue
            sheet, cell = row[5].hyperlink.location.replace("'", "").split("!")
            assert workbook[sheet][cell].value == pytest.approx(row[2].value), row[1].value
            compared += 1
        assert compared > 50

    def test_an_input_lands_on_its_row_with_its_source(self, demoshire):
        results, workbook, _ = demoshire
        sources = {
            row.path: row.source or row.reason for row in reversed(register(results.scenario))
        }
        rows = [r for r in workbook["Audit trail"].iter_rows(min_row=6) if r[0].value == "Input"]
        assert len(rows) > 30
        for row in rows:
            sheet, cell = row[5].hyperlink.location.replace("'", "").split("!")
            assert workbook[sheet][cell].value == row[1].value
            assert row[6].value == (sources[row[1].value] or "no source given")

    def test_every_line_driver_and_block_is_in_it(self, demoshire):
        results, workbook, _ = demoshire
        shown = {
            (row[0].value, row[1].value) for row in workbook["Audit trail"].iter_rows(min_row=6)
        }
        for line in results.scenario.funding.lines:
            assert ("Line", f"High needs: {line.title}") in shown
            for driver in line.drivers:
                assert ("Driver", f"{line.title}: {driver.title}") in shown
        blocks = {figure.split(" block")[0] for level, figure in shown if level == "Block"}
        assert len(blocks) == len(results.scenario.account.blocks)


def test_data_gaps_count_the_contradictions_with_their_handling(somerset):
    results, workbook = somerset
    rows = list(workbook["Data gaps"].iter_rows(min_row=5))
    counted = sum(row[2].value for row in rows if row[0].value == "Papers disagree")
    assert counted == len(results.figures.not_holding)


def test_versions_stand_beside_the_facts_of_the_run(tmp_path):
    body = """
    versions:
      - {version: "2.0", date: 2023-05-02, change: Fees of May, role: commissioner}
    """
    text = text_of(_written(run(small(tmp_path, BODY_OF_PLANS + body), draws=4), tmp_path)["About"])
    assert "2.0, 02 May 2023 Fees of May (commissioner)" in text


BODY_OF_PLANS = """
    plans:
      counted: 2023-01
      total: 100
      age_groups: {5_to_10: 50, 11_to_15: 50}
      settings: {mainstream: 60, state_special: 40}
"""

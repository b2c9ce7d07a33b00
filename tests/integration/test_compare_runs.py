"""Finished runs compared: one change at a time and the cause it lands in, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cli import main
from model.compare.causes import (
    AMOUNTS,
    CAUSES,
    INCOME,
    MITIGATION,
    MIX,
    ONE_SIDED,
    OPENING,
    PRICE,
    SUPPORT,
    TIMING,
    TRANSFERS,
    VOLUME,
)
from model.report.bridge.comparison import Comparison, compare_runs
from model.report.bridge.tidy import as_plain, closings, tidy
from model.report.run_folder import FolderError
from tests.saved_runs import edited, save_run

pytestmark = pytest.mark.integration

ACCOUNT = {
    "opening_deficit_gbp: 14200000": "opening_deficit_gbp: 14500000",
    "gross_income_gbp: {2025-26: 38500000}": "gross_income_gbp: {2025-26: 38900000}",
    "amount_gbp: 1500000}": "amount_gbp: 500000}",
    "share_of_gross: 0.005": "share_of_gross: 0.0025",
    "    - id: services\n": "    - id: support_services\n",
}
PRICES = {"then: {between: [0.02, 0.06]}": "then: {between: [0.04, 0.08]}"}
AMOUNT = {
    "annual_amount_gbp: 2100000": "annual_amount_gbp: 2100000, growth: {2025-26: 0, then: 0.05}"
}
DEMAND = {"requests_in_base_year: 520": "requests_in_base_year: 620"}
MITIGATED = {"mitigated: base": "mitigated: all"}
SHORTER = {"last_year: 2029-30}": "last_year: 2027-28}"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, demoshire_file) -> dict[str, Path]:
    """Demoshire, and Demoshire with one thing changed at a time; 8 draws of the same seed."""
    folder = tmp_path_factory.mktemp("runs")
    made = {"base": save_run(demoshire_file, folder / "base")}
    for name, changes in {
        "account": ACCOUNT, "prices": PRICES, "amount": AMOUNT, "demand": DEMAND,
        "mitigated": MITIGATED, "shorter": SHORTER,
    }.items():  # fmt: skip
        made[name] = save_run(
            edited(demoshire_file, folder / f"{name}_scenario", changes), folder / name
        )
    made["seed"] = save_run(demoshire_file, folder / "seed", seed=8)
    made["more draws"] = save_run(demoshire_file, folder / "more", draws=70)
    made["expected"] = save_run(demoshire_file, folder / "expected", chance=False)
    return made


def moved(found: Comparison) -> set[str]:
    """Names of the causes that are not nil in some year and draw."""
    return {
        cause.name
        for cause in CAUSES
        for view in cause.views
        if np.abs(found.bridge.in_year(cause, view)).max() > 0.005
    }


def test_rows_of_the_account_land_in_their_causes_to_the_pound(runs):
    """Opening + 300,000; allocation + 400,000; payment - 1,000,000; half of 0.5 % of 262m not moved."""
    found = compare_runs(runs["base"], runs["account"])
    of = found.bridge.in_year
    assert moved(found) == {c.name for c in (OPENING, INCOME, SUPPORT, TRANSFERS)}
    for cause, pounds in (
        (OPENING, 300_000),
        (INCOME, -400_000),
        (SUPPORT, 1_000_000),
        (TRANSFERS, 655_000),
    ):
        np.testing.assert_allclose(of(cause, "with")[0], pounds, rtol=0, atol=0.01)
    np.testing.assert_allclose(of(OPENING, "with")[1:], 0, atol=0.01)
    assert not of(SUPPORT, "without").any()


def test_a_renamed_line_is_told_twice_and_comes_to_nil(runs):
    found = compare_runs(runs["base"], runs["account"])
    alone = {e.title: e.amounts for e in found.bridge.effects if e.cause == ONE_SIDED}
    assert set(alone) == {"SEN support services (A only)", "SEN support services (B only)"}
    assert alone["SEN support services (A only)"].max() < -2_000_000
    np.testing.assert_allclose(sum(alone.values()), 0, atol=0.01)


@pytest.mark.parametrize(
    ("run", "cause", "line"),
    [("prices", PRICE, "independent"), ("amount", AMOUNTS, "services")],
)
def test_one_change_of_a_line_is_one_cause_of_that_line(runs, run, cause, line):
    """Higher fees of independent schools, or growth of a service, and nothing else."""
    found = compare_runs(runs["base"], runs[run])
    assert moved(found) == {cause.name}
    items = {e.item for e in found.bridge.effects if np.abs(e.amounts).max() > 0.005}
    assert items == {line}
    assert (found.bridge.cumulative(cause, "with")[-1] > 0).all()


def test_more_requests_are_volume_above_all(runs):
    found = compare_runs(runs["base"], runs["demand"])
    assert moved(found) <= {c.name for c in (VOLUME, MIX, TIMING, PRICE, AMOUNTS)}
    last = {c: found.bridge.cumulative(c, "with")[-1].mean() for c in (VOLUME, MIX, TIMING, PRICE)}
    assert last[VOLUME] > 0
    assert last[VOLUME] == max(last.values(), key=abs)


def test_mitigations_switched_on_are_one_cause(runs):
    """The unmitigated side of both is the same, so that levers which end plans are not volume."""
    found = compare_runs(runs["base"], runs["mitigated"])
    assert moved(found) == {MITIGATION.name}
    assert found.bridge.cumulative(MITIGATION, "with")[-1].mean() < 0


def test_north_somerset_mitigated_against_its_base(tmp_path, north_somerset_file):
    base = save_run(north_somerset_file, tmp_path / "base")
    mitigated = north_somerset_file.with_name("north_somerset_2023_mitigated.yaml")
    found = compare_runs(base, save_run(mitigated, tmp_path / "mitigated"))
    assert moved(found) == {MITIGATION.name}
    changed = {row.path: (row.a, row.b) for row in found.changes.settings}
    assert changed["mitigated"] == ("base", "all")
    assert not found.changes.figures
    assert not found.warnings


def test_means_tie_to_the_headline_of_both_runs(runs):
    """Also where 8 draws meet 70 and only means can be compared."""
    for other in ("account", "more draws"):
        found = compare_runs(runs["base"], runs[other])
        for view in ("with", "without"):
            for (_, _, values), run in zip(
                closings(found, view)[:2], (found.a, found.b), strict=True
            ):
                printed = [
                    row[f"cumulative_{view}_support_mean"] for row in run.manifest["headline"]
                ]
                np.testing.assert_allclose(values.mean(axis=1), printed, rtol=0, atol=0.01)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("more draws", "draws differ (8 and 70)"),
        ("seed", "seeds differ (7 and 8)"),
        ("expected", "only A has whole-plan chance"),
    ],
)
def test_draws_that_are_not_the_same_worlds_are_compared_in_means(runs, other, reason):
    found = compare_runs(runs["base"], runs[other])
    assert not found.paired
    assert found.bridge.draws == 1
    assert reason in found.pairing
    assert set(tidy(found)["statistic"]) == {"mean"}


def test_only_common_years_are_compared(runs):
    found = compare_runs(runs["base"], runs["shorter"])
    assert found.years == ("2025-26", "2026-27", "2027-28")
    assert moved(found) == set()


def test_changed_figures_are_listed_from_and_to(runs):
    found = compare_runs(runs["base"], runs["account"])
    listed = {
        row.path: (row.a and row.a.central, row.b and row.b.central)
        for row in found.changes.figures
    }
    assert listed["account.blocks[high_needs].opening_deficit_gbp"] == (14_200_000, 14_500_000)
    services = "drivers[services].annual_amount_gbp"
    assert listed[f"funding.lines[services].{services}"] == (2_100_000, None)
    assert listed[f"funding.lines[support_services].{services}"] == (None, 2_100_000)
    assert compare_runs(runs["base"], runs["base"]).changes.figures == ()
    assert compare_runs(runs["base"], runs["base"]).changes.settings == ()


def test_the_tidy_table_adds_up(runs):
    """Means of items sum to their cause, causes of all years to the difference of the closings."""
    found = compare_runs(runs["base"], runs["account"])
    table = tidy(found)
    means = table[table["adds_up"]]
    for view in ("with", "without"):
        rows = means[means["view"] == view]
        causes = rows[(rows["kind"] == "cause") & (rows["basis"] == "in_year")]
        last = rows[(rows["cause"] == "difference") & (rows["financial_year"] == "2029-30")]
        assert causes["gbp"].sum() == pytest.approx(last["gbp"].item(), abs=0.01)
        items = rows[~rows["kind"].isin(["cause", "closing"]) & (rows["basis"] == "in_year")]
        keys = ["financial_year", "cause"]
        whole = causes.set_index(keys)["gbp"]
        parts = items.groupby(keys)["gbp"].sum().reindex(whole.index, fill_value=0.0)
        pd.testing.assert_series_equal(whole, parts, check_names=False, rtol=0, atol=0.01)


def test_json_tells_the_bridge_to_the_asked_year(runs):
    found = compare_runs(runs["base"], runs["account"])
    told = json.loads(json.dumps(as_plain(found, "2026-27")))
    for view in ("with", "without"):
        bridge = told["bridge"][view]
        causes = sum(cause["mean"] for cause in bridge["causes"])
        closing = bridge["closing_b"]["mean"] - bridge["closing_a"]["mean"]
        assert causes == pytest.approx(closing, abs=0.01)
        items = sum(row["gbp"] for row in told["by_line"] if view in row["views"])
        assert items == pytest.approx(closing, abs=0.01)
    assert told["largest_gap_gbp"] < 0.01


def copied(run: Path, folder: Path) -> Path:
    return Path(shutil.copytree(run, folder))


def test_everything_wrong_with_both_folders_is_said_at_once(runs, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderError) as caught:
        compare_runs(tmp_path / "empty", tmp_path / "nowhere")
    assert "empty is not the folder of a run" in str(caught.value)
    assert "nowhere does not exist" in str(caught.value)


def test_an_altered_table_is_refused_and_an_altered_workbook_told(runs, tmp_path):
    run = copied(runs["base"], tmp_path / "altered")
    (run / "workbook.xlsx").write_bytes(b"signed by hand")
    found = compare_runs(runs["base"], run)
    assert any("B is not as the run wrote it: workbook.xlsx (changed)" in w for w in found.warnings)
    (run / "draws.parquet").unlink()
    with pytest.raises(FolderError, match=r"draws.parquet \(missing\)"):
        compare_runs(runs["base"], run)


def test_failed_checks_and_another_program_are_told_first(runs, tmp_path):
    run = copied(runs["base"], tmp_path / "failed")
    manifest = json.loads((run / "manifest.json").read_text())
    check = {**manifest["checks"][0], "name": "the sum of it", "kind": "identity", "passed": False}
    manifest |= {"checks_passed": False, "checks": [check], "program_sha256": "0" * 64}
    (run / "manifest.json").write_text(json.dumps(manifest))
    found = compare_runs(run, runs["base"])
    assert found.warnings[0] == "Checks of A FAILED, do not rely on it: the sum of it."
    assert "different programs" in found.warnings[1]
    assert any(row.path.startswith("Program") for row in found.changes.settings)


def test_a_run_without_an_account_is_refused(runs, tmp_path, demoshire_file):
    text = demoshire_file.read_text(encoding="utf-8")
    start, end = text.index("\naccount:"), text.index("\n# What we do about it")
    changes = {text[start:end]: "", text[text.index("\nmitigations:") :]: ""}
    plans_only = edited(demoshire_file, tmp_path / "scenario", changes)
    run = save_run(plans_only, tmp_path / "run")
    with pytest.raises(FolderError, match="has no DSG account"):
        compare_runs(runs["base"], run)


def invoke(*arguments: object, code: int) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in ("compare", *arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_prints_the_bridge_and_writes_what_it_is_asked(runs, tmp_path):
    book, csv = tmp_path / "bridge.xlsx", tmp_path / "bridge.csv"
    printed = invoke(runs["base"], runs["account"], "--out", book, "--csv", csv, code=0)
    assert "Opening position" in printed
    assert "Means add up from A to B; percentiles do not." in printed
    assert "14,200,000 -> 14,500,000 GBP" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bridge.csv", "bridge.xlsx"]
    assert len(pd.read_csv(csv)) == len(tidy(compare_runs(runs["base"], runs["account"])))
    before = book.read_bytes()
    assert "exists" in invoke(runs["base"], runs["prices"], "--out", book, code=3)
    assert book.read_bytes() == before


def test_the_command_says_what_is_wrong_before_any_work(runs, tmp_path):
    assert "2025-26, 2026-27, 2027-28" in invoke(
        runs["base"], runs["shorter"], "--year", "2029-30", code=2
    )
    assert ".xlsx" in invoke(runs["base"], runs["base"], "--out", tmp_path / "bridge.csv", code=3)
    assert "does not exist" in invoke(
        runs["base"], runs["base"], "--csv", tmp_path / "no" / "x.csv", code=3
    )
    assert "not the folder of a run" in invoke(runs["base"], tmp_path, code=3)


def test_the_same_run_twice_differs_in_nothing(runs):
    printed = invoke(runs["base"], runs["base"], code=0)
    assert "No input differs between the two runs." in printed
    assert json.loads(invoke(runs["base"], runs["base"], "--json", code=0))["by_line"] == []

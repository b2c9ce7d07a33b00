"""`import extract`: from a file to a folder of counts, and nothing of a child in anything it says or writes."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.importing.extract.read import read_extract
from model.scenario.load import load
from model.scenario.problems import ScenarioError
from tests.extracts import HEADINGS, as_csv, invented, write_csv
from tests.in_process import call

pytestmark = pytest.mark.e2e

MADE = invented(11, 400)
WITHOUT_ADVICE = [name for name in HEADINGS if name != "advice_started_date"]


@pytest.fixture
def extract(tmp_path):
    return write_csv(tmp_path / "extract.csv", MADE.rows)


def table(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def laid_over_demoshire(part: Path, folder: Path, demoshire: Path) -> Path:
    shutil.copytree(demoshire.parent, folder)
    return Path(shutil.copy(part, folder))


def test_an_extract_becomes_a_folder_of_counts(tmp_path, extract, capfd):
    out = tmp_path / "counts"
    ended = call(
        capfd,
        "import",
        "extract",
        extract,
        "--out",
        out,
        "--authority",
        "Nowhere",
        "--as-at",
        "2025-01-31",
        "--since",
        "2023-01",
    )
    assert ended.code == 0
    assert "Read       400 rows of extract.csv, as at 2025-01-31\n" in ended.out
    assert "Closes     opening + issued + moved in - ceased - moved out = closing" in ended.out
    assert sorted(path.name for path in out.iterdir()) == [
        "monthly_flows.csv", "queue.csv", "scenario_part.yaml", "stock.csv"
    ]  # fmt: skip
    for path in out.iterdir():
        head = path.read_text("utf-8").splitlines()[:2]
        assert "Nowhere: own extract of 2025-01-31" in head[0]
        assert "Counts of 1 to 4 are in this file" in head[1]
    flows = table(out / "monthly_flows.csv")
    assert list(flows[0]) == [
        "month",
        "counted_to",
        "flow",
        "age_group",
        "setting",
        "to_setting",
        "need",
        "count",
    ]
    assert sum(int(row["count"]) for row in flows if row["flow"] == "requests") == sum(
        count for (_, flow, *_), count in MADE.flows.items() if flow == "requests"
    )
    stock = table(out / "stock.csv")
    assert stock[0]["month"] == "2022-12"
    held = sum(int(row["count"]) for row in stock if row["counted_to"] == "2025-01-31")
    assert held == sum(count for (month, *_), count in MADE.stock.items() if month == "2025-01")


@pytest.mark.parametrize(
    "headings", [HEADINGS, WITHOUT_ADVICE], ids=["queue known", "queue from a warm-up"]
)
@pytest.mark.parametrize("small", [(), ("--suppress-small",)], ids=["as counted", "small kept out"])
def test_the_part_is_laid_over_a_scenario_and_valid(
    tmp_path, capfd, demoshire_file, headings, small
):
    file = write_csv(tmp_path / "e.csv", MADE.rows, headings=headings)
    ended = call(capfd, "import", "extract", file, "--out", tmp_path / "counts", *small)
    assert ended.code == 0
    part = laid_over_demoshire(
        tmp_path / "counts/scenario_part.yaml", tmp_path / "d", demoshire_file
    )
    assert call(capfd, "validate", part).code == 0
    scenario = load(part).scenario
    assert scenario.requests is not None and scenario.plans is not None  # noqa: PT018
    if not small:
        assert scenario.plans.total == sum(
            count for (month, *_), count in MADE.stock.items() if month == "2025-01"
        )
        assert scenario.requests.requests_in_base_year == sum(
            count
            for (month, flow, *_), count in MADE.flows.items()
            if flow == "requests" and month[:4] == "2024"
        )
    assert scenario.plans.source is not None
    assert scenario.plans.source.startswith("own extract of 2025-01-")
    assert bool(scenario.requests.waiting_at_start) == (headings is HEADINGS)
    assert (scenario.requests.warm_up is None) == (headings is HEADINGS)


def test_a_scenario_laid_over_runs(tmp_path, extract, capfd, demoshire_file):
    """The queue, shares and margins of the part are stepped by the model, and its checks hold."""
    assert call(capfd, "import", "extract", extract, "--out", tmp_path / "counts").code == 0
    part = laid_over_demoshire(
        tmp_path / "counts/scenario_part.yaml", tmp_path / "d", demoshire_file
    )
    from model.checks import check_results
    from model.run import run

    checks = check_results(run(load(part), draws=4, jobs=1))
    identities = [check for check in checks if check.kind == "identity"]
    assert identities
    assert [check.name for check in identities if not check.passed] == []


def test_small_counts_are_kept_out_of_every_file(tmp_path, extract, capfd):
    out = tmp_path / "counts"
    ended = call(capfd, "import", "extract", extract, "--out", out, "--suppress-small")
    assert ended.code == 0
    assert "counts of 1 to 4 are in these files" not in ended.out
    shown = {
        row["count"]
        for name in ("monthly_flows", "stock", "queue")
        for row in table(out / f"{name}.csv")
    }
    assert "c" in shown
    assert all(int(count) % 5 == 0 for count in shown - {"c"})
    plans = load_plain(out / "scenario_part.yaml")
    numbers = [plans["plans"]["total"], *plans["plans"]["settings"].values(), *plans["plans"]["needs"].values(),
               plans["requests"]["requests_in_base_year"], plans["moved_in"]["plans_a_year"]]  # fmt: skip
    assert not any(number % 5 for number in numbers)
    rows = table(out / "monthly_flows.csv")
    assert {(row["age_group"] != "all") + (row["setting"] != "all") + (row["need"] != "all") for row in rows} == {0, 1}  # fmt: skip


def load_plain(path: Path):
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path)


def test_nothing_of_a_row_is_in_what_is_written_or_said(tmp_path, capfd):
    """Keys and days stand in no file and no message: neither of a good extract nor of a damaged one."""
    rows = [{**row, "child_key": f"secret{n}"} for n, row in enumerate(MADE.rows)]
    good = write_csv(tmp_path / "good.csv", rows)
    ended = call(
        capfd, "import", "extract", good, "--out", tmp_path / "counts", "--as-at", "2025-01-31"
    )
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "counts").iterdir())
    days = {str(row["request_date"]) for row in rows if "request_date" in row}
    month_ends = {line.split(",")[1] for line in written.splitlines() if line[:2] == "20"}
    assert "secret" not in written + ended.out + ended.error
    assert not [day for day in days - month_ends - {"2025-01-31"} if day in written + ended.out]
    rows[5]["Surname"] = "secretname"
    bad = write_csv(tmp_path / "bad.csv", rows, headings=(*HEADINGS, "Surname"))
    ended = call(capfd, "import", "extract", bad, "--out", tmp_path / "none")
    assert ended.code == 2
    assert "bad.csv:1  Surname: the heading says a name. Delete the column" in ended.error
    assert "secret" not in ended.out + ended.error
    assert not (tmp_path / "none").exists()


def test_a_fault_of_the_program_keeps_cells_out_of_its_log(tmp_path, extract, capfd, monkeypatch):
    def fail(*anything, **more):
        raise ValueError("-".join(("secret", "k00001")))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("model.importing.extract.monthly.monthly", fail)
    monkeypatch.setattr("model.importing.extract.read.row_problems", fail)
    ended = call(capfd, "import", "extract", extract, "--out", tmp_path / "none")
    assert ended.code == 70
    log = (tmp_path / "hn-forecast-fault.log").read_text("utf-8")
    assert "row_problems" in log
    assert "secret-" not in log + ended.out + ended.error


def test_the_template_is_an_extract_that_can_be_imported(tmp_path, capfd):
    template = tmp_path / "template.csv"
    assert call(capfd, "import", "extract", "--template", template).code == 0
    read = read_extract(template, today=date(2025, 6, 30))
    assert len(read.row) == 4
    assert set(HEADINGS) < set(read.columns)
    assert call(capfd, "import", "extract", template, "--out", tmp_path / "counts").code == 0
    ended = call(capfd, "import", "extract", "--template", template)
    assert ended.code == 3
    assert "exists" in ended.error


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("extract.csv",), 2, "Say where the counts go with --out"),
        ((), 2, "Name the FILE with the extract"),
        (("--template", "t.csv", "--out", "x"), 2, "--template stands alone"),
        (("extract.csv", "--out", "taken"), 3, "exists already"),
        (("extract.csv", "--out", "x", "--as-at", "31/01/2025"), 2, "expected YYYY-MM-DD"),
        (("extract.csv", "--out", "x", "--as-at", "2099-01-31"), 2, "this day has not come yet"),
        (("extract.csv", "--out", "x", "--since", "2023-13"), 2, "expected YYYY-MM"),
        (("extract.csv", "--out", "x", "--since", "2026-01"), 2, "2026-01 is after the extract"),
        (("extract.csv", "--out", "x", "--sheet", "One"), 2, "the file has no sheets"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    tmp_path, extract, capfd, monkeypatch, arguments, code, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/theirs.txt").write_text("kept", encoding="utf-8")
    ended = call(capfd, "import", "extract", *arguments)
    assert ended.code == code
    assert says in ended.error
    assert [
        path.name for path in tmp_path.iterdir() if path.name not in ("extract.csv", "taken")
    ] == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_stands_in_a_cell_the_extract_is_read_or_refused(tmp_path, data):
    """No cell makes the import fail in another way than with its problems in words."""
    rows = [list(line) for line in csv.reader(as_csv(MADE.rows[:12]).splitlines())]
    strange = st.one_of(
        st.sampled_from(["", "NaT", "nan", "0", "-1", "1e9", "00/00/0000", "2024-02-30", "#REF!", "=1+1", "99999",
                         "yes", "agreed", "plan", "5", "moved_out", "mainstream", "2024-01-01", "1/1/2024"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=12),
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.integers(0, len(HEADINGS) - 1))] = data.draw(strange)
    path = tmp_path / "fuzzed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    try:
        rows_read = len(read_extract(path, today=date(2025, 6, 30)).row)
    except ScenarioError as error:
        rows_read, told = 0, [problem.message for problem in error.problems]
        if not all(told) or not told:
            raise
    assert rows_read <= 12

"""The published Safety Valve return drafted again: its exceptions, its tables, and one that may be signed.

Source lines are of the panel's pack of 29 June 2023 (000), as in the facts of the scenario.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from model.report.safety_valve.document import document
from model.report.safety_valve.write import return_paths, write_return
from model.report.tables import results_table
from model.returns.exceptions import RunBehind
from model.returns.read_conditions import read_conditions, read_conditions_file
from model.returns.safety_valve import safety_valve_return
from model.returns.themes import themes
from model.run import run
from model.scenario.load import load

pytestmark = pytest.mark.integration

INVENTED = Path(__file__).parents[1] / "returns" / "demoshire_conditions.yaml"
BEHIND = RunBehind("run-1", "2023-06-30T09:00:00+00:00", 64, 1)


def finished(path: Path):
    results = run(load(path), draws=64)
    return results.scenario, results_table(results)


@pytest.fixture(scope="module")
def north_somerset(north_somerset_file):
    return finished(north_somerset_file)


@pytest.fixture(scope="module")
def demoshire(demoshire_file):
    return finished(demoshire_file)


@pytest.fixture(scope="module")
def published(north_somerset, north_somerset_file):
    file = north_somerset_file.with_suffix("") / "conditions.yaml"
    scenario, table = north_somerset
    return safety_valve_return(read_conditions_file(file, scenario), scenario, table, BEHIND)


@pytest.fixture(scope="module")
def complete(demoshire):
    scenario, table = demoshire
    return safety_valve_return(read_conditions_file(INVENTED, scenario), scenario, table, BEHIND)


def test_eleven_conditions_with_the_ratings_of_the_return(published):
    """B7: C1 red to amber, C3 amber to green, C4 red to amber, C5 amber both; seven stay blank."""
    ratings = {item.agreed.number: (item.agreed.rag_before, item.agreed.rag_after) for item in published.conditions}  # fmt: skip
    blank = (None, None)
    assert ratings == {
        1: ("red", "amber"), 2: blank, 3: ("amber", "green"), 4: ("red", "amber"),
        5: ("amber", "amber"), 6: blank, 7: blank, 8: blank, 9: blank, 10: blank, 11: blank,
    }  # fmt: skip
    assert published.file.sign_off.date == "2023-06-16"  # 000:2390


def test_exceptions_are_exactly_those_of_the_published_return(published):
    """C34, C03 and C04 of the register: blanks, the placeholder, and figures cut off."""
    assert Counter(one.kind for one in published.exceptions) == {
        "no_rag_before": 7, "no_rag_after": 7, "no_risk": 5, "no_mitigation": 7, "no_progress": 1,
        "no_money_at_risk": 10, "no_probability": 1, "unfilled": 1, "truncation": 4,
    }  # fmt: skip
    assert [one.condition for one in published.exceptions if one.kind == "no_risk"] == [
        2,
        6,
        7,
        9,
        10,
    ]
    found = {one.what.split()[0]: one.run_says for one in published.exceptions if one.kind == "truncation"}  # fmt: skip
    assert {text: says.split()[0] for text, says in found.items()} == {
        "£9.6m": "£9.685m", "£6.7m": "£6.760m", "£24.8m": "£24.885m", "£0.8m": "£0.885m",
    }  # fmt: skip
    assert any("£18.xm" in one.what for one in published.exceptions)  # 000:2256
    agreeing = {one.figure.text: one.figure.agreement.value for one in published.agreeing}
    assert (agreeing["£18.1m"], agreeing["£0.885m"]) == ("rounding", "exact")


def test_tables_are_those_of_the_dashboard(published):
    """B12: 000:2087-2108 with, excluding this year's payment and without."""
    closed, first = published.money.account[:2]
    rows = ("opening_with", "in_year", "support", "cumulative_with", "cumulative_excluding", "cumulative_without")  # fmt: skip
    thousand = lambda column: [round(column.figures[name] / 1000) for name in rows]  # noqa: E731
    assert thousand(closed) == [11_830, 6_295, 8_440, 9_685, 18_125, 18_125]
    assert thousand(first) == [9_685, 6_760, 2_110, 14_335, 16_445, 24_885]
    assert published.money.gaps == ()


def test_agreed_profile_and_what_it_takes_to_catch_up(published):
    """L4 and B12: 20.9 to 21.1; 885k behind, 3,660k worse in the year, 285k surplus needed next year."""
    first = next(one for one in published.money.profile if (one.basis, one.year) == ("published", "2023-24"))  # fmt: skip
    says = {name: round(value / 1000) for name, value in first.figures.items()}
    assert (says["target"], says["cumulative_without"]) == (24_000, 24_885)
    assert (says["gap"], says["like_for_like"]) == (885, 2_502)
    assert (says["in_year_target"], says["in_year_gap"]) == (3_100, 3_660)
    assert (says["better_opening"], says["headroom"]) == (2_775, 5_875)
    assert says["required_next_year"] == -285
    targets = {one.year: one.figures["target"] / 1e6 for one in published.money.profile}
    assert list(targets.values()) == [20.9, 24.0, 24.6, 23.7, 22.5, 21.1]  # 000:2080-2085


def test_every_lever_serves_exactly_one_of_the_five_themes(published, north_somerset):
    """B13 (000:3235-3240)."""
    assert len(themes()) == 5
    assert {one.theme for one in north_somerset[0].mitigations} <= set(themes())
    assert not [one for one in published.exceptions if one.kind == "theme"]


def test_complete_return_may_be_signed(complete):
    assert complete.exceptions == ()
    words = text_of(document(complete))
    assert "Sign-off" in words
    assert "Section 151 Officer" in words
    assert "10 July 2025" in words
    assert "DRAFT" not in words
    assert "invented authority" in words


def test_draft_has_exceptions_in_place_of_the_sign_off(published):
    words = text_of(document(published))
    assert f"DRAFT - not ready to sign: {len(published.exceptions)} exceptions" in words
    assert "Signature" not in words
    assert "16 June 2023" not in words
    assert "24,885" in words
    assert "-285" in words


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        ("year: 2025-26, as_at: 2025-06", "year: 2026-27, as_at: 2025-06", "period", "2025-26"),
        ("as_at: 2025-06", "as_at: 2025-09", "period", "2025-06"),
        ("authority: Demoshire", "authority: Elsewhere", "authority", "Demoshire"),
        ("19500000", "19600000", "targets", "£19,500k"),
        ("  - {year: 2024-25, cumulative_deficit_gbp: 17800000}\n", "", "targets", "£17,800k"),
        ("{in_year:2025-26 as £m}", "{in_year:2025-26 as £n}", "placeholder", ""),
        ("Reviews are timetabled.", "Reviews are TBC.", "unfilled", ""),
        ("Reviews are timetabled.", "Reviews cost £3.21m.", "untraced", ""),
        ("theme: Inclusion", "theme: Early help", "theme", "Inclusion"),
    ],
)
def test_one_thing_wrong_is_one_exception(demoshire, old, new, kind, says):
    scenario, table = demoshire
    text = INVENTED.read_text("utf-8")
    assert old in text
    given = safety_valve_return(
        read_conditions(text.replace(old, new, 1), "c.yaml", scenario), scenario, table, BEHIND
    )
    assert [one.kind for one in given.exceptions] == [kind]
    assert says in given.exceptions[0].run_says


def test_run_that_failed_its_checks_or_was_altered_is_not_signed(demoshire):
    scenario, table = demoshire
    behind = replace(BEHIND, failed_checks=("spend",), altered={"results.parquet": "changed"})
    given = safety_valve_return(read_conditions_file(INVENTED, scenario), scenario, table, behind)
    assert [one.kind for one in given.exceptions] == ["run_checks", "run_altered"]


@pytest.mark.parametrize("measure", ["cumulative_deficit", "support", "trajectory_gap"])
def test_table_that_does_not_foot_is_not_signed(demoshire, measure):
    """L10 asks for within 2k; here a pound is enough."""
    scenario, table = demoshire
    hit = (table["measure"] == measure) & (table["statistic"] == "mean") & (table["financial_year"] == "2026-27")  # fmt: skip
    assert hit.any()
    wrong = table.assign(value=table["value"] + hit.astype(float))
    given = safety_valve_return(read_conditions_file(INVENTED, scenario), scenario, wrong, BEHIND)
    assert {one.kind for one in given.exceptions} == {"footing"}
    assert "2026-27" in given.exceptions[0].what


def test_equal_returns_give_equal_bytes(complete, tmp_path):
    names = []
    for name in ("one", "two"):
        paths = (tmp_path / f"{name}.docx", tmp_path / f"{name}.xlsx")
        write_return(complete, paths)
        names.append([path.read_bytes() for path in paths])
    assert names[0] == names[1]


def test_document_is_accessible(complete):
    made = Document(BytesIO(document(complete)))
    assert made.core_properties.language == "en-GB"
    assert (
        made.core_properties.title
        == "Demoshire (an invented authority): Safety Valve monitoring return"
    )
    assert made.core_properties.created.isoformat().startswith("2023-06-30T09:00:00")
    assert [one.style.name for one in made.paragraphs if one.style.name.startswith("Heading 1")]
    assert made.tables
    for table in made.tables:
        first = table.rows[0]._tr.trPr
        assert first.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")) is not None
        assert not list(table._tbl.iter(qn("w:gridSpan"), qn("w:vMerge")))


def test_nothing_of_the_users_is_overwritten(complete, tmp_path):
    from model.report.run_folder import FolderError

    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    paths = return_paths(folder, None, force=False)
    assert [path.name for path in paths] == ["run-return.docx", "run-return.xlsx"]
    paths[1].write_text("mine", encoding="utf-8")
    with pytest.raises(FolderError, match=r"run-return\.xlsx exists"):
        return_paths(folder, None, force=False)
    with pytest.raises(FolderError, match="folder of a run"):
        return_paths(folder, folder / "return.docx", force=True)
    with pytest.raises(FolderError, match="no name of a Word document"):
        return_paths(folder, tmp_path / "return.pdf", force=True)
    write_return(complete, return_paths(folder, None, force=True))
    assert paths[1].read_bytes()[:2] == b"PK"
    assert {path.name for path in tmp_path.iterdir()} == {"run", *(path.name for path in paths)}


def test_failure_half_way_leaves_what_was_there(complete, tmp_path, monkeypatch):
    import model.report.safety_valve.write as writing
    from model.report.run_folder import FolderError

    paths = (tmp_path / "r.docx", tmp_path / "r.xlsx")
    for path in paths:
        path.write_text("mine", encoding="utf-8")
    real = writing.os.replace

    def fails(source, target):
        if Path(target) == paths[1] and not Path(source).name.startswith("before-"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(writing.os, "replace", fails)
    with pytest.raises(FolderError, match="No space left"):
        write_return(complete, paths)
    assert [path.read_text("utf-8") for path in paths] == ["mine", "mine"]
    assert {path.name for path in tmp_path.iterdir()} == {"r.docx", "r.xlsx"}


def text_of(content: bytes) -> str:
    made = Document(BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    head = made.sections[0].header.paragraphs[0].text
    return "\n".join([head, *(one.text for one in made.paragraphs), *cells])

"""One mistake in a figures file, one message with its line: each case is an edit of a valid file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from model.evidence.examine import examine
from model.evidence.read import examine_file, read_figures
from model.evidence.verdicts import Verdict
from model.scenario.problems import Problem, ScenarioError

pytestmark = pytest.mark.unit

BASE = (Path(__file__).parent / "bad_inputs" / "figures.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """An edit and its one problem, on the line edited unless `at` is text on another line."""

    name: str
    old: str
    new: str
    path: str
    says: tuple[str, ...]
    at: str | None = None

    @property
    def text(self) -> str:
        assert BASE.count(self.old) == 1, f"'{self.old}' is not unique"
        return BASE.replace(self.old, self.new)

    @property
    def line(self) -> int:
        text, sought = (BASE, self.old) if self.at is None else (self.text, self.at)
        assert text.count(sought) == 1, f"'{sought}' is not unique"
        return text[: text.index(sought)].count("\n") + 1


def case(name: str, old: str, new: str, path: str, *says: str, at: str | None = None):
    return pytest.param(Case(name, old, new, path, says, at), id=name.replace(" ", "-"))


CASES = [
    case("format of another version", "format: 1", "format: 2", "format", "not one of the choices"),
    case("unknown key", "    total: 15.0", "    totl: 15.0\n    total: 15.0", "entries[drivers].totl",
         "unknown key", "Did you mean 'total'?"),
    case("key missing", '    unit: GBP k\n', "", "entries[close].unit", "this key is missing",
         at="  - id: close"),
    case("unknown kind", "kind: roll_forward", "kind: rollforward", "entries[close].kind",
         "unknown kind", "Did you mean 'roll_forward'?"),
    case("kind left out", "    kind: milestone\n", "", "entries[wait].kind", "this key is missing",
         "sum, table", at="  - id: wait"),
    case("id given twice", "- id: rate", "- id: blocks", "entries[blocks].id",
         "the id 'blocks' is given twice"),
    case("id that is none", "- id: blocks", "- id: 2 blocks", "entries[2 blocks].id", "not an id",
         "starting with a letter"),
    case("unknown paper", 'source: "001:40"', 'source: "002:40"', "entries[growth].source",
         "there is no paper '002'", "001"),
    case("paper of a statement", 'staffed, source: "001:70"', 'staffed, source: "anex:70"',
         "entries[staffing].statements[0].source", "there is no paper 'anex'",
         "Did you mean 'annex'?"),
    case("source without lines", 'source: "001:41"', "source: page 41", "entries[next_year].source",
         "not a source", "001:852-856"),
    case("row too short", "[73.5, 88.6, -15.1, \"over\"]", "[73.5, 88.6, -15.1]",
         "entries[blocks].rows[high_needs].values", "3 cells", "4: funding"),
    case("thousands mark in a row", "[2.5, 2.9, -0.4, on plan]", "[2,5, 2.9, -0.4, on plan]",
         "entries[blocks].rows[schools].values", "5 cells", "needs quotes"),
    case("unknown row", "{result: total}", "{result: totals}",
         "entries[blocks].footing[0].result", "there is no row 'totals'", "Did you mean 'total'?"),
    case("unknown column", "less: [forecast]", "less: [forcast]",
         "entries[blocks].cross_casting[0].less[0]", "there is no column 'forcast'",
         "Did you mean 'forecast'?"),
    case("words added up", "plus: [funding]", "plus: [remark]",
         "entries[blocks].cross_casting[0].plus[0]", "there is no column 'remark'"),
    case("result from itself", "plus: [funding]", "plus: [variance]",
         "entries[blocks].cross_casting[0].plus[0]", "cannot follow from itself"),
    case("two ways to a result", "plus: [funding], less", "factors: [funding], less",
         "entries[blocks].cross_casting[0]", "in one way only"),
    case("result from nothing", "plus: [funding], less: [forecast]", "only: [schools]",
         "entries[blocks].cross_casting[0]", "follows from", "'part' and 'whole'"),
    case("part without whole", "plus: [funding], less: [forecast]", "part: funding",
         "entries[blocks].cross_casting[0]", "'part' and 'whole' are needed together"),
    case("row given twice", "{id: high_needs, values", "{id: schools, values",
         "entries[blocks].rows[schools].id", "the id 'schools' is given twice"),
    case("table with nothing to check", "    footing:\n      - {result: total}\n    cross_casting:\n"
         "      - {result: variance, plus: [funding], less: [forecast]}\n", "", "entries[blocks]",
         "nothing is checked", at="  - id: blocks"),
    case("unknown growth", "called_current_rate_of: growth", "called_current_rate_of: grwth",
         "entries[next_year].called_current_rate_of", "there is no growth 'grwth'",
         "Did you mean 'growth'?"),
    case("its own rate", "called_current_rate_of: growth", "called_current_rate_of: next_year",
         "entries[next_year].called_current_rate_of", "cannot be its own current rate"),
    case("growth that states nothing", "    stated: 12\n", "", "entries[growth]",
         "nothing is stated", "'called_current_rate_of'", at="  - id: growth"),
    case("periods of nil", "    stated: 12\n", "    stated: 12\n    periods: 0\n",
         "entries[growth].periods", "not a factor", at="    periods: 0"),
    case("periods below nil", "    stated: 12\n", "    stated: 12\n    periods: -2\n",
         "entries[growth].periods", "out of range", at="    periods: -2"),
    case("share without its whole", "    whole: 1060\n", "", "entries[rate].whole",
         "basis share needs 'part' and 'whole'", at="  - id: rate"),
    case("basis misspelt", "basis: share", "basis: shares", "entries[rate].basis",
         "not one of the choices", "Did you mean 'share'?"),
    case("milestone not due", "measured: 2023-03", "measured: 2022-10", "entries[wait].measured",
         "no milestone was due", "2022-11 or later"),
    case("month misspelt", "due: 2022-11", "due: Nov 2022", "entries[wait].milestones[0].due",
         "not a month", "YYYY-MM"),
    case("yes or no", "stated_met: true", "stated_met: yes", "entries[wait].stated_met",
         "true or false"),
    case("direction in other words", "direction: at least", "direction: above",
         "entries[wait].direction", "not one of the choices", "at least"),
    case("pair without handling", "    handling: Modelled apart.\n", "", "entries[staffing].handling",
         "this key is missing", at="  - id: staffing"),
    case("one statement", '      - {text: a queue for want of staff, source: "001:71"}\n', "",
         "entries[staffing].statements", "too few entries", "at least 2", at="    statements:"),
    case("tolerance in words", "    total: 15.0\n",
         "    total: 15.0\n    tolerance: {figure: some, reason: because}\n",
         "entries[drivers].tolerance.figure", "not a tolerance", at="    tolerance:"),
    case("tolerance without a reason", "    total: 15.0\n",
         "    total: 15.0\n    tolerance: {figure: 1}\n",
         "entries[drivers].tolerance.reason", "this key is missing", at="    tolerance:"),
    case("explained by a placeholder", "{figure: 0.1, reason", "{figure: 0.x, reason",
         "entries[drivers].explained_by[0].figure", "not a number", "-1,617"),
    case("figure that is a list", "    stated: 27.8", "    stated: [27.8]", "entries[rate].stated",
         "not a figure", "as printed"),
    case("figure far too long", "    stated: 27.8", f"    stated: {'9' * 41}", "entries[rate].stated",
         "too long"),
    case("formula in a figure", "    stated: 27.8", '    stated: "=1+1"', "entries[rate].stated",
         "a spreadsheet would read as a formula"),
    case("key given twice", "    part: 295\n", "    part: 295\n    part: 296\n",
         "entries[rate].part", "given twice", at="    part: 296"),
    case("nothing given", "    part: 295\n", "    part:\n", "entries[rate].part", "nothing is given"),
]  # fmt: skip


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(ScenarioError) as raised:
        read_figures(text, "figures.yaml")
    return list(raised.value.problems)


def test_the_base_is_valid():
    verdicts = {item.id: item.verdict for item in examine(read_figures(BASE, "f.yaml")).outcomes}
    assert verdicts["close"] is Verdict.EXACT
    assert verdicts["drivers"] is Verdict.ROUNDING
    assert verdicts["next_year.current_rate"] is Verdict.MISMATCH


@pytest.mark.parametrize("case", CASES)
def test_one_mistake_has_one_problem_with_its_line(case: Case):
    problems = problems_of(case.text)
    assert len(problems) == 1, [str(item) for item in problems]
    (problem,) = problems
    assert problem.file == "figures.yaml"
    assert problem.path.removesuffix(".figure") == case.path.removesuffix(".figure")
    assert problem.line == case.line
    for words in case.says:
        assert words in str(problem), str(problem)


def test_every_mistake_is_reported_at_once():
    text = BASE.replace("total: 15.0", "totl: 15.0").replace("less: [forecast]", "less: [forcast]")
    text = text.replace('source: "001:40"', 'source: "002:40"').replace("2022-11", "Nov")
    problems = problems_of(text)
    found = {item.path for item in problems}
    assert found == {
        "entries[drivers].totl", "entries[drivers].total", "entries[growth].source",
        "entries[blocks].cross_casting[0].less[0]", "entries[wait].milestones[0].due",
    }  # fmt: skip
    assert [item.line for item in problems] == sorted(item.line or 0 for item in problems)


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "a: [", "\tx: 1", "x: &a 1\ny: *a\n", "--- 1\n--- 2"]
)
def test_what_is_no_figures_file_is_told_so(text: str):
    assert problems_of(text)


def test_papers_that_cannot_be_read_do_not_make_every_source_wrong():
    start, end = BASE.index("papers:"), BASE.index("entries:")
    problems = problems_of(BASE[:start] + "papers: one\n" + BASE[end:])
    assert [item.path for item in problems] == ["papers"]


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    (tmp_path / "figures.yaml").write_text(BASE, encoding="utf-8")
    for path, words in ((tmp_path / "figure.yaml", "Did you mean"), (tmp_path, "this is a folder")):
        with pytest.raises(ScenarioError, match=words):
            examine_file(path)


def test_a_file_of_another_kind_is_told_what_a_figures_file_is(tmp_path):
    """An empty file and a workbook: `init` makes no figures file, so neither points to it."""
    for name, raw, words in (
        ("empty.yaml", b"", "See docs/figures.md"),
        ("book.xlsx", b"PK\x03\x04", "not a figures file. It is a text file: see docs/figures.md"),
    ):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(ScenarioError) as raised:
            examine_file(tmp_path / name)
        assert words in str(raised.value)
        assert "init" not in str(raised.value)


def test_a_rate_of_nobody_is_looked_for_in_this_file():
    body = "kind: growth, before: 5, after: 6, called_current_rate_of: nobody"
    (problem,) = problems_of(small(body))
    assert problem.expected == "a growth given in this file"


def small(*entries: str, unit: str = "GBP") -> str:
    """A file whose entries start on line 6."""
    head = "format: 1\ntitle: t\nauthority: a\npapers: {p: p}\nentries:\n"
    lines = [
        f"  - {{id: e{number}, title: t, source: 'p:1', unit: \"{unit}\", {entry}}}\n"
        for number, entry in enumerate(entries)
    ]
    return head + "".join(lines)


@pytest.mark.parametrize(
    ("entry", "path", "figure"),
    [
        ('kind: sum, parts: [16,312, 1,200], total: "17,512"', "parts[0]", "16,312"),
        ('kind: sum, parts: [16, 312, 1, 200], total: "17,512"', "parts[0]", "16,312"),
        ('kind: sum, parts: [5, 1,200], total: "1,205"', "parts[1]", "1,200"),
        ('kind: sum, parts: [100, 1,234,567], total: "1,234,667"', "parts[1]", "1,234,567"),
        ('kind: sum, parts: ["5"], less: [£1,200.50], total: "-1,195.5"', "less[0]", "£1,200.50"),
        ('kind: product, factors: [140, 10,000], stated: "1,400,000"', "factors[1]", "10,000"),
        ('kind: product, factors: ["5,000"], divided_by: [2,500], stated: 2', "divided_by[0]", "2,500"),
        ('kind: roll_forward, opening: 5, movements: [-1,200], closing: "-1,195"', "movements[0]", "-1,200"),
        ("kind: same, figures: [16,312, 16,312]", "figures[0]", "16,312"),
    ],
)  # fmt: skip
def test_a_comma_that_splits_a_figure_is_told(entry, path, figure):
    (problem,) = problems_of(small("kind: sum, parts: [1], total: 1", entry))
    assert (problem.line, problem.path) == (7, f"entries[e1].{path}")
    assert problem.expected == f'"{figure}"'
    assert problem.hint == "A figure with a comma needs quotes."


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        ("kind: sum, parts: [100, 200, 300], total: 600", Verdict.EXACT),
        ("kind: sum, parts: [100, 200, 300], total: 700", Verdict.MISMATCH),
        ('kind: sum, parts: ["16", "312"], total: "16,312"', Verdict.MISMATCH),
        ('kind: sum, parts: [16, "312"], total: "16,312"', Verdict.MISMATCH),
        ('kind: sum, parts: [16, 31], total: "1,631"', Verdict.MISMATCH),
        ('kind: sum, parts: [1600, 312], total: "16,312"', Verdict.MISMATCH),
        ('check: [16,312], kind: sum, parts: [1], total: "9"', Verdict.MISMATCH),
    ],
)
def test_lists_that_no_comma_splits_are_left_alone(entry, verdict):
    (outcome,) = examine(read_figures(small(entry), "f")).outcomes
    assert outcome.verdict is verdict


@pytest.mark.parametrize(
    ("unit", "entry", "path", "words"),
    [
        ("GBP m", 'kind: roll_forward, opening: "£-10,200k", movements: ["-4.4"], closing: "-14.6"',
         "movements[0]", "'-4.4' (GBP m) beside '£-10,200k' (k, m or bn)"),
        ("GBP m", 'kind: sum, parts: ["46%", "12"], total: "58"', "parts[1]", "beside '46%' (percent)"),
        ("£'000", "kind: same, figures: [9.6m, 9600]", "figures[1]", "9600"),
        ("GBP thousand", "kind: bound, least: 5, most: 6k", "most", "6k"),
        ("GBP k", "kind: sum, parts: [5], total: 5, tolerance: {figure: 1k, reason: x}", "tolerance", "1k"),
        ("GBP k", "kind: sum, parts: [5], total: 9, explained_by: [{figure: 4k, reason: x}]",
         "explained_by[0]", "4k"),
        ("plans", "kind: percentage, basis: share, part: 46%, whole: 12, stated: 5", "whole", "46%"),
        ("GBP 000", "kind: table, columns: [a], rows: [{id: x, values: [2]}, {id: y, values: [3k]}, "
         "{id: total, values: [5]}], footing: [{result: total}]", "rows[y].values[0]", "3k"),
    ],
)  # fmt: skip
def test_figures_in_two_units_are_refused(unit, entry, path, words):
    (problem,) = problems_of(small(entry, unit=unit))
    assert problem.path.removesuffix(".figure") == f"entries[e0].{path}"
    assert problem.line == 6
    assert "in one unit" in problem.message
    assert words in str(problem)


@pytest.mark.parametrize(
    ("unit", "entry"),
    [
        ("GBP", 'kind: sum, parts: ["9,600k", "400,000"], total: 10.0m'),
        ("GBP m", 'kind: sum, parts: [9.6m, "-", 0], total: "9,600k"'),
        ("GBP m", 'kind: sum, parts: [{figure: "9,600k", times: 1/1000000}], total: 9.6'),
        ("%", "kind: percentage, basis: points, before: 28%, after: 40, stated: 12"),
        ("%", 'kind: growth, before: 9.6m, after: "10,560,000", stated: 10'),
        ("GBP m", "kind: product, factors: [140, 10000], stated: 1.4m"),
        ("GBP a month", 'kind: sum, parts: [2k], total: "2,000"'),
        ("GBP k", "kind: table, columns: [a, share], rows: [{id: x, values: [2, 40%]}, "
         "{id: y, values: [3, 60%]}, {id: total, values: [5, 100%]}], footing: [{result: total}]"),
    ],
)  # fmt: skip
def test_figures_in_one_unit_or_in_pounds_are_not_refused(unit, entry):
    outcomes = examine(read_figures(small(entry, unit=unit), "f")).outcomes
    assert outcomes
    assert all(item.verdict.holds for item in outcomes)

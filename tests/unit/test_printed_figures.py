"""Rules for printed figures, one by one: what holds, what is rounding, what is not."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from model.evidence.examine import examine
from model.evidence.printed import half_away_from_zero, read_printed
from model.evidence.read import read_figures
from model.evidence.schema import FiguresFile
from model.evidence.verdicts import MEANINGS, Outcome, Verdict
from model.evidence.wording import as_number, plain
from model.scenario.sections import kinds

pytestmark = pytest.mark.unit

HEAD = "format: 1\ntitle: A paper\nauthority: Nowhere\npapers: {p: A paper}\nentries:\n"


def found(body: str) -> list[Outcome]:
    """Outcomes of entries written without what every entry must say."""
    lines = []
    for line in dedent(body).strip("\n").split("\n"):
        lines.append(f"  {line}")
        if line.startswith("- id:"):
            lines.append("    title: A check\n    source: p:1\n    unit: GBP")
    return list(examine(read_figures(HEAD + "\n".join(lines), "f.yaml")).outcomes)


def one(body: str) -> Outcome:
    (outcome,) = found(body)
    return outcome


@pytest.mark.parametrize(
    ("text", "value", "half_unit"),
    [
        ("16,312", 16312, "0.5"), ("-37.5", "-37.5", "0.05"), ("(12.3)", "-12.3", "0.05"),
        ("£9.6m", 9_600_000, 50_000), ("9,685k", 9_685_000, 500), ("2.5bn", 2_500_000_000, 50_000_000),
        ("46%", 46, "0.5"), ("-25.2 pp", "-25.2", "0.05"), ("−4", -4, "0.5"), ("-£65", -65, "0.5"),
        ("9.60", "9.6", "0.005"), ("+3", 3, "0.5"), ("0", 0, "0.5"), ("007", 7, "0.5"),
        ("3/4", "0.75", 0),
    ],
)  # fmt: skip
def test_what_is_printed_is_read_with_its_rounding(text, value, half_unit):
    printed = read_printed(text)
    assert printed is not None
    assert printed.value == Fraction(value)
    assert printed.half_unit == Fraction(half_unit)


@pytest.mark.parametrize(
    "text",
    ["18.xm", "tbc", "1,23", "12,3456", "1.2.3", "(5", "5)", "(-5)", "--5", "5-", "1e3", "", "over 60",
     "1/0", "½", "٣", "nan", "inf", "1 000", "9" * 41],
)  # fmt: skip
def test_what_is_not_a_number_is_not_guessed(text):
    assert read_printed(text) is None


def test_halves_go_away_from_zero():
    unit = Fraction("0.1")
    assert half_away_from_zero(Fraction("0.25"), unit) == Fraction("0.3")
    assert half_away_from_zero(Fraction("-0.25"), unit) == Fraction("-0.3")
    assert half_away_from_zero(Fraction("9.685"), unit) == Fraction("9.7")


def test_exact_figures_are_shown_as_a_reader_writes_them():
    assert plain(Fraction(-1617)) == "-1,617"
    assert plain(Fraction("0.05")) == "0.05"
    assert plain(Fraction("-0.00001")) == "0"
    assert plain(Fraction(2, 3), 2) == "0.67"
    assert as_number(Fraction(10) ** 400) is None
    assert as_number(Fraction(1, 4)) == 0.25


def test_every_verdict_has_a_meaning():
    assert list(MEANINGS) == list(Verdict)


@pytest.mark.parametrize(
    ("total", "verdict", "gap"),
    [("6.0", Verdict.EXACT, 0), ("6.2", Verdict.ROUNDING, "-0.2"), ("6.3", Verdict.MISMATCH, "-0.3"),
     ("5.8", Verdict.ROUNDING, "0.2"), ("5.7", Verdict.MISMATCH, "0.3"), ("6", Verdict.EXACT, 0)],
)  # fmt: skip
def test_a_sum_may_be_out_by_half_a_unit_of_each_addend_and_the_total(total, verdict, gap):
    outcome = one(f"- id: a\n  kind: sum\n  parts: [1.5, 2.5, 2.0]\n  total: {total}")
    assert (outcome.verdict, outcome.gap) == (verdict, Fraction(gap))
    assert outcome.tolerance == Fraction("0.15") + (
        Fraction("0.5") if total == "6" else Fraction("0.05")
    )


def test_decimals_left_as_printed_set_the_tolerance():
    """9.60 is printed to a penny: read as a number it would be 9.6 and allow ten times as much."""
    assert one("- id: a\n  kind: sum\n  parts: [9.60]\n  total: 9.62").verdict is Verdict.MISMATCH
    assert one("- id: a\n  kind: sum\n  parts: [9.6]\n  total: 9.62").verdict is Verdict.ROUNDING


def test_counts_round_nothing():
    body = "- id: a\n  kind: sum\n  parts: [2024]\n  less: [2017]\n  total: 6"
    assert one(body).verdict is Verdict.ROUNDING
    assert one(body + "\n  counted: true").verdict is Verdict.MISMATCH


def test_units_may_differ_inside_a_sum():
    """Net DSG (000:2037, 2053, 2065, 2067): a gap of 350 is the rounding of two figures in k."""
    body = '- id: a\n  kind: sum\n  parts: ["204,114,880"]\n  less: ["150,361k", "3,672k"]\n  total: "50,082,230"'
    outcome = one(body)
    assert (outcome.verdict, outcome.gap) == (Verdict.ROUNDING, -350)
    assert outcome.tolerance == 1001


def test_blank_parts_are_nil_and_a_blank_total_is_missing():
    assert one('- id: a\n  kind: sum\n  parts: [1, "-"]\n  total: 1').verdict is Verdict.EXACT
    assert one('- id: a\n  kind: sum\n  parts: [1]\n  total: "-"').verdict is Verdict.MISSING


def test_a_placeholder_is_not_a_number():
    outcome = one(
        "- id: a\n  kind: sum\n  parts: [16.3, {figure: 18.xm, label: last year}]\n  total: 1"
    )
    assert outcome.verdict is Verdict.NOT_A_NUMBER
    assert "18.xm" in outcome.note
    assert "last year" in outcome.note


def test_a_tolerance_given_replaces_rounding_and_says_why():
    body = (
        "- id: a\n  kind: sum\n  parts: [1]\n  total: 4\n  tolerance: {figure: 3, reason: said so}"
    )
    outcome = one(body)
    assert (outcome.verdict, outcome.tolerance) == (Verdict.ROUNDING, 3)
    assert "said so" in outcome.note
    tight = "- id: a\n  kind: sum\n  parts: [1.0]\n  total: 1.1\n  tolerance: {figure: 0, reason: exact}"
    assert one(tight).verdict is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("amount", "verdict"), [("0.7", "explained"), ("0.5", "mismatch"), ("-0.7", "mismatch")]
)
def test_a_gap_is_explained_only_by_amounts_that_make_it_up(amount, verdict):
    body = f"- id: a\n  kind: sum\n  parts: [2.0]\n  total: 1.3\n  explained_by: [{{figure: {amount}, reason: x}}]"
    assert one(body).verdict == verdict


def test_what_is_explained_is_shown_but_not_wrong():
    assert not Verdict.EXPLAINED.holds
    assert not Verdict.EXPLAINED.wrong
    assert all(item.wrong for item in Verdict if not item.holds and item is not Verdict.EXPLAINED)


def test_a_roll_forward():
    body = '- id: a\n  kind: roll_forward\n  opening: "11,830"\n  movements: ["6,295", "-8,440"]\n  closing: "9,686"'
    assert (one(body).verdict, one(body).gap) == (Verdict.ROUNDING, -1)


@pytest.mark.parametrize(
    ("prints", "verdict", "words"),
    [
        ("[9.685, 9.7]", "rounding", ""), ("[9.7, 9.685]", "rounding", ""),
        ("[9.685, 9.6]", "mismatch", "truncated"), ("[9.685, 9.8]", "mismatch", "two figures"),
        ("[-9.65, -9.7]", "rounding", ""), ("[-9.67, -9.6]", "mismatch", "truncated"),
        ("[9.60, 9.6]", "exact", ""), ("[2104, 2101]", "mismatch", "two figures"),
        ("[9685k, 9.7m]", "rounding", ""), ("[9685k, 18.xm]", "not a number", "18.xm"),
        ("[tbc, 5]", "not a number", "tbc"), ('[5, "-"]', "missing", "not printed"),
    ],
)  # fmt: skip
def test_a_coarser_print_must_be_the_finer_one_rounded(prints, verdict, words):
    outcome = one(f"- id: a\n  kind: same\n  figures: {prints}")
    assert outcome.verdict == verdict
    assert words in outcome.note


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        # 9.446 is printed as 9.45 and as 9.4; 9.453 as 9.45 and as 9.5.
        ("[9.45, 9.4]", Verdict.ROUNDING),
        ("[9.45, 9.5]", Verdict.ROUNDING),
        ("[-9.45, -9.4]", Verdict.ROUNDING),
        ("[9.46, 9.4]", Verdict.MISMATCH),
        ("[9.685, 9.6]", Verdict.MISMATCH),
    ],
)
def test_a_print_rounded_twice_is_not_wrong(figures, verdict):
    assert one(f"- id: a\n  kind: same\n  figures: {figures}").verdict is verdict


def test_one_outcome_for_each_further_print():
    outcomes = found("- id: a\n  kind: same\n  figures: [9.685, 9.7, 9.6, 10]")
    assert [item.id for item in outcomes] == ["a.print_2", "a.print_3", "a.print_4"]
    assert [str(item.verdict) for item in outcomes] == ["rounding", "mismatch", "rounding"]


def test_a20_a_deficit_per_pupil_is_deficit_over_pupils():
    """A20 (001:871 is a chart, so a formula check): 20.7m over 10,000 pupils is 2,070 pounds each."""
    body = "- id: a\n  kind: product\n  factors: [20.7m]\n  divided_by: [{figure: 10000, counted: true}]\n  stated: STATED"
    assert one(body.replace("STATED", "2070")).verdict.holds
    assert not one(body.replace("STATED", "2090")).verdict.holds


def test_a_product_allows_for_the_rounding_of_every_factor():
    """Somerset 001:750, 771: 77 FTE at 6,113 a week is 24.48m, printed 24.4m."""
    body = '- id: a\n  kind: product\n  factors: [77, "6,113", {figure: 52, counted: true}]\n  stated: 24.4m'
    outcome = one(body)
    assert (outcome.verdict, outcome.computed) == (Verdict.ROUNDING, 24_476_452)
    counted = body.replace("[77,", "[{figure: 77, counted: true},")
    assert one(counted).verdict is Verdict.MISMATCH


def test_a_divisor_that_may_be_nil_gives_no_figure():
    body = "- id: a\n  kind: product\n  factors: [5]\n  divided_by: [0.0]\n  stated: 5"
    assert one(body).verdict is Verdict.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("periods", "stated", "verdict"),
    [
        ("7", "10.5", "rounding"),
        ("6", "10.5", "mismatch"),
        ("1", "102", "rounding"),
        ("1", "101", "mismatch"),
    ],
)
def test_growth_in_percent_a_period(periods, stated, verdict):
    """Nottinghamshire 003:340: 2,104 plans to 4,240 in seven years are 10.5 % a year."""
    body = f"- id: a\n  kind: growth\n  counted: true\n  before: 2104\n  after: 4240\n  periods: {periods}\n  stated: {stated}"
    assert one(body).verdict == verdict


def test_a_percentage_cut_off_is_named():
    body = "- id: a\n  kind: growth\n  counted: true\n  before: 4970\n  after: 5545\n  stated: 11"
    assert "truncated, not rounded: it is 11.57" in one(body).note


@pytest.mark.parametrize("before", ["0", "-3", "0.0"])
def test_growth_from_nil_has_no_percent(before):
    body = f"- id: a\n  kind: growth\n  before: {before}\n  after: 5\n  stated: 5"
    assert one(body).verdict is Verdict.NOT_A_NUMBER


def test_growth_beyond_all_numbers_is_no_fault():
    body = (
        f"- id: a\n  kind: growth\n  before: 1\n  after: {'9' * 38}\n  periods: 1/99\n  stated: 5"
    )
    assert one(body).verdict is Verdict.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("after", "verdict"), [("6046", "mismatch"), ("6120", "rounding"), ("6187", "rounding")]
)
def test_the_current_rate_is_the_same_percent_or_the_same_number(after, verdict):
    """Somerset 001:987-989: after 4,970 to 5,545 the current rate gives 6,120 or 6,187, not 6,046."""
    body = f"""
    - id: last
      kind: growth
      counted: true
      before: 4970
      after: 5545
      stated: 12
    - id: next
      kind: growth
      before: 5545
      after: {after}
      called_current_rate_of: last
    """
    outcome = found(body)[1]
    assert (outcome.id, str(outcome.verdict)) == ("next.current_rate", verdict)
    if after == "6046":
        assert float(outcome.gap) == pytest.approx(9.0352 - 11.5694, abs=1e-3)


PERCENTAGE = "- id: a\n  kind: percentage\n  basis: {}\n  before: 28\n  after: 40\n  stated: {}"


@pytest.mark.parametrize(
    ("basis", "stated", "verdict", "words"),
    [("points", "12", "exact", ""), ("relative", "42.9", "rounding", ""),
     ("points", "43", "mismatch", "in percent on 28"), ("relative", "12", "mismatch", "in percentage points on 28"),
     ("points", "15", "mismatch", "")],
)  # fmt: skip
def test_a_percentage_holds_on_the_basis_it_names(basis, stated, verdict, words):
    outcome = one(PERCENTAGE.format(basis, stated))
    assert outcome.verdict == verdict
    assert words in outcome.note


def test_the_base_on_which_a_percentage_works_is_named():
    body = (
        PERCENTAGE.format("points", "15")
        + "\n  other_bases: [{figure: 25.0, label: implied}, 31.0]"
    )
    assert one(body).note == (
        "40 less 28 = 12 points, printed 15; 15 works only in percentage points on 25.0 (implied)"
    )


def test_a_share_of_nil_is_no_percentage():
    body = "- id: a\n  kind: percentage\n  basis: share\n  part: 5\n  whole: 0\n  stated: 5"
    assert one(body).verdict is Verdict.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("least", "most", "verdict", "gap"),
    [("4.3", "4.6", "exact", 0), ("4.6", "4.6", "exact", 0), ("4.7", "4.6", "rounding", "0.1"),
     ("4.8", "4.6", "mismatch", "0.2"), ("{figure: 250, times: 1/7}", "30", "mismatch", "40/7")],
)  # fmt: skip
def test_a_mean_may_not_exceed_its_maximum(least, most, verdict, gap):
    outcome = one(f"- id: a\n  kind: bound\n  least: {least}\n  most: {most}")
    assert (str(outcome.verdict), outcome.gap) == (verdict, Fraction(gap))


def test_a_gap_over_a_bound_may_be_explained():
    body = "- id: a\n  kind: bound\n  least: 9\n  most: 5\n  explained_by: [{figure: 4, reason: new places}]"
    assert one(body).verdict is Verdict.EXPLAINED


MILESTONE = """
- id: a
  kind: milestone
  value: {}
  measured: {}
  milestones: [{{due: 2022-05, figure: 25}}, {{due: 2022-11, figure: 30}}, {{due: 2023-11, figure: 40}}]
  direction: {}
  stated_met: {}
"""


@pytest.mark.parametrize(
    ("value", "measured", "direction", "stated", "verdict", "gap"),
    [
        ("23.5", "2023-03", "at least", "true", "mismatch", "-6.5"),
        ("23.5", "2023-03", "at least", "false", "exact", "-6.5"),
        ("30", "2023-03", "at least", "true", "exact", 0),
        ("30", "2023-03", "more than", "true", "mismatch", 0),
        ("30", "2023-03", "at most", "true", "exact", 0),
        ("30", "2023-03", "less than", "true", "mismatch", 0),
        ("27", "2022-10", "at least", "true", "exact", 2),
        ("30", "2022-11", "at least", "true", "exact", 0),
        ("35", "2023-11", "at least", "true", "mismatch", -5),
    ],
)
def test_the_milestone_due_is_the_one_that_counts(value, measured, direction, stated, verdict, gap):
    outcome = one(MILESTONE.format(value, measured, direction, stated))
    assert (str(outcome.verdict), outcome.gap) == (verdict, Fraction(gap))


def definition(*statements: str) -> Outcome:
    listed = "\n".join(f"    - {{source: 'p:1', {item}}}" for item in statements)
    return one(f"- id: a\n  kind: definition\n  statements:\n{listed}")


@pytest.mark.parametrize(
    ("one_way", "other_way", "verdict", "words"),
    [
        ("measure: Spot  buying, threshold: 90", "measure: spot buying, threshold: 90.0", "exact", ""),
        ("measure: a, threshold: 90", "measure: a, threshold: 80", "definition differs", "same threshold:"),
        ("measure: a, direction: more than", "measure: a, direction: at least", "definition differs", "same direction:"),
        ("measure: a", "measure: b", "definition differs", "same measure:"),
        ("measure: a, threshold: 5", "measure: a", "definition differs", "same threshold:"),
        ("measure: a, threshold: x", "measure: a", "not a number", "'x'"),
    ],
)  # fmt: skip
def test_a_definition_must_stay_the_same(one_way, other_way, verdict, words):
    outcome = definition(one_way, other_way)
    assert outcome.verdict == verdict
    assert words in outcome.note


def test_required_fields_left_open_are_counted():
    body = """
    - id: a
      kind: complete
      required: [risk, rag]
      items:
        - {id: c1, given: {risk: a fire, rag: red}}
        - {id: c2, given: {risk: None identified., rag: amber}}
        - {id: c3, given: {rag: tbc}}
    """
    outcome = one(body)
    assert (outcome.verdict, outcome.gap) == (Verdict.MISSING, 3)
    assert outcome.note == "c2 has no risk; c3 has no risk and no rag"
    assert (
        one(body.replace("None identified.", "low").replace("tbc", "red, risk: x")).verdict
        is Verdict.EXACT
    )


TABLE = """
- id: t
  kind: table
  columns: [budget, actual, variance, share, note]
  text_columns: [note]
  rows:
    - {id: heading, values: ["-", "-", "-", "-", "-"]}
    - {id: one, values: [10.0, 12.0, 2.0, 20.0, fine]}
    - {id: two, values: [5.0, 5.0, "-", 0, "-"]}
    - {id: total, values: [15.0, 17.0, 2.0, 13.3, "-"], source: "p:9"}
  footing:
    - {result: total, only: [budget, actual, variance]}
  cross_casting:
    - {result: variance, plus: [actual], less: [budget]}
    - {result: share, part: variance, whole: budget, only: [one, total]}
"""


def test_a_table_foots_and_cross_casts():
    outcomes = {item.id: item for item in found(TABLE)}
    assert set(outcomes) == {
        "t.total.budget", "t.total.actual", "t.total.variance", "t.one.variance", "t.two.variance",
        "t.total.variance_2", "t.one.share", "t.total.share",
    }  # fmt: skip
    assert {str(item.verdict) for item in outcomes.values()} == {"exact", "rounding"}
    assert outcomes["t.total.budget"].source == "p:9"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("[15.0, 17.0", "[15.6, 17.0", {"t.total.budget": "mismatch", "t.total.variance_2": "mismatch", "t.total.share": "mismatch"}),
        ("[10.0, 12.0, 2.0", '[10.0, 12.0, "-"', {"t.one.variance": "missing", "t.total.variance": "mismatch", "t.one.share": "missing"}),
        ("[10.0, 12.0, 2.0", "[10.0, 1x.0, 2.0", {"t.one.variance": "not a number", "t.total.actual": "not a number"}),
        ('[5.0, 5.0, "-"', '[5.0, 6.0, "-"', {"t.two.variance": "missing", "t.total.actual": "mismatch"}),
        ("20.0, fine]", "25.0, fine]", {"t.one.share": "mismatch"}),
        ("20.0, fine]", f"{'no number at all ' * 4}, fine]", {"t.one.share": "not a number"}),
    ],
)  # fmt: skip
def test_each_cell_that_does_not_fit_is_named(old, new, wrong):
    assert TABLE.count(old) == 1
    outcomes = found(TABLE.replace(old, new))
    assert {item.id: str(item.verdict) for item in outcomes if item.verdict.wrong} == wrong


def test_two_ways_to_one_result_have_names_of_their_own():
    body = TABLE + "    - {result: variance, plus: [actual], less: [budget], only: [one]}"
    ids = [item.id for item in found(body)]
    assert "t.one.variance_2" in ids
    assert len(ids) == len(set(ids))


def test_factors_make_a_column_or_a_row():
    body = """
    - id: t
      kind: table
      columns: [places, rate, cost]
      rows:
        - {id: bases, values: [44.5, 6000, 267000]}
        - {id: half, values: [0.5, 0.5, 0.5]}
        - {id: product, values: [22, 3000, 133500]}
      footing: [{result: product, factors: [bases, half], only: [places]}]
      cross_casting: [{result: cost, factors: [places, rate], only: [bases]}]
    """
    assert [(item.id, str(item.verdict)) for item in found(body)] == [
        ("t.product.places", "rounding"), ("t.bases.cost", "exact"),
    ]  # fmt: skip


def test_what_only_reading_finds_is_a_mismatch_with_its_handling():
    body = "- id: a\n  kind: pair\n  statements: [{text: x, source: 'p:1'}, {text: y, source: 'p:2'}]\n  handling: apart"
    outcome = one(body)
    assert (outcome.verdict, outcome.handling) == (Verdict.MISMATCH, "apart")
    assert "x [p:1] against y [p:2]" in outcome.note


def test_the_page_names_every_kind_and_verdict_and_its_example_is_valid():
    page = (Path(__file__).resolve().parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    assert examine(read_figures(example[1], "page")).outcomes[0].verdict is Verdict.ROUNDING
    listed = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert listed == {*kinds(FiguresFile.model_fields["entries"].annotation), *map(str, Verdict)}


def test_two_counts_of_one_thing_are_two_figures():
    body = (
        "- id: a\n  kind: same\n  figures: [{figure: 5, counted: true}, {figure: 4, counted: true}]"
    )
    assert (one(body).verdict, one(body).gap) == (Verdict.MISMATCH, 1)


def test_what_is_explained_is_counted_apart_from_what_is_wrong():
    text = HEAD + (
        "  - {id: a, kind: sum, title: t, source: 'p:1', unit: u, parts: [3], total: 9,\n"
        "     explained_by: [{figure: -6, reason: x}]}\n"
        "  - {id: b, kind: sum, title: t, source: 'p:1', unit: u, parts: [3], total: 9}\n"
    )
    checked = examine(read_figures(text, "f"))
    assert [item.id for item in checked.not_holding] == ["a", "b"]
    assert [item.id for item in checked.wrong] == ["b"]


def test_what_is_below_nil_and_taken_away_is_noted():
    outcome = one('- id: a\n  kind: sum\n  parts: ["5.0"]\n  less: ["(1.2)"]\n  total: "3.8"')
    assert (outcome.verdict, outcome.computed) == (Verdict.MISMATCH, Fraction("6.2"))
    assert "(1.2) is below nil, so that taking it away adds it" in outcome.note


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("0", "5", "growth from nil"),
        ('"-5"', "5", "growth from -5 to 5 goes through nil"),
        ("0.4", "5", "exact"),
        ('{figure: "0.0"}', "5", "growth from nil"),
        ("5", "0", "0 may lie beyond nil as printed"),
    ],
)
def test_why_a_growth_has_no_percent_is_said_as_it_is(before, after, words):
    outcome = one(
        f"- id: a\n  kind: growth\n  before: {before}\n  after: {after}\n  stated: '1,150'"
    )
    if words == "exact":
        assert outcome.verdict is Verdict.EXACT
    else:
        assert outcome.verdict is Verdict.NOT_A_NUMBER
        assert words in outcome.note


@pytest.mark.parametrize(
    ("kind", "before", "after", "stated", "verdict"),
    [
        ("kind: growth", "-5", "-6", "20", "rounding"),
        ("kind: growth", "-5", "-6", "44", "rounding"),
        ("kind: growth", "-5", "-6", "50", "mismatch"),
        ("kind: growth", "-5.0", "-6.0", "20", "exact"),
        ("kind: growth", "100", "100", "0", "exact"),
        ("kind: growth\n  counted: true", "5", "6", "20", "exact"),
        ("kind: percentage\n  basis: relative", "5", "6", "20", "rounding"),
        ("kind: percentage\n  basis: points", "5", "6", "1", "exact"),
    ],
)
def test_a_change_printed_too_coarsely_to_tell_is_never_exact(kind, before, after, stated, verdict):
    outcome = one(
        f'- id: a\n  {kind}\n  before: "{before}"\n  after: "{after}"\n  stated: {stated}'
    )
    assert outcome.verdict == verdict
    assert ("too coarsely" in outcome.note) == (verdict == "rounding")


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ('kind: sum\n  parts: [{figure: "17,100", label: forecast}]\n  less: [{figure: "15,200", label: budget}]\n  total: "1,700"',
         "forecast 17,100 less budget 15,200 = 1,900, printed 1,700"),
        ("kind: sum\n  parts: [1, 2, 3, 4, 5, 6, 7]\n  total: 40", "7 figures added = 28, printed 40"),
        ('kind: sum\n  parts: ["-"]\n  total: 40', "nothing = 0, printed 40"),
        ("kind: sum\n  parts: [5, 6]\n  total: 40\n  explained_by: [{figure: -29, reason: a line}]",
         "5 plus 6 = 11, printed 40; made up of -29 a line"),
        ('kind: roll_forward\n  opening: "11,830"\n  movements: ["6,295", "-8,440"]\n  closing: "9,000"',
         "11,830 plus 6,295 plus -8,440 = 9,685, printed 9,000"),
        ('kind: product\n  counted: true\n  factors: [140, {figure: "12", label: months, times: 52/12}]\n  divided_by: [2]\n  stated: "3,000"',
         "140 x months (12 x 52/12) divided by 2 = 3,640, printed 3,000"),
        ("kind: growth\n  counted: true\n  before: 2104\n  after: 4240\n  periods: 7\n  stated: 12",
         "from 2104 to 4240 in 7 periods = 10.53 % a period, printed 12"),
        ("kind: percentage\n  basis: share\n  part: 295\n  whole: 1060\n  stated: 30",
         "295 of 1060 = 27.83 %, printed 30"),
        ("kind: bound\n  least: {figure: 12, label: months, times: 52/12}\n  most: {figure: 30, label: GBP}",
         "12 months = 52 GBP must not exceed 30 GBP"),
        ('kind: bound\n  least: {figure: 12, label: longest wait in months, times: 52/12}\n  most: {figure: 30, label: longest wait}',
         "12 (longest wait in months) = 52 GBP must not exceed 30 GBP (longest wait)"),
        ("kind: bound\n  least: 5\n  most: {figure: 3, label: longest}", "5 must not exceed 3 (longest)"),
    ],
)  # fmt: skip
def test_what_does_not_hold_says_its_arithmetic(body, note):
    outcome = one(f"- id: a\n  {body}")
    assert not outcome.verdict.holds
    assert outcome.note == note


def test_a_cell_that_does_not_hold_says_its_arithmetic():
    wrong = TABLE.replace("[15.0, 17.0, 2.0, 13.3", "[15.0, 17.0, 1.0, 99.9")
    notes = {item.id: item.note for item in found(wrong) if not item.verdict.holds}
    assert notes == {
        "t.total.variance": "one 2.0 = 2, printed 1.0",
        "t.total.variance_2": "actual 17.0 less budget 15.0 = 2, printed 1.0; check 2 of this cell",
        "t.total.share": "variance 1.0 of budget 15.0 = 6.67 %, printed 99.9",
    }


def test_every_example_of_the_page_has_the_verdicts_it_says():
    page = (Path(__file__).resolve().parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    whole, *entries = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert whole.startswith("format: 1")
    head = HEAD.replace("{p: A paper}", '{"001": A paper, "002": Its minutes}')
    shown = set()
    for example in entries:
        said = dict(re.findall(r"^# (\S+): (.+)$", example, re.MULTILINE))
        checked = examine(read_figures(head + example, "page"))
        assert {item.id: str(item.verdict) for item in checked.outcomes} == said
        shown.update(item.kind for item in checked.outcomes)
        assert all(f'says "{item.note}"' in page for item in checked.outcomes if item.kind == "sum")
    assert shown == set(kinds(FiguresFile.model_fields["entries"].annotation))

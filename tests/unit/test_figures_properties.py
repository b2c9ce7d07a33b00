"""Properties of printed figures: rounding never makes a mismatch, and a wrong cell always does."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.evidence.examine import examine
from model.evidence.printed import half_away_from_zero, read_printed
from model.evidence.read import read_figures
from model.evidence.verdicts import Outcome, Verdict
from model.evidence.wording import plain
from model.scenario.problems import ScenarioError

pytestmark = pytest.mark.unit

HEAD = "format: 1\ntitle: t\nauthority: a\npapers: {p: p}\nentries:\n"
COMMON = "id: e, title: t, source: 'p:1', unit: GBP"

Cells = list[list[Fraction]]


def outcomes(entry: str) -> list[Outcome]:
    return list(examine(read_figures(f"{HEAD}  - {{{COMMON}, {entry}}}\n", "f")).outcomes)


def printed(value: Fraction, decimals: int) -> str:
    return plain(half_away_from_zero(value, Fraction(1, 10**decimals)), decimals)


def table(cells: Cells, totals: list[Fraction], decimals: int) -> str:
    """A table of two columns and their difference, whose last row is a total."""
    rows = []
    for index, row in enumerate([*cells, totals]):
        name = "total" if index == len(cells) else f"r{index}"
        values = [*row, row[1] - row[0]]
        listed = ", ".join(f"'{printed(value, decimals)}'" for value in values)
        rows.append(f"{{id: {name}, values: [{listed}]}}")
    return (
        f"kind: table, columns: [budget, actual, variance], rows: [{', '.join(rows)}], "
        "footing: [{result: total}], "
        "cross_casting: [{result: variance, plus: [actual], less: [budget]}]"
    )


amounts = st.fractions(min_value=-100_000, max_value=100_000, max_denominator=1000)
tables = st.lists(st.lists(amounts, min_size=2, max_size=2), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 3))
def test_a_table_made_to_foot_never_mismatches(cells: Cells, decimals: int):
    """Exact amounts printed to any place: only rounding can part them, and it never shows as wrong."""
    totals = [sum((row[column] for row in cells), Fraction(0)) for column in range(2)]
    found = outcomes(table(cells, totals, decimals))
    assert len(found) == 3 + len(cells) + 1
    assert all(item.verdict.holds for item in found)


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 3), st.data())
def test_a_cell_changed_by_more_than_the_tolerance_always_mismatches(cells, decimals, data):
    unit = Fraction(1, 10**decimals)
    cells = [[half_away_from_zero(value, unit) for value in row] for row in cells]
    totals = [sum((row[column] for row in cells), Fraction(0)) for column in range(2)]
    row = data.draw(st.integers(0, len(cells) - 1))
    column = data.draw(st.integers(0, 1))
    allowed = (len(cells) + 1) * unit / 2
    steps = data.draw(st.integers(int(allowed / unit) + 1, 10_000)) * data.draw(
        st.sampled_from([1, -1])
    )
    cells[row][column] += steps * unit
    found = {item.id: item for item in outcomes(table(cells, totals, decimals))}
    wrong = found[f"e.total.{('budget', 'actual')[column]}"]
    assert wrong.verdict is Verdict.MISMATCH
    assert wrong.gap == steps * unit


@settings(max_examples=100, deadline=None)
@given(amounts, st.integers(1, 4), st.integers(0, 3))
def test_a_figure_and_its_rounding_agree_and_anything_else_does_not(value, fine, coarse):
    finer = printed(value, fine + coarse)
    exact = read_printed(finer)
    assert exact is not None
    coarser = half_away_from_zero(exact.value, Fraction(1, 10**coarse))
    (right,) = outcomes(f"kind: same, figures: ['{finer}', '{plain(coarser, coarse)}']")
    assert right.verdict.holds
    step = Fraction(1, 10**coarse)
    # What the finer print may stand for can round either way where it lies half-way itself.
    may_be = {
        half_away_from_zero(exact.value + side * exact.half_unit, step) for side in (-1, 0, 1)
    }
    for other in (coarser + step, coarser - step):
        (found,) = outcomes(f"kind: same, figures: ['{finer}', '{plain(other, coarse)}']")
        assert (found.verdict is Verdict.MISMATCH) == (other not in may_be)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_growth_printed_from_its_own_figures_holds(before, after, decimals):
    stated = printed((Fraction(after, before) - 1) * 100, decimals)
    (found,) = outcomes(
        f"kind: growth, counted: true, before: {before}, after: {after}, stated: '{stated}'"
    )
    assert found.verdict.holds
    other = printed((Fraction(after, before) - 1) * 100 + Fraction(2, 10**decimals), decimals)
    (wrong,) = outcomes(
        f"kind: growth, counted: true, before: {before}, after: {after}, stated: '{other}'"
    )
    assert wrong.verdict is Verdict.MISMATCH


@settings(max_examples=150, deadline=None)
@given(amounts, st.integers(0, 4))
def test_what_is_written_is_read_again(value, decimals):
    text = printed(value, decimals)
    again = read_printed(text)
    assert again is not None
    assert again.value == half_away_from_zero(value, Fraction(1, 10**decimals))
    assert again.half_unit == Fraction(1, 2 * 10**decimals)
    bracketed = read_printed(f"({text.lstrip('-')})")
    assert bracketed is not None
    assert bracketed.value == -abs(again.value)


FRAGMENTS = st.sampled_from(
    ["kind: sum", "kind: table", "parts: [1, x]", "total: 3", "columns: [a]", "rows: []", "figures: [1]",
     "stated: {}", "before: 0", "after: 5", "kind: growth", "kind: complete", "items: [{id: a}]",
     "required: [b]", "kind: pair", "statements: [1]", "periods: 1/0", "tolerance: 3", "handling: ''",
     "least: -", "most: 4", "kind: bound", "kind: [1]", "explained_by: [{figure: 1}]", "'': 3",
     "kind: milestone", "value: 1", "milestones: []", "footing: [{result: a}]"],
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=6, unique=True), st.booleans())
def test_whatever_is_written_is_read_or_refused_in_words(fragments, whole):
    """Never a fault: every file is checked or told what is wrong with it."""
    body = ", ".join(fragments)
    text = f"{HEAD}  - {{{COMMON}, {body}}}\n" if whole else f"{{{body}}}\n"
    with contextlib.suppress(ScenarioError):
        examine(read_figures(text, "f"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1000, 999_999_999), min_size=1, max_size=12))
def test_figures_whose_commas_are_not_quoted_are_always_told(amounts):
    parts = ", ".join(f"{amount:,}" for amount in amounts)
    with pytest.raises(ScenarioError) as raised:
        outcomes(f"kind: sum, parts: [{parts}], total: '{sum(amounts):,}'")
    assert [item.expected for item in raised.value.problems] == [f'"{amounts[0]:,}"']
    quoted = ", ".join(f"'{amount:,}'" for amount in amounts)
    (right,) = outcomes(f"kind: sum, parts: [{quoted}], total: '{sum(amounts):,}'")
    assert right.verdict is Verdict.EXACT

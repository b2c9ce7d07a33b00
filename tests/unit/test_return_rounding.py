"""Whole numbers in a return: every part and every total next to its figure, and all of them add up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.returns.whole_numbers import largest_remainder, round_together

pytestmark = pytest.mark.unit

PLANS = st.one_of(st.floats(0, 40), st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.5]), st.floats(0, 1e-3))


@st.composite
def tables(draw):
    """Plans by row and age, and the same plans by row and need."""
    rows, ages, needs = (draw(st.integers(1, most)) for most in (6, 5, 6))
    by_age = draw(arrays(float, (rows, ages), elements=PLANS))
    shares = draw(arrays(float, (rows, needs), elements=st.floats(0, 1))) + 1e-3
    by_need = shares / shares.sum(axis=1, keepdims=True) * by_age.sum(axis=1, keepdims=True)
    return by_age, by_need


def next_to(whole, figure):
    """The whole number just above or just below, or the figure itself when it is whole."""
    return np.all(np.abs(whole - figure) < 1 + 1e-6)


@given(tables())
@settings(deadline=None, max_examples=150)
def test_every_margin_adds_up_and_nothing_is_more_than_one_away(made):
    by_age, by_need = made
    whole = round_together(by_age, by_need)
    assert np.array_equal(whole.by_age.sum(axis=1), whole.by_need.sum(axis=1))
    assert whole.total == int(np.floor(by_age.sum() + 0.5 + 1e-6))
    for rounded, table in ((whole.by_age, by_age), (whole.by_need, by_need)):
        assert rounded.min() >= 0
        assert next_to(rounded, table)
        assert next_to(rounded.sum(axis=0), table.sum(axis=0))
    assert next_to(whole.by_row, by_age.sum(axis=1))


@given(arrays(float, (4, 3), elements=st.integers(0, 50).map(float)))
def test_whole_plans_stay_as_they_are(by_age):
    by_need = by_age[:, ::-1].copy()
    whole = round_together(by_age, by_need)
    assert np.array_equal(whole.by_age, by_age)
    assert np.array_equal(whole.by_need, by_need)


def test_a_case_worked_by_hand():
    """Rows 1.2 and 1.8, ages 1.7 and 1.3, all 3.0. Totals nearest: rows 1 and 2, ages 2 and 1. Cells of
    the first row 0.8, 0.4 then become 1, 0 and of the second 0.9, 0.9 become 1, 1."""
    by_age = np.array([[0.8, 0.4], [0.9, 0.9]])
    by_need = np.array([[1.2], [1.8]])
    whole = round_together(by_age, by_need)
    assert whole.by_age.tolist() == [[1, 0], [1, 1]]
    assert whole.by_need.tolist() == [[1], [2]]
    assert whole.by_row.tolist() == [1, 2]


def test_totals_that_conflict_give_way_together():
    """Two rows of a half, each with an age of its own: the row that is rounded up is that of the age."""
    whole = round_together(np.diag([0.5, 0.5]), np.array([[0.5], [0.5]]))
    assert whole.total == 1
    assert whole.by_age.sum(axis=1).tolist() == whole.by_age.sum(axis=0).tolist()


@given(arrays(float, (2, 2), elements=st.sampled_from([0.2, 0.4, 0.7, 1.3, 2.6])))
def test_no_other_choice_is_nearer_in_its_totals(by_age):
    """Against every choice there is, for tables of two by two."""
    by_need = by_age.sum(axis=1, keepdims=True)
    whole = round_together(by_age, by_need)
    target = int(np.floor(by_age.sum() + 0.5 + 1e-6))

    def distance(cells):
        rows, ages = cells.sum(axis=1), cells.sum(axis=0)
        return np.abs(rows - by_age.sum(axis=1)).sum() * 2 + np.abs(
            ages - by_age.sum(axis=0)
        ).sum() + np.abs(target - by_age.sum())  # fmt: skip

    low = np.floor(by_age)
    choices = [
        low + np.array(up).reshape(2, 2) for up in itertools.product((0, 1), repeat=by_age.size)
    ]
    possible = [
        cells
        for cells in choices
        if cells.sum() == target
        and next_to(cells.sum(axis=0), by_age.sum(axis=0))
        and next_to(cells.sum(axis=1), by_age.sum(axis=1))
    ]
    # The one need holds every plan, so row totals count in two places: as rows and as its cells.
    nearest = min(distance(cells) for cells in possible)
    assert distance(whole.by_age) <= nearest + 0.01


@pytest.mark.parametrize(
    ("by_age", "by_need", "message"),
    [
        ([[-1.0, 2.0]], [[1.0]], "negative"),
        ([[1.0, 1.0]], [[1.0]], "differ in a row"),
    ],
)
def test_tables_that_are_none_are_refused(by_age, by_need, message):
    with pytest.raises(ValueError, match=message):
        round_together(np.array(by_age), np.array(by_need))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([1.4, 2.4, 3.2], [2, 2, 3]),  # 7.0: one to give, the first of the two largest remainders
        ([0.5, 0.5, 0.5], [1, 1, 0]),  # 1.5 is 2
        ([0.2, 0.2], [0, 0]),
        ([3.0, 0.0], [3, 0]),
    ],
)
def test_largest_remainders_go_up(parts, whole):
    assert largest_remainder(np.array(parts)).tolist() == whole


@given(arrays(float, 5, elements=st.floats(0, 300)))
def test_largest_remainder_keeps_the_rounded_total(parts):
    whole = largest_remainder(parts)
    assert whole.sum() == np.floor(parts.sum() + 0.5 + 1e-6)
    assert next_to(whole, parts)

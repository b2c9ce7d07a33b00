"""What counts as the same when a run is verified: tables, manifests and workbooks side by side."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName

from model.integrity.agreement import agree
from model.integrity.compare_tables import compare_tables
from model.integrity.compare_texts import compare_lines, compare_manifests
from model.integrity.compare_workbooks import compare_workbooks, named_figures

pytestmark = pytest.mark.unit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(differences) -> list[tuple[str, str, str]]:
    return [(one.place, one.stored, one.again) for one in differences]


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_agreement_is_mutual_and_of_itself(one, other):
    assert agree(one, one, 0.0)
    assert agree(one, other, 1e-9) == agree(other, one, 1e-9)


def test_agreement_near_nil():
    assert not agree(0.0, 1e-9, 1e-9)
    assert agree(0.0, 1e-9, 1e-9, absolute=1e-6)
    assert not agree(float("nan"), 1.0, 1e-9, absolute=1e-6)


def table(folder, name: str, **columns):
    path = folder / f"{name}.parquet"
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


def test_tables_by_column_with_the_largest_difference(tmp_path):
    again = table(tmp_path, "again", line=["a", "b", "c"], value=[1.0, 2.0, np.nan])
    same = table(tmp_path, "same", line=["a", "b", "c"], value=[1.0, 2.0, np.nan])
    assert compare_tables(same, again) == ()
    stored = table(tmp_path, "stored", line=["a", "x", "c"], value=[1.5, 12.0, np.nan])
    assert places(compare_tables(stored, again)) == [
        ("column line, row 3", "'x'", "'b'"),
        ("column value, largest of 2 rows, row 3", "12.0", "2.0"),
    ]
    missing = table(tmp_path, "missing", line=["a", "b", "c"], value=[1.0, np.nan, np.nan])
    assert places(compare_tables(missing, again)) == [("column value, row 3", "nan", "2.0")]
    both = table(tmp_path, "both", line=["a", "b", "c"], value=[1e9, np.nan, np.nan])
    (found,) = places(compare_tables(both, again))
    assert found == ("column value, largest of 2 rows, row 3", "nan", "2.0")


def test_tables_of_another_shape(tmp_path):
    again = table(tmp_path, "again", value=[1.0, 2.0])
    short = table(tmp_path, "short", value=[1.0])
    other = table(tmp_path, "other", worth=[1.0, 2.0])
    assert places(compare_tables(short, again)) == [("rows", "1", "2")]
    assert places(compare_tables(other, again)) == [("columns", "worth", "value")]
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    (found,) = compare_tables(tmp_path / "broken.parquet", again)
    assert found.place == "the file"


@given(JSON)
def test_a_manifest_agrees_with_itself(data):
    assert compare_manifests({"any": data}, {"any": data}) == ()


def test_manifests_by_key():
    """True is not 1 and nothing is not empty; how fast a run was is left out, at the top only."""
    one = {"passed": True, "jobs": 1, "seconds": {"draws": 1}, "deep": [{"jobs": 1}], "empty": []}
    other = {"passed": 1, "jobs": 2, "seconds": {}, "deep": [{"jobs": 2}], "new": 0}
    assert sorted(places(compare_manifests(one, other))) == [
        ("deep[0].jobs", "1", "2"),
        ("empty", "[]", "nothing"),
        ("new", "nothing", "0"),
        ("passed", "True", "1"),
    ]


def test_texts_by_line(tmp_path):
    (tmp_path / "again").write_bytes(b"one\ntwo\n")
    (tmp_path / "stored").write_bytes(b"one\r\ntwo\n")
    assert places(compare_lines(tmp_path / "stored", tmp_path / "again")) == [
        ("line 1", repr("one\r\n"), repr("one\n"))
    ]
    (tmp_path / "longer").write_bytes(b"one\ntwo\nthree")
    (found,) = compare_lines(tmp_path / "longer", tmp_path / "again")
    assert (found.place, found.again) == ("line 3", "''")


def workbook(folder, name: str, change=None):
    """A cover to sign and a sum, as a run writes them in small."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Cover"
    cover["A1"] = "Section 151 officer"
    cover["A2"] = 0.1 + 0.2
    cover["A3"] = "='Cover'!A2*2"
    book.create_sheet("Budget lines")["A1"] = 100
    book.defined_names["sign_off_cells"] = DefinedName(
        "sign_off_cells", attr_text="'Cover'!$B$1:$C$1"
    )
    book.defined_names["hn_sum"] = DefinedName("hn_sum", attr_text="'Budget lines'!$A$1")
    if change is not None:
        change(book)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def put(sheet: str, address: str, value: object):
    def change(book):
        book[sheet][address] = value

    return change


@pytest.mark.parametrize(
    "change, place",
    [
        (put("Cover", "A2", 0.3), None),
        (put("Cover", "A2", 0.30000001), "Cover!A2"),
        (put("Cover", "A3", "=Cover!A2*2"), None),
        (put("Cover", "A3", "=Cover!A2*3"), "Cover!A3"),
        (put("Cover", "A3", 0.6), "Cover!A3"),
        (put("Cover", "A1", "section 151 officer"), "Cover!A1"),
        (put("Cover", "A4", ""), None),
        (put("Cover", "A4", " "), "Cover!A4"),
        (put("Cover", "A2", None), "Cover!A2"),
        (put("Cover", "B1", "signed"), None),
        (put("Cover", "C1", "1 April"), None),
        (put("Cover", "D1", "signed"), "Cover!D1"),
        (put("Cover", "B2", "signed"), "Cover!B2"),
        (put("Budget lines", "A1", "100"), "Budget lines!A1"),
        (put("Budget lines", "A1", True), "Budget lines!A1"),
        (
            lambda book: setattr(book["Budget lines"]["A1"], "number_format", '"1"'),
            "Budget lines!A1, its number format",
        ),
        (lambda book: setattr(book["Budget lines"], "sheet_state", "hidden"), "sheets"),
        (lambda book: book.move_sheet("Cover", 1), "sheets"),
        (lambda book: book.create_sheet("Notes"), "sheets"),
        (lambda book: book.defined_names.pop("hn_sum"), "the name hn_sum"),
        (
            lambda book: setattr(
                book.defined_names["sign_off_cells"], "attr_text", "'Cover'!$A$1:$C$3"
            ),
            "the name sign_off_cells",
        ),
    ],
)
def test_workbooks_by_cell(tmp_path, change, place):
    """Fifteen digits are enough, quotes around a sheet's name are none; all else is named by its cell."""
    stored, again = workbook(tmp_path, "stored", change), workbook(tmp_path, "again")
    found = [one.place for one in compare_workbooks(stored, again).differences]
    assert found == ([] if place is None else [place])


def test_boxes_filled_in_are_counted(tmp_path):
    stored = workbook(tmp_path, "stored", put("Cover", "B1", "signed"))
    assert compare_workbooks(stored, workbook(tmp_path, "again")).signed_in == 1


def test_boxes_are_those_of_the_run_made_again(tmp_path):
    """A workbook that calls a figure's cell a box to sign in does not get away with it."""

    def widened(book):
        book.defined_names["sign_off_cells"].attr_text = "'Cover'!$A$1:$C$3"
        book["Cover"]["A2"] = 0.0

    found = compare_workbooks(workbook(tmp_path, "stored", widened), workbook(tmp_path, "again"))
    assert [one.place for one in found.differences] == ["the name sign_off_cells", "Cover!A2"]


def test_named_figures(tmp_path):
    assert named_figures(workbook(tmp_path, "one")) == {"hn_sum": 100.0}
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    assert named_figures(tmp_path / "broken.xlsx") == {}

"""Every bundled scenario's workbook against docs/accessibility.md, sheet by sheet."""

from __future__ import annotations

import itertools
import re
import zipfile

import openpyxl
import pytest

from model.report.workbook.styles import HEADER_FILL, INK, LOOKS, NAVY, QUIET, properties
from tests.workbooks import bundled_scenarios, links, name_of, written

pytestmark = pytest.mark.integration

LONGEST_EXCEL_TEXT = 32_767
LONGEST_SHEET_NAME = 31
LEAST_CONTRAST = 4.5
"""WCAG 2.2, level AA, for text."""


@pytest.fixture(scope="module", params=bundled_scenarios(), ids=name_of)
def file(request, tmp_path_factory):
    return written(request.param, tmp_path_factory.mktemp("accessible"))


@pytest.fixture(scope="module")
def workbook(file):
    return openpyxl.load_workbook(file, data_only=True)


def test_every_bundled_scenario_is_looked_at():
    names = {name_of(path) for path in bundled_scenarios()}
    assert {"demoshire", "north_somerset_2023", "nottinghamshire_2024", "somerset_2023"} <= names


def test_sheets_have_a_title_and_a_name_and_none_is_hidden(workbook):
    names = [sheet.title.lower() for sheet in workbook.worksheets]
    assert len(names) == len(set(names))
    for sheet in workbook.worksheets:
        assert isinstance(sheet["A1"].value, str), sheet.title
        assert len(sheet.title) <= LONGEST_SHEET_NAME
        assert sheet.sheet_state == "visible"
        assert not [n for n, row in sheet.row_dimensions.items() if row.hidden], sheet.title
        assert not [n for n, column in sheet.column_dimensions.items() if column.hidden]


def test_nothing_is_merged_too_long_or_an_error(workbook):
    for sheet in workbook.worksheets:
        assert not sheet.merged_cells.ranges, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "e", f"{sheet.title}!{cell.coordinate}"
                assert not isinstance(cell.value, str) or len(cell.value) <= LONGEST_EXCEL_TEXT


def test_tables_are_marked_named_once_and_without_blank_rows(workbook):
    tables = [(sheet, table) for sheet in workbook.worksheets for table in sheet.tables.values()]
    names = [table.displayName.lower() for _, table in tables]
    assert len(names) == len(set(names))
    assert {"assumptions", "data_gaps"} <= set(names)
    for sheet, table in tables:
        header, *body = sheet[table.ref]
        titles = [cell.value for cell in header]
        assert all(titles), f"{table.name}: a header is empty"
        assert len(titles) == len(set(titles))
        for row in body:
            assert any(cell.value is not None for cell in row), f"{table.name}: row {row[0].row}"


def test_names_are_unique(file):
    text = zipfile.ZipFile(file).read("xl/workbook.xml").decode()
    names = [name.lower() for name in re.findall(r'<definedName name="([^"_][^"]*)"', text)]
    own = [name for name in names if name.startswith("hn_")]
    assert len(own) == len(set(own))


def test_every_link_is_internal_and_lands(workbook):
    found = list(links(workbook))
    assert found
    for place, sheet, cell in found:
        assert sheet in workbook.sheetnames, place
        assert workbook[sheet][cell].value is not None, place


def test_every_sheet_is_in_the_contents(workbook):
    linked = {sheet for place, sheet, _ in links(workbook) if place.startswith("Cover!")}
    assert linked == set(workbook.sheetnames) - {"Cover"}


def test_every_chart_has_words(file):
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if re.match(r"xl/drawings/drawing\d+\.xml", name):
                frames = re.findall(r"<xdr:cNvPr [^>]*>", archive.read(name).decode())
                assert frames
                assert all(re.search(r'descr="[^"]{40,}"', frame) for frame in frames), name


def test_letters_are_large_plain_and_dark(workbook):
    """Sans serif from 10 points, and no italics."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert cell.font.name == "Arial", f"{sheet.title}!{cell.coordinate}"
                    assert cell.font.size >= 10
                    assert not cell.font.italic


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_text_stands_out_from_its_ground():
    for name in LOOKS:
        look = properties((name,))
        ground = look.get("bg_color", "#FFFFFF")
        assert contrast(look["font_color"], ground) >= LEAST_CONTRAST, name
    for text, ground in itertools.product((INK, NAVY, QUIET), ("#FFFFFF", HEADER_FILL)):
        assert contrast(text, ground) >= LEAST_CONTRAST
    # Fills of ratings and failed checks repeat a word and carry the usual ink.
    for fill in ("#F8CBAD", "#FFE699", "#C6E0B4", "#FFC7CE"):
        assert contrast(INK, fill) >= LEAST_CONTRAST

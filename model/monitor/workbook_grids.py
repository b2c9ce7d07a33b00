"""The sheets of a workbook somebody handed in: stored values only, no macros, bounded in every size."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from model.monitor.grid import FORMULA_WITHOUT_VALUE, MAX_CELLS, Grid, wrong_file

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_UNPACKED_BYTES = 200_000_000
MAX_PARTS = 2_000
MAX_SHEETS = 60
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def workbook_grids(
    raw: bytes,
    name: str,
    most_cells: int | None = None,
    hint: str = "Keep the table of budget lines alone in a workbook.",
) -> list[Grid]:
    """The visible cells of every sheet, as last calculated, at most `most_cells`. Raises ScenarioError.

    A cell whose formula has no stored value holds FORMULA_WITHOUT_VALUE. `hint`: what to do with a
    workbook that is too large.
    """
    most_cells = most_cells or MAX_CELLS
    _refuse_other_formats(raw, name)
    _refuse_bombs(raw, name)
    grids: list[Grid] = []
    cells = 0
    with _opened(raw, name, values=True) as values, _opened(raw, name, values=False) as formulas:
        if len(values.sheetnames) > MAX_SHEETS:
            raise wrong_file(
                name, f"{len(values.sheetnames)} sheets; at most {MAX_SHEETS} are read"
            )
        for title in values.sheetnames:
            sheet, written = values[title], formulas[title]
            if not hasattr(sheet, "iter_rows"):
                continue
            # The size a file claims for a sheet may be wrong, or a million empty rows.
            sheet.reset_dimensions()
            written.reset_dimensions()
            rows: list[tuple[int, tuple[object, ...]]] = []
            pairs = zip(sheet.iter_rows(), written.iter_rows(), strict=True)
            for number, (stored, texts) in enumerate(pairs, start=1):
                cells += len(stored)
                if cells > most_cells or number > most_cells:
                    raise wrong_file(name, f"more than {most_cells:,} cells", hint)
                row = tuple(
                    FORMULA_WITHOUT_VALUE
                    if cell.value is None and text.data_type == "f"
                    else cell.value.strip()
                    if isinstance(cell.value, str)
                    else cell.value
                    for cell, text in zip(stored, texts, strict=True)
                )
                if any(value is not None and value != "" for value in row):
                    rows.append((number, row))
            grids.append(Grid(name, title, tuple(rows)))
    return grids


def _refuse_other_formats(raw: bytes, name: str) -> None:
    if raw[:4] == _OLD_FORMAT:
        if _ENCRYPTED in raw:
            raise wrong_file(
                name,
                "the workbook is protected by a password",
                "Open it, take the password off (File, Info, Protect Workbook) and save a copy.",
            )
        raise wrong_file(
            name, "this is a workbook of the old format (.xls)", "Save it as .xlsx and try again."
        )
    if raw[:2] != b"PK":
        raise wrong_file(
            name,
            "this is not an Excel workbook, whatever its name",
            "Save it as .xlsx from the spreadsheet, or name it .csv if it is text.",
        )


def _refuse_bombs(raw: bytes, name: str) -> None:
    """Sizes are looked at before anything is unpacked; zipfile reads no more than they say."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise _damaged(name) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise wrong_file(
            name,
            f"the workbook unpacks to {unpacked:,} bytes in {len(parts):,} parts; at most "
            f"{MAX_UNPACKED_BYTES:,} in {MAX_PARTS:,} are read",
            "Keep the table of budget lines alone in a workbook.",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise wrong_file(name, "the workbook is protected by a password", "Save a copy without it.")


@contextmanager
def _opened(raw: bytes, name: str, *, values: bool) -> Iterator[Workbook]:
    """The workbook, and every error of reading it in words. XML is read by defusedxml."""
    import warnings
    from xml.etree.ElementTree import ParseError

    import openpyxl
    from defusedxml.common import DefusedXmlException
    from openpyxl.utils.exceptions import InvalidFileException

    if not openpyxl.DEFUSEDXML:
        raise wrong_file(
            name,
            "workbooks are not read while defusedxml is switched off",
            "Unset the environment variable OPENPYXL_DEFUSEDXML.",
        )
    book = None
    try:
        with warnings.catch_warnings():
            # Validation lists, headers and the like that openpyxl leaves out are not read here.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(
                io.BytesIO(raw), read_only=True, data_only=values, keep_links=False
            )
            yield book
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        SyntaxError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        OSError,
        NotImplementedError,  # how zipfile refuses a compression it does not know
    ) as error:
        if isinstance(error, DefusedXmlException) or isinstance(
            error.__cause__, DefusedXmlException
        ):
            raise wrong_file(
                name, "the workbook holds XML entities, which no spreadsheet writes"
            ) from None
        raise _damaged(name, type(error).__name__) from None
    finally:
        if book is not None:
            book.close()


def _damaged(name: str, what: str = "") -> Exception:
    detail = f" ({what})" if what else ""
    return wrong_file(
        name,
        f"the workbook is damaged and cannot be read{detail}",
        "Open it in the spreadsheet program, save a copy, and use the copy.",
    )

"""Real clients that open what we write: LibreOffice, told to recalculate every formula on load."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import openpyxl

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
TIMEOUT_SECONDS = 180


class Disagreement(NamedTuple):
    """A formula cell whose stored value is not what a recalculation finds."""

    cell: str
    formula: str
    stored: object
    recalculated: object


def convert(source: Path, folder: Path, to: str) -> Path:
    """`source` opened by LibreOffice with all formulas recalculated, saved as `to` in `folder`.

    Uses a throwaway profile inside `folder`, because LibreOffice does not recalculate on load
    unless its profile says so.
    """
    program = shutil.which("soffice")
    assert program is not None, "LibreOffice is missing; mark the test libreoffice"
    profile = folder / "profile"
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    made = folder / "converted"
    subprocess.run(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to,
         "--outdir", str(made), str(source)],
        check=True, capture_output=True, timeout=TIMEOUT_SECONDS,
    )  # fmt: skip
    return made / f"{source.stem}.{to}"


def disagreements(source: Path, folder: Path, *, relative: float = 1e-6) -> list[Disagreement]:
    """Formula cells whose stored value differs from what LibreOffice recalculates.

    Values near nil are compared to within `relative` pounds or plans. Raises AssertionError for a
    workbook without formulas, which would agree with anything.
    """
    recalculated = openpyxl.load_workbook(convert(source, folder, "xlsx"), data_only=True)
    formulas = openpyxl.load_workbook(source)
    stored = openpyxl.load_workbook(source, data_only=True)
    found, compared = [], 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                compared += 1
                ours = stored[sheet.title][cell.coordinate].value
                theirs = recalculated[sheet.title][cell.coordinate].value
                if not _agree(ours, theirs, relative):
                    place = f"{sheet.title}!{cell.coordinate}"
                    found.append(Disagreement(place, str(cell.value), ours, theirs))
    assert compared > 0, f"{source} holds no formulas"
    return found


def _agree(ours: object, theirs: object, relative: float) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= relative * max(1.0, abs(ours))
    return (ours or "") == (theirs or "")

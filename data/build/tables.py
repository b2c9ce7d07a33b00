"""Write a table with its comment lines: title, sources, licence, period, date, script, method."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from table_notes import NOTES

DATE_MADE = "2026-11-22"
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0"
SIGNIFICANT_DIGITS = 7


def write_table(path: Path, table: pd.DataFrame) -> None:
    """CSV with `#` comment lines first; numbers to seven significant digits, whole numbers whole."""
    note = NOTES[path.stem]
    lines = [
        note["title"],
        f"Source: {note['source']}",
        f"Licence: {LICENCE}.",
        f"Period: {note['period']}. Date made: {DATE_MADE}. Script: data/build/national_rates.py",
        *(f"Method: {line}" if number == 0 else line for number, line in enumerate(note["method"])),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"# {line}\n" for line in lines)
        table.to_csv(
            file, index=False, float_format=f"%.{SIGNIFICANT_DIGITS}g", lineterminator="\n"
        )

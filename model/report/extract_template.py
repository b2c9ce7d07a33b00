"""A template for an extract: its columns with what each holds, and an invented row of each kind."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from model.importing.extract.columns import columns
from model.report.asked_file import write_text

EXAMPLES: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    (
        "a request on which nothing is decided yet",
        {"child_key": "k001", "birth_month": "2019-03", "request_date": "2024-12-18", "need": "SLCN"},
    ),
    (
        "a request refused, and agreed to after mediation",
        {
            "child_key": "k002", "birth_month": "2015-11", "request_date": "2024-05-07",
            "request_outcome": "refused", "decision_date": "2024-06-14",
            "overturned_date": "2024-09-03", "need": "SEMH",
        },
    ),
    (
        "a plan issued, whose placement has changed since",
        {
            "child_key": "k003", "birth_month": "2013-08", "request_date": "2023-02-01",
            "request_outcome": "agreed", "decision_date": "2023-03-10",
            "advice_started_date": "2023-04-03", "assessment_end_date": "2023-05-30",
            "assessment_outcome": "plan", "plan_date": "2023-06-20", "exceptions": "no",
            "first_placement": "mainstream", "current_placement": "state_special",
            "placement_date": "2024-09-02", "need": "ASD",
        },
    ),
    (
        "a plan that moved in, and ceased",
        {
            "child_key": "k004", "birth_month": "2005-01", "plan_date": "2016-04-11",
            "moved_in_date": "2022-08-01", "current_placement": "general_fe_tertiary_colleges",
            "need": "MLD", "cease_date": "2024-07-31", "cease_reason": "ceased",
        },
    ),
)  # fmt: skip
"""Invented rows, as (what it shows, cells by column)."""


def template_text() -> str:
    """The template as CSV: comments, the headings, and the examples, which are to be deleted."""
    text = io.StringIO()
    text.write("# One row for a plan or a request, with what has happened since on the same row. Lines that\n")  # fmt: skip
    text.write("# start with # are not read. No names, no UPN, no full date of birth: see docs/import_extract.md.\n")  # fmt: skip
    for column in columns():
        text.write(f"# {column.name}{'' if column.needed else ' (optional)'}: {column.what}\n")
    text.write("# The rows below the headings are invented; delete them.\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns()])
    for _, cells in EXAMPLES:
        writer.writerow([cells.get(column.name, "") for column in columns()])
    return text.getvalue()


def write_template(path: Path) -> None:
    """Write the template to a new file. Raises FolderError where it cannot be written."""
    write_text(path, template_text())

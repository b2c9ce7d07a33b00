"""Checked figures as rows for people and as plain data: what the console, JSON and the workbook share."""

from __future__ import annotations

from collections import Counter

from model.evidence.examine import FiguresChecked
from model.evidence.verdicts import Outcome, Verdict
from model.evidence.wording import as_number, plain

HEADINGS = ("Verdict", "Check", "Computed", "Stated", "Gap", "Allowed")


def cells(item: Outcome) -> tuple[str, ...]:
    """One outcome as text under HEADINGS."""
    name = f"{item.id} ({', '.join(item.check)})" if item.check else item.id
    return (
        str(item.verdict),
        name,
        plain(item.computed),
        item.stated,
        plain(item.gap),
        plain(item.tolerance),
    )


def counted(checked: FiguresChecked) -> str:
    """How many checks have each verdict, in words."""
    counts = Counter(item.verdict for item in checked.outcomes)
    listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    total = len(checked.outcomes)
    return f"{total} check{'' if total == 1 else 's'}: {listed}"


def as_plain(checked: FiguresChecked, shown: list[Outcome]) -> dict[str, object]:
    """The outcomes shown as plain data, for `figures --json`."""
    return {
        "file": checked.name,
        "title": checked.file.title,
        "authority": checked.file.authority,
        "papers": checked.file.papers,
        "checks": len(checked.outcomes),
        "not_holding": len(checked.not_holding),
        "wrong": len(checked.wrong),
        "outcomes": [
            {
                "id": item.id,
                "entry": item.entry,
                "kind": item.kind,
                "title": item.title,
                "check": list(item.check),
                "source": item.source,
                "unit": item.unit,
                "verdict": str(item.verdict),
                "computed": as_number(item.computed),
                "stated": item.stated,
                "gap": as_number(item.gap),
                "tolerance": as_number(item.tolerance),
                "note": item.note,
                "handling": item.handling,
            }
            for item in shown
        ],
    }

"""The notes of an import: what to replace first, what was found in the files, what is left out."""

from __future__ import annotations

from model.history.findings import KINDS, Finding
from model.history.history import NATION
from model.history.known_faults import known_faults
from model.importing.starter import Starter

_SHOWN = 6
_SMALL = 0.02
"""Findings that touch less of a figure than this stand in the notes only."""


def notes_text(starter: Starter, files: list[str]) -> str:
    """`import_notes.md`: plain sentences for whoever takes the scenario over."""
    lines = [
        f"# {starter.authority}, January {starter.january}: notes of the import",
        "",
        f"Made from {', '.join(files)}. A scenario to start from, not the council's forecast.",
        "",
        "## Replace first",
        "",
        *(f"{number}. {text}" for number, text in enumerate(starter.replace_first, start=1)),
    ]
    if starter.left_out:
        lines += ["", "## Left out", ""]
        for section in starter.left_out:
            words = section.comment.replace("\n", " ") or "Nothing here to say."
            lines.append(f"- `{section.key}`: {words}")
    own = [finding for finding in starter.findings if finding.authority != NATION]
    for kind, title in KINDS.items():
        found = [str(finding) for finding in own if finding.kind == kind]
        if found:
            lines += ["", f"## {title}", "", *(f"- {text}" for text in found)]
    nation = [str(finding) for finding in starter.findings if finding.authority == NATION]
    if nation:
        lines += [
            "",
            "## England, whose figures are compared with",
            "",
            *(f"- {text}" for text in nation),
        ]
    if not own:
        lines += [
            "",
            "## What was checked",
            "",
            "Nothing was found: parts add up, no year is missing, growth is explained.",
        ]
    return "\n".join(lines) + "\n"


def findings_that_matter(starter: Starter) -> tuple[Finding, ...]:
    """The few findings that touch the figures of this January, for the console.

    Definitions that changed for all authorities stand in the notes only.
    """
    general = {fault.found for fault in known_faults() if fault.effect == "definition"}
    own = [
        finding
        for finding in starter.findings
        if finding.authority == starter.authority
        and finding.found not in general
        and finding.january is not None
        and finding.january >= starter.january - 1
        and finding.size >= _SMALL
    ]
    order = list(KINDS)
    own.sort(key=lambda finding: (order.index(finding.kind), -(finding.january or 0)))
    return tuple(own[:_SHOWN])

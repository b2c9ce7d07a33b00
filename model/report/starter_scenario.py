"""Write a starter scenario: the file with its comments, its population and the notes of the import."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from model.importing.figures import Figure, Section
from model.importing.population import TABLE
from model.importing.starter import Starter
from model.report.run_folder import MANIFEST, FolderError, write_folder
from model.report.starter import SCHEMA_FILE
from model.scenario.json_schema import schema

SCENARIO, NOTES = "scenario.yaml", "import_notes.md"
_WIDE: Final = 100_000
"""No line of a figure is broken, so that a reason stays beside its number."""


def refuse_filled(folder: Path, *, force: bool) -> None:
    """Raise FolderError, before any work, where the folder holds something that would be lost.

    With `force` a folder is replaced that an import has written and nobody has added to.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is a file; give a folder with --out")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if (folder / MANIFEST).exists():
        raise FolderError(f"{folder} is the folder of a run; choose another with --out")
    if not force:
        raise FolderError(
            f"the folder {folder} exists and is not empty; choose another with --out, or give --force "
            "to replace what an import has written there"
        )
    ours = {SCENARIO, NOTES, TABLE, SCHEMA_FILE}
    others = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if others or not (folder / NOTES).is_file():
        what = others[0] if others else f"no {NOTES}"
        raise FolderError(
            f"{folder} holds more than an import ({what}), so --force does not replace it; choose "
            "another with --out"
        )


def write_starter_scenario(starter: Starter, notes: str, folder: Path, *, force: bool) -> Path:
    """Write the folder and return its scenario file: all of it or nothing.

    Raises FolderError, see `refuse_filled`, and when it cannot be written.
    """
    refuse_filled(folder, force=force)

    def write(partial: Path) -> None:
        _put(partial / SCENARIO, scenario_text(starter))
        _put(partial / TABLE, starter.population.text(starter.authority))
        _put(partial / NOTES, notes)
        _put(partial / SCHEMA_FILE, json.dumps(schema(), indent=2) + "\n")

    if folder.exists() and any(folder.iterdir()):
        _replace(folder, write)
    else:
        write_folder(folder, write, force=False)
    return folder / SCENARIO


def _replace(folder: Path, write: Callable[[Path], None]) -> None:
    """The new folder is whole beside the old one before the old one goes."""
    new = folder.with_name(f".{folder.name}.new")
    old = folder.with_name(f".{folder.name}.old")
    for path in (new, old):
        if path.exists():
            raise FolderError(f"{path} is in the way; remove it")
    write_folder(new, write, force=False)
    try:
        folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if not folder.exists() and old.exists():
            old.rename(folder)
        raise FolderError(f"{folder} could not be replaced: {error.strerror}") from None
    for path in old.iterdir():
        path.unlink()
    old.rmdir()


def _put(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def scenario_text(starter: Starter) -> str:
    """The scenario as YAML: sections with a comment above, figures on one line."""
    parts = [f"# yaml-language-server: $schema={SCHEMA_FILE}\n#\n" + _comment(starter.head)]
    for section in starter.sections:
        text = _section_text(section)
        if text:
            parts.append(text if section.key else text.lstrip("\n"))
    return parts[0] + "\n".join(parts[1:])


def _section_text(section: Section) -> str:
    comment = _comment(section.comment) if section.comment else ""
    if section.body is None:
        return comment
    data = section.body if not section.key else {section.key: section.body}
    stream = StringIO()
    yaml = YAML()
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_node(data), stream)
    return comment + stream.getvalue()


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n"))


def _node(data: Any, key: str = "") -> Any:
    if isinstance(data, dict):
        node = CommentedMap()
        for name, value in data.items():
            node[name] = _node(value, str(name))
        if isinstance(data, Figure):
            node.fa.set_flow_style()
        return node
    if isinstance(data, list | tuple):
        items = CommentedSeq([_node(item) for item in data])
        if not any(isinstance(item, dict) for item in data):
            items.fa.set_flow_style()
        return items
    if isinstance(data, str) and _to_quote(key, data):
        return DoubleQuotedScalarString(data)
    return data


def _to_quote(key: str, text: str) -> bool:
    """Sentences, and codes that look like numbers: quoted text is never read as anything else."""
    return key in ("s251", "reason", "source", "note", "description", "title") or "[" in text

"""From the text of a figures file to a checked `FiguresFile`, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

from pydantic import TypeAdapter, ValidationError

from model.evidence.examine import FiguresChecked, check_entry, examine
from model.evidence.file_checks import Placed, check_file
from model.evidence.schema import AnyEntry, FiguresFile
from model.evidence.split_figures import check_commas
from model.scenario.files import ScenarioFolder, read_scenario_text
from model.scenario.merge import Located
from model.scenario.positions import parse
from model.scenario.problems import ScenarioError
from model.scenario.validate import place_problem, schema_problems

_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)


def read_figures(text: str, file: str) -> FiguresFile:
    """The figures file in `text`; `file` names it in messages.

    Raises ScenarioError carrying every problem found. Checks between entries run on the entries
    that are right on their own, so that one pass shows everything.
    """
    document = parse(text, file, what="a figures file", as_printed=True)
    problems = list(document.problems)
    located = Located.of(document)
    checked: FiguresFile | None = None
    papers: Mapping[str, object] | None
    try:
        checked = FiguresFile.model_validate(located.data)
        sound: list[Placed] = list(enumerate(checked.entries))
        papers = checked.papers
    except ValidationError as error:
        problems += schema_problems(error, located, file, FiguresFile)
        sound = _sound_entries(located.data.get("entries"))
        given = located.data.get("papers")
        papers = given if isinstance(given, dict) and given else None
    found = list(check_file(sound, papers, _growths(located.data.get("entries"))))
    if not found:
        for index, entry in sound:
            written = located.data["entries"][index]
            at = ("entries", index)
            found.extend(
                check_commas(entry, written, at, document.after_comma, _ENTRY, check_entry)
            )
    for finding in found:
        words = (finding.message, finding.found, finding.expected, finding.hint)
        problems.append(place_problem(located, file, finding.path, words))
    if checked is None or problems:
        raise ScenarioError(sorted(problems, key=lambda item: item.line or 0))
    return checked


def examine_file(path: FilePath) -> FiguresChecked:
    """Read and check a figures file on disk. Raises ScenarioError."""
    text = read_scenario_text(ScenarioFolder(path.parent), path, what="a figures file")
    return examine(read_figures(text, path.name), path.name)


def _growths(entries: object) -> set[str]:
    """Ids of the growths, right on their own or not."""
    listed = entries if isinstance(entries, list) else []
    growths = [
        entry for entry in listed if isinstance(entry, dict) and entry.get("kind") == "growth"
    ]
    return {str(entry.get("id")) for entry in growths}


def _sound_entries(entries: object) -> list[Placed]:
    sound: list[Placed] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        try:
            sound.append((index, _ENTRY.validate_python(entry, strict=True)))
        except ValidationError:
            continue
    return sound

"""YAML text to plain data that remembers the line of every key and value.

Only the plain part of YAML is accepted: mappings, lists and scalars. Tags, anchors, aliases and
merge keys are refused, because a scenario is read by auditors and because they are how a small
file is made to expand without limit. A plain scalar is a number, true, false or text, as in YAML
1.2 and in an editor that checks against the JSON Schema: `yes` and `1_200` are text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from model.scenario.problems import Problem, ScenarioError, shown

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
_SMART_QUOTES = "‘’“”"


class _Unreadable:
    def __repr__(self) -> str:
        return "unreadable"


UNREADABLE = _Unreadable()
"""Stands for a value that could not be read and has its problem already; others keep quiet."""


@dataclass
class Document:
    """Plain data of one YAML file with the line of each path, and what was wrong on the way."""

    file: str
    data: dict[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)
    after_comma: dict[Path, bool] = field(default_factory=dict)
    """Items that follow another in a list in brackets, neither of the two in quotes.

    True where nothing but the comma stands between the two.
    """
    _notes: list[tuple[Path, Problem]] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """What was wrong on the way, with paths that name list entries by id."""
        return [replace(item, path=dotted(path, self.data)) for path, item in self._notes]

    def note(self, line: int, path: Path, message: str, **more: str | None) -> None:
        """Remember a problem found while reading."""
        self._notes.append((path, Problem(self.file, line, "", message, **more)))


def _page(what: str) -> str:
    """Where a kind of file is described."""
    return "docs/figures.md" if "figures" in what else "docs/safety_valve_return.md"


def decode(raw: bytes, file: str, what: str = "a scenario") -> str:
    """The text of a file; `what` names it. Raises ScenarioError for what is not plain UTF-8 text."""
    if raw[:4] == b"PK\x03\x04":
        raise _refused(
            file,
            None,
            f"this is an Excel workbook or another zip file, not {what}",
            "A scenario is a text file: `hn-forecast init demo` makes one to start from."
            if what == "a scenario"
            else f"It is a text file: see {_page(what)}.",
        )
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:64]:
        raise _refused(
            file,
            None,
            "the file is UTF-16 or binary, not UTF-8 text",
            "Save it again with encoding UTF-8 (Notepad: Save as, Encoding: UTF-8).",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            file,
            raw[: error.start].count(b"\n") + 1,
            f"byte {raw[error.start]:#04x} is not UTF-8 text",
            "A pound sign or quote from another encoding: save the file as UTF-8.",
        ) from None


def parse(text: str, file: str, *, what: str = "a scenario", as_printed: bool = False) -> Document:
    """Parse YAML text. Raises ScenarioError where the text is not YAML; smaller things are noted.

    `as_printed` leaves a number as the text it was written with, whose decimals say how finely it
    was printed. `what` names the file in messages.
    """
    reader = _Reader(text, file, what, as_printed=as_printed)
    try:
        return reader.document()
    except YAMLError as error:
        raise ScenarioError([_syntax_problem(error, text, file)]) from None
    except (ValueError, OverflowError):
        # The library leaves an escape such as "\U00110000", which names no character, to chr().
        raise _refused(
            file, None, "a text has an escape that names no character", "Look for \\U or \\x."
        ) from None


def _refused(file: str, line: int | None, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(file, line, "", message, hint=hint)])


class _Reader:
    """One pass over the parser's events; depth is bounded, so nothing can overflow the stack."""

    def __init__(self, text: str, file: str, what: str, *, as_printed: bool) -> None:
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self._document = Document(file, {})
        self._what = what
        self._as_printed = as_printed
        self._anchors: set[str] = set()

    def document(self) -> Document:
        event = next(self._events)
        while not isinstance(event, NodeEvent | StreamEndEvent):
            event = next(self._events)
        file = self._document.file
        if not isinstance(event, MappingStartEvent) or not self._plain(event, ()):
            if self._document.problems:
                raise ScenarioError(self._document.problems)
            raise _refused(
                file,
                1,
                f"{self._what} is a list of 'key: value' lines",
                "Run 'hn-forecast init FOLDER' for a complete example."
                if self._what == "a scenario"
                else f"See {_page(self._what)} for a complete example.",
            )
        self._document.lines[()] = _line(event)
        self._mapping(event, (), 0, self._document.data)
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise _refused(
                    file,
                    _line(event),
                    "a second document starts here ('---')",
                    f"Keep {self._what.replace('a ', 'one ', 1)} in a file; delete this line.",
                )
        return self._document

    def _mapping(self, start: Event, path: Path, depth: int, result: dict[str, Any]) -> None:
        inline = bool(getattr(start, "flow_style", False))
        split: dict[str, str] = {}
        previous: tuple[str, str] | None = None
        for event in iter(self._next, None):
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, path)
            value_event = self._next()
            here = (*path, key or "")
            if key is None:
                self._value(value_event, here, depth + 1, quiet=True)
                continue
            if inline and previous and _splits_number(previous[1], key, value_event):
                split[previous[0]] = f"{split.get(previous[0], previous[1])},{key}"
                continue
            previous = (key, value_event.value if isinstance(value_event, ScalarEvent) else "")
            if key in result:
                self._document.note(
                    _line(event),
                    here,
                    f"this key is given twice (first on line {self._document.lines[here]})",
                    hint="Keep one of the two.",
                )
                self._value(value_event, here, depth + 1, quiet=True)
                continue
            self._document.lines[here] = _line(event)
            result[key] = UNREADABLE
            result[key] = self._value(value_event, here, depth + 1, inline=inline)
        for key, found in split.items():
            self._split_number((*path, key), found)
            result[key] = UNREADABLE

    def _split_number(self, here: Path, found: str) -> None:
        self._document.note(
            self._document.lines[here],
            here,
            "a comma splits this number in two",
            found=found,
            hint=f"Leave out the commas: write {found.replace(',', '')}.",
        )

    def _key(self, event: Event, path: Path) -> str | None:
        """The key as text (a band '1' and a year '2023-24' are names), or None when refused."""
        if not isinstance(event, ScalarEvent):
            if isinstance(event, CollectionStartEvent):
                self._value(event, path, MAX_DEPTH - 1, quiet=True)
            self._document.note(_line(event), path, "a key must be a single word or number")
            return None
        key = str(event.value)
        if key == "<<" and event.style is None:
            message = "YAML merge keys ('<<') are not used in scenarios"
            hint: str | None = "Write the keys out, or overlay scenarios with 'extends:'."
        elif _has_control(key):
            message, hint = f"a key with a control character: {shown(key)}", "Type it again."
        elif not key:
            message, hint = "there is no key before this colon", None
        elif not self._plain(event, path):
            return None
        else:
            return key
        self._document.note(_line(event), path, message, hint=hint)
        return None

    def _next(self) -> Event:
        return next(self._events)

    def _value(
        self, event: Event, path: Path, depth: int, *, quiet: bool = False, inline: bool = False
    ) -> Any:
        """The value that starts at `event`, always read to its end; `quiet` reads and forgets."""
        if quiet:
            kept, self._document = self._document, Document(self._document.file, {})
            self._value(event, path, depth)
            self._document = kept
            return None
        self._document.lines.setdefault(path, _line(event))
        if depth > MAX_DEPTH:
            raise _refused(
                self._document.file,
                _line(event),
                f"nested more than {MAX_DEPTH} deep",
                "Look for a bracket that is never closed.",
            )
        plain = self._plain(event, path)
        value: Any = UNREADABLE
        if isinstance(event, MappingStartEvent):
            value = {}
            self._mapping(event, path, depth, value)
        elif isinstance(event, CollectionStartEvent):
            value = self._sequence(event, path, depth)
        elif isinstance(event, ScalarEvent) and plain:
            value = self._scalar(event, path, inline=inline)
        return value if plain else UNREADABLE

    def _sequence(self, start: Event, path: Path, depth: int) -> list[Any]:
        result: list[Any] = []
        inline = bool(getattr(start, "flow_style", False))
        previous: Event | None = None
        for event in iter(self._next, None):
            if isinstance(event, SequenceEndEvent):
                break
            if inline and previous is not None and _unquoted(previous) and _unquoted(event):
                close = bool(previous.end_mark.index + 1 == event.start_mark.index)
                self._document.after_comma[(*path, len(result))] = close
            previous = event
            result.append(self._value(event, (*path, len(result)), depth + 1))
        return result

    def _plain(self, event: Event, path: Path) -> bool:
        """True without a tag, anchor or alias; each is reported where it first stands."""
        anchor = getattr(event, "anchor", None)
        if anchor is not None or isinstance(event, AliasEvent):
            if anchor not in self._anchors:
                self._anchors.add(str(anchor))
                self._document.note(
                    _line(event),
                    path,
                    f"YAML anchors and aliases (&{anchor}, *{anchor}) are not used in scenarios",
                    hint="Write the value out, or overlay scenarios with 'extends:'.",
                )
            return False
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._document.note(
                _line(event),
                path,
                f"YAML tags are not used in scenarios: {shown(str(tag))}",
                hint="Remove the tag.",
            )
            return False
        return True

    def _scalar(self, event: ScalarEvent, path: Path, *, inline: bool) -> Any:
        text = str(event.value)
        if _has_control(text.replace("\n", "").replace("\t", "")):
            self._document.note(
                _line(event),
                path,
                "control or invisible characters in the text",
                found=shown(text),
                hint="Delete them, or type the text again.",
            )
            return UNREADABLE
        if event.style is not None:
            return text
        if self._as_printed and _NUMBER.fullmatch(text):
            return text
        value = _plain_scalar(text)
        if value is None:
            hint = "Give a value, or leave the key out."
            if inline:
                hint = "Inside { } a comma ends a value: put text that holds a comma in quotes."
            line = self._document.lines[path]
            self._document.note(line, path, "nothing is given here", hint=hint)
            return UNREADABLE
        return value


def _unquoted(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and event.style is None


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character)[0] == "C" for character in text)


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_WORDS = {
    "true": True,
    "false": False,
    ".inf": float("inf"),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
}


def _plain_scalar(text: str) -> Any:
    """A number, true, false, None for nothing, or the text itself."""
    if _NUMBER.fullmatch(text):
        # Beyond 18 digits nothing is counted in units, and whole numbers that long cost time.
        return int(text) if len(text) < 19 and text.lstrip("+-").isdecimal() else float(text)
    if text in ("", "~") or text.lower() == "null":
        return None
    return _WORDS.get(text.lower(), text)


def _splits_number(before: str, key: str, value: Event) -> bool:
    """True for the `200` of `{amount: 1,200}`, which YAML reads as a key without a value."""
    empty = isinstance(value, ScalarEvent) and value.style is None and value.value == ""
    return (
        empty
        and re.fullmatch(r"\d{3}(\.\d+)?", key) is not None
        and re.fullmatch(r"[-+(]?£?-?\d{1,3}", before) is not None
    )


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    line = None
    message = "this is not valid YAML"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message += f": {error.problem or error.context}"
        if "found undefined alias" in message:
            message = "YAML aliases (*) are not used in scenarios"
    else:
        position = getattr(error, "position", None)
        character = getattr(error, "character", None)
        if isinstance(position, int):
            line = text[:position].count("\n") + 1
        code = ord(character) if isinstance(character, str) and character else character
        message += f": control character {code:#04x} in the text" if code is not None else ""
    lines = text.split("\n")
    source = lines[line - 1] if line and line <= len(lines) else ""
    return Problem(file, line, "", message, hint=_syntax_hint(message, source))


def _syntax_hint(message: str, source: str) -> str:
    if "control character" in message:
        return "Delete the character, or type the line again."
    if "\t" in source:
        return "This line has a tab: indent with spaces."
    if any(quote in source for quote in _SMART_QUOTES):
        return "This line has curly quotes from a word processor: use plain ' or \"."
    if "mapping values are not allowed" in message:
        return "Line the key up with its neighbours above; a text with ': ' in it needs quotes."
    if "cannot start any token" in message:
        return "Put the text in quotes."
    return "Check the indentation, brackets and colons on this line and the one above."


def dotted(path: Path, data: Any = None) -> str:
    """The path as users read it: `funding.lines[out_of_area].budget_gbp`, by id where there is one."""
    text = ""
    node = data
    for part in path:
        if isinstance(part, int):
            item = node[part] if isinstance(node, list) and part < len(node) else None
            text += f"[{entry_name(item, part)}]"
            node = item
        else:
            text += f".{part}" if text else str(part)
            node = node.get(part) if isinstance(node, dict) else None
    return text


def entry_name(item: Any, index: int) -> str:
    """What a list entry is called in a path: its id, else its line or year, else its position."""
    for key in ("id", "line", "year"):
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, str | int):
            return str(name)
    return str(index)

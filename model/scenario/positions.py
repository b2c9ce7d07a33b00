"""YAML text to plain data that remembers the line of every key and value.

Only the plain part of YAML is accepted: mappings, lists and scalars. Tags, anchors, aliases and
merge keys are refused, because a scenario is read by auditors and because they are how a small
file is made to expand without limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from model.scenario.problems import Problem, ScenarioError, shown

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {
    _TAG + kind for kind in ("int", "float", "bool", "null", "str", "map", "seq", "timestamp")
}
_SMART_QUOTES = "‘’“”"


@dataclass
class Document:
    """Plain data of one YAML file with the line of each path, and what was wrong on the way."""

    file: str
    data: dict[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)
    key_lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """The line of the nearest known place on the way to `path`."""
        for end in range(len(path), -1, -1):
            for lines in (self.key_lines, self.lines):
                if path[:end] in lines:
                    return lines[path[:end]]
        return None


def decode(raw: bytes, file: str) -> str:
    """The text of a scenario file. Raises ScenarioError for what is not plain UTF-8 text."""

    def refuse(message: str, hint: str) -> ScenarioError:
        return ScenarioError([Problem(file, None, "", message, hint=hint)])

    if len(raw) > MAX_BYTES:
        raise refuse(
            f"the file is {len(raw):,} bytes; a scenario may have {MAX_BYTES:,}",
            "Put large tables in a CSV or Parquet file and name it with 'table:'.",
        )
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:64]:
        raise refuse(
            "the file is UTF-16 or binary, not UTF-8 text",
            "Save it again with encoding UTF-8 (Notepad: Save as, Encoding: UTF-8).",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ScenarioError(
            [
                Problem(
                    file,
                    line,
                    "",
                    f"byte {raw[error.start]:#04x} is not UTF-8 text",
                    hint="A pound sign or quote from another encoding: save the file as UTF-8.",
                )
            ]
        ) from None


def parse(text: str, file: str) -> Document:
    """Parse YAML text. Raises ScenarioError where the text is not YAML or not plain YAML."""
    _refuse_anchors(text, file)
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except YAMLError as error:
        raise ScenarioError([_syntax_problem(error, text, file)]) from None
    if not isinstance(root, MappingNode):
        raise ScenarioError(
            [
                Problem(
                    file,
                    1,
                    "",
                    "a scenario is a list of 'key: value' lines",
                    hint="Run 'hn-forecast init FOLDER' for a complete example.",
                )
            ]
        )
    document = Document(file, {})
    document.data = _mapping(root, (), document, 0)
    return document


def _refuse_anchors(text: str, file: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    try:
        for event in yaml.parse(text):
            anchored = isinstance(event, NodeEvent) and event.anchor is not None
            if isinstance(event, AliasEvent) or anchored:
                line = event.start_mark.line + 1
                raise ScenarioError(
                    [
                        Problem(
                            file,
                            line,
                            "",
                            f"YAML anchors and aliases (&, *) are not used in scenarios: "
                            f"{shown(event.anchor)}",
                            hint="Write the value out, or overlay scenarios with 'extends:'.",
                        )
                    ]
                )
    except YAMLError as error:
        raise ScenarioError([_syntax_problem(error, text, file)]) from None


def _syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    line = None
    message = "this is not valid YAML"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message += f": {error.problem or error.context}"
    else:
        position = getattr(error, "position", None)
        character = getattr(error, "character", None)
        if isinstance(position, int):
            line = text[:position].count("\n") + 1
        code = ord(character) if isinstance(character, str) and character else character
        message += f": control character {code:#04x} in the text" if code is not None else ""
    source = text.splitlines()[line - 1] if line and line <= len(text.splitlines()) else ""
    hint = "Check the indentation and the colons on this line and the one above."
    if "\t" in source:
        hint = "This line has a tab: indent with spaces."
    elif any(quote in source for quote in _SMART_QUOTES):
        hint = "This line has curly quotes from a word processor: use plain ' or \"."
    elif "control character" in message:
        hint = "Delete the character, or type the line again."
    elif "mapping values are not allowed" in message:
        hint = "A text with ': ' in it needs quotes."
    elif "%" in message or "@" in message or "`" in message:
        hint = "Put the text in quotes."
    return Problem(file, line, "", message, hint=hint)


def _mapping(node: MappingNode, path: Path, document: Document, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    document.lines.setdefault(path, node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            _note(document, line, path, "a key must be a single word or number")
            continue
        # Keys stay text: a band '1' and a year '2023-24' are names, not numbers.
        key = str(key_node.value)
        here = (*path, key)
        if key == "<<":
            _note(document, line, path, "YAML merge keys ('<<') are not used in scenarios")
            continue
        if key in result:
            first = document.key_lines[here]
            _note(
                document,
                line,
                here,
                f"this key is given twice (first on line {first})",
                hint="Keep one of the two.",
            )
            continue
        document.key_lines[here] = line
        result[key] = _value(value_node, here, document, depth + 1)
    return result


def _value(node: Node, path: Path, document: Document, depth: int) -> Any:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if depth > MAX_DEPTH:
        _note(document, line, path, f"nested more than {MAX_DEPTH} deep")
        return None
    tag = str(node.tag)
    if tag not in _PLAIN_TAGS:
        _note(
            document,
            line,
            path,
            f"YAML tags are not used in scenarios: {shown(tag)}",
            hint="Remove the tag.",
        )
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, path, document, depth)
    if isinstance(node, SequenceNode):
        return [
            _value(item, (*path, index), document, depth + 1)
            for index, item in enumerate(node.value)
        ]
    return _scalar(node, tag)


def _scalar(node: ScalarNode, tag: str) -> Any:
    text = str(node.value)
    kind = tag.removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        try:
            return int(text, 0) if text[:2].lower() in ("0x", "0o") else int(text)
        except ValueError:
            return text
    if kind == "float":
        return float(text.replace(".inf", "inf").replace(".nan", "nan").replace(".NaN", "nan"))
    return text


def _note(document: Document, line: int, path: Path, message: str, hint: str | None = None) -> None:
    document.problems.append(
        Problem(document.file, line, dotted(path, document.data), message, hint=hint)
    )


def dotted(path: Path, data: Any = None) -> str:
    """The path as users read it: `funding.lines[out_of_area].budget_gbp`, by id where there is one."""
    text = ""
    node = data
    for part in path:
        if isinstance(part, int):
            item = node[part] if isinstance(node, list) and part < len(node) else None
            name = item.get("id", part) if isinstance(item, dict) else part
            text += f"[{name}]"
            node = item
        else:
            text += f".{part}" if text else str(part)
            node = node.get(part) if isinstance(node, dict) else None
    return text

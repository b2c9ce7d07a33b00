"""Policy values: dated, sourced parameters read from `data/policy/`, never constants in code.

Each parameter has a description, a unit, values by the month from which they apply, a mark
(official, secondary or assumed) and a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from model.reference.bundled import bundled
from model.reference.calendar import parse_month

MARKS = ("official", "secondary", "assumed")
_KEYS = {"description", "unit", "values", "mark", "source"}


@dataclass(frozen=True)
class Parameter:
    """A policy parameter. `values` are (year, month from which it applies) -> value, in order."""

    name: str
    description: str
    unit: str
    values: tuple[tuple[tuple[int, int], Any], ...]
    mark: str
    source: str

    def at(self, year: int, month: int) -> Any:
        """The value that applies in a month. Raises KeyError before the first date."""
        current = [value for since, value in self.values if since <= (year, month)]
        if not current:
            raise KeyError(f"{self.name} has no value before {self.values[0][0]}")
        return current[-1]


class PolicyError(Exception):
    """A policy file of this installation is damaged."""


@cache
def policy() -> dict[str, Parameter]:
    """All parameters by name. Raises PolicyError naming the file and parameter that is wrong."""
    parameters: dict[str, Parameter] = {}
    for path in sorted((bundled("data") / "policy").glob("*.yaml")):
        for name, body in YAML(typ="safe", pure=True).load(path).items():
            parameters[name] = _parameter(name, body, path.name)
    return parameters


def _parameter(name: str, body: Any, file: str) -> Parameter:
    if not isinstance(body, dict) or set(body) != _KEYS:
        raise PolicyError(f"{file}: {name} must have exactly {', '.join(sorted(_KEYS))}")
    if body["mark"] not in MARKS:
        raise PolicyError(f"{file}: {name} has mark {body['mark']!r}, expected one of {MARKS}")
    values = []
    for since, value in body["values"].items():
        month = parse_month(str(since))
        if month is None:
            raise PolicyError(f"{file}: {name} has {since!r}, which is not a month YYYY-MM")
        values.append((month, value))
    return Parameter(
        name, body["description"], body["unit"], tuple(sorted(values)), body["mark"], body["source"]
    )

"""The effective scenario: what was run after `extends`, as a file that can be run again."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from model.scenario.load import LoadedScenario

NAME = "scenario.effective.yaml"
"""The file that runs a run again."""


def effective_files(loaded: LoadedScenario, name: str = NAME) -> dict[str, str]:
    """The scenario after `extends` as YAML text, in the order of the files; with a what-if also the
    scenario it is put to, which it goes on extending."""
    base = f"base.{name}" if loaded.base is not None else None
    files = {name: _text(loaded, base)}
    if loaded.base is not None and base is not None:
        files.update(effective_files(loaded.base, base))
    return files


def effective_text(loaded: LoadedScenario) -> str:
    """All of it as one text, for what identifies a run."""
    return "".join(effective_files(loaded).values())


def _text(loaded: LoadedScenario, base: str | None) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    body: dict[str, Any] = {k: v for k, v in loaded.effective.items() if k != "extends"}
    if base is not None:
        body["extends"] = base
    yaml.dump(body, stream)
    return (
        "# The scenario as it was run, after 'extends'. The tables it names are beside it.\n"
        + stream.getvalue()
    )

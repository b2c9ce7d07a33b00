"""The effective scenario: what was run after `extends`, as a file that can be run again."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from model.scenario.load import LoadedScenario


def effective_text(loaded: LoadedScenario) -> str:
    """The scenario after `extends` as YAML text, in the order of the files."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    body: dict[str, Any] = {k: v for k, v in loaded.effective.items() if k != "extends"}
    yaml.dump(body, stream)
    return (
        "# The scenario as it was run, after 'extends'. The tables it names are beside it.\n"
        + stream.getvalue()
    )

"""A folder to start from: the invented authority's scenario, its tables and the JSON Schema."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from model.reference.bundled import bundled
from model.report.run_folder import write_folder
from model.scenario.json_schema import schema
from model.scenario.load import LoadedScenario

DEMO = "Demoshire"
SCHEMA_FILE = "hn-forecast.schema.json"


def write_starter(folder: Path) -> Path:
    """Make `folder` and return its scenario file. Raises FolderError when it is there already."""
    source = bundled("scenarios") / "demoshire"

    def write(partial: Path) -> None:
        for path in sorted(source.iterdir()):
            if path.is_file():
                shutil.copyfile(path, partial / path.name)
        text = json.dumps(schema(), indent=2) + "\n"
        (partial / SCHEMA_FILE).write_text(text, encoding="utf-8")

    write_folder(folder, write, force=False)
    return folder / "scenario.yaml"


def uses_demo_population(loaded: LoadedScenario) -> bool:
    """True when another authority's scenario still has the invented authority's population."""
    demo = bundled("scenarios") / "demoshire"
    table = hashlib.sha256((demo / "population.csv").read_bytes()).hexdigest()
    return loaded.scenario.authority != DEMO and table in loaded.hashes.values()

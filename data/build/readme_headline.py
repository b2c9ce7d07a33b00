"""Write what `hn-forecast run` says of North Somerset into the README.

    python data/build/readme_headline.py

Run it after whatever changes a figure; `tests/e2e/test_readme.py` fails until it is.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
SCENARIO = "north_somerset_2023"
BEGIN, END = "<!-- headline -->\n", "<!-- end of headline -->"


def headline() -> str:
    """What a run of the bundled scenario prints, without studies, times and the run's name."""
    sys.path.insert(0, str(ROOT))
    from cli import main

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        scenario = ROOT / "scenarios" / f"{SCENARIO}.yaml"
        asked = ["run", str(scenario), "--study-draws", "0", "--out", str(out)]
        done = CliRunner(env={"COLUMNS": "500"}).invoke(main, asked)
        assert done.exit_code == 0, done.output
        text = done.stdout.replace(str(out), f"runs/{SCENARIO}-...")
    text = re.sub(r"draws in [\d.]+ s, run id \w+", "draws in ... s, run id ...", text)
    lines = [line.rstrip() for line in text.splitlines()]
    return "".join(f"    {line}\n" if line else "\n" for line in lines)


def written() -> str:
    """The block that stands in the README."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(written(), headline()), encoding="utf-8")

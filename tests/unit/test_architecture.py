"""The tree in ARCHITECTURE.md is the tree, and imports point one way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.unit

LAYERS = (
    "version", "reference", "chance", "scenario", "evidence", "history", "calibration", "draws", "cohort", "demand", "provision",
    "funding", "mitigation", "account", "general_fund", "reconcile", "month", "prepared",
    "forecast", "published", "results", "whatif", "notices", "checks", "assumptions", "run",
    "sensitivity", "studies", "monitor", "compare", "returns", "overlay", "updating", "backtest", "importing", "report", "integrity", "notebook", "commands", "cli",
)  # fmt: skip


def modules() -> list[Path]:
    files = [path for path in (ROOT / "model").rglob("*.py") if "_bundled" not in path.parts]
    return [*sorted(files), ROOT / "cli.py"]


def layer_of(module: str) -> int | None:
    parts = module.split(".")
    name = parts[0] if parts[0] == "cli" else parts[1] if len(parts) > 1 else "version"
    return LAYERS.index(name) if parts[0] in ("model", "cli") else None


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "model":
                found.update(f"model.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name for name in found if name.split(".")[0] in ("model", "cli")}


def test_no_module_knows_the_one_above_it():
    """Design 2: one direction of flow; the model never imports reports or the command."""
    wrong = []
    for path in modules():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name == "model":
            continue
        own = layer_of(name)
        for other in imported(path):
            other_layer = layer_of(other)
            if own is not None and other_layer is not None and other_layer > own:
                wrong.append(f"{name} imports {other}")
    assert not wrong


def test_every_file_has_its_line_in_architecture():
    """One line a file, in the tree of ARCHITECTURE.md, and no line without a file."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = re.search(r"```tree\n(.*?)```", text, re.DOTALL)
    assert block is not None
    listed, folders = set(), []
    for line in block[1].splitlines():
        match = re.match(r"^((?:    )*)(\S+)(?:\s{2,}(\S.*))?$", line)
        assert match is not None, line
        depth, name, words = len(match[1]) // 4, match[2], match[3]
        folders = folders[:depth]
        if name.endswith("/"):
            folders.append(name.rstrip("/"))
        else:
            assert words, f"{name} has no description"
            listed.add("/".join([*folders, name]))
    found = {path.relative_to(ROOT).as_posix() for path in modules() if path.name != "__init__.py"}
    assert listed == found


def test_no_policy_value_in_code():
    """Policy numbers live in data/policy: none of them stands as a literal in the model."""
    figures = {10000, 6000, 2026, 2028}
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, int | float)
                and not isinstance(node.value, bool)
                and node.value in figures
                and path.name != "cli.py"
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
    assert not found

"""What every test shares: real clients and data may be missing on a laptop, never in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
NEEDS = {
    "libreoffice": "LibreOffice (soffice) and pdftotext",
    "libreoffice_writer": "LibreOffice Writer",
    "shared_data": "the folder ../shared",
}


def _present(need: str) -> bool:
    if need == "libreoffice":
        return all(shutil.which(program) for program in ("soffice", "pdftotext"))
    if need == "libreoffice_writer":
        program = shutil.which("soffice")
        return program is not None and Path(program).resolve().with_name("libswlo.so").is_file()
    return SHARED.is_dir()


def pytest_configure(config: pytest.Config) -> None:
    for need, title in NEEDS.items():
        config.addinivalue_line("markers", f"{need}: needs {title}; may not be missing in CI")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test says what kind it is; without a client its tests are left out, in CI they fail."""
    levels = {"unit", "integration", "e2e"}
    for item in items:
        is_doctest = "tests" not in item.path.parts
        if not is_doctest and not levels & {mark.name for mark in item.iter_markers()}:
            raise pytest.UsageError(f"{item.nodeid} has no mark: unit, integration or e2e")
    missing = [need for need in NEEDS if not _present(need)]
    if not missing:
        return
    kept, left_out = [], []
    for item in items:
        needed = [need for need in missing if need in item.keywords]
        (left_out if needed else kept).append(item)
    if not left_out:
        return
    titles = ", ".join(NEEDS[need] for need in missing)
    if os.environ.get("CI"):
        raise pytest.UsageError(f"CI needs {titles}: {len(left_out)} tests cannot run")
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
    config.stash[_LEFT_OUT] = f"{len(left_out)} tests left out: {titles} not found"


_LEFT_OUT = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    message = terminalreporter.config.stash.get(_LEFT_OUT, None)
    if message:
        terminalreporter.write_line(message)


@pytest.fixture(scope="session")
def north_somerset_file() -> Path:
    return ROOT / "scenarios" / "north_somerset_2023.yaml"


@pytest.fixture(scope="session")
def demoshire_file() -> Path:
    return ROOT / "scenarios" / "demoshire" / "scenario.yaml"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Public data beside the checkout; tests that use it are marked `shared_data`."""
    return SHARED

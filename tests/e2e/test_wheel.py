"""The wheel in an empty environment: what lands there, and a first run from anywhere."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.e2e, pytest.mark.wheel]


def call(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT)
    (path,) = folder.glob("*.whl")
    return path


def test_only_model_and_cli_are_in_the_wheel(wheel):
    """Import names are `model` and `cli`; data and scenarios travel inside `model`."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"model", "cli.py"}
    bundled = {name.split("/")[2] for name in names if name.startswith("model/_bundled/")}
    assert bundled == {"data", "scenarios"}
    assert not [name for name in names if "/build/" in name or "__pycache__" in name]


def test_first_run_from_anywhere(wheel, tmp_path):
    """`init demo` and `run demo/scenario.yaml` work in an environment that holds nothing else."""
    home = tmp_path / "environment"
    venv.EnvBuilder(with_pip=True).create(home)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    call(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt", cwd=tmp_path)
    site = Path(
        call(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path
        ).strip()
    )
    before = {path.name for path in site.iterdir()}
    call(*pip, "--no-deps", wheel, cwd=tmp_path)
    landed = {path.name for path in site.iterdir()} - before - {"__pycache__"}
    assert {name for name in landed if not name.endswith(".dist-info")} == {"model", "cli.py"}

    work = tmp_path / "somewhere else"
    work.mkdir()
    command = scripts / "hn-forecast"
    call(command, "init", "demo", cwd=work)
    printed = call(command, "run", "demo/scenario.yaml", "--draws", "64", cwd=work)
    assert "Workbook" in printed
    (workbook,) = work.glob("runs/demoshire-*/workbook.xlsx")
    assert workbook.stat().st_size > 10_000

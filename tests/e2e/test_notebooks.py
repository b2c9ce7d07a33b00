"""The notebooks as an analyst opens them: clean, and every cell runs; the surface they use is pinned."""

from __future__ import annotations

import inspect
from pathlib import Path

import matplotlib.figure
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from model import notebook

pytestmark = pytest.mark.e2e

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CHARTS = {"1_first": 4, "2_what": 2, "3_miti": 2}


def test_there_are_three() -> None:
    assert [path.name[:6] for path in NOTEBOOKS] == ["1_firs", "2_what", "3_miti"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_cleared(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executed as it is; the charts it draws are there."""
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent))
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    charts = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(charts) == next(n for name, n in CHARTS.items() if path.name.startswith(name))


def test_the_surface_is_what_it_was() -> None:
    """Names and arguments that notebooks out there rely on: add, do not change."""
    assert notebook.__all__ == [
        "Forecast",
        "load",
        "mitigation_values",
        "plot_deficit",
        "plot_drivers",
        "plot_mitigations",
        "plot_plans",
        "plot_spending",
        "run",
        "sensitivity",
    ]
    arguments = {
        name: list(inspect.signature(getattr(notebook, name)).parameters)
        for name in ("load", "run", "sensitivity", "mitigation_values", "plot_deficit")
    }
    assert arguments == {
        "load": ["scenario"],
        "run": ["scenario", "draws", "seed", "chance", "mitigated", "fixed", "jobs"],
        "sensitivity": ["forecast", "target", "year", "jobs"],
        "mitigation_values": ["forecast", "draws"],
        "plot_deficit": ["forecast", "in_year"],
    }
    public = {name for name in dir(notebook.Forecast) if not name.startswith("_")}
    assert public == {
        "central", "checks", "draws", "headline", "quantiles", "scenario", "series", "to_frame",
    }  # fmt: skip


@pytest.fixture(scope="module")
def forecast() -> notebook.Forecast:
    return notebook.run("demoshire", draws=64)


def test_quantiles_are_those_of_the_draws(forecast: notebook.Forecast) -> None:
    frame = forecast.quantiles("plans_by_setting", (0.25,), setting="state_special")
    draws = forecast.draws["plans_by_setting"].sel(setting="state_special").to_numpy()
    assert frame["mean"].to_numpy() == pytest.approx(draws.mean(axis=-1))
    assert frame["p25"].to_numpy() == pytest.approx(np.quantile(draws, 0.25, axis=-1))
    assert list(frame.columns) == ["mean", "p25"]


def test_to_frame_has_every_draw(forecast: notebook.Forecast) -> None:
    frame = forecast.to_frame("in_year_deficit")
    assert set(frame.columns) == {"year", "draw", "value"}
    assert len(frame) == 64 * forecast.draws.sizes["year"]
    assert forecast.to_frame().equals(forecast.headline())


def test_what_is_not_there_is_named(forecast: notebook.Forecast) -> None:
    with pytest.raises(KeyError, match=r"did you mean .*in_year_deficit"):
        forecast.quantiles("in_year")
    with pytest.raises(KeyError, match="has no 'need'; it has"):
        forecast.quantiles("plans_by_setting", need="ASD")
    with pytest.raises(ValueError, match="not one of closing_deficit"):
        notebook.sensitivity(forecast, "deficit")
    with pytest.raises(ValueError, match="base, none, all"):
        notebook.run("demoshire", draws=2, mitigated="some")
    with pytest.raises(ValueError, match="no mitigation nobody"):
        notebook.run("demoshire", draws=2, mitigated=["nobody"])


def test_checks_say_whether_they_passed(forecast: notebook.Forecast) -> None:
    checks = forecast.checks()
    assert checks.loc["every series is finite", "passed"]


def test_charts_are_figures(forecast: notebook.Forecast) -> None:
    for chart in (notebook.plot_deficit, notebook.plot_plans, notebook.plot_spending):
        assert isinstance(chart(forecast), matplotlib.figure.Figure)


@pytest.mark.parametrize("draws", [0, -1])
def test_a_run_of_no_draws_is_refused(draws: int) -> None:
    with pytest.raises(ValueError, match=f"1 draw or more, not {draws}"):
        notebook.run("demoshire", draws=draws)


def test_a_label_that_is_not_there_is_named(forecast: notebook.Forecast) -> None:
    with pytest.raises(KeyError, match="has no setting 'state_specal'; try state_special"):
        forecast.quantiles("plans_by_setting", setting="state_specal")


def test_fixed_inputs_are_held_and_refused(forecast: notebook.Forecast) -> None:
    path = "account.blocks[high_needs].opening_deficit_gbp"
    held = notebook.run("demoshire", draws=64, fixed={path: 0}).central["closing_deficit"]
    moved = forecast.central["closing_deficit"] - held
    opening = next(
        block.opening_deficit_gbp.central
        for block in forecast.scenario.account.blocks  # type: ignore[union-attr]
        if block.id == "high_needs"
    )
    assert moved.sel(block="high_needs").isel(year=0).item() == pytest.approx(opening)
    with pytest.raises(KeyError, match="no such input"):
        notebook.run("demoshire", draws=64, fixed={"nobody": 0})

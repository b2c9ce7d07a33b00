"""Write what a calibration rests on: a folder with notes, tables and charts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pandas as pd

from model.history.history import History
from model.overlay.agreement import Agreement
from model.overlay.calibrating import Calibrated
from model.report.calibration import charts, tables
from model.report.calibration.notes import notes
from model.report.run_folder import FolderError, write_folder

WRITTEN: Final = (
    frozenset(f"{name}.csv" for name in ("coefficients", "shrinkage", "levels", "forecast"))
    | frozenset(f"{name}.png" for name in ("forecast", "levels", "fit", "residuals", "shrinkage"))
    | {"notes.md"}
)
"""Files of the folder: with others in it, it is not replaced."""


def write_calibration(
    folder: Path, found: Calibrated, history: History, agreed: Agreement, *, force: bool
) -> None:
    """Write `folder`. Raises FolderError where it is there already (unless `force`) or not writable."""
    published = pd.Series(history.series["plans"].loc[found.authority])

    def write(partial: Path) -> None:
        for name, table in (
            ("coefficients", tables.coefficients(found)),
            ("shrinkage", tables.shrinkage(found)),
            ("levels", tables.levels(found)),
            ("forecast", tables.forecast(found, agreed)),
        ):
            table.to_csv(partial / f"{name}.csv", index=False, float_format="%.6g")
        for name, figure in (
            ("forecast", charts.forecast_chart(found, published)),
            ("levels", charts.levels_chart(found)),
            ("fit", charts.fit_chart(found)),
            ("residuals", charts.residuals_chart(found)),
            ("shrinkage", charts.shrinkage_chart(found)),
        ):
            figure.savefig(partial / f"{name}.png", dpi=130)
        (partial / "notes.md").write_text(notes(found, history, agreed), encoding="utf-8")

    if not (force and folder.is_dir()):
        write_folder(folder, write, force=False)
        return
    strange = sorted(path.name for path in folder.iterdir() if path.name not in WRITTEN)
    if strange:
        raise FolderError(
            f"{folder} holds files of yours ({', '.join(strange[:3])}); move them first"
        )
    beside = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(beside, ignore_errors=True)
    write_folder(beside, write, force=False)
    shutil.rmtree(folder)
    beside.rename(folder)

"""Joint samples of inputs from a file, used in place of independent drawing."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from model.scenario.files import MAX_TABLE_BYTES, ScenarioFolder
from model.scenario.inputs import inputs
from model.scenario.numbers import Quantity
from model.scenario.problems import Problem, ScenarioError, nearest
from model.scenario.schema import Scenario


def read_samples(folder: ScenarioFolder, scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Columns of a CSV or Parquet file, one an input path; each has shape (sample,).

    Raises ScenarioError for a file that is missing, too large, unreadable or has a column that is
    not an input, is not a number or holds a gap.
    """
    import pandas as pd

    name = scenario.samples or ""

    def refuse(message: str, hint: str | None = None) -> ScenarioError:
        return ScenarioError([Problem(name, None, "", message, hint=hint)])

    try:
        path = folder.resolve(name)
    except ValueError as error:
        raise refuse(str(error)) from None
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise refuse("the sample file is too large")
    raw = io.BytesIO(folder.read(path))
    try:
        frame = pd.read_parquet(raw) if path.suffix == ".parquet" else pd.read_csv(raw)
    except Exception as error:
        raise refuse(f"the sample file cannot be read: {error}") from None
    known = [item.path for item in inputs(scenario) if isinstance(item.figure, Quantity)]
    for column in frame.columns:
        if column not in known:
            near = nearest(str(column), known)
            raise refuse(
                f"the column '{column}' is not an input of the scenario",
                f"Did you mean '{near}'?" if near else None,
            )
        values = pd.to_numeric(frame[column], errors="coerce")
        if values.isna().any() or not np.isfinite(values).all():
            raise refuse(f"the column '{column}' has cells that are not numbers")
    if frame.empty:
        raise refuse("the sample file has no rows")
    return {str(column): frame[column].to_numpy(float) for column in frame.columns}

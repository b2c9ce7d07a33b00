"""Joint samples of inputs from a file, used in place of independent drawing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.scenario.files import MAX_TABLE_BYTES, ScenarioFolder
from model.scenario.inputs import inputs
from model.scenario.problems import Problem, ScenarioError, did_you_mean
from model.scenario.quantities import Quantity
from model.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


def read_samples(
    folder: ScenarioFolder, scenario: Scenario
) -> dict[str, NDArray[np.float64]] | None:
    """Columns of a CSV or Parquet file, one an input path; each has shape (sample,).

    Returns None for a scenario without `samples`. Raises ScenarioError for a file that is missing,
    too large, unreadable or has a column that is not an input, is not a number, holds a gap or
    leaves the permitted range.
    """
    name = scenario.samples
    if name is None:
        return None
    frame = _frame(folder, name)
    known = {item.path: item.figure for item in inputs(scenario)}
    numbers = {path: figure for path, figure in known.items() if isinstance(figure, Quantity)}
    if frame.empty:
        raise _refused(name, f"the sample file '{name}' has no rows")
    found: dict[str, NDArray[np.float64]] = {}
    for column in map(str, frame.columns):
        if column not in numbers:
            message = f"the column '{column}' of '{name}' is not an input of the scenario"
            if column in known:
                message = f"the column '{column}' of '{name}' is by year or a set of shares"
            expected = "paths of single numbers, such as new_plans.initial_growth"
            raise _refused(name, message, expected, did_you_mean(column, numbers))
        found[column] = _column(name, column, frame[column], numbers[column])
    return found


def _refused(
    name: str, message: str, expected: str | None = None, hint: str | None = None
) -> ScenarioError:
    return ScenarioError([Problem(name, None, "", message, expected=expected, hint=hint)])


def _frame(folder: ScenarioFolder, name: str) -> pd.DataFrame:
    import pandas as pd

    try:
        path = folder.resolve(name)
    except ValueError as error:
        raise _refused(name, str(error)) from None
    raw = io.BytesIO(folder.read(path, MAX_TABLE_BYTES))
    try:
        return pd.read_parquet(raw) if path.suffix == ".parquet" else pd.read_csv(raw)
    except Exception as error:
        # Whatever the reading library raises, the user needs the file's name and the reason.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _refused(name, f"the sample file '{name}' cannot be read: {reason}") from None


def _column(
    name: str, column: str, cells: pd.Series[float], figure: Quantity
) -> NDArray[np.float64]:
    import pandas as pd

    values = pd.to_numeric(cells, errors="coerce").to_numpy(float)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
        raise _refused(name, f"row {row} of the column '{column}' of '{name}' is not a number")
    outside = (values < figure.low) | (values > figure.high)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise _refused(
            name,
            f"row {row + 1} of the column '{column}' of '{name}' is out of range: {values[row]:g}",
            f"{figure.low:g} to {figure.high:g}",
        )
    return values

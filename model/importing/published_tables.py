"""Read a published table of money or population: text and numbers, every problem of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from model.scenario.problems import Problem, ScenarioError, did_you_mean, shown

_SHOWN = 5


def read_published_table(
    path: Path, texts: Sequence[str], numbers: Sequence[str], what: str
) -> pd.DataFrame:
    """Columns `texts` as text without spaces around, `numbers` as float64 with NaN where empty.

    Raises ScenarioError naming the file, the rows and the columns: not readable, columns missing,
    text where a number belongs.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
    except (OSError, EOFError, ValueError, pd.errors.ParserError) as error:
        raise ScenarioError(
            [Problem(str(path), None, "", f"{what} cannot be read as CSV", expected="CSV in UTF-8 with commas")]
        ) from error  # fmt: skip
    problems = [
        Problem(
            str(path), 1, column, f"a column of {what} is missing", expected=f"the column '{column}'",
            hint=did_you_mean(column, table.columns),
        )
        for column in (*texts, *numbers)
        if column not in table
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    for column in texts:
        table[column] = table[column].str.strip()
    for column in numbers:
        text = table[column].str.strip()
        values = pd.to_numeric(text, errors="coerce")
        odd = values.isna() & ~text.str.lower().isin({"", "x", "z", "nan"})
        if odd.any():
            rows = ", ".join(str(row + 2) for row in table.index[odd][:_SHOWN])
            problems.append(
                Problem(
                    str(path), int(table.index[odd][0]) + 2, column, f"no number in row {rows}",
                    found=shown(text[odd].iloc[0]), expected="a number, or an empty cell",
                )
            )  # fmt: skip
        table[column] = values.astype(float)
    if problems:
        raise ScenarioError(problems)
    return table[[*texts, *numbers]]

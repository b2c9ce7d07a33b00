"""Read one finance file strictly: every cell a number, a known mark or blank, or a problem by line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from model.history.finance import S251_YEAR, financial_year
from model.history.finance_files import FinanceFile
from model.scenario.problems import Problem, ScenarioError, did_you_mean, shown

MARKS: Final = frozenset({"x", "z", "c", "u", "k", ":", ".", "..", "-", ""})
"""Marks that stand where a number would, and a blank cell."""

_YEAR = re.compile(r"((?:19|20)\d{2})[-/](\d{2})")
_CODE = re.compile(r"\d{3}|ENGLAND")
_MOST_SHOWN = 5
LINE: Final = "line"
_ONLY_YEAR: Final = financial_year(S251_YEAR)
"""The year of the file that says none."""


def read_table(path: Path, file: FinanceFile) -> pd.DataFrame:
    """Rows of a file: text columns stripped, numbers float64 with NaN for a mark or blank cell.

    Adds `line`, the line of the file, `year_text`, its financial year as written, and where the file
    has years `first_year`, the first calendar year. Raises ScenarioError with every problem of the file: not
    readable, columns missing, text where a number belongs, blank where none may be, below nil, a
    year that is none, a code that is none, a row twice.
    """
    raw = _raw(path)
    needed = tuple(dict.fromkeys((*file.key, *file.text, *file.numbers)))
    missing = [column for column in needed if column not in raw]
    if missing:
        columns = [str(column) for column in raw.columns]
        raise ScenarioError(
            [
                Problem(
                    str(path), 1, column, f"a column of '{file.title}' is missing",
                    found=shown(", ".join(columns[:6])), expected=f"the column '{column}'",
                    hint=did_you_mean(column, columns),
                )
                for column in missing
            ]
        )  # fmt: skip
    table = pd.DataFrame({column: raw[column].str.strip() for column in needed})
    table.insert(0, LINE, np.arange(2, len(table) + 2))
    table["year_text"] = _ONLY_YEAR
    problems: list[Problem] = []
    for column in file.numbers:
        problems += _to_numbers(path, table, column, file)
    problems += _keys(path, table, file)
    if problems:
        raise ScenarioError(problems)
    return table


def at_lines(
    path: Path, table: pd.DataFrame, wrong: pd.Series, column: str, message: str, expected: str,
    hint: str | None = None,
) -> list[Problem]:  # fmt: skip
    """A problem for each of the first rows where `wrong`, and one for how many there are besides."""
    rows = table[wrong]
    problems = [
        Problem(str(path), int(row[LINE]), column, message, found=shown(row[column]), expected=expected, hint=hint)
        for _, row in rows.head(_MOST_SHOWN).iterrows()
    ]  # fmt: skip
    if len(rows) > _MOST_SHOWN:
        more = len(rows) - _MOST_SHOWN
        problems.append(Problem(str(path), None, column, f"{message}, in {more} more rows"))
    return problems


def _raw(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        message, hint = (
            "the file is no text (a workbook, perhaps)",
            "Save the sheet as CSV (UTF-8).",
        )
        raise ScenarioError([Problem(str(path), None, "", message, hint=hint)]) from None
    except (OSError, EOFError, ValueError) as error:
        message = "the file cannot be read as CSV"
        raise ScenarioError(
            [Problem(str(path), None, "", message, found=shown(str(error)))]
        ) from None
    if table.empty:
        raise ScenarioError([Problem(str(path), None, "", "the file has no rows")])
    table.columns = pd.Index([str(column).strip() for column in table.columns])
    if not table.columns.is_unique:
        twice = sorted(set(table.columns[table.columns.duplicated()]))
        raise ScenarioError(
            [Problem(str(path), 1, column, "the column stands twice") for column in twice]
        )
    return table


def _to_numbers(path: Path, table: pd.DataFrame, column: str, file: FinanceFile) -> list[Problem]:
    text = table[column]
    plain = text.str.replace(r"(?<=\d),(?=\d{3}(?:\D|$))", "", regex=True)
    numbers = pd.to_numeric(plain, errors="coerce").astype(np.float64)
    marked = text.str.lower().isin(MARKS)
    odd = (numbers.isna() & ~marked) | np.isinf(numbers)
    expected = "a number, blank, or one of the marks x and z"
    problems = at_lines(path, table, odd, column, "no number and no known mark", expected)
    if column in file.filled:
        problems += at_lines(path, table, marked, column, "a figure is missing", "a number")
    if column in file.never_negative:
        problems += at_lines(path, table, numbers < 0, column, "a figure below nil", "0 or more")
    table[column] = numbers
    return problems


def _keys(path: Path, table: pd.DataFrame, file: FinanceFile) -> list[Problem]:
    problems: list[Problem] = []
    for column in ("financial_year", "year"):
        if column in file.key:
            parts = table[column].str.extract(f"^{_YEAR.pattern}$")
            first = pd.to_numeric(parts[0])
            wrong = parts[0].isna() | (pd.to_numeric(parts[1]) != (first + 1) % 100)
            problems += at_lines(path, table, wrong, column, "no financial year", "such as 2021-22")
            table["year_text"] = table[column]
            table["first_year"] = first.where(~wrong, 0).astype(int)
    nameless = table["la_name"].eq("")
    problems += at_lines(path, table, nameless, "la_name", "a row without a name", "an authority")
    if "la_code" in table:
        code = table.la_code.str.replace(r"^(\d{3})\.0$", r"\1", regex=True)
        table["la_code"] = code
        blank = code.eq("") & ("la_code" not in file.key)
        wrong = ~code.str.fullmatch(_CODE.pattern) & ~blank
        problems += at_lines(
            path, table, wrong, "la_code", "no code of an authority",
            "the department's three digits, such as 301",
        )  # fmt: skip
    twice = table.duplicated(list(file.key))
    problems += at_lines(
        path, table, twice, file.key[-1], "a second row for the same " + " and ".join(file.key),
        "one row", "Take one of them out.",
    )  # fmt: skip
    return problems

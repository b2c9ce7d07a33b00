"""Read one of the department's SEN2 files, or say everything that is wrong with it."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from model.history.publications import KEY_COLUMNS, PUBLICATIONS, UNAVAILABLE, Publication
from model.scenario.problems import Problem, ScenarioError, did_you_mean, shown

_ACADEMIC, _CALENDAR = re.compile(r"(19|20)\d{4}"), re.compile(r"(19|20)\d{2}")
_SLASHED = re.compile(r"((?:19|20)\d{2})[/-](\d{2})")
_LAYOUT = (
    "one of the department's SEN2 files as published, comma-separated, one row for each authority, "
    "year and breakdown"
)
_SHOWN_ROWS = 5
LEVELS = ("National", "Regional", "Local authority")


@dataclass(frozen=True)
class Published:
    """One file as read: rows as published, counts as numbers.

    `table`: the key columns as text, `january` as a whole number and every other column as float64
    with NaN where the file has a mark. `authority` is the authority's name, `England` for the
    nation.
    """

    publication: Publication
    path: Path
    table: pd.DataFrame

    def whole(self) -> pd.DataFrame:
        """Rows that count everything once, of the nation and of authorities."""
        rows = self.table[self.table.breakdown_topic == self.publication.whole]
        return rows[rows.geographic_level != "Regional"]


def read_publication(path: Path) -> Published:
    """Read a file, plain or gzipped. Which of the collection it is follows from its columns.

    Raises ScenarioError with every problem of the file: not readable, no SEN2 layout, columns
    missing, rows twice, periods in another style, text where a number belongs, negative counts.
    """
    raw = _text_table(path)
    columns = [str(column).strip().lstrip("\ufeff") for column in raw.columns]
    raw.columns = pd.Index(columns)
    problems = [
        Problem(
            str(path), 1, column, "a column of the SEN2 layout is missing",
            found=shown(", ".join(columns[:6])), expected=f"the column '{column}'",
            hint=did_you_mean(column, columns),
        )
        for column in KEY_COLUMNS
        if column not in columns
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    publication = _recognised(path, raw)
    table, problems = _typed(path, raw, publication)
    problems += _repeated(path, table)
    if problems:
        raise ScenarioError(problems)
    return Published(publication, path, table)


def _text_table(path: Path) -> pd.DataFrame:
    try:
        data = path.read_bytes()
        if path.suffix == ".gz" or data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        text = data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        reason = (
            "the file is cut off or is no gzip file"
            if not isinstance(error, FileNotFoundError)
            else "there is no such file"
        )
        raise ScenarioError([_problem(path, None, "", reason, expected=_LAYOUT)]) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(
            [
                _problem(
                    path, None, "", "the file is no text (a workbook or a picture, perhaps)",
                    expected=_LAYOUT, hint="Save the sheet as CSV (UTF-8).",
                )
            ]
        ) from error  # fmt: skip
    lines = text.splitlines()
    if len(lines) < 2:
        raise ScenarioError([_problem(path, None, "", "the file has no rows", expected=_LAYOUT)])
    if ";" in lines[0] and lines[0].count(";") > lines[0].count(","):
        raise ScenarioError(
            [
                _problem(
                    path, 1, "", "the columns are parted by semicolons", found=shown(lines[0]),
                    expected="commas", hint="Download the file again, or save it as CSV with commas.",
                )
            ]
        )  # fmt: skip
    from io import StringIO

    try:
        table = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, ValueError) as error:
        raise ScenarioError(
            [
                _problem(
                    path, None, "", "a row has more columns than the header", found=shown(str(error)),
                    expected=_LAYOUT,
                )
            ]
        ) from error  # fmt: skip
    return table


def _problem(
    path: Path, line: int | None, key: str, message: str, *, found: str | None = None,
    expected: str | None = None, hint: str | None = None,
) -> Problem:  # fmt: skip
    return Problem(str(path), line, key, message, found=found, expected=expected, hint=hint)


def _recognised(path: Path, raw: pd.DataFrame) -> Publication:
    academic = raw["time_identifier"].str.lower().str.startswith("academic").any()
    fitting = [
        publication
        for publication in PUBLICATIONS
        if all(column in raw.columns for column in publication.known_by)
    ]
    same_kind = [publication for publication in fitting if publication.stock == academic]
    if same_kind:
        return same_kind[0]
    if fitting:
        wanted = "Academic year" if fitting[0].stock else "Calendar year"
        raise ScenarioError(
            [
                _problem(
                    path, 2, "time_identifier", f"{fitting[0].title.lower()} have another kind of year",
                    found=shown(raw["time_identifier"].iloc[0]), expected=wanted,
                )
            ]
        )  # fmt: skip
    raise ScenarioError(
        [
            _problem(
                path, 1, "", "none of the SEN2 files has these columns",
                found=shown(", ".join(raw.columns[12:18])),
                expected="; ".join(f"{p.title}: {', '.join(p.known_by)}" for p in PUBLICATIONS),
            )
        ]
    )  # fmt: skip


def _typed(
    path: Path, raw: pd.DataFrame, publication: Publication
) -> tuple[pd.DataFrame, list[Problem]]:
    problems: list[Problem] = []
    table = raw.copy()
    for column in KEY_COLUMNS:
        table[column] = table[column].str.strip()
    table["january"], found = _januaries(path, table, publication)
    problems += found
    wrong = ~table.geographic_level.isin(LEVELS)
    problems += _at_rows(
        path, table, wrong, "geographic_level", "unknown level", " or ".join(LEVELS)
    )
    nameless = table.geographic_level.eq("Local authority") & table.la_name.eq("")
    problems += _at_rows(
        path,
        table,
        nameless,
        "la_name",
        "a row of an authority without its name",
        "the authority's name",
    )
    table["authority"] = table.la_name.where(table.geographic_level != "National", "England")
    for column in raw.columns:
        if (
            column in KEY_COLUMNS
            or column in _NAMES
            or column.lower().endswith("_pc")
            or column.lower().startswith("pc_")
        ):
            continue
        text = raw[column].str.strip()
        marked = text.str.lower().isin(UNAVAILABLE)
        numbers = pd.to_numeric(
            text.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True), errors="coerce"
        )
        odd = numbers.isna() & ~marked
        problems += _at_rows(
            path, raw, odd, column, "no number and no known mark", "a count, or x or z"
        )
        problems += _at_rows(
            path, raw, numbers.lt(0), column, "a count below nil", "a count of 0 or more"
        )
        table[column] = numbers.astype(np.float64)
    if publication.total in table and not table.breakdown_topic.eq(publication.whole).any():
        problems.append(
            _problem(
                path, None, "breakdown_topic", "no row counts everything once",
                found=shown(sorted(set(table.breakdown_topic))[:4]),
                expected=f"rows with the topic '{publication.whole}'",
                hint=did_you_mean(publication.whole, set(table.breakdown_topic)),
            )
        )  # fmt: skip
    return table, problems


_NAMES = ("country_code", "country_name", "region_code")


def _januaries(
    path: Path, table: pd.DataFrame, publication: Publication
) -> tuple[pd.Series, list[Problem]]:
    """January of each row. Academic years are written 202223 or 2022/23, calendar years 2022."""
    text = table.time_period.str.replace(_SLASHED, r"\1\2", regex=True)
    pattern = _ACADEMIC if publication.stock else _CALENDAR
    good = text.str.fullmatch(pattern)
    if publication.stock:
        first, second = text.str[2:4], text.str[4:6]
        following = pd.to_numeric(first, errors="coerce").add(1).mod(100)
        good &= following.eq(pd.to_numeric(second, errors="coerce"))
    expected = "an academic year such as 202223" if publication.stock else "a year such as 2022"
    problems = _at_rows(path, table, ~good, "time_period", "another style of period", expected)
    known = text.where(good)
    january = (
        pd.to_numeric(known.str[:2] + known.str[4:])
        if publication.stock
        else pd.to_numeric(known) + 1
    )
    return january.fillna(0).astype(int), problems


def _at_rows(
    path: Path, table: pd.DataFrame, wrong: pd.Series, column: str, message: str, expected: str
) -> list[Problem]:
    """One problem a column, with its first rows, however many rows are wrong."""
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if not len(rows):
        return []
    lines = ", ".join(str(row + 2) for row in rows[:_SHOWN_ROWS])
    more = f" and {len(rows) - _SHOWN_ROWS:,} more" if len(rows) > _SHOWN_ROWS else ""
    value = table[column].iloc[rows[0]] if column in table else ""
    return [
        _problem(
            path, int(rows[0]) + 2, column, f"{message} in row {lines}{more}", found=shown(str(value)),
            expected=expected,
        )
    ]  # fmt: skip


def _repeated(path: Path, table: pd.DataFrame) -> list[Problem]:
    keys = [
        "january",
        "geographic_level",
        "region_name",
        "authority",
        "breakdown_topic",
        "breakdown",
    ]
    return _at_rows(
        path, table, table.duplicated(keys), "breakdown", "the same authority, year and breakdown twice",
        "each once",
    )  # fmt: skip

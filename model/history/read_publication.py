"""Read one of the department's SEN2 files, or say everything that is wrong with it."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from model.history.placements import placements
from model.history.publications import KEY_COLUMNS, PUBLICATIONS, UNAVAILABLE, Publication
from model.history.rules import rules
from model.scenario.problems import Problem, ScenarioError, did_you_mean, shown

_ACADEMIC, _CALENDAR = re.compile(r"(19|20)\d{4}"), re.compile(r"(19|20)\d{2}")
_SLASHED = re.compile(r"((?:19|20)\d{2})[/-](\d{2})")
_LAYOUT = (
    "one of the department's SEN2 files as published, comma-separated, one row for each authority, "
    "year and breakdown"
)
_SHOWN_ROWS = 5
_FEW_ROWS = 3
_NEARLY = 0.85
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
    missing, rows twice or ragged, periods in another style, text where a number belongs, counts that
    are negative or no whole numbers, columns that do not add up in row after row.
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
    problems = _lacking(path, publication, columns)
    if problems:
        raise ScenarioError(problems)
    table, problems = _typed(path, raw, publication)
    problems += _repeated(path, table)
    if not problems:
        problems = _damaged_sums(path, table, publication)
    if problems:
        raise ScenarioError(problems)
    return Published(publication, path, table)


def _text_table(path: Path) -> pd.DataFrame:
    """The cells of a file as text, every row as long as the header."""
    text = _text(path)
    first = text.split("\n", 1)[0]
    if ";" in first and first.count(";") > first.count(","):
        raise ScenarioError(
            [
                _problem(
                    path, 1, "", "the columns are parted by semicolons", found=shown(first),
                    expected="commas", hint="Download the file again, or save it as CSV with commas.",
                )
            ]
        )  # fmt: skip
    rows, problems = _rows(path, text)
    if not rows:
        problems = [_problem(path, None, "", "the file is empty", expected=_LAYOUT)]
    elif len(rows) < 2 and not problems:
        problems = [_problem(path, None, "", "the file has no rows", expected=_LAYOUT)]
    repeated = sorted({name for name in rows[0] if rows[0].count(name) > 1}) if rows else []
    problems += [
        _problem(path, 1, name, "two columns have the same name", expected="each column once")
        for name in repeated
    ]
    if problems:
        raise ScenarioError(problems)
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=object)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ScenarioError(
            [_problem(path, None, "", "there is no such file", expected=_LAYOUT)]
        ) from error
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror}"
        raise ScenarioError([_problem(path, None, "", reason, expected=_LAYOUT)]) from error
    try:
        if path.suffix == ".gz" or data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ScenarioError(
            [
                _problem(
                    path, None, "", "the file is cut off or is no gzip file", expected=_LAYOUT,
                    hint="Download it again, or take .gz off the name of a file that is not compressed.",
                )
            ]
        ) from error  # fmt: skip
    if data[:4] == b"PK\x03\x04":
        raise ScenarioError(
            [
                _problem(
                    path, None, "", "the file is a workbook or a zip archive and no CSV",
                    expected=_LAYOUT, hint="Unpack the archive, or save the sheet as CSV (UTF-8).",
                )
            ]
        )  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScenarioError(
            [
                _problem(
                    path, line, "", "the file is no text in UTF-8",
                    found=shown(data[max(0, error.start - 12) : error.start + 12].decode("latin-1")),
                    expected=_LAYOUT, hint="Download it again, or save the sheet as CSV (UTF-8).",
                )
            ]
        ) from error  # fmt: skip


def _rows(path: Path, text: str) -> tuple[list[list[str]], list[Problem]]:
    """Rows of cells, and what is wrong with the way they are parted. Empty lines are skipped."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    ragged: list[tuple[int, int]] = []
    try:
        for row in reader:
            if not row:
                continue
            if rows and len(row) != len(rows[0]):
                ragged.append((reader.line_num, len(row)))
            rows.append(row)
    except csv.Error as error:
        return rows, [
            _problem(
                path, reader.line_num, "", "the quotation marks of a row do not close",
                found=shown(str(error)), expected=_LAYOUT,
            )
        ]  # fmt: skip
    if not ragged:
        return rows, []
    lines = ", ".join(str(line) for line, _ in ragged[:_SHOWN_ROWS])
    more = f" and {len(ragged) - _SHOWN_ROWS:,} more" if len(ragged) > _SHOWN_ROWS else ""
    return rows, [
        _problem(
            path, ragged[0][0], "", f"more or fewer columns than the header in row {lines}{more}",
            found=f"{ragged[0][1]} columns", expected=f"{len(rows[0])} columns",
        )
    ]  # fmt: skip


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


def _lacking(path: Path, publication: Publication, columns: list[str]) -> list[Problem]:
    """Columns of the publication that are not there. Placements come and go: a placement is lacking
    only where the file has a column of nearly its name, which nobody would read."""
    problems = []
    unread = set(columns) - set(publication.needed()) - set(placements())
    for column in publication.needed():
        if column not in columns:
            problems.append(
                _problem(
                    path, 1, column, f"a column of '{publication.title}' is missing",
                    expected=f"the column '{column}'", hint=did_you_mean(column, unread),
                )
            )  # fmt: skip
    if "mainstream_total" in publication.needed():
        for column in placements():
            near = get_close_matches(column, unread, n=1, cutoff=_NEARLY)
            if column not in columns and near:
                problems.append(
                    _problem(
                        path, 1, near[0], "a column of placements has another name",
                        expected=f"the column '{column}'",
                    )
                )  # fmt: skip
    return problems


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
        problems += _at_rows(
            path, raw, numbers.mod(1).gt(0), column, "no whole number", "a count, or x or z"
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


def _damaged_sums(path: Path, table: pd.DataFrame, publication: Publication) -> list[Problem]:
    """Columns that do not add up in row after row: a file damaged or with columns exchanged. Single
    rows that do not add up are published so and are findings (`model.history.checks`)."""
    problems = []
    for whole, parts in publication.parts:
        difference = table[list(parts)].sum(axis=1, min_count=len(parts)) - table[whole]
        # England's and the regions' rows take in authorities that returned totals only.
        difference = difference[table.geographic_level == "Local authority"]
        compared = int(difference.notna().sum())
        wrong = difference.fillna(0).ne(0)
        if wrong.sum() > max(_FEW_ROWS, rules().most_rows_not_adding_up * compared):
            row = int(wrong.index[wrong.to_numpy()][0])
            problems.append(
                _problem(
                    path, row + 2, whole,
                    f"its parts do not add up to it in {wrong.sum():,} of {compared:,} rows",
                    found=f"{table[list(parts)].iloc[row].sum():,.0f} and {table[whole].iloc[row]:,.0f}",
                    expected=f"the sum of {', '.join(parts[:3])} and so on",
                    hint="Download the file again: some of its columns have been changed.",
                )
            )  # fmt: skip
    return problems

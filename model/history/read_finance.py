"""From a folder of published finance files to a `FinanceHistory`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from model.history.finance import DSG_TOTAL, PLANS_OF, Fault, FinanceHistory
from model.history.finance_faults import faults_at, price_faults, s251_faults
from model.history.finance_files import (
    ALLOCATIONS,
    BALANCES,
    CATEGORY_OF,
    FILES,
    PRICES,
    S251,
    FinanceFile,
)
from model.history.finance_identities import (
    NATION_CODE,
    allocation_problems,
    balance_problems,
    price_problems,
)
from model.history.finance_names import codes_by_name, name_key
from model.history.finance_rules import finance_rules
from model.history.finance_table import read_table
from model.scenario.problems import Problem, ScenarioError

_ALLOCATION_OF: Final = {
    "high_needs_block_gross": "high_needs_block_before_deductions_gbp",
    "high_needs_block_net": "high_needs_block_after_deductions_gbp",
}

_NAMED_PLAINLY: Final = {BALANCES.title: 2, PRICES.title: 2, S251.title: 1}
"""Allocations write names in several ways over the years, section 251 adds codes and capitals."""


def read_finance(folder: Path) -> FinanceHistory:
    """Read every finance file of a folder, or of its subfolder `finance`.

    A file that is not there leaves its measures empty. Authorities are joined by the department's
    code; a row without one is joined by its name where the name is known from another file, else
    it is listed as a fault. Raises ScenarioError with every problem of every file: no such folder,
    no finance file, a file with damaged rows, or an identity of a file that does not hold.
    """
    found = finance_paths(folder)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for file, path in found.items():
        try:
            tables[file.title] = read_table(path, file)
        except ScenarioError as error:
            problems += error.problems
            continue
        problems += _identities(file, path, tables[file.title])
    if problems:
        raise ScenarioError(problems)
    return _joined(tables, {file.title: path.name for file, path in found.items()})


def finance_paths(folder: Path) -> dict[FinanceFile, Path]:
    """The finance files of a folder. Raises ScenarioError where there is none, or two of one kind."""
    if not folder.is_dir():
        expected = "a folder with published finance files, or one that holds them as 'finance'"
        raise ScenarioError(
            [Problem(str(folder), None, "", "there is no such folder", expected=expected)]
        )
    place = folder / "finance" if (folder / "finance").is_dir() else folder
    paths = {
        file: sorted([*place.glob(file.pattern), *place.glob(f"{file.pattern}.gz")])
        for file in FILES
    }
    problems = [
        Problem(
            str(place), None, "", f"more than one file of '{file.title}'",
            found=", ".join(path.name for path in several), expected="one", hint="Take the others out.",
        )
        for file, several in paths.items()
        if len(several) > 1
    ]  # fmt: skip
    if not any(paths.values()):
        expected = "; ".join(f"{file.title}: {file.pattern}" for file in FILES)
        problems.append(Problem(str(place), None, "", "no finance file", expected=expected))
    if problems:
        raise ScenarioError(problems)
    return {file: one[0] for file, one in paths.items() if one}


def _identities(file: FinanceFile, path: Path, table: pd.DataFrame) -> list[Problem]:
    if file is ALLOCATIONS:
        return allocation_problems(path, table, finance_rules())
    if file is BALANCES:
        return balance_problems(path, table)
    return price_problems(path, table) if file is PRICES else []


def _joined(tables: dict[str, pd.DataFrame], names: dict[str, str]) -> FinanceHistory:
    known = codes_by_name(
        (code, name)
        for title in (ALLOCATIONS.title, BALANCES.title, S251.title)
        if title in tables
        for code, name in tables[title][["la_code", "la_name"]].itertuples(index=False)
        if code
    )
    faults: list[Fault] = []
    coded = {}
    for title, table in tables.items():
        coded[title], unjoined = _coded(table, known, names[title])
        faults += unjoined
    series: dict[str, pd.DataFrame] = {}
    sources: dict[str, str] = {}
    for title, reads in (
        (PRICES.title, _price_series),
        (ALLOCATIONS.title, _allocation_series),
        (BALANCES.title, _balance_series),
    ):
        if title in coded:
            read, found = reads(coded[title], names[title])
            series |= {
                name: read[name].combine_first(series[name]) if name in series else read[name]
                for name in read
            }
            sources |= dict.fromkeys(read, names[title])
            faults += found
    s251 = pd.DataFrame()
    if S251.title in coded:
        table = coded[S251.title]
        faults += s251_faults(names[S251.title], table, finance_rules())
        s251 = table.set_index("code")
    return FinanceHistory(_authorities(coded), series, s251, tuple(faults), sources)


def _coded(
    table: pd.DataFrame, known: dict[str, str], file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """The rows with a code, in column `code`; those that cannot be joined are faults."""
    by_name = table.la_name.map(lambda name: known.get(name_key(name), ""))
    code = table.la_code.where(table.la_code.ne(""), by_name) if "la_code" in table else by_name
    table = table.assign(code=code)
    lost = table[code.eq("")]
    why = ["no code, and no other file gives one to this name"] * len(lost)
    faults = faults_at(file, lost, ["name"] * len(lost), why, lost.la_name, "left out")
    table = table[code.ne("")]
    key = [name for name in ("code", "first_year", "category") if name in table]
    again = table[table.duplicated(key)]
    why = [f"a second row for the authority {code}" for code in again.code]
    faults += faults_at(file, again, ["name"] * len(again), why, again.la_name, "left out")
    return table[~table.duplicated(key)], faults


def _wide(table: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    wide = table.assign(value=values).pivot(index="code", columns="first_year", values="value")
    return wide.rename_axis(columns="year")


def _price_series(table: pd.DataFrame, file: str) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    wrong, faults = price_faults(file, table, finance_rules())
    series = {}
    for measure, category in CATEGORY_OF.items():
        rows = table[table.category == category]
        # Unrounded: the printed price has lost up to half a pound.
        series[measure] = _wide(rows, (rows.total_spend / rows.n).mask(wrong[rows.index]))
        series[PLANS_OF[measure]] = _wide(rows, rows.n)
    return series, faults


def _allocation_series(
    table: pd.DataFrame, file: str
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    rows = table[table.code != NATION_CODE]
    series = {name: _wide(rows, rows[column]) for name, column in _ALLOCATION_OF.items()}
    return {**series, DSG_TOTAL: _wide(rows, rows.total_dsg_gross)}, []


def _balance_series(table: pd.DataFrame, file: str) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    share = -table.cumulative_balance_pct_of_total_dsg / 100
    blank = table[table.total_dsg.isna()]
    faults = faults_at(
        file,
        blank,
        ["total_dsg"] * len(blank),
        ["the DSG is blank, and with it the pounds of the balance"] * len(blank),
        [""] * len(blank),
        "the allocation of the year stands in where there is one",
    )
    return {
        "dsg_balance_share": _wide(table, share),
        DSG_TOTAL: _wide(table, table.total_dsg),
    }, faults


def _authorities(coded: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Code, name and region of every authority; the name of the latest row that gives one."""
    parts = []
    for title, table in coded.items():
        region = next((table[name] for name in ("region_name", "region") if name in table), None)
        year = table.get("first_year", pd.Series(2021, index=table.index))
        parts.append(
            pd.DataFrame(
                {
                    "code": table.code,
                    "name": table.la_name,
                    "region": "" if region is None else region.str.strip(),
                    "year": year,
                    "plain": _NAMED_PLAINLY.get(title, 0),
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows.code != NATION_CODE].sort_values(["plain", "year"], kind="stable")
    regions = rows[rows.region.ne("") & ~rows.region.str.isupper()].groupby("code").region.last()
    names = rows.groupby("code").name.last()
    return pd.DataFrame({"name": names, "region": regions.reindex(names.index).fillna("")})

"""Which spending is individual schools budget and which central, for the note in the accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.reference.bundled import read_csv_rows
from model.results import Results

Floats = NDArray[np.float64]

COLUMNS = {"central": "Central expenditure", "isb": "Individual schools budget"}


@dataclass(frozen=True)
class Deployed:
    """One piece of spending with the column of the note it stands in. `mean_gbp`: (year,) pounds."""

    title: str
    block: str
    rule: str
    column: str
    reason: str
    mean_gbp: Floats


def deployed(results: Results) -> list[Deployed]:
    """All DSG spending of a run, line by line and code by code, then what no line covers.

    Means over draws, pounds; the parts of a block sum to its spending. Within a line each driver keeps
    its share of the line. Raises KeyError for a section 251 line that the rule file does not know.
    """
    rules = {
        (row["kind"], row["key"]): (row["column"], row["reason"])
        for row in read_csv_rows("reference/deployment.csv")
    }
    draws, scenario = results.draws, results.scenario
    found: list[Deployed] = []
    covered: dict[str, Floats] = {}
    for line in scenario.funding.lines if scenario.funding else []:
        mean = draws["line_spend"].sel(line=line.id).mean("draw").to_numpy()
        covered[line.block] = covered.get(line.block, np.zeros_like(mean)) + mean
        names = [f"{line.id}.{driver.id}" for driver in line.drivers]
        parts = draws["driver_spend"].sel(driver=names).mean("draw").to_numpy()
        by_code: dict[str, Floats] = {}
        for driver, part in zip(line.drivers, parts, strict=True):
            by_code[driver.s251] = by_code.get(driver.s251, np.zeros_like(mean)) + part
        # What is not in any driver (profiles, mitigations on the line) follows the line's first code.
        first = line.drivers[0].s251
        by_code[first] = by_code[first] + mean - parts.sum(axis=0)
        for code, amount in by_code.items():
            column, reason = rules["s251", ".".join(code.split(".")[:2])]
            found.append(Deployed(line.title, line.block, code, column, reason, amount))
    if scenario.account is not None:
        for block in scenario.account.blocks:
            mean = draws["spend"].sel(block=block.id).mean("draw").to_numpy()
            rest = mean - covered.get(block.id, np.zeros_like(mean))
            column, reason = rules["block", block.id]
            title = "Spending that no budget line covers"
            found.append(Deployed(title, block.id, "no line", column, reason, rest))
    return found

"""Officers: the caseload that the forecast implies, and how many would hold it at the stated one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.scenario.demand_schema import Caseload

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CaseloadByYear:
    """Officers by year, each (year, draw): in post, plans an officer holds, and officers needed."""

    officers: Floats
    plans_an_officer: Floats
    officers_needed: Floats


def caseload_by_year(
    caseload: Caseload, draws: Draws, average_plans: Floats, new_plans: Floats
) -> CaseloadByYear:
    """Caseload from the average plans in force and the plans issued of each year (year, draw).

    Issuing a plan is the work of `new_plan_weight` plans held for a year.
    """
    officers = draws.by_year(caseload.officers_fte)
    work = average_plans + new_plans * draws.of(caseload.new_plan_weight)
    held = np.divide(work, officers, out=np.zeros_like(work), where=officers > 0)
    return CaseloadByYear(officers, held, work / draws.of(caseload.plans_an_officer))

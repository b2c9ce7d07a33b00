"""Numbers in a scenario: what they are once read, and the rules that read them.

The types are in `quantities`; each rule, which reads what the user wrote or raises one error that
says what is wrong, has a module of its own. The rest of the model imports them from here.
"""

from __future__ import annotations

from model.scenario.number_rule import NumberRule
from model.scenario.plain_number import read_number
from model.scenario.problems import problem
from model.scenario.provenance import Provenance, refuse_formula
from model.scenario.quantities import Quantity, ShareSet, TimePath, Yearly
from model.scenario.shares_rule import SharesRule
from model.scenario.yearly_rule import YearlyRule

__all__ = [
    "NumberRule",
    "Provenance",
    "Quantity",
    "ShareSet",
    "SharesRule",
    "TimePath",
    "Yearly",
    "YearlyRule",
    "problem",
    "read_number",
    "refuse_formula",
]

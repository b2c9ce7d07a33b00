"""What mitigations change in the model's inputs, which then works through plans, places and prices.

A change is planned in full; what is delivered is plan x confidence x the share of it that the run
holds on top of the base x how far its ramp has got. Changes of several mitigations to one input add.
"""

from __future__ import annotations

import numpy as np

from model.draws import Draws, InputChange
from model.mitigation.delivery import presence, share_on_top
from model.scenario.inputs import inputs
from model.scenario.numbers import Quantity, Yearly
from model.scenario.schema import Scenario


def apply_input_changes(scenario: Scenario, draws: Draws) -> None:
    """Note in `draws` what the scenario's mitigations do to its inputs, month by month.

    Nothing is noted for the base, so that its figures stay bit for bit what they are.
    """
    months = draws.months
    for item in scenario.mitigations:
        draws.presence[item.id] = presence(item, scenario, draws, months)
    if scenario.mitigated == "base":
        return
    figures = {entry.path: entry.figure for entry in inputs(scenario)}
    for item in scenario.mitigations:
        if not item.input_changes:
            continue
        delivered = share_on_top(item, scenario, draws, months) * draws.of(item.confidence)
        for change in item.input_changes:
            figure = figures[change.input]
            assert isinstance(figure, Quantity | Yearly)
            known = draws.changes.get(id(figure))
            factor = np.ones_like(delivered) if known is None else known.factor
            addend = np.zeros_like(delivered) if known is None else known.addend
            if change.multiply is not None:
                factor = factor + (draws.of(change.multiply) - 1) * delivered
            if change.add is not None:
                addend = addend + draws.of(change.add) * delivered
            draws.changes[id(figure)] = InputChange(np.maximum(factor, 0.0), addend)

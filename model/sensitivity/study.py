"""What drives a figure: swings, first-order and total indices, and what decides the trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.results import Results
from model.run import run
from model.sensitivity.deciding import Deciding, deciding
from model.sensitivity.first_order import FEWEST_DRAWS, Index, first_order
from model.sensitivity.input_groups import InputGroup, columns_of, input_groups
from model.sensitivity.swings import Swing, swings
from model.sensitivity.targets import ON_TRAJECTORY, TARGETS, Target, years_of
from model.sensitivity.total import TotalIndices, total_indices
from model.whatif.variants import Progress

DECIDING_GROUPS = 12
"""Groups tried as deciders: those with the largest swings."""

DECIDING_DRAWS = 128
NOTHING = 1e-9
"""A swing below this share of the figure is rounding."""


@dataclass(frozen=True)
class Driver:
    """One group of inputs: what it does alone to the central figure, and its shares of the variance.

    `first` is None with too few draws, `total` where the surrogate is not good enough.
    """

    swing: Swing
    first: Index | None
    total: float | None

    @property
    def group(self) -> InputGroup:
        """The inputs meant."""
        return self.swing.group


@dataclass(frozen=True)
class Sensitivity:
    """What drives `target` in `year`, the largest swing first.

    `mean`: the figure over draws. `swung`: the figure whose swings are given, the target itself or, for
    a probability, the deficit behind it; `central`: that in the central run; `draws`: number of draws the indices rest on; `chance`:
    share of the variance that is chance, not inputs (None where it was not measured); `r2`: how good
    the surrogate of the total indices is (None without one); `still`: inputs that change nothing;
    `decides`: empty unless the figure is about the trajectory.
    """

    target: Target
    year: str
    mean: float
    swung: Target
    central: float
    draws: int
    drivers: tuple[Driver, ...]
    chance: float | None
    r2: float | None
    still: tuple[InputGroup, ...]
    decides: tuple[Deciding, ...] = ()

    @property
    def explained(self) -> float | None:
        """Sum of first-order indices: what inputs explain one by one. The rest is chance and interplay."""
        firsts = [driver.first.value for driver in self.drivers if driver.first is not None]
        return float(np.clip(sum(firsts), 0.0, 1.0)) if firsts else None

    def as_dict(self) -> dict[str, object]:
        """Everything, for JSON: nothing where there is no figure."""
        frame = self.to_frame()
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return {
            "target": self.target.name,
            "unit": self.target.unit,
            "year": self.year,
            "mean": self.mean,
            "swings_of": self.swung.name,
            "central": self.central,
            "draws": self.draws,
            "explained_one_by_one": self.explained,
            "chance": self.chance,
            "surrogate_r2": self.r2,
            "inputs": rows,
            "without_effect": [group.name for group in self.still],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a group of inputs, the largest swing first."""
        decides = {item.group.name: item for item in self.decides}
        rows = []
        for driver in self.drivers:
            item = decides.get(driver.group.name)
            rows.append(
                {
                    "inputs": driver.group.name,
                    "low": driver.swing.low,
                    "high": driver.swing.high,
                    "swing": driver.swing.size,
                    "first_order": driver.first.value if driver.first else np.nan,
                    "first_order_p05": driver.first.low if driver.first else np.nan,
                    "first_order_p95": driver.first.high if driver.first else np.nan,
                    "total": np.nan if driver.total is None else driver.total,
                    "decides_share_of_draws": item.share if item else np.nan,
                    "on_trajectory_at_low": item.on_at_low if item else np.nan,
                    "on_trajectory_at_high": item.on_at_high if item else np.nan,
                }
            )
        return pd.DataFrame(rows)


def sensitivity(
    results: Results,
    target: Target | str,
    year: str,
    *,
    with_deciding: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Sensitivity:
    """What drives a figure of a finished run.

    `with_deciding` also tries which input decides whether the trajectory is met in `year`; always done
    when that is the target, whose swings are then those of the cumulative deficit. Raises ValueError
    for a figure or year that the run does not have.
    """
    target = TARGETS[target] if isinstance(target, str) else target
    about_trajectory = target.name == ON_TRAJECTORY
    if not target.there(results.draws):
        raise ValueError(f"this scenario has no {target.title.lower()}")
    if year not in years_of(target, results.draws):
        known = ", ".join(years_of(target, results.draws))
        raise ValueError(f"{target.title.lower()} is known for {known}, not for {year}")
    swung = TARGETS["closing_deficit"] if about_trajectory else target
    samples = results.prepared.loaded.samples
    groups = input_groups(results.scenario, tuple(samples) if samples else ())
    found = swings(results.prepared, results.anchors, groups, swung, year)
    central = float(swung.of(results.central, year)[0])
    moving = [one for one in found if one.size > NOTHING * max(abs(central), 1.0)]
    moving.sort(key=lambda one: -one.size)
    names = {one.group.name for one in moving}
    firsts, total, chance = _indices(results, target, year, moving, jobs)
    decides: list[Deciding] = []
    if (about_trajectory or with_deciding) and "target_year" in results.draws.coords:
        targets = [str(one) for one in results.draws["target_year"].to_numpy()]
        if year in targets:
            decides = deciding(
                results.prepared,
                results.anchors,
                moving[:DECIDING_GROUPS],
                targets.index(year),
                draws=min(DECIDING_DRAWS, results.draw_count),
                seed=results.seed,
                jobs=jobs,
                progress=progress,
            )
    shares = total.values if total is not None else None
    return Sensitivity(
        target=target,
        year=year,
        mean=float(target.of(results.draws, year).mean()),
        swung=swung,
        central=central,
        draws=results.draw_count,
        drivers=tuple(
            Driver(one, firsts[number], shares[number] if shares is not None else None)
            for number, one in enumerate(moving)
        ),
        chance=chance,
        r2=total.r2 if total is not None else None,
        still=tuple(group for group in groups if group.name not in names),
        decides=tuple(decides),
    )


def _indices(
    results: Results, target: Target, year: str, moving: list[Swing], jobs: int
) -> tuple[list[Index | None], TotalIndices | None, float | None]:
    """First-order and total indices of the groups that move the figure, and the share of chance.

    Chance hides the model from a surrogate, so that is fitted on the expected values of the same
    draws; its indices are then scaled to the whole variance, chance included, as first-order ones are.
    """
    if results.draw_count < FEWEST_DRAWS or not moving:
        return [None] * len(moving), None, None
    values = target.of(results.draws, year)
    through = results.scenario.horizon.years.index(int(year[:4]))
    columns = [columns_of(one.group, results.inputs, through) for one in moving]
    empty = np.zeros((results.draw_count, 0))
    columns = [one if one.size else empty for one in columns]
    firsts: list[Index | None] = [first_order(one, values) for one in columns]
    expected = values
    if results.chance:
        twin = run(
            results.prepared.loaded,
            draws=results.draw_count,
            seed=results.seed,
            jobs=jobs,
            chance=False,
        )
        expected = target.of(twin.draws, year)
    variance = float(values.var())
    inputs_share = min(float(expected.var()) / variance, 1.0) if variance > 0 else 1.0
    total = total_indices(columns, [one.size for one in moving], expected)
    if total.values is not None:
        scaled = tuple(value * inputs_share for value in total.values)
        total = TotalIndices(total.r2, scaled, total.error)
    # Of a yes or no, expected values do not give the probability but another yes or no.
    chance = None if target.name == ON_TRAJECTORY else 1.0 - inputs_share
    return firsts, total, chance

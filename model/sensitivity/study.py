"""What drives a figure: swings, first-order and total indices, and what decides the trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.results import Results
from model.run import run
from model.sensitivity.deciding import Deciding, deciding
from model.sensitivity.first_order import FEWEST_DRAWS, Index, first_order, summed
from model.sensitivity.input_groups import InputGroup, columns_of, input_groups
from model.sensitivity.swings import Swing, swings
from model.sensitivity.targets import ON_TRAJECTORY, TARGETS, Target, targets_of, years_of
from model.sensitivity.total import TotalIndices, total_indices
from model.whatif.variants import Progress

Floats = NDArray[np.float64]

DECIDING_GROUPS = 12
"""Groups tried as deciders: those with the largest swings."""

DECIDING_DRAWS = 128
NOTHING = 1e-9
"""A swing below this share of the figure is rounding."""

LEAST_SHOWN = 0.02
"""An input without a swing is listed from this share of the variance on."""

APART = 0.15
"""Standard deviations by which the mean of expected values may differ from that of the draws."""

Z90 = 1.2815515655446004


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
    def explained(self) -> Index | None:
        """What inputs explain one by one, summed; the rest is chance and interplay. None without indices."""
        firsts = [driver.first for driver in self.drivers if driver.first is not None]
        return summed(firsts) if firsts else None

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
            "explained_one_by_one": self.explained.value if self.explained else None,
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
                    "target": self.target.name,
                    "year": self.year,
                    "unit": self.swung.unit,
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
    for a figure or year that the run does not have, and for a run with inputs held at a value.
    """
    target = TARGETS[target] if isinstance(target, str) else target
    if results.fixed:
        # Swings and the twin without chance would let go of what the run held.
        raise ValueError(
            f"this run holds {', '.join(results.fixed)}; ask a run without fixed inputs"
        )
    about_trajectory = target.name == ON_TRAJECTORY
    if not target.there(results.draws):
        known = ", ".join(targets_of(results.draws))
        raise ValueError(f"this scenario has no {target.title.lower()}; it has {known}")
    if year not in years_of(target, results.draws):
        known = ", ".join(years_of(target, results.draws))
        raise ValueError(f"{target.title.lower()} is known for {known}, not for {year}")
    swung = TARGETS["closing_deficit"] if about_trajectory else target
    groups = input_groups(results.scenario, results.prepared.loaded.samples)
    found = swings(results.prepared, results.anchors, groups, swung, year)
    central = float(swung.of(results.central, year)[0])
    indices = _first_order(results, target, year, groups)
    drivers, still = [], []
    for one, index in zip(found, indices, strict=True):
        moves = one.size > NOTHING * max(abs(central), 1.0)
        # Something may move the draws and not the central run: what is rare, or bites only when scarce.
        shows = index is not None and index.low > 0 and index.value > LEAST_SHOWN
        if moves or shows:
            drivers.append((one, index))
        else:
            still.append(one.group)
    spread = float(target.of(results.draws, year).std())
    drivers.sort(key=lambda item: -_rank(item[0], item[1], spread))
    moving = [one for one, _ in drivers]
    total, chance = _total(results, target, year, drivers, jobs)
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
    shares = total.values if total is not None and total.values is not None else None
    return Sensitivity(
        target=target,
        year=year,
        mean=float(target.of(results.draws, year).mean()),
        swung=swung,
        central=central,
        draws=results.draw_count,
        drivers=tuple(
            Driver(one, index, shares[number] if shares is not None else None)
            for number, (one, index) in enumerate(drivers)
        ),
        chance=chance,
        r2=total.r2 if total is not None else None,
        still=tuple(still),
        decides=tuple(decides),
    )


def _rank(swing: Swing, index: Index | None, spread: float) -> float:
    """Size by which drivers are listed: the swing, or what the index implies where there is none."""
    if swing.size > 0 or index is None:
        return swing.size
    return 2 * Z90 * spread * float(np.sqrt(max(index.value, 0.0)))


def _columns(results: Results, year: str, group: InputGroup) -> Floats:
    through = results.scenario.horizon.years.index(int(year[:4]))
    columns = columns_of(group, results.inputs, through)
    return columns if columns.size else np.zeros((results.draw_count, 0))


def _first_order(
    results: Results, target: Target, year: str, groups: list[InputGroup]
) -> list[Index | None]:
    """The index of every group; None where there are too few draws."""
    if results.draw_count < FEWEST_DRAWS:
        return [None] * len(groups)
    values = target.of(results.draws, year)
    return [first_order(_columns(results, year, group), values) for group in groups]


def _total(
    results: Results,
    target: Target,
    year: str,
    drivers: list[tuple[Swing, Index | None]],
    jobs: int,
) -> tuple[TotalIndices | None, float | None]:
    """Total indices of the drivers, and the share of chance; None where they cannot be had.

    Chance hides the model from a surrogate, so that is fitted on the expected values of the same
    draws; its indices are then scaled to the whole variance, chance included, as first-order ones are.
    Where expected values are not the average of chance, as with a queue that is short of capacity only
    sometimes, neither can be said.
    """
    if results.draw_count < FEWEST_DRAWS or not drivers or target.name == ON_TRAJECTORY:
        return None, None
    values = target.of(results.draws, year)
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
    if values.std() == 0 or abs(float((expected - values).mean())) > APART * float(values.std()):
        return None, None
    share = min(float(expected.var() / values.var()), 1.0)
    columns = [_columns(results, year, one.group) for one, _ in drivers]
    total = total_indices(columns, [one.size for one, _ in drivers], expected)
    if total.values is not None:
        # Alone is part of with others; where the two estimates differ by noise the larger stands.
        firsts = [index.value if index is not None else 0.0 for _, index in drivers]
        scaled = tuple(max(t * share, f) for t, f in zip(total.values, firsts, strict=True))
        total = TotalIndices(total.r2, scaled)
    return total, 1.0 - share

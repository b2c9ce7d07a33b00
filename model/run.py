"""Run a scenario: the central run, then blocks of draws handed to workers, then results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial

import numpy as np

from model.draws import Override
from model.evidence.examine import FiguresChecked
from model.evidence.of_scenario import scenario_figures
from model.forecast import BLOCK_WIDTH, BlockResult, anchor_lines, forecast, forecast_central
from model.funding.anchoring import Anchor
from model.prepared import Prepared, prepare
from model.published import published_basis
from model.results import Results, Unmitigated, dataset, labelled, merge_blocks, merge_cross
from model.scenario.load import LoadedScenario
from model.scenario.problems import Problem, ScenarioError
from model.whatif.variants import Variant, variant_of

Progress = Callable[[int, int], None]


def run(
    loaded: LoadedScenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    chance: bool = True,
    overrides: Mapping[str, Override] | None = None,
    progress: Progress | None = None,
) -> Results:
    """Forecast a scenario in `draws` draws; defaults are the scenario's own.

    `jobs` threads share the blocks and change no bit of the result. `progress` is called with
    (draws done, draws in all) between blocks. Raises ScenarioError when the scenario cannot be
    prepared or its file of printed figures is wrong.
    """
    scenario = loaded.scenario
    figures = scenario_figures(loaded)
    count = scenario.run.draws if draws is None else draws
    root = scenario.run.seed if seed is None else seed
    prepared = prepare(loaded)
    try:
        anchors = anchor_lines(prepared)
    except ValueError as error:
        raise ScenarioError([Problem(scenario.name, None, "funding", str(error))]) from None
    central = forecast_central(prepared, anchors, overrides=overrides)
    cases = [prepared]
    if scenario.mitigations and scenario.account is not None and scenario.mitigated != "none":
        cases.append(variant_of(prepared, Variant("none")))

    def block(case: Prepared, first: int) -> BlockResult:
        used = min(BLOCK_WIDTH, count - first)
        return _trimmed(
            forecast(case, anchors, first, used, seed=root, chance=chance, overrides=overrides)
        )

    starts = range(0, count, BLOCK_WIDTH)
    work = [partial(block, case, first) for case in cases for first in starts]
    done = _in_order(work, jobs, count, _of_each(progress, len(cases)))
    blocks = done[: len(starts)]
    results = _results(prepared, root, chance, anchors, central, blocks, figures, done)
    if len(cases) > 1:
        without = done[len(starts) :]
        unmitigated = Unmitigated(merge_blocks(prepared, without), merge_cross(prepared, without))
        results = replace(results, unmitigated=unmitigated)
    return replace(results, fixed=dict(overrides or {}))


def _of_each(progress: Progress | None, cases: int) -> Progress | None:
    """Draws done of the scenario while each is stepped in several cases."""
    if progress is None:
        return None
    return lambda finished, count: progress(finished // cases, count)


def _trimmed(result: BlockResult) -> BlockResult:
    """A block without the state it ended in, which only a later start needs."""
    result.months.final_state = None
    return result


def _in_order(
    work: Sequence[Callable[[], BlockResult]],
    jobs: int,
    count: int,
    progress: Progress | None,
) -> list[BlockResult]:
    """Blocks in the order asked for, however many threads made them; Ctrl-C stops between blocks."""
    done: list[BlockResult | None] = [None] * len(work)
    finished = 0
    with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
        waiting: dict[Future[BlockResult], int] = {}
        queue = iter(enumerate(work))
        try:
            while True:
                while len(waiting) < jobs + 1 and (item := next(queue, None)) is not None:
                    waiting[pool.submit(item[1])] = item[0]
                if not waiting:
                    break
                ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    result = future.result()
                    done[waiting.pop(future)] = result
                    finished += result.used
                    if progress is not None:
                        progress(finished, count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [result for result in done if result is not None]


def _results(
    prepared: Prepared,
    seed: int,
    chance: bool,
    anchors: dict[str, Anchor],
    central: BlockResult,
    blocks: list[BlockResult],
    figures: FiguresChecked | None,
    checked: list[BlockResult],
) -> Results:
    sampled = {
        path: np.concatenate([b.draws.sampled[path][..., : b.used] for b in blocks], axis=-1)
        for path in blocks[0].draws.sampled
    }
    series = {
        name: (dims[:-1], values[..., 0]) for name, (dims, values) in labelled(central).items()
    }
    gaps = dict(central.gaps)
    for result in checked:
        for name, gap in result.gaps.items():
            gaps[name] = max(gaps.get(name, 0.0), gap)
    return Results(
        scenario=prepared.scenario,
        prepared=prepared,
        seed=seed,
        chance=chance,
        draws=merge_blocks(prepared, blocks),
        central=dataset(prepared, series),
        cross=merge_cross(prepared, blocks, central),
        inputs=sampled,
        anchors=anchors,
        published=published_basis(prepared.scenario),
        gaps=gaps,
        figures=figures,
    )

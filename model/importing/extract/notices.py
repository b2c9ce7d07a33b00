"""What somebody should know of an extract that is valid before its counts are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from model.importing.extract.extract import Extract, there
from model.importing.extract.monthly import Monthly
from model.importing.extract.scenario_part import ScenarioPart
from model.importing.extract.waiting import waiting_on
from model.importing.extract.words import PLACEMENTS, UNDIVIDED
from model.reference.codes import NEEDS

LONG_WAIT: Final = 24
"""Months after which an open case is likelier one that nobody closed in the system."""

_FEW_UNKNOWN: Final = 0.05


def notices(
    extract: Extract, counts: Monthly, part: ScenarioPart | None, *, suppress_small: bool
) -> Iterator[str]:
    """Sentences about what was not read, not known or left out. Totals only, none of a single child."""
    if extract.ignored:
        yield f"headings not read: {', '.join(extract.ignored)}"
    if not there(extract.cease).any():
        yield "no plan has ceased in this extract: were those that ceased left out?"
    held = there(extract.start)
    unknown = held & (extract.need == NEEDS.index("unknown"))
    if unknown.sum() > _FEW_UNKNOWN * held.sum():
        yield f"{unknown.sum() / held.sum():.0%} of plans have no primary need"
    if (held & (extract.current == PLACEMENTS.index(UNDIVIDED))).any():
        yield "independent and non-maintained special schools without day or residential: give the column residential"  # fmt: skip
    if "first_placement" not in extract.columns:
        yield "no column first_placement: changes of placement are not counted, and plans stand where they are now"  # fmt: skip
    if "moved_in_date" not in extract.columns:
        yield "no column moved_in_date: plans that moved in count as issued"
    if "advice_started_date" not in extract.columns:
        yield "no column advice_started_date: the queue for psychology advice is worked out, not counted"
    queue = waiting_on(extract, extract.as_at)
    if (queue["months_waited"] > LONG_WAIT).any():
        yield f"cases open for over {LONG_WAIT} months: were they closed and not recorded?"
    if str(counts.counted_to[-1]) != str((counts.months[-1] + 1).astype("datetime64[D]") - 1):
        yield f"{counts.months[-1]} is not whole: it is counted to {counts.counted_to[-1]}"
    yield from _of_part(part)
    if not suppress_small:
        yield "counts of 1 to 4 are in these files: they are personal data; --suppress-small keeps them out"


def _of_part(part: ScenarioPart | None) -> Iterator[str]:
    if part is None:
        yield "there is no January in the extract, so no scenario_part.yaml"
    elif part.year is None:
        year = part.opening.counted_to.year - 1
        yield (
            f"not all of {year} is counted, so scenario_part.yaml has opening plans alone; where the extract "
            f"holds the whole year, say --since {year}-01"
        )

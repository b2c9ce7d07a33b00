"""The folder of an imported extract: monthly flows, stock, queue and the part of a scenario. Counts only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from model.importing.extract.extract import Extract
from model.importing.extract.monthly import Monthly
from model.importing.extract.scenario_part import ScenarioPart
from model.importing.extract.small_counts import (
    LEFT_IN,
    REPLACED,
    TAKEN_OUT,
    to_fives,
    without_small,
)
from model.importing.extract.waiting import waiting_on
from model.report.extract_scenario import scenario_text
from model.report.run_folder import write_folder

FLOWS_FILE: Final = "monthly_flows.csv"
STOCK_FILE: Final = "stock.csv"
QUEUE_FILE: Final = "queue.csv"
PART_FILE: Final = "scenario_part.yaml"

_BREAKDOWNS: Final = (("age_group",), ("setting",), ("need",))


def source_of(extract: Extract, authority: str | None) -> str:
    """What a figure from the extract gives as its source."""
    whose = f"{' '.join(authority.split())}: own" if authority else "own"
    return f"{whose} extract of {extract.as_at}"


def write_extract_folder(
    folder: Path,
    extract: Extract,
    counts: Monthly,
    part: ScenarioPart | None,
    *,
    authority: str | None = None,
    extends: str = "scenario.yaml",
    suppress_small: bool = False,
) -> tuple[str, ...]:
    """Write the counts of an extract into a new folder; the names of the files written.

    No row of the extract is written, only counts; each file says whether counts of 1 to 4 are in it.
    `suppress_small` keeps those out. `part` (made with `rounded` where they are to be kept out) is
    left out where it is None; `extends` is the scenario that it is to be laid over.
    Raises FolderError where the folder is there already or cannot be written; nothing is left then.
    """
    source = source_of(extract, authority)
    small = TAKEN_OUT if suppress_small else LEFT_IN
    texts = {
        FLOWS_FILE: _csv(_flows(counts, suppress_small), "Flows of each month", source, small),
        STOCK_FILE: _csv(_stock(counts, suppress_small), "Plans in force", source, small),
        QUEUE_FILE: _csv(_queue(extract, part, suppress_small), "Open cases", source, small),
    }
    if part is not None:
        texts[PART_FILE] = scenario_text(part, source, extends, rounded=suppress_small)

    def write(partial: Path) -> None:
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8", newline="")

    write_folder(folder, write, force=False)
    return tuple(texts)


def _csv(frame: pd.DataFrame, title: str, source: str, small: str) -> str:
    """A table as CSV under comments that say what it is."""
    head = f"# {title}. Source: {source}.\n# {small} See docs/import_extract.md.\n"
    return head + frame.to_csv(index=False, lineterminator="\n")


def _dated(frame: pd.DataFrame, counts: Monthly) -> pd.DataFrame:
    """A table of counts with its months as YYYY-MM, the last day counted, and settings by their name."""
    counted_to = {
        str(month): str(day) for month, day in zip(counts.months, counts.counted_to, strict=True)
    }
    before = counts.months[0] - 1
    counted_to[str(before)] = str((before + 1).astype("datetime64[D]") - 1)
    months = frame["month"].dt.strftime("%Y-%m")
    dated = frame.assign(month=months)
    dated.insert(1, "counted_to", months.map(counted_to))
    return dated.rename(columns={"placement": "setting", "to_placement": "to_setting"})


def _flows(counts: Monthly, suppress_small: bool) -> pd.DataFrame:
    frame = _dated(counts.flows, counts)
    if not suppress_small:
        return frame
    breakdowns = (("age_group",), ("setting", "to_setting"), ("need",))
    shown = without_small(frame, ("month", "counted_to", "flow"), breakdowns)
    # Requests have no setting: broken down by it they would be their total once more.
    return shown[shown["setting"] != ""]


def _stock(counts: Monthly, suppress_small: bool) -> pd.DataFrame:
    frame = _dated(pd.concat([counts.opening, counts.stock], ignore_index=True), counts)
    return without_small(frame, ("month", "counted_to"), _BREAKDOWNS) if suppress_small else frame


def _queue(extract: Extract, part: ScenarioPart | None, suppress_small: bool) -> pd.DataFrame:
    """Open cases at the count of the scenario's part and at the day of the extract."""
    days = {extract.as_at} | ({part.opening.counted_to} if part is not None else set())
    frame = pd.concat([waiting_on(extract, day) for day in sorted(days)], ignore_index=True)
    if suppress_small:
        shown = [REPLACED if 0 < count < 5 else str(to_fives(count)) for count in frame["count"]]
        frame["count"] = shown
    return frame

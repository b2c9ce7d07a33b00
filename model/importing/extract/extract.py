"""A checked extract as arrays: what is known of each row, and nothing of who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.reference.calendar import MONTHS, SEPTEMBER
from model.reference.codes import AGES

Days = NDArray[np.datetime64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Extract:
    """Requests and plans of an authority; every array has shape (row,).

    `row`: number of the row in its file. `child`: a number for each key, without the key.
    `birth`: months; other dates are days, NaT where nothing happened. Words are indices into the
    lists of `model.importing.extract.words`. `columns`: names of the columns that the file has.
    `as_at`: the day on which the extract was taken, said or (`as_at_said` False) the latest in it.
    `ignored`: headings that were not read.
    """

    file: str
    sheet: str
    as_at: date
    as_at_said: bool
    columns: frozenset[str]
    ignored: tuple[str, ...]
    row: Codes
    child: Codes
    birth: Days
    request: Days
    request_outcome: Codes
    decision: Days
    decided_by: Codes
    overturned: Days
    advice_started: Days
    assessment_end: Days
    assessment_outcome: Codes
    plan: Days
    exceptions: Codes
    moved_in: Days
    first: Codes
    current: Codes
    placed: Days
    need: Codes
    cease: Days
    cease_reason: Codes

    @property
    def start(self) -> Days:
        """Day from which the authority holds the plan: moved in or issued; NaT without a plan."""
        return np.where(there(self.moved_in), self.moved_in, self.plan)

    @property
    def moved(self) -> Flags:
        """Whether the placement has changed since the plan began."""
        return np.asarray(self.first != self.current)

    def placement_on(self, day: Any) -> Codes:
        """Placement of each row on a day (one, or one for each row)."""
        return np.asarray(np.where(self.moved & (self.placed > day), self.first, self.current))

    def in_force_on(self, day: Any) -> Flags:
        """Whether each plan is in force at the end of a day: begun by then and not ceased."""
        ceased = there(self.cease) & (self.cease <= day)
        return np.asarray(there(self.start) & (self.start <= day) & ~ceased)


def there(days: Days) -> Flags:
    """Where something has happened."""
    return np.asarray(~np.isnat(days))


def age_on_31_august(birth: Days, day: Any) -> Codes:
    """Age on 31 August before the academic year of a day (design 3), for each birth month.

    A child born after that 31 August counts as 0, and a plan that outlives its last August by some
    days as 25. Days that are NaT give 0.

    >>> import numpy as np
    >>> births = np.array(["2014-08", "2014-09"], "datetime64[M]")
    >>> age_on_31_august(births, np.datetime64("2025-01-31")).tolist()
    [10, 9]
    """
    return np.clip(_age(birth, day), AGES[0], AGES[-1])


def too_old(birth: Days, day: Any) -> Flags:
    """Whether somebody was 26 or over on 31 August before the academic year of a day."""
    return np.asarray(there(np.broadcast_to(day, birth.shape)) & (_age(birth, day) > AGES[-1]))


def _age(birth: Days, day: Any) -> Codes:
    # Months from September of the birth's academic year to September of the day's, in whole years.
    born = _academic_year(birth)
    held = _academic_year(np.asarray(day, "datetime64[M]"))
    return np.asarray(held - born - 1)


def _academic_year(month: Days) -> Codes:
    """The calendar year in which the academic year of a month begins; nonsense for NaT, masked by users."""
    number = month.astype("datetime64[M]").astype(np.int64)
    return np.asarray((number - (SEPTEMBER - 1)) // MONTHS + 1970)

"""Known faults of the published series, kept as data with their source and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.history.findings import Finding
from model.reference.bundled import read_csv_rows


@dataclass(frozen=True)
class KnownFault:
    """A fault of a publication: where it is and what it touches.

    `authority` and `region`: empty where it holds for all. `january`: the count, or the January
    after the year of a flow. `effect`: as explained at the head of the data file.
    """

    authority: str
    region: str
    january: int
    file: str
    effect: str
    found: str
    done: str
    source: str

    def touches(self, authority: str, region: str) -> bool:
        """Whether it is about an authority. Regions are compared whatever their capitals."""
        own = not self.authority or self.authority == authority
        return own and (not self.region or self.region.casefold() == region.casefold())

    def finding(self, authority: str) -> Finding:
        """The fault as a finding on an authority, with its source."""
        done = f"{self.done} ({self.source})"
        return Finding("known_fault", authority, self.january, self.file, self.found, done)


@cache
def known_faults() -> tuple[KnownFault, ...]:
    """Every fault in `data/reference/sen2_known_faults.csv`."""
    return tuple(
        KnownFault(
            row["authority"], row["region"], int(row["january"]), row["file"], row["effect"],
            row["found"], row["done"], row["source"],
        )
        for row in read_csv_rows("reference/sen2_known_faults.csv")
    )  # fmt: skip


def faults_of(authority: str, region: str, until: int) -> tuple[KnownFault, ...]:
    """Faults that touch an authority up to a January."""
    return tuple(
        fault
        for fault in known_faults()
        if fault.january <= until and fault.touches(authority, region)
    )


def has_fault(authority: str, region: str, january: int, *effects: str) -> bool:
    """Whether a January of an authority has a known fault of one of these effects."""
    return any(
        fault.january == january and fault.effect in effects
        for fault in faults_of(authority, region, january)
    )

"""What a check between sections finds, and the findings that many lists and references can have."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from model.scenario.funding_schema import Driver
from model.scenario.positions import Path
from model.scenario.problems import did_you_mean, one_of
from model.scenario.schema import Scenario


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, at a path of the scenario's data."""

    path: Path
    message: str
    found: str | None = None
    expected: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Check:
    """A check and the sections it reads: it runs when these are right on their own."""

    reads: frozenset[str]
    find: Callable[[Scenario], Iterator[Finding]]


def reads(*sections: str) -> Callable[[Callable[[Scenario], Iterator[Finding]]], Check]:
    """Declare the sections a check reads."""
    return lambda find: Check(frozenset(sections), find)


def unknown(
    path: Path, kind: str, name: str, names: Iterable[str], where: str = "this scenario"
) -> Finding:
    """A reference to something that is not there; `where` it could be given."""
    names = list(dict.fromkeys(names))
    near = did_you_mean(name, names)
    expected = one_of(names, near) if names else f"a {kind} given in {where}"
    return Finding(path, f"there is no {kind} '{name}'", expected=expected, hint=near)


def repeated(
    names: Iterable[Hashable], path: Path, what: str, key: str = "id"
) -> Iterator[Finding]:
    """Entries of the list at `path` whose name came before; `key` is where the name is given."""
    seen: set[Hashable] = set()
    for index, name in enumerate(names):
        if name in seen:
            at = (*path, index, key) if key else (*path, index)
            yield Finding(at, f"the {what} '{name}' is given twice")
        seen.add(name)


def repeated_ids(items: Iterable[object], path: Path) -> Iterator[Finding]:
    """Entries whose id came before."""
    yield from repeated([getattr(item, "id", None) for item in items], path, "id")


def wrong_way_round(ages: Sequence[int], path: Path) -> Iterator[Finding]:
    """A pair of ages whose youngest is above its oldest."""
    youngest, oldest = ages
    if youngest > oldest:
        yield Finding(
            path,
            "the ages are the wrong way round",
            f"[{youngest}, {oldest}]",
            "[youngest, oldest]",
        )


Placed = tuple[Path, Driver]
"""A driver and the way to it."""


def drivers_of(scenario: Scenario, kind: str) -> list[Placed]:
    """Drivers of a kind in all budget lines."""
    return [
        (("funding", "lines", number, "drivers", index), driver)
        for number, line in enumerate(scenario.funding.lines if scenario.funding else ())
        for index, driver in enumerate(line.drivers)
        if driver.kind == kind
    ]


def paid_once(drivers: Sequence[Placed], what: str, key: str = "kind") -> Iterator[Finding]:
    """Drivers after the first, where each would pay for all of `what` again."""
    for at, driver in drivers[1:]:
        first = drivers[0][1]
        message = f"{what} would be paid twice: the driver '{first.id}' pays for all of it"
        yield Finding((*at, key), message, driver.id, "one such driver in all budget lines")

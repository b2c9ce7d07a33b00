"""Whether this program, its packages and this computer are those that made a run."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from model.integrity.recorded import Recorded
from model.report.run_folder import platform_facts, program_hash, versions
from model.version import __version__


@dataclass(frozen=True)
class Environment:
    """What differs from the environment of a run, in words; both empty where equal bits are promised."""

    program: tuple[str, ...]
    computer: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the same scenario must give the same bytes here."""
        return not self.program and not self.computer

    @property
    def words(self) -> tuple[str, ...]:
        """Every difference."""
        return self.program + self.computer


def environment(recorded: Recorded) -> Environment:
    """This environment against that of a run."""
    program = _differing("hn-forecast", recorded.version, __version__)
    if recorded.program_sha256 != program_hash():
        program.append("the code or data of hn-forecast are not those that made the run")
    program += _differing("Python", recorded.python, platform.python_version())
    here = versions()
    for name in sorted({*recorded.packages, *here}):
        program += _differing(name, recorded.packages.get(name), here.get(name))
    facts = platform_facts()
    computer: list[str] = []
    for name in sorted({*recorded.platform, *facts}):
        computer += _differing(name, recorded.platform.get(name), facts.get(name))
    return Environment(tuple(program), tuple(computer))


def _differing(name: str, then: str | None, here: str | None) -> list[str]:
    return [] if then == here else [f"{name}: {then or 'none'} then, {here or 'none'} here"]

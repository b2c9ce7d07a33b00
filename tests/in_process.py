"""The command in the process of the test: faster than one of its own, with the same exit codes."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cli import main


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    error: str


def call(printed: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    """Call the command with `arguments`."""
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    captured = printed.readouterr()
    return Ended(int(end.value.code or 0), captured.out, captured.err)

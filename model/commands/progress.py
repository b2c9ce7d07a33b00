"""The progress line of a command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress:
    """A progress line with the time left; silent when asked or when nobody is looking."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet or not sys.stderr.isatty()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[count]}", markup=False),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            title = "Preparing (the first run compiles)"
            self._task = self._bar.add_task(title, total=None, count="")
            self._bar.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def draws(self) -> Callable[[int, int], None] | None:
        """What the model calls between blocks."""
        return None if self._bar is None else self._advance

    @property
    def runs(self) -> Callable[[int, int], None] | None:
        """What the studies call between runs."""
        return None if self._bar is None else self._study

    @property
    def origins(self) -> Callable[[int, int], None] | None:
        """What a backtest calls between Januaries."""
        return None if self._bar is None else self._origin

    def _origin(self, done: int, total: int) -> None:
        title, count = "Standing at earlier Januaries", f"{done:,} of {total:,}"
        self._bar.update(self._task, description=title, completed=done, total=total, count=count)

    def _advance(self, done: int, total: int) -> None:
        count = f"{done:,} of {total:,} draws"
        self._bar.update(
            self._task, description="Drawing", completed=done, total=total, count=count
        )

    def _study(self, done: int, total: int) -> None:
        title, count = "What mitigations are worth", f"{done:,} of {total:,} runs"
        self._bar.update(self._task, description=title, completed=done, total=total, count=count)

    def stage(self, title: str) -> None:
        """Name what is going on now."""
        if self._bar is not None:
            self._bar.update(self._task, description=title)

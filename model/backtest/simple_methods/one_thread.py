"""Thousands of tiny fits on one thread: more would wait for each other twenty times as long as they work."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[Any]:
    """While it is open, linear algebra works on one thread, whatever the machine has."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits

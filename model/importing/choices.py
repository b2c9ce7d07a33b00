"""Choices of a starter scenario where published statistics say nothing, read from `data/reference`."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from model.reference.reasoned import Reasoned, read_reasoned


@cache
def choices() -> MappingProxyType[str, Reasoned]:
    """The choices that ship, by name, each with its range and its reason."""
    return MappingProxyType(read_reasoned("reference/starter_settings.yaml"))

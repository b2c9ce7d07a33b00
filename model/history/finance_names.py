"""Authorities that are called differently in every file, joined to the department's code."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOISE = frozenset({"of", "the", "county", "city", "borough", "and"})
_WORD = re.compile(r"[a-z]+")


def name_key(name: str) -> str:
    """What stays the same of an authority's name over files and years.

    >>> name_key("Herefordshire, County of") == name_key("Herefordshire")
    True
    >>> name_key("Bournemouth, Christchurch & Poole") == name_key("Bournemouth Christchurch and Poole")
    True
    >>> name_key("Dorset (New, LA code 838)"), name_key("Kingston upon Hull, City of")
    ('dorset', 'kingston upon hull')
    """
    words = _WORD.findall(re.sub(r"\(.*?\)", " ", name.lower()))
    kept = [word for word in words if word not in _NOISE]
    return " ".join(kept or words)


def codes_by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name key -> code, from every (code, name) that files give together.

    A name that two codes bear is left out: it would be a guess.
    """
    codes: dict[str, set[str]] = {}
    for code, name in pairs:
        codes.setdefault(name_key(name), set()).add(code)
    return {key: next(iter(found)) for key, found in codes.items() if len(found) == 1}

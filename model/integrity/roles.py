"""Roles in which a run may be signed, read from `data/reference/sign_off_roles.csv`."""

from __future__ import annotations

from model.reference.bundled import read_csv_rows
from model.scenario.problems import did_you_mean


class UnknownRole(ValueError):
    """A role that is not in the list; the message names the nearest and all that are."""


def roles() -> dict[str, str]:
    """Role -> its title, in the order of the list."""
    return {row["role"]: row["title"] for row in read_csv_rows("reference/sign_off_roles.csv")}


def role_named(name: str) -> str:
    """The role of this name, whatever the capitals; a title will do as well.

    Raises UnknownRole.

    >>> role_named("s151"), role_named("director of children's services")
    ('S151', 'DCS')
    """
    known = roles()
    asked = name.strip().casefold()
    for role, title in known.items():
        if asked in (role.casefold(), title.casefold()):
            return role
    hint = did_you_mean(name.strip(), known)
    raise UnknownRole(
        f"{name!r} is not a role; expected one of {', '.join(known)}."
        + (f" {hint}" if hint else "")
    )

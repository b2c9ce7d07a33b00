"""Code lists: settings, needs, age groups, phases and DSG blocks.

Settings and their places in the department's returns are kept as data
(`data/reference/settings.csv`); this module reads the names once.
"""

from __future__ import annotations

from typing import Final

from model.reference.bundled import read_csv_rows

AGES: Final = tuple(range(26))
"""Age on 31 August before the academic year."""

AGE_GROUPS: Final = ("under_5", "5_to_10", "11_to_15", "16_to_19", "20_to_25")
"""Age groups of the DSG management plan and the Local SEND Reform Plan."""

AGE_GROUP_STARTS: Final = (0, 5, 11, 16, 20)

PHASES: Final = ("pre_16", "post_16")
"""Post-16 begins with the academic year after a sixteenth birthday: age 16 on 31 August."""

POST_16_AGE: Final = 16

NEEDS: Final = (
    "ASD", "DS", "HI", "MLD", "MSI", "OTH", "PD", "PMLD", "SEMH", "SLCN", "SLD", "SPLD", "VI",
    "unknown",
)  # fmt: skip
"""Department for Education primary need codes (design section 3)."""

BLOCKS: Final = ("schools", "high_needs", "early_years", "central_services")
"""Blocks of the Dedicated Schools Grant."""

SETTING_TITLES: Final[dict[str, str]] = {
    row["setting"]: row["title"] for row in read_csv_rows("reference/settings.csv")
}

SETTINGS: Final = tuple(SETTING_TITLES)
"""Where a plan is delivered (design section 3)."""

AGE_GROUP_TITLES: Final = {
    "under_5": "Under 5",
    "5_to_10": "5 to 10",
    "11_to_15": "11 to 15",
    "16_to_19": "16 to 19",
    "20_to_25": "20 to 25",
}

BLOCK_TITLES: Final = {
    "schools": "Schools",
    "high_needs": "High needs",
    "early_years": "Early years",
    "central_services": "Central school services",
}


def age_group_of(age: int) -> int:
    """Index into AGE_GROUPS of a single year of age.

    >>> [AGE_GROUPS[age_group_of(age)] for age in (4, 5, 10, 16, 25)]
    ['under_5', '5_to_10', '5_to_10', '16_to_19', '20_to_25']
    """
    return sum(age >= start for start in AGE_GROUP_STARTS) - 1


def phase_of(age: int) -> int:
    """Index into PHASES of a single year of age."""
    return int(age >= POST_16_AGE)

"""Plans by age group from the rows by single age that are published from January 2024 on."""

from __future__ import annotations

import pandas as pd

from model.history.read_publication import Published
from model.reference.codes import AGE_GROUPS, age_group_of

AGE_TOPIC = "Child or young persons age"


def published_age(breakdown: str) -> int | None:
    """Whole age of a row: the lowest bucket gives its top age, the highest its bottom; None if unknown.

    >>> [published_age(text) for text in ("age 7", "Aged 12", "under 3", "age 2 and under", "Aged 20 and over", "Age unknown")]
    [7, 12, 2, 2, 20, None]
    """
    words = breakdown.lower().replace("aged", "age").split()
    numbers = [int(word) for word in words if word.isdigit()]
    if not numbers:
        return None
    return numbers[0] - 1 if words[0] == "under" else numbers[0]


def age_group_counts(caseload: Published) -> dict[str, pd.DataFrame]:
    """Plans by age group: tables (authority, January), of authorities and of England."""
    rows = caseload.table[
        (caseload.table.breakdown_topic == AGE_TOPIC)
        & (caseload.table.geographic_level != "Regional")
    ]
    ages = rows.breakdown.map(published_age)
    known = rows[ages.notna()]
    group = ages[ages.notna()].astype(int).map(lambda age: AGE_GROUPS[age_group_of(min(age, 25))])
    counts = known.ehcplans.groupby([group, known.authority, known.january]).sum(min_count=1)
    return {
        name: counts.loc[name].unstack("january").rename_axis(index="authority")
        for name in AGE_GROUPS
        if name in counts.index.get_level_values(0)
    }

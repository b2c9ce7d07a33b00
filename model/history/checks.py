"""What does not add up, is missing or jumps in the published files: findings, authority by authority."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from model.history.ages import AGE_TOPIC
from model.history.findings import Finding
from model.history.history import NATION, SERIES, History
from model.history.known_faults import faults_of
from model.history.placements import placements
from model.history.publications import Publication
from model.history.read_publication import Published
from model.history.rules import Rules, rules
from model.reference.bundled import read_csv_rows

_PUBLISHED_SO = "used as published"
_WITH_PLACEMENTS = ("caseload", "newplans")
_AGE_TOPICS = (AGE_TOPIC, "Age when plan started", "Age plan ceased")
_COMPLETE = 0.95


def check_history(history: History, published: Mapping[str, Published]) -> tuple[Finding, ...]:
    """Every finding on what was read, of all authorities and of England.

    Raises nothing: what cannot be used at all was refused while it was read.
    """
    findings: list[Finding] = []
    for file in published.values():
        findings += footing(file)
        findings += nation_footing(file)
    findings += gaps(history)
    findings += jumps(history, rules())
    findings += _repairs(history)
    for name, region in history.authorities.region.items():
        until = max(history.januaries, default=0)
        findings += [fault.finding(str(name)) for fault in faults_of(str(name), region, until)]
    return tuple(findings)


def findings_of(findings: tuple[Finding, ...], authority: str, until: int) -> tuple[Finding, ...]:
    """Findings on one authority and on the nation, up to a January."""
    return tuple(
        finding
        for finding in findings
        if finding.authority in (authority, NATION, "")
        and (finding.january is None or finding.january <= until)
    )


def footing(file: Published) -> Iterator[Finding]:
    """Rows whose parts, placements or ages do not add up to what they are parts of.

    Marks (not available) are no figures: a row with a mark among its parts is compared only by its
    placements, where the department says that they are exhaustive.
    """
    table = file.table
    for whole, parts in file.publication.parts:
        total = table[list(parts)].sum(axis=1, min_count=len(parts))
        yield from _unequal(file, total, table[whole], f"the parts of {whole} add up to")
    if file.publication.name in _WITH_PLACEMENTS:
        leaves = [column for column in placements() if column in table]
        total = table[leaves].sum(axis=1, min_count=1).mask(_suppressed(file))
        yield from _unequal(file, total, table[file.publication.total], "the placements add up to")
    yield from _age_footing(file)


def _unequal(
    file: Published, total: pd.Series, published: pd.Series, words: str
) -> Iterator[Finding]:
    """A finding for each row that counts everything once, and one for all its breakdown rows together."""
    difference = (total - published).abs()
    rows = file.table.assign(found=total, published=published, difference=difference)
    rows = rows[difference.gt(0)]
    whole = rows.breakdown_topic == file.publication.whole
    for _, row in rows[whole].iterrows():
        yield Finding(
            "footing", str(row.authority), int(row.january), file.publication.name,
            f"{words} {row.found:,.0f} and {row.published:,.0f} is published", _PUBLISHED_SO,
            float(row.difference / max(row.published, 1)),
        )  # fmt: skip
    for keys, group in rows[~whole].groupby(["authority", "january"]):
        authority, january = str(keys[0]), int(str(keys[1]))
        some = f"{len(group)} of its rows" if len(group) > 1 else "a row"
        yield Finding(
            "footing", authority, january, file.publication.name,
            f"in {some} by age, placement or years {words} something else than is published, by "
            f"{group.difference.max():,.0f} at most", _PUBLISHED_SO,
            0.0,
        )  # fmt: skip


def _suppressed(file: Published) -> pd.Series:
    """Rows of the caseload that the reference table lists as not adding up, with the reason."""
    if file.publication.name != "caseload":
        return pd.Series(False, index=file.table.index)
    listed = {
        (
            2000 + int(row["time_period"][4:]),
            row["la_name"],
            row["breakdown_topic"],
            row["breakdown"],
        )
        for row in read_csv_rows("reference/sen2_suppressed_rows.csv")
    }
    keys = ["january", "authority", "breakdown_topic", "breakdown"]
    rows = file.table[keys].itertuples(index=False, name=None)
    return pd.Series([key in listed for key in rows], index=file.table.index)


def _age_footing(file: Published) -> Iterator[Finding]:
    count = file.publication.total
    rows = file.table[file.table.breakdown_topic.isin(_AGE_TOPICS)]
    by_topic = rows.groupby(["breakdown_topic", "authority", "january"])[count].sum(min_count=1)
    whole = file.whole().set_index(["authority", "january"])[count]
    for topic in by_topic.index.get_level_values(0).unique():
        compared = pd.concat([by_topic.loc[topic].rename("ages"), whole.rename("whole")], axis=1)
        wrong = compared.dropna()[lambda table: table.ages.ne(table.whole)]
        for (authority, january), values in wrong.iterrows():
            yield Finding(
                "footing", str(authority), int(january), file.publication.name,
                f"rows by '{topic}' add up to {values.ages:,.0f} and {values.whole:,.0f} is published",
                "the rows give the shares, the published number the level",
            )  # fmt: skip


def nation_footing(file: Published) -> Iterator[Finding]:
    """Januaries at which England is not the sum of its authorities, where the file holds all of them."""
    whole, count = file.whole(), file.publication.total
    local = whole[whole.geographic_level == "Local authority"]
    nation = whole[whole.geographic_level == "National"].set_index("january")[count]
    sums = local.groupby("january")[count].agg(["sum", "size"])
    for january in nation.dropna().index:
        number, found = int(sums["size"].get(january, 0)), float(sums["sum"].get(january, 0.0))
        if number < _COMPLETE * sums["size"].max():
            yield Finding(
                "footing", NATION, int(january), file.publication.name,
                f"the file holds {number} of {sums['size'].max():.0f} authorities",
                "England's own row is used and not compared with their sum",
            )  # fmt: skip
        elif found != nation[january]:
            yield Finding(
                "footing", NATION, int(january), file.publication.name,
                f"authorities add up to {found:,.0f} and England has {nation[january]:,.0f}",
                "England's own row is used",
            )  # fmt: skip


def gaps(history: History) -> Iterator[Finding]:
    """Januaries without a figure between two with one, all series of an authority together."""
    missing: dict[tuple[str, int], list[str]] = {}
    for name, table in history.series.items():
        given = table.reindex(history.names).notna()
        earlier = given.T.cummax().T
        later = given.iloc[:, ::-1].T.cummax().T.iloc[:, ::-1]
        gap = (earlier & later & ~given).to_numpy(dtype=bool)
        for row, column in np.argwhere(gap).tolist():
            place = str(given.index[row]), int(given.columns[column])
            missing.setdefault(place, []).append(name)
    for (authority, january), names in sorted(missing.items()):
        where = names[0] if len(names) == 1 else "several series"
        words = "; ".join(SERIES[name][0].lower() + SERIES[name][1:] for name in names)
        yield Finding(
            "gap", authority, january, where,
            f"no figure, though the years before and after have one, for: {words}", "left out",
        )  # fmt: skip


def jumps(history: History, limits: Rules) -> Iterator[Finding]:
    """Growth of plans between two Januaries that new and ceased plans leave unexplained.

    |log(plans / plans a year before) - (new - ceased) / plans a year before| beyond the stated limit,
    for authorities of more than a few plans. Moves between authorities are among the ceased and not
    among the new, so that a small remainder is usual.
    """
    for january in history.januaries[1:]:
        was, now = history.of("plans", january - 1), history.of("plans", january)
        new, ceased = history.of("new_plans", january), history.of("ceased", january)
        unexplained = pd.Series(np.log(now / was)) - (new - ceased) / was
        large = (unexplained.abs() > limits.most_unexplained_growth) & (was > limits.least_plans)
        for authority in large.index[large]:
            yield Finding(
                "jump", str(authority), january, "plans",
                f"plans go from {was[authority]:,.0f} to {now[authority]:,.0f} with "
                f"{new[authority]:,.0f} new and {ceased[authority]:,.0f} ceased",
                "used as published; ask whether it is growth or recording",
            )  # fmt: skip


def _repairs(history: History) -> Iterator[Finding]:
    for repair in history.repairs:
        used = "taken as missing" if repair.used is None else f"{repair.used:,.0f} is used"
        yield Finding(
            "repair", repair.authority, repair.january, repair.series,
            f"{repair.published:,.0f} is published: {repair.reason}", used,
        )  # fmt: skip


def placements_add_up(row: pd.Series, publication: Publication) -> bool:
    """Whether the placements of a row are given and add up to its count."""
    leaves = [column for column in placements() if column in row.index]
    total = row[leaves].astype(float).sum(min_count=1)
    return bool(total == row[publication.total])

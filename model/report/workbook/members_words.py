"""What the members' page says: short sentences for people who are not accountants, made from the figures."""

from __future__ import annotations

from collections.abc import Mapping

from model.account.reserves import override_ends
from model.assumptions import register
from model.reference.calendar import MONTH_NAMES, month_index
from model.report.workbook.figures import Cell
from model.report.workbook.measures import years
from model.report.workbook.risks import not_covered
from model.report.workbook.sheet import Book
from model.results import Results
from model.scenario.schema import Scenario

MILLION = 1e6
NEARLY_NEVER, NEARLY_ALWAYS = 0.05, 0.95
"""Chances beyond which tenths would say never or always."""

SMALLEST_WORTH = 50_000.0
"""Pounds below which a worth would be shown as £0.0m."""

MOST_NAMED = 4
"""Mitigations and drivers named on the page; more would not fit it."""

PLAIN_DRIVERS = {
    "new_plans": "how many new plans there are",
    "requests": "how many ask for a plan and how fast they are assessed",
    "pool": "how many pupils with support gain a plan",
    "reviews": "how many plans are reviewed and ended",
    "moved_in": "families who move into the area",
    "rates": "how long plans last and where children are placed",
    "places": "when new school places open",
    "funding": "what school places and support cost",
    "nurture_effect": "how well nurture groups work",
    "account": "how the grant grows and what is agreed about it",
    "mitigations": "how well the planned actions work",
}
PLAIN_OTHERS = "other assumptions"
"""Sections of a scenario in words that need no explaining."""

Sections = Mapping[str, list[str]]


def pounds(value: float) -> str:
    """An amount in £ million to one decimal, whatever its sign.

    >>> pounds(-1_250_000.0), pounds(20_000.0)
    ('£1.3m', 'less than £0.1m')
    """
    size = abs(value)
    if size < SMALLEST_WORTH:
        return "less than £0.1m"
    return f"£{int(size / MILLION * 10 + 0.5) / 10:,.1f}m"


def position(value: float) -> str:
    """A deficit or a surplus of so much.

    >>> position(2_000_000.0), position(-2_000_000.0)
    ('a deficit of £2.0m', 'a surplus of £2.0m')
    """
    return f"a {'deficit' if value >= 0 else 'surplus'} of {pounds(value)}"


def cases(chance: float) -> str:
    """A chance as so many cases of ten, never none and never all.

    >>> cases(0.31), cases(0.01), cases(0.99)
    ('about 3 of 10 cases', 'fewer than 1 of 20 cases', 'more than 19 of 20 cases')
    """
    if chance < NEARLY_NEVER:
        return "fewer than 1 of 20 cases"
    if chance > NEARLY_ALWAYS:
        return "more than 19 of 20 cases"
    return f"about {min(max(int(chance * 10 + 0.5), 1), 9)} of 10 cases"


def sections(book: Book) -> Sections:
    """Headings of the page with their sentences, in reading order; empty ones are left out."""
    found = {
        "Where things stand": _position(book),
        "What the words mean": _meaning(book.results.scenario),
        "How sure is this?": _sure(book),
        "Is the council on its agreed plan?": _plan(book),
        "What is being done about it?": _done(book),
        "What could go wrong?": _wrong(book),
        "What is not known or not decided?": [
            *_support(book.results),
            *_undecided(book.results.scenario),
            *not_covered(book.results.scenario),
        ],
    }
    return {title: sentences for title, sentences in found.items() if sentences}


def _value(book: Book, measure: str, statistic: str, year: str) -> float:
    return book.cells[measure, statistic, year].value


def _position(book: Book) -> list[str]:
    labels = years(book.results)
    first, last = labels[0], labels[-1]
    scenario = book.results.scenario
    what = "If that question came true, " if scenario.what_if else ""
    start = f"{what}the year {first} is expected to end with"
    sentences = [
        f"{start[0].upper()}{start[1:]} {position(_value(book, 'in_year', 'mean', first))} for the year itself.",
        f"Added to earlier years, that makes {position(_value(book, 'without', 'mean', first))} before any "
        f"extra help from government, and {position(_value(book, 'with', 'mean', first))} after it.",
    ]
    if last != first:
        sentences.append(
            f"By the end of {last} the total is expected to be "
            f"{position(_value(book, 'without', 'mean', last))} before extra help and "
            f"{position(_value(book, 'with', 'mean', last))} after it."
        )
    dates = [
        key[2] for key in book.cells if key[:2] == ("plans", "mean") and key[2].endswith("-03")
    ]
    if len(dates) > 1:
        start_plans, end_plans = (
            _value(book, "plans", "mean", date) for date in (dates[0], dates[-1])
        )
        way = "rise" if end_plans >= start_plans else "fall"
        sentences.append(
            f"The number of children and young people with an Education, Health and Care plan is expected to "
            f"{way} from {start_plans:,.0f} to {end_plans:,.0f}."
        )
    return sentences


def _meaning(scenario: Scenario) -> list[str]:
    account = scenario.account
    assert account is not None
    sentences = [
        "The Dedicated Schools Grant is the money government gives the council for schools and for pupils "
        "with special needs. A deficit means more was spent than the grant; a surplus means less was.",
        "The in-year figure is one year alone. The total (cumulative) figure adds all years up, as a bank "
        "balance does.",
    ]
    if scenario.trajectory is not None or account.support_payments:
        sentences.append(
            "A Safety Valve agreement is a deal: government pays towards the deficit while the council keeps "
            "to a plan that brings it down."
        )
    override = account.statutory_override
    if override is not None:
        ends = override_ends(scenario)
        until = ""
        if ends is not None:
            over = month_index(ends.year, ends.month, scenario.horizon.first_year) < 0
            verb = "ended" if over else "is taken to end"
            until = f" It {verb} with {MONTH_NAMES[ends.month - 1]} {ends.year}."
        sentences.append(
            "The statutory override is a rule that keeps this deficit apart from the council's own savings "
            f"(reserves).{until}"
        )
    return sentences


def _sure(book: Book) -> list[str]:
    last = years(book.results)[-1]
    low, high = (_value(book, "without", statistic, last) for statistic in ("p10", "p90"))
    return [
        "Nobody knows the future, so the forecast was worked out many times with different, possible values. "
        f"In about 8 of 10 cases the total by the end of {last}, before extra help, lies between "
        f"{position(low)} and {position(high)}. In 9 of 10 cases it is no worse than {position(high)}."
    ]


def _plan(book: Book) -> list[str]:
    labels = [year for year in years(book.results) if ("gap", "mean", year) in book.cells]
    if not labels:
        return [
            "No plan with yearly targets is agreed in this forecast, so there is none to be measured by."
        ]
    sentences = []
    for year in dict.fromkeys((labels[0], labels[-1])):
        gap, chance = (_value(book, measure, "mean", year) for measure in ("gap", "probability"))
        side = "worse" if gap > 0 else "better"
        sentences.append(
            f"By the end of {year} the total is expected to be {pounds(gap)} {side} than the agreed target. "
            f"The target is met in {cases(chance)}."
        )
    return sentences


def _done(book: Book) -> list[str]:
    scenario, values = book.results.scenario, book.studies.mitigations
    if not scenario.mitigations:
        return ["No actions to bring the deficit down are part of this forecast."]
    count = len(scenario.mitigations)
    planned = "1 action is planned." if count == 1 else f"{count} actions are planned."
    if values is None:
        return [f"{planned} What they are worth was not worked out in this run."]
    last = years(book.results)[-1]
    largest = sorted(scenario.mitigations, key=lambda item: -values.alone[item.id].cumulative[-1])
    named = "; ".join(
        f"{item.title} ({_worth(float(values.alone[item.id].cumulative[-1]))})"
        for item in largest[:MOST_NAMED]
    )
    whole = float(values.whole.cumulative[-1])
    verb = "lower" if whole >= 0 else "raise"
    return [
        f"{planned} Together they would {verb} the total deficit by {pounds(whole)} by the end of {last}. "
        f"{'Taken alone' if count <= MOST_NAMED else 'The largest, taken alone'}: {named}.",
        _counted(scenario),
    ]


def _worth(value: float) -> str:
    return f"{pounds(value)} {'less' if value >= 0 else 'more'}"


def _counted(scenario: Scenario) -> str:
    """Whether the figures of the page have the mitigations in them."""
    if scenario.mitigated == "all":
        return "The figures on this page count on all of them."
    if scenario.mitigated == "none":
        return "The figures on this page do not count on what they will still bring."
    if scenario.mitigated == "base":
        return "The figures on this page hold only what was already under way; the rest would come on top."
    return "The figures on this page count on some of them; the sheet of mitigations says which."


def _wrong(book: Book) -> list[str]:
    last = years(book.results)[-1]
    sentences = [
        f"In the worst tenth of cases the total by the end of {last}, before extra help, is on average "
        f"{position(_value(book, 'without', 'worst', last))}."
    ]
    study = book.studies.sensitivity
    if study is not None and study.drivers:
        sections_of = [driver.group.entries[0].path.split(".")[0] for driver in study.drivers]
        named = list(dict.fromkeys(PLAIN_DRIVERS.get(name, PLAIN_OTHERS) for name in sections_of))
        sentences.append(f"What moves the result most: {'; '.join(named[:MOST_NAMED])}.")
    if book.studies.delays:
        worst = max(book.studies.delays, key=lambda item: float(item.late_net.mean(axis=-1).sum()))
        cost = float(worst.late_net.mean(axis=-1).sum())
        if cost >= SMALLEST_WORTH:
            sentences.append(
                f"If {worst.opening.title} came a year late, it would cost {pounds(cost)}."
            )
    draws = book.results.draws
    exhausted = (
        draws["reserves_exhausted"].isel(year=-1).mean() if "reserves_exhausted" in draws else 0
    )
    chance = float(exhausted)
    if chance > 0:
        sentences.append(
            f"By the end of {last} the council's reserves would not cover the deficit in {cases(chance)}."
        )
    return sentences


def _undecided(scenario: Scenario) -> list[str]:
    """Other inputs that wait for somebody's decision, counted by who decides."""
    told = ("account.stability_grant", "account.later_deficits")
    waiting: dict[str, set[str]] = {}
    for row in register(scenario):
        if row.status == "undecided" and not row.path.startswith(told):
            waiting.setdefault(row.owner or "others", set()).add(row.path)
    if not waiting:
        return []
    who = ", ".join(f"{len(paths)} by {owner}" for owner, paths in waiting.items())
    return [
        f"Other figures wait for a decision ({who}); the sheet Support and reserves names them."
    ]


def _support(results: Results) -> list[str]:
    """Help from government that is counted on and not yet sure."""
    account = results.scenario.account
    if account is None or "support_paid" not in results.draws:
        return []
    paid = results.draws["support_paid"].sum("year").transpose("arrangement", "draw")
    received = {
        str(name): values.to_numpy()
        for name, values in zip(paid["arrangement"].to_numpy(), paid, strict=True)
    }
    sentences = []
    grant = received.get("stability_grant")
    if grant is not None and float((grant > 0).mean()) < 1:
        sentences.append(
            f"A government grant of up to {pounds(float(grant.max()))} towards the deficit is not decided; it is "
            f"counted on in {cases(float((grant > 0).mean()))}, {pounds(float(grant.mean()))} on average."
        )
        closing = results.draws["cumulative_with_support"].transpose("year", "draw").to_numpy()[-1]
        if 0 < (grant > 0).mean() < 1:
            last = str(results.draws["year"].to_numpy()[-1])
            sentences.append(
                f"By the end of {last} the total after help is {position(float(closing[grant > 0].mean()))} on "
                f"average where it comes and {position(float(closing[grant == 0].mean()))} where it does not: "
                "the average above lies between and will not happen."
            )
    later = received.get("later_deficits")
    if later is not None:
        sentences.append(
            f"How much government will meet of deficits still to come is not decided either; "
            f"{pounds(float(later.mean()))} is counted on."
        )
    tested = sum(
        float(payment.amount_gbp.central)
        for payment in account.support_payments
        if payment.test is not None and payment.year in results.scenario.horizon.years
    )
    if tested > 0:
        certain = sum(
            float(payment.amount_gbp.central)
            for payment in account.support_payments
            if payment.test is None
        )
        expected = float(received["safety_valve"].mean()) - certain
        sentences.append(
            f"Payments of {pounds(tested)} under the agreement depend on keeping to it; on average "
            f"{pounds(max(expected, 0.0))} of them is expected to come."
        )
    return sentences


def chart_words(cells: Mapping[str, list[Cell]], labels: list[str]) -> str:
    """The description of the chart for people who cannot see it."""
    mean, low, high = (cells[name][-1].value for name in ("mean", "p10", "p90"))
    text = (
        f"Line chart of the total position before extra help, {labels[0]} to {labels[-1]}. The average goes "
        f"from {position(cells['mean'][0].value)} to {position(mean)}; in 8 of 10 cases the last year lies "
        f"between {position(low)} and {position(high)}."
    )
    if cells.get("target"):
        text += f" The agreed target ends at {position(cells['target'][-1].value)}."
    return text

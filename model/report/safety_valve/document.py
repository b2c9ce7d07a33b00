"""The return as a Word document: what was agreed, the money, every condition, and who signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO

from docx import Document

from model.reference.calendar import financial_year_label
from model.report.safety_valve.page import Page, deterministic
from model.report.safety_valve.words import (
    BASIS_TITLES,
    BLANK,
    ROW_TITLES,
    TOTALS,
    condition_title,
    draft_mark,
    heading,
    in_thousands,
    loss_words,
    rating_words,
)
from model.returns.exceptions import SignOffException
from model.returns.money import stated
from model.returns.position import ACCOUNT_ROWS, PROFILE_ROWS, Column
from model.returns.run_figures import PROBABILITIES
from model.returns.safety_valve import FilledCondition, SafetyValveReturn

CUMULATIVE_ROWS = (*PROFILE_ROWS[:4], "probability_on_target")
IN_YEAR_ROWS = tuple(name for name in PROFILE_ROWS if name not in CUMULATIVE_ROWS)


def document(given: SafetyValveReturn) -> bytes:
    """The return as the bytes of a Word document. Equal returns give equal bytes."""
    page = Page(Document(), given.run.run_id, draft_mark(given))
    created = datetime.fromisoformat(given.run.created).astimezone(UTC)
    page.properties(heading(given), f"{given.file.period.title}, Safety Valve agreement", created)
    page.document.add_paragraph(given.file.title, style="Title")
    page.document.add_paragraph(
        heading(given).split(":")[0] + f", {given.file.period.title}", style="Subtitle"
    )
    if not given.may_be_signed:
        page.banner(f"{draft_mark(given)}. They are listed in the last section.")
    _about(page, given, created)
    _overview(page, given)
    _money(page, given)
    page.heading("Conditions", 1)
    for condition in given.conditions:
        _condition(page, condition)
    _typed(page, given)
    _sign_off(page, given)
    buffer = BytesIO()
    page.document.save(buffer)
    return deterministic(buffer.getvalue(), created)


def _about(page: Page, given: SafetyValveReturn, created: datetime) -> None:
    period, run = given.file.period, given.run
    rows = [
        ("Financial year", financial_year_label(period.year)),
        ("Position as at", _month(period.as_at.year, period.as_at.month)),
        (
            "Forecast",
            f"run {run.run_id} of {created:%d %B %Y}, {run.draws:,} draws, seed {run.seed}",
        ),
        ("Conditions", str(len(given.conditions))),
    ]
    if given.file.source:
        rows.append(("Source of the texts", given.file.source))
    page.facts("Facts of the return", rows)
    if given.summary is not None:
        page.heading("Summary", 1)
        page.text(given.summary)


def _overview(page: Page, given: SafetyValveReturn) -> None:
    page.heading("Conditions at a glance", 1)
    rows = [
        [
            str(item.agreed.number),
            item.agreed.title,
            item.agreed.theme,
            rating_words(item.agreed.rag_before),
            rating_words(item.agreed.rag_after),
            loss_words(item.loss.before if item.loss else None),
            loss_words(item.loss.after if item.loss else None),
            str(len(item.exceptions)),
        ]
        for item in given.conditions
    ]
    page.table(
        "Conditions with their ratings, expected losses and exceptions",
        ["No.", "Condition", "Theme", "Rating before", "Rating after", "Expected loss before",
         "Expected loss after", "Open"],
        rows,
        widths=(1.0, 4.0, 3.1, 2.1, 2.1, 2.1, 2.1, 1.4),
        numbers=(5, 6, 7),
        ratings=(3, 4),
    )  # fmt: skip
    page.note(
        "Before and after mean before and after mitigation. An expected loss is what a risk costs in a year "
        "times its probability. Open counts exceptions."
    )


def _money(page: Page, given: SafetyValveReturn) -> None:
    money = given.money
    page.heading("Financial position", 1)
    page.text(
        "All figures are in thousands of pounds; a deficit is positive and a surplus has a minus. Printed "
        "is the position as the council's papers have it; model is the mean of the forecast's draws. "
        "Agreed deficits are before any money from the department, so the forecast without support stands "
        "against them."
    )
    published = [column for column in money.account if column.basis == "published"]
    modelled = [column for column in money.account if column.basis == "mean"]
    for columns, title in ((published, "as published"), (modelled, "the model's forecast")):
        if columns:
            page.heading(f"Deficit with and without support, {title}", 2)
            _year_table(page, f"Deficit of the whole DSG, {title}", columns, ACCOUNT_ROWS)
    for title, rows in (
        ("Cumulative deficit against the agreed profile", CUMULATIVE_ROWS),
        ("In-year position and what it takes to catch up", IN_YEAR_ROWS),
    ):
        page.heading(title, 2)
        _year_table(page, title, _profile(given, rows), rows, given.money.ratings)
    page.note(
        f"A year is green from a probability of {stated(money.green, '%')} of being on or below its target, "
        f"amber from {stated(money.amber, '%')}, red below. Source: {money.thresholds_source}."
    )
    page.note(
        "Every column is added up when this return is written: closing = opening + in-year + adjustments - "
        + ("payment. All columns foot." if not money.gaps else "payment. Some columns do not foot.")
    )


def _profile(given: SafetyValveReturn, rows: Sequence[str]) -> list[Column]:
    """Columns that have something to say in these rows."""
    return [one for one in given.money.profile if any(name in one.figures for name in rows)]


def _year_table(
    page: Page,
    title: str,
    columns: Sequence[Column],
    names: Sequence[str],
    ratings: dict[str, str] | None = None,
) -> None:
    rows = []
    for name in names:
        if any(name in column.figures for column in columns):
            rows.append([ROW_TITLES[name], *(_cell(column, name) for column in columns)])
    totals = [index for index, name in enumerate(_there(columns, names)) if name in TOTALS]
    rating_row = None
    if ratings is not None and "probability_on_target" in names:
        rating_row = len(rows)
        rows.append(
            [
                "Rating by probability",
                *(rating_words(ratings.get(c.year)) if c.basis == "mean" else "-" for c in columns),
            ]
        )
    labels = [f"{column.year} {BASIS_TITLES[column.basis]}" for column in columns]
    width = min(2.2, 12.2 / max(len(columns), 1))
    page.table(
        title,
        ["£ thousand", *labels],
        rows,
        widths=(17.9 - width * len(columns), *[width] * len(columns)),
        numbers=range(1, len(columns) + 1),
        totals=totals,
        rating_row=rating_row,
    )


def _there(columns: Sequence[Column], names: Sequence[str]) -> list[str]:
    return [name for name in names if any(name in column.figures for column in columns)]


def _cell(column: Column, name: str) -> str:
    if name not in column.figures:
        return "-"
    value = column.figures[name]
    if name in PROBABILITIES:
        return stated(value, "%")
    return in_thousands(-value if name == "support" else value)


def _condition(page: Page, item: FilledCondition) -> None:
    agreed = item.agreed
    page.heading(condition_title(agreed), 2)
    if item.exceptions:
        page.banner(f"{len(item.exceptions)} to settle before signing", small=True)
        page.bullets([_exception(one) for one in item.exceptions])
    facts = [
        ("What was agreed", item.text),
        ("Theme", agreed.theme),
        ("Rating before mitigation", rating_words(agreed.rag_before)),
        ("Rating after mitigation", rating_words(agreed.rag_after)),
    ]
    if agreed.status:
        facts.append(("Status", agreed.status))
    if agreed.due:
        facts.append(("Due", _month(agreed.due.year, agreed.due.month)))
    facts.append(("Progress", item.progress or BLANK))
    facts.append(("Key risks", "\n".join(item.risks) or BLANK))
    facts.append(("Mitigations", "\n".join(item.mitigations) or BLANK))
    if item.scenario_mitigations:
        facts.append(("Modelled as", "\n".join(item.scenario_mitigations)))
    facts.append(("Money at risk", _at_risk(item)))
    if agreed.source:
        facts.append(("Source", agreed.source))
    page.facts(condition_title(agreed), facts)
    if item.metrics:
        page.table(
            f"Measures of condition {agreed.number}",
            ["Measure", "Target", "Latest", "Source"],
            [[one.title, one.target or "-", one.latest, one.source or "-"] for one in item.metrics],
            widths=(6.4, 3.2, 5.3, 3.0),
        )
    for figure in agreed.quoted:
        page.note(f"{figure.figure}: {figure.what} ({figure.source}).")


def _at_risk(item: FilledCondition) -> str:
    money, loss = item.agreed.money_at_risk, item.loss
    if money is None or loss is None:
        return BLANK
    lines = [f"Exposure {stated(money.exposure_gbp, '£')} a year ({money.source})"]
    if loss.children is not None:
        fewest, most = loss.children
        many = str(fewest) if fewest == most else f"{fewest} to {most}"
        lines.append(f"that is {many} children")
    chances = (money.probability, money.probability_after)
    words = [BLANK.lower() if one is None else f"{one:.0%}" for one in chances]
    lines.append(f"Probability before mitigation: {words[0]}; after: {words[1]}")
    lines.append(
        f"Expected loss before: {loss_words(loss.before)}; after: {loss_words(loss.after)}"
    )
    if money.reason:
        lines.append(f"Judgement: {money.reason}")
    return "\n".join(lines)


def _typed(page: Page, given: SafetyValveReturn) -> None:
    if not given.agreeing:
        return
    page.heading("Figures typed by hand that agree with the run", 1)
    page.table(
        "Figures typed by hand that agree with the run",
        ["Where", "Figure", "How", "The run says"],
        [
            [one.where, one.figure.text, one.figure.agreement.value, one.figure.run_says]
            for one in given.agreeing
        ],
        widths=(4.6, 2.2, 2.2, 8.9),
    )


def _sign_off(page: Page, given: SafetyValveReturn) -> None:
    signing = given.file.sign_off
    if given.may_be_signed:
        page.heading("Sign-off", 1)
        page.text(
            f"The figures are those of run {given.run.run_id}, whose checks all passed. No exception is open."
        )
        day = (
            ""
            if signing.date is None
            else f"{date.fromisoformat(signing.date):%d %B %Y}".lstrip("0")
        )
        page.table(
            "Signatures",
            ["Office", "Signature", "Date"],
            [
                [signing.section_151_officer, "", day],
                [signing.director_of_childrens_services, "", day],
            ],
            widths=(7.0, 7.4, 3.5),
            tall=True,
        )
        return
    page.heading("Exceptions: not ready to sign", 1)
    page.text(
        f"The sign-off of the {signing.section_151_officer} and the "
        f"{signing.director_of_childrens_services} stands here once nothing below is open."
    )
    page.table(
        "Exceptions",
        ["No.", "Where", "What", "The run says"],
        [
            [str(number), one.where, one.what, one.run_says or "-"]
            for number, one in enumerate(given.exceptions, start=1)
        ],
        widths=(1.1, 4.2, 7.2, 5.4),
    )


def _exception(one: SignOffException) -> str:
    return f"{one.what}; the run says {one.run_says}" if one.run_says else one.what


def _month(year: int, month: int) -> str:
    return f"{date(year, month, 1):%B %Y}"

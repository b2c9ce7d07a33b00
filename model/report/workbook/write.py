"""Write the workbook of a run: sheets in reading order, filled in the order they depend on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from model.report.workbook import about as about_sheet
from model.report.workbook import (
    accounts_note,
    assumptions,
    audit_trail,
    budget_lines,
    checks,
    cover,
    data_gaps,
    demand,
    dsg_account,
    figures_checked,
    forum,
    general_fund,
    management_plan,
    members,
    mitigations,
    monte_carlo,
    nurture,
    places,
    plans,
    policy_values,
    reconciliation,
    reform_plan,
    risks,
    sensitivity,
    summary,
    support,
)
from model.report.workbook.run_facts import About
from model.report.workbook.sheet import Book
from model.report.workbook.styles import FONT
from model.results import Results
from model.studies import Studies


def write_workbook(
    results: Results, path: Path, about: About, studies: Studies | None = None
) -> None:
    """Write a run as an Excel workbook at `path`, replacing what is there.

    Totals are live formulas whose stored values agree. Equal results and `about` give equal bytes.
    Raises ValueError if a figure is not a number, naming its cell, and OSError when the file cannot
    be written.
    """
    workbook = Workbook(str(path), workbook_options())
    _properties(workbook, results, about)
    book = Book(workbook, results, about, studies or Studies())
    filled = _sheets(results, book.studies)
    with_account = results.scenario.account is not None
    for name in (cover.NAME, *([members.NAME] if with_account else []), summary.NAME, *filled):
        book.add(name)
    for write in filled.values():
        write(book)
    if with_account:
        members.write(book)
    summary.write(book)
    cover.write(book)
    try:
        workbook.close()
    except FileCreateError as error:
        cause = error.args[0]
        raise OSError(cause.errno, cause.strerror, str(path)) from None


def workbook_options() -> dict[str, object]:
    """Options of XlsxWriter, made anew each time because it changes the dictionaries it is given."""
    return {
        # Nothing is left in the folder of temporary files when the program is stopped.
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }


def _sheets(results: Results, studies: Studies) -> dict[str, Callable[[Book], None]]:
    """The sheets that the scenario has something for, in order. Checks come after what they check;
    the Summary and the Cover, which read from all of them, are filled last."""
    scenario = results.scenario
    sheets: dict[str, Callable[[Book], None]] = {}
    if scenario.account is not None:
        sheets[dsg_account.NAME] = dsg_account.write
        if scenario.trajectory is not None:
            sheets[reconciliation.NAME] = reconciliation.write
        if support.shown(scenario):
            sheets[support.NAME] = support.write
    if scenario.funding is not None:
        sheets[budget_lines.NAME] = budget_lines.write
    if scenario.plans is not None:
        sheets[plans.NAME] = plans.write
    if scenario.has("requests") or scenario.statement_transfers is not None:
        sheets[demand.NAME] = demand.write
    if scenario.has("places") and scenario.plans is not None:
        sheets[places.NAME] = places.write
    if scenario.nurture_groups and scenario.funding is not None:
        sheets[nurture.NAME] = nurture.write
    if scenario.mitigations:
        sheets[mitigations.NAME] = mitigations.write
    if scenario.general_fund is not None:
        sheets[general_fund.NAME] = general_fund.write
    if scenario.account is not None:
        sheets[risks.NAME] = risks.write
        sheets[forum.NAME] = forum.write
        sheets[accounts_note.NAME] = accounts_note.write
    if studies.sensitivity is not None:
        sheets[sensitivity.NAME] = sensitivity.write
    if results.figures is not None:
        sheets[figures_checked.NAME] = figures_checked.write
    if results.cross is not None:
        sheets[management_plan.NAME] = management_plan.write
        sheets[reform_plan.NAME] = reform_plan.write
    return {
        **sheets,
        monte_carlo.NAME: monte_carlo.write,
        assumptions.NAME: assumptions.write,
        policy_values.NAME: policy_values.write,
        data_gaps.NAME: data_gaps.write,
        **({audit_trail.NAME: audit_trail.write} if scenario.funding is not None else {}),
        checks.NAME: checks.write,
        about_sheet.NAME: about_sheet.write,
    }


def _properties(workbook: Workbook, results: Results, about: About) -> None:
    workbook.set_properties(
        {
            "title": f"{results.scenario.authority}: {results.scenario.title}"[:200],
            "subject": "High needs and DSG forecast",
            "author": "hn-forecast",
            "comments": f"Run {about.run_id}",
            "created": about.created,
        }
    )

"""About: how the run was made, how to read the workbook, method and licences."""

from __future__ import annotations

from model.report.workbook.sheet import Book, Sheet
from model.scenario.schema import Scenario

NAME = "About"

READING = (
    "A deficit is positive everywhere. A minus sign is a surplus, or better than agreed.",
    "Money is held in pounds, unrounded; formats show £ thousands where the header says so. "
    "Shown figures may therefore differ by one from the sum of shown parts.",
    "Means add up across lines, blocks and years; percentiles do not. Take a total's percentile "
    "from the total's own row.",
    "p10 to p90 holds eight draws in ten; p50 is the middle draw (the median). The mean lies above "
    "it when large overspends are more likely than large underspends.",
    "Central run: every input at its central value and no chance. It is one path, not the range.",
    "Published basis: the lines as published, pupils unchanged. Model view: what the cohort says.",
    "Bold totals, roll-forwards, variances and links between sheets are live formulas. Everything "
    "else is a result of the run; changing it here does not run the model again.",
)

METHOD = (
    "1. Plans in force on the January count are fitted to the published margins and rolled forward "
    "to 1 April.",
    "2. Month by month, plans start, move in, cease, move out and move between settings; everyone "
    "ages a year each September.",
    "3. Rates start from national statistics and are tilted by this authority's uncertain effects.",
    "4. Each budget line is volumes times prices, places times rates, or an amount with inflation.",
    "5. Each line is anchored once to its published first-year outturn, with one factor.",
    "6. The account of each block rolls forward: opening + adjustment + spending - income + "
    "transfers + draws on balances - support = closing.",
    "7. The deficit without any support ever received is held against the agreed trajectory.",
    "8. Uncertain inputs are drawn jointly in every draw, each with its stated path through time.",
    "9. Chance moves whole plans, on top of uncertain inputs, unless it was switched off.",
    "10. Sums are taken inside each draw; means and percentiles are taken afterwards.",
)

LICENCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0: "
    "Department for Education (SEN2, DSG allocations, section 251) and Office for National "
    "Statistics (population projections). Council papers are quoted with their source lines. "
    "hn-forecast is free software under the MIT licence; it comes without warranty."
)


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, about, results = book.sheets[NAME], book.about, book.results
    scenario = results.scenario
    sheet.columns(34, 96, note_width=150)
    sheet.title(
        "About this workbook", "How it was made, how to read it, and where the data come from."
    )
    sheet.heading("This run")
    _facts(
        sheet,
        {
            "Run id": about.run_id,
            "Created": f"{about.created:%d %B %Y, %H:%M}",
            "Scenario": f"{scenario.title} ({scenario.name})",
            "Scenario file": about.scenario_file,
            "Scenario fingerprint (SHA-256)": about.scenario_hash,
            "Description": scenario.description or "",
            "Mitigations": _mitigated(scenario.mitigated),
            "Draws": f"{about.draws:,}",
            "Seed": f"{about.seed}",
            "Chance": "on" if results.chance else "off",
            "Command": about.command,
            "hn-forecast": about.version,
            "Python": about.python,
            "Packages": ", ".join(f"{name} {v}" for name, v in sorted(about.packages.items())),
        },
    )
    _versions(sheet, scenario)
    for title, sentences in (
        ("What this version does not hold", about.notes),
        ("How to read it", READING),
        ("Method", METHOD),
    ):
        if not sentences:
            continue
        sheet.heading(title)
        for sentence in sentences:
            sheet.note(sentence, "top")
    sheet.heading("Licence of the data")
    sheet.note(LICENCE, "top")
    sheet.finish(landscape=False)


def _versions(sheet: Sheet, scenario: Scenario) -> None:
    """The version history of the scenario, beside the facts of the run."""
    sheet.heading("Version history of the scenario")
    if not scenario.versions:
        sheet.note("None is given; the scenario may name its versions under 'versions'.", "top")
        return
    sheet.header("Version and date", "Change, and the role that made it", text=(1,))
    for item in scenario.versions:
        sheet.line(f"{item.version}, {item.date:%d %B %Y}", [f"{item.change} ({item.role})"])


def _facts(sheet: Sheet, facts: dict[str, str]) -> None:
    for name, text in facts.items():
        if text:
            sheet.line(name, [text])


def _mitigated(choice: object) -> str:
    words = {
        "base": "base: only what the published figures already hold",
        "none": "none: future effects of every mitigation taken away",
        "all": "all: every mitigation that is not yet in the base is added",
    }
    if isinstance(choice, str):
        return words.get(choice, choice)
    assert isinstance(choice, tuple)
    return "these only: " + ", ".join(str(item) for item in choice)

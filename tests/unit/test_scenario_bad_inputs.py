"""One mistake, one message: each bad input is a small edit of a valid scenario.

A case says what is typed in place of what, on which line and key path the problem is reported, and
the phrases an accountant needs: what was found, what is expected, how to mend it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from model.cohort import placements
from model.scenario import checks_places
from model.scenario.funding_schema import Standing
from model.scenario.load import load
from model.scenario.places_schema import PlaceRules
from model.scenario.problems import Problem, ScenarioError

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parent / "bad_inputs"
BASE = (FOLDER / "base.yaml").read_text(encoding="utf-8")
POPULATION = (FOLDER / "population.csv").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """An edit and its one problem. `at` is text on the line reported, else the line edited."""

    name: str
    old: str
    new: str
    path: str
    says: tuple[str, ...]
    at: str | None = None
    base: str = BASE

    @property
    def text(self) -> str:
        assert self.base.count(self.old) == 1, f"{self.name}: '{self.old}' is not unique"
        return self.base.replace(self.old, self.new)

    @property
    def line(self) -> int:
        if self.at is None:
            return self.base[: self.base.index(self.old)].count("\n") + 1
        assert self.text.count(self.at) == 1, f"{self.name}: '{self.at}' is not unique"
        return self.text[: self.text.index(self.at)].count("\n") + 1


def case(
    name: str,
    old: str,
    new: str,
    path: str,
    *says: str,
    at: str | None = None,
    base: str = BASE,
) -> pytest.param:
    return pytest.param(Case(name, old, new, path, says, at, base), id=name.replace(" ", "-"))


def part(start: str, end: str, text: str = BASE) -> str:
    """The text from `start` up to `end`."""
    return text[text.index(start) : text.index(end, text.index(start))]


def line_of(text: str) -> int:
    """Line of the base on which `text` begins."""
    return BASE[: BASE.index(text)].count("\n") + 1


def without(*parts: str) -> str:
    """The base without some of its text."""
    text = BASE
    for item in parts:
        assert text.count(item) == 1, item
        text = text.replace(item, "")
    return text


OUT_OF_AREA = "funding.lines[out_of_area]"
TOP_UP = "funding.lines[top_up]"
MAINSTREAM = f"{TOP_UP}.drivers[mainstream]"
PUBLISHED = "published_gbp: 380000"
FEES = "2024-25: {between: [0.03, 0.09]}"
DAMPING = "damping: {pert: [0.5, 0.75, 0.95]}"
SETTINGS = BASE[BASE.index("    early_years: 10\n") : BASE.index("  needs:")]
CORRELATED = "spearman: 0.6}"

PLANS = part("plans:\n  counted", "new_plans:\n")
NEW_PLANS = part("new_plans:\n", "requests:\n")
REQUESTS = part("requests:\n  base_year", "pool:\n")
POOL = part("pool:\n  fte", "reviews:\n")
REVIEWS = part("reviews:\n", "caseload:\n")
CASELOAD = part("caseload:\n", "moved_in:\n")
MOVED_IN = part("moved_in:\n", "rates:\n")
PLACES = part("places:\n  groups", "funding:\n")
NURTURE_GROUPS = part("nurture_groups:\n", "nurture_effect:\n")
NURTURE_EFFECT = part("nurture_effect:\n", "account:\n")
CAPACITY = part("  capacity:\n", "  recruitment:\n")
RECRUITMENT = part("  recruitment:\n", "  locums:\n")
LOCUMS = part("  locums:\n", "  order:")
WARM_UP = part("  warm_up:\n", "  published_shares:\n")
AWARD_ENDS = part("  award_ends:\n", "  leaving_share_a_year")
NOTHING = "mitigated: base\n"
BARE = BASE[: BASE.index("population:\n")] + NOTHING
"""A scenario with no section but the head, to put one alone in the place of `NOTHING`."""
POOL_DRIVER = part(
    "        - kind: pupils_without_plan\n          id: in_pool",
    "        - kind: plans\n          id: waiting",
)
WAITING_DRIVER = part("        - kind: plans\n          id: waiting", "    - id: contract")
LOCUMS_DRIVER = '        - {kind: locums, id: locums, title: Locums, s251: "1.2.5"}\n'
OPENED_DRIVER = '        - {kind: added_places, id: opened, title: Opened, s251: "1.0.2"}\n'
WITHHELD_DRIVER = (
    '        - {kind: nurture_withheld, id: withheld, title: Withheld, s251: "1.2.8"}\n'
)
NURTURE_DRIVER = '        - {kind: nurture_groups, id: groups, title: Groups, s251: "1.2.8"}\n'
CONVERTED = "          settings: [mainstream, mainstream_post_16]\n          coverage_share: 0.5\n"
CONVERTING = BASE.replace(CONVERTED, CONVERTED + "          converted_from_pool: true\n")
"""The base with pupils who gain a plan out of the pool paid at their band."""
CONVERTED += "          converted_from_pool: true\n"
SHOCK_WITH = "      with_mitigation: reviews\n"
COHORT_ONLY = without(
    REQUESTS, POOL, REVIEWS, CASELOAD, PLACES, POOL_DRIVER, WAITING_DRIVER, LOCUMS_DRIVER,
    OPENED_DRIVER, "      - {input: reviews.ceased_share, add: {uniform: [0.005, 0.015]}}\n",
)  # fmt: skip
"""The base without demand and places: plans come and go, and are paid for."""

# fmt: off
AS_ACCOUNTANTS_WRITE = [
    case("comma in a number", PUBLISHED, "published_gbp: 380,000", f"{OUT_OF_AREA}.published_gbp",
         "text, not a number", "'380,000'", "Leave out the commas: write 380000."),
    case("comma in a number inside braces", "budget_gbp: 400000", "budget_gbp: {value: 1,234,500}",
         f"{OUT_OF_AREA}.budget_gbp.value", "a comma splits this number", "1,234,500",
         "write 1234500"),
    case("comma in an entry in braces", "pupils: 7, annual", "pupils: 7,000, annual",
         f"{OUT_OF_AREA}.current_pupils[day].pupils", "a comma splits this number", "write 7000"),
    case("commas in a list", "full_year_gbp: -20000",
         "full_year_gbp: {pert: [1,200, 1,500, 1,800]}",
         "mitigations[reviews].changes[top_up].full_year_gbp.pert", "6 numbers in the list, not 3",
         "[low, mode, high]", "write 1200, not 1,200"),
    case("quoted commas in a list", "full_year_gbp: -20000",
         "full_year_gbp: {uniform: ['1,200', '1,500']}",
         "mitigations[reviews].changes[top_up].full_year_gbp.uniform[0]", "'1,200'", "write 1200"),
    case("pound sign", PUBLISHED, "published_gbp: £1,200", f"{OUT_OF_AREA}.published_gbp",
         "'£1,200'", "leave out the commas: write 1200"),
    case("pounds in millions", PUBLISHED, "published_gbp: £1.2m", f"{OUT_OF_AREA}.published_gbp",
         "'£1.2m'", "write it in full: 1200000"),
    case("millions", PUBLISHED, "published_gbp: 1.2m", f"{OUT_OF_AREA}.published_gbp", "'1.2m'",
         "Write it in full: 1200000."),
    case("thousands", PUBLISHED, "published_gbp: 380k", f"{OUT_OF_AREA}.published_gbp", "'380k'",
         "Write it in full: 380000."),
    case("brackets for minus", PUBLISHED, "published_gbp: (1,200)", f"{OUT_OF_AREA}.published_gbp",
         "'(1,200)'", "Brackets do not mean minus", "write -1200"),
    case("a minus from a word processor", PUBLISHED, "published_gbp: −1200",
         f"{OUT_OF_AREA}.published_gbp", "'−1200'", "write -1200"),
    case("percentage", "coverage_share: 0.5", "coverage_share: 5%",
         f"{TOP_UP}.drivers[mainstream].coverage_share", "'5%'",
         "Write a percentage as a share: 0.05."),
    case("percentage without a sign", "coverage_share: 0.5", "coverage_share: 50",
         f"{TOP_UP}.drivers[mainstream].coverage_share", "out of range", "found 50",
         "from 0 to 1 (share)", "A share of 50 % is written 0.5."),
    case("quoted number", PUBLISHED, 'published_gbp: "380000"', f"{OUT_OF_AREA}.published_gbp",
         "text, not a number", "Leave out the quotes: write 380000."),
    case("smart quotes round a number", PUBLISHED, "published_gbp: “380000”",
         f"{OUT_OF_AREA}.published_gbp", "Leave out the quotes: write 380000."),
    case("nil", PUBLISHED, "published_gbp: nil", f"{OUT_OF_AREA}.published_gbp", "'nil'",
         "Write 0 for nil; leave the key out when the figure is not known."),
    case("to be confirmed", PUBLISHED, "published_gbp: TBC", f"{OUT_OF_AREA}.published_gbp",
         "'TBC'", "leave the key out"),
    case("words for a number", PUBLISHED, "published_gbp: about four",
         f"{OUT_OF_AREA}.published_gbp", "text, not a number", "'about four'", "a number (GBP)"),
    case("day and month in words", "opens: 2024-09", "opens: 1 September 2024",
         "nurture_groups[oak].opens", "not a month", "'1 September 2024'", "Write 2024-09."),
    case("short month", "opens: 2024-09", "opens: Sept 2024", "nurture_groups[oak].opens",
         "'Sept 2024'", "Write 2024-09."),
    case("slashes", "opens: 2024-09", "opens: 01/09/2024", "nurture_groups[oak].opens",
         "'01/09/2024'", "Write 2024-09."),
    case("full date", "opens: 2024-09", "opens: 2024-09-01", "nurture_groups[oak].opens",
         "'2024-09-01'", "Leave out the day: write 2024-09."),
    case("a thirteenth month", "opens: 2024-09", "opens: 2024-13", "nurture_groups[oak].opens",
         "'2024-13'", "expected YYYY-MM, such as 2023-09"),
    case("a year alone for a month", "opens: 2024-09", "opens: 2024", "nurture_groups[oak].opens",
         "not a month", "found 2024", "such as 2023-09"),
    case("a month of another century", "opens: 2024-09", "opens: 0202-09",
         "nurture_groups[oak].opens", "not a month"),
    case("academic year for a financial year", "first_year: 2023-24", "first_year: 2023/24",
         "horizon.first_year", "not a financial year", "'2023/24'", "Write 2023-24."),
    case("a year alone", "last_year: 2025-26", "last_year: 2025", "horizon.last_year",
         "not a financial year", "found 2025", "Write 2025-26."),
    case("a long financial year", "last_year: 2025-26", "last_year: 2025-2026",
         "horizon.last_year", "'2025-2026'", "Write 2025-26."),
    case("years that do not follow", "first_year: 2023-24", "first_year: 2023-25",
         "horizon.first_year", "'2023-25'", "such as 2023-24"),
    case("yes", "invented: true", "invented: Yes", "invented", "'Yes'", "true or false",
         "Write true."),
    case("no", "invented: true", "invented: no", "invented", "'no'", "true or false",
         "Write false."),
    case("empty value", PUBLISHED, "published_gbp:", f"{OUT_OF_AREA}.published_gbp",
         "nothing is given here", "leave the key out"),
    case("empty required value", "total: 100", "total:", "plans.total", "nothing is given here"),
    case("empty section", "mitigated: [reviews]", "mitigated:", "mitigated",
         "nothing is given here"),
    case("empty text", "title: Base\n", 'title: " "\n', "title", "the text is empty"),
    case("comma in a text in braces", "reason: A guess}", "reason: A guess, no more}",
         f"{TOP_UP}.drivers[others].annual_cost_gbp.no more", "nothing is given here",
         "put text that holds a comma in quotes"),
    case("colon in a text", "description: One of everything", "description: One: of everything",
         "", "not valid YAML", "a text with ': ' in it needs quotes"),
]

KINDS_AND_KEYS = [
    case("text for a whole number", "total: 100", "total: 1,000", "plans.total",
         "wrong kind of value", "'1,000'", "a whole number", "write 1000"),
    case("half a plan", "total: 100", "total: 100.5", "plans.total", "found 100.5",
         "a whole number"),
    case("true for a number", "total: 100", "total: true", "plans.total", "found true",
         "a whole number"),
    case("a list for a number", PUBLISHED, "published_gbp: [1, 2]", f"{OUT_OF_AREA}.published_gbp",
         "not a number", "found [1, 2]"),
    case("number for a text", 'title: Base, s251: "1.0.2"', "title: Base, s251: 1.0",
         "funding.lines[places].drivers[base].s251", "this is not text", "found 1",
         "Put it in quotes: '1.0'."),
    case("text for a section", "horizon: {first_year: 2023-24, last_year: 2025-26}",
         "horizon: 2023-24", "horizon", "wrong kind of value", "a section of 'key: value' lines"),
    case("section for a list", "  steps:\n        - {title: One more, plans: 1}",
         "  steps:\n        title: One more", "plans.bridges[finance].steps",
         "wrong kind of value", "a list (lines starting with '- ')"),
    case("unknown key", "description:", "descripton:", "descripton", "unknown key",
         "Did you mean 'description'?"),
    case("unknown key in capitals", "description:", "Description:", "Description", "unknown key",
         "Did you mean 'description'?"),
    case("unknown key nested", "published_scope: current_pupils", "publised_scope: current_pupils",
         f"{OUT_OF_AREA}.publised_scope", "unknown key", "Did you mean 'published_scope'?"),
    case("unknown key far from any", "need_category: C, level: 1",
         "need_category: C, level: 1, zz: 1", "funding.bands[C1].zz", "unknown key",
         "one of source, note, status, id"),
    case("unknown key with brackets", "run: {draws: 100", 'run: {"[red]x[/red]": 1, draws: 100',
         "run.[red]x[/red]", "unknown key", "one of draws, seed"),
    case("unknown key in a driver", "billing: termly", "biling: termly",
         f"{OUT_OF_AREA}.drivers[day].biling", "unknown key", "Did you mean 'billing'?"),
    case("key of another kind of driver", "paid_by: authority}", "paid_by: authority, fte: 4}",
         "funding.lines[places].drivers[base].fte", "unknown key"),
    case("unknown key in a number", "{value: 52000, status", "{valeu: 52000, status",
         f"{OUT_OF_AREA}.drivers[day].annual_cost_gbp.valeu", "unknown key 'valeu' in a number",
         "Did you mean 'value'?"),
    case("unknown key by year", "then: 0.02\n", "thn: 0.02\n",
         "funding.inflation[fees].annual_rate.thn", "unknown key 'thn'", "Did you mean 'then'?"),
    case("academic year as a key", FEES, FEES.replace("2024-25", "2024/25"),
         "funding.inflation[fees].annual_rate.2024/25", "unknown key", "Write 2024-25."),
    case("only a year alone as a key", "annual_amount_gbp: 50000",
         "annual_amount_gbp: {2023: 50000}",
         "funding.lines[contract].drivers[fixed].annual_amount_gbp.2023", "unknown key",
         "Write 2023-24."),
    case("duplicate key", "authority: Demoshire", "authority: Demoshire\nname: again", "name",
         "given twice (first on line 3)", "Keep one", at="name: again"),
    case("duplicate key nested", "    - id: contract\n",
         "    - id: contract\n      anchor: none\n", "funding.lines[contract].anchor",
         f"given twice (first on line {line_of('    - id: contract') + 1})", at="anchor: none\n      monthly"),
    case("duplicate key in braces", "{title: One more, plans: 1}",
         "{title: One more, plans: 1, plans: 2}", "plans.bridges[finance].steps[0].plans",
         "given twice"),
    case("no key before a colon", "authority: Demoshire", "authority: Demoshire\n: lost", "",
         "there is no key before this colon", at=": lost"),
    case("a list as a key", "authority: Demoshire", "authority: Demoshire\n? [a, b]\n: lost", "",
         "a key must be a single word", at="? [a"),
    case("missing key", "authority: Demoshire\n", "", "authority", "this key is missing",
         at="format: 1"),
    case("missing key in a list entry", "      title: Contract\n", "",
         "funding.lines[contract].title", "this key is missing", at="- id: contract"),
    case("missing key in a driver", ", paid_by: authority}", "}",
         "funding.lines[places].drivers[base].paid_by", "this key is missing"),
    case("missing section", "horizon: {first_year: 2023-24, last_year: 2025-26}\n", "", "horizon",
         "this key is missing", at="format: 1"),
    case("wrong kind", "kind: amount,", "kind: amuont,",
         "funding.lines[contract].drivers[fixed].kind", "unknown kind", "'amuont'",
         "one of plans, pupils_without_plan, places, added_places, locums, nurture_groups, "
         "nurture_withheld, amount",
         "Did you mean 'amount'?"),
    case("no kind", "{kind: nurture_groups, id", "{id",
         "funding.lines[nurture].drivers[groups].kind", "this key is missing", "one of plans"),
    case("a text for a driver",
         '- {kind: nurture_groups, id: groups, title: Groups, s251: "1.2.8"}', "- nurture",
         "funding.lines[nurture].drivers[0]", "wrong kind of value", "'nurture'"),
    case("not one of the choices", "billing: termly", "billing: term",
         f"{OUT_OF_AREA}.drivers[day].billing", "not one of the choices", "'term'",
         "'monthly' or 'termly'", "Did you mean 'termly'?"),
    case("unknown block", "id: schools\n", "id: school\n", "account.blocks[school].id",
         "not one of the choices", "Did you mean 'schools'?"),
    case("another format", "format: 1", "format: 2", "format", "found 2", "expected 1"),
    case("id with a space", "- id: out_of_area", "- id: out of area",
         "funding.lines[out of area].id", "not an id", "letters, digits and underscores"),
    case("no budget lines", BASE[BASE.index("  lines:") : BASE.index("nurture_groups:\n")],
         "  lines: []\n", "funding.lines", "too few entries", "at least 1", at="lines: []"),
    case("one age", "ages: [4, 19]", "ages: [4]", f"{OUT_OF_AREA}.drivers[day].ages",
         "too few entries", "at least 2"),
    case("three ages", "ages: [4, 19]", "ages: [4, 19, 25]", f"{OUT_OF_AREA}.drivers[day].ages",
         "too many entries", "at most 2"),
    case("age beyond 25", "ages: [4, 19]", "ages: [4, 29]", f"{OUT_OF_AREA}.drivers[day].ages[1]",
         "out of range", "found 29", "25 or less"),
    case("ages reversed", "ages: [4, 19]", "ages: [19, 4]", f"{OUT_OF_AREA}.drivers[day].ages",
         "the wrong way round", "[19, 4]", "[youngest, oldest]"),
    case("no draws", "draws: 100", "draws: 0", "run.draws", "out of range", "1 or more"),
    case("negative seed", "seed: 1}", "seed: -1}", "run.seed", "out of range", "0 or more"),
    case("fourteen months for an uplift", "uplift_month: 9", "uplift_month: 14",
         "funding.inflation[fees].uplift_month", "found 14", "12 or less"),
    case("negative places", "places: 10, rate_gbp: 10000", "places: -10, rate_gbp: 10000",
         "funding.lines[places].drivers[base].places", "out of range", "found -10",
         "0 or more (places)"),
    case("negative nurture places", "opens: 2023-09, band", "places: -1, opens: 2023-09, band",
         "nurture_groups[elm].places", "out of range", "1 or more"),
    case("negative plans", "mainstream: 60\n", "mainstream: -60\n", "plans.settings.mainstream",
         "not a number of plans", "found -60", "a whole number, 0 or more"),
    case("negative plan years", "plans_a_year: {between: [1, 5]}", "plans_a_year: -3",
         "moved_in.plans_a_year", "out of range", "found -3", "0 or more"),
    case("a base year typed wrong", "base_year: 2022\n  plans", "base_year: 20222\n  plans", "new_plans.base_year",
         "out of range", "2100 or less"),
]

NUMBERS = [
    case("not a number", PUBLISHED, "published_gbp: .nan", f"{OUT_OF_AREA}.published_gbp",
         "not a finite number", "found nan"),
    case("infinite", PUBLISHED, "published_gbp: .inf", f"{OUT_OF_AREA}.published_gbp",
         "not a finite number", "found inf"),
    case("infinite in capitals", PUBLISHED, "published_gbp: -.INF", f"{OUT_OF_AREA}.published_gbp",
         "not a finite number"),
    case("beyond every number", PUBLISHED, "published_gbp: 1e999", f"{OUT_OF_AREA}.published_gbp",
         "not a finite number"),
    case("five thousand digits", PUBLISHED, "published_gbp: " + "9" * 5000,
         f"{OUT_OF_AREA}.published_gbp", "not a finite number"),
    case("too large", PUBLISHED, "published_gbp: 1e16", f"{OUT_OF_AREA}.published_gbp",
         "too large"),
    case("not finite in a native field", "plans_in_base_year: 15", "plans_in_base_year: .nan",
         "new_plans.plans_in_base_year", "found nan", "a finite number"),
    case("pert out of order", DAMPING, "damping: {pert: [0.5, 0.95, 0.75]}",
         "new_plans.damping.pert", "not in increasing order", "[0.5, 0.95, 0.75]",
         "[low, mode, high]"),
    case("pert of one value", DAMPING, "damping: {pert: [0.5, 0.5, 0.5]}",
         "new_plans.damping.pert", "both ends are the same", "Write the plain number 0.5"),
    case("pert of two numbers", DAMPING, "damping: {pert: [0.5, 0.75]}", "new_plans.damping.pert",
         "2 numbers in the list, not 3", "pert: [low, mode, high]"),
    case("pert not a list", DAMPING, "damping: {pert: 0.5}", "new_plans.damping.pert",
         "this needs a list", "pert: [low, mode, high]"),
    case("pert outside the range", DAMPING, "damping: {pert: [0.5, 0.75, 1.2]}",
         "new_plans.damping.pert[2]", "out of range", "found 1.2", "from 0 to 1"),
    case("range reversed between", "{between: [1, 5]}", "{between: [5, 1]}",
         "moved_in.plans_a_year.between", "not in increasing order",
         "[10th percentile, 90th percentile]"),
    case("two distributions", DAMPING, "damping: {pert: [0.5, 0.75, 0.95], value: 0.7}",
         "new_plans.damping", "given in two ways: value and pert", "exactly one of"),
    case("no distribution", DAMPING, "damping: {source: a paper}", "new_plans.damping",
         "no number is given here", "exactly one of value, pert"),
    case("misspelt distribution", DAMPING, "damping: {peart: [0.5, 0.75, 0.95]}",
         "new_plans.damping.peart", "unknown key", "Did you mean 'pert'?"),
    case("negative standard deviation", "{normal: [52000, 4000]}", "{normal: [52000, -4000]}",
         f"{OUT_OF_AREA}.drivers[day].entry_cost_gbp.normal[1]",
         "standard deviation must be above zero", "found -4000"),
    case("truncated mass", "{normal: [52000, 4000]}", "{normal: [5000, 4000]}",
         f"{OUT_OF_AREA}.drivers[day].entry_cost_gbp.normal", "10.6% of this normal lies outside",
         "at most 1% cut off", "narrower spread"),
    case("lognormal reversed", "{normal: [52000, 4000]}", "{lognormal: [52000, 4000]}",
         f"{OUT_OF_AREA}.drivers[day].entry_cost_gbp.lognormal",
         "95th percentile must be above the median"),
    case("lognormal too wide", "{normal: [52000, 4000]}", "{lognormal: [1.0e-200, 1.0e+200]}",
         f"{OUT_OF_AREA}.drivers[day].entry_cost_gbp.lognormal", "too wide to compute"),
    case("beta on pounds", "{normal: [52000, 4000]}", "{beta: [2, -3]}",
         f"{OUT_OF_AREA}.drivers[day].entry_cost_gbp.beta[1]", "the b must be above zero"),
    case("beta on a narrow range", "moved_out: {between: [0.8, 1.2]}", "moved_out: {beta: [0, 1]}",
         "rates.moved_out.beta[0]", "the a must be above zero"),
    case("text in a distribution", DAMPING, "damping: {pert: [0.5, 75%, 0.95]}",
         "new_plans.damping.pert[1]", "'75%'", "0.75"),
    case("probabilities", "{1: 0.8, 0: 0.2}", "{1: 0.8, 0: 0.1}",
         "account.transfers[to_high_needs].approval.then.discrete", "probabilities sum to 0.9",
         "a sum of 1"),
    case("probability above 1", "{1: 0.8, 0: 0.2}", "{1: 80, 0: 20}",
         "account.transfers[to_high_needs].approval.then.discrete.1",
         "a probability outside 0 to 1", "found 80"),
    case("discrete value twice", "{1: 0.8, 0: 0.2}", "{1: 0.8, 1.0: 0.2}",
         "account.transfers[to_high_needs].approval.then.discrete.1.0",
         "the value 1 is given twice"),
    case("discrete words", "{1: 0.8, 0: 0.2}", "{yes: 0.8, no: 0.2}",
         "account.transfers[to_high_needs].approval.then.discrete.yes",
         "the value is not a number", "'yes'"),
    case("discrete list", "{1: 0.8, 0: 0.2}", "[0.8, 0.2]",
         "account.transfers[to_high_needs].approval.then.discrete",
         "needs values with probabilities"),
    case("wrong year", FEES, FEES.replace("2024-25", "2024-26"),
         "funding.inflation[fees].annual_rate.2024-26", "'2024-26' is not a financial year",
         "such as 2024-25"),
    case("gap without then", "then: 0.02\n        path: {ar1: 0.4}", "path: {ar1: 0.4}",
         "funding.inflation[fees].annual_rate", "no value for 2025-26",
         "every year of the horizon", "'then:'", at="annual_rate:\n        2023-24"),
    case("no first allocation", "gross_income_gbp: {2023-24: 5000000}",
         "gross_income_gbp: {2024-25: 5000000}", "account.blocks[high_needs].gross_income_gbp",
         "no allocation for the first year, 2023-24"),
    case("unknown path", "path: {ar1: 0.4}", "path: persistant",
         "funding.inflation[fees].annual_rate.path", "unknown path", "Did you mean 'persistent'?"),
    case("path without its correlation", "path: {ar1: 0.4}", "path: ar1",
         "funding.inflation[fees].annual_rate.path", "{ar1: 0.5}"),
    case("correlation of 1 from year to year", "path: {ar1: 0.4}", "path: {ar1: 1}",
         "funding.inflation[fees].annual_rate.path.ar1", "out of range", "above -1 and below 1"),
    case("assumed without a reason", ", reason: A guess}", "}",
         f"{TOP_UP}.drivers[others].annual_cost_gbp", "an assumed figure needs a 'reason'"),
    case("assumed without a range", "range: [4000, 6000], ", "",
         f"{TOP_UP}.drivers[others].annual_cost_gbp", "an assumed figure needs a 'range'",
         "or make it uncertain"),
    case("assumed without either", "range: [4000, 6000], reason: A guess}", "}",
         f"{TOP_UP}.drivers[others].annual_cost_gbp", "needs a 'reason' and a 'range'"),
    case("assumed year without a reason", "fte: {2023-24: 10, then: 5}",
         "fte: {2023-24: {value: 10, status: assumed}, then: 5}",
         f"{TOP_UP}.drivers[others].fte.2023-24",
         "an assumed figure needs a 'reason' and a 'range'"),
    case("assumed series without a range", "fte: {2023-24: 10, then: 5}",
         "fte: {2023-24: 10, then: 5, status: assumed, reason: A guess}",
         f"{TOP_UP}.drivers[others].fte", "an assumed figure needs a 'range'"),
    case("range reversed", "range: [4000, 6000]", "range: [6000, 4000]",
         f"{TOP_UP}.drivers[others].annual_cost_gbp.range", "low is above high", "[low, high]"),
    case("unknown status", "status: published", "status: Publish",
         f"{OUT_OF_AREA}.drivers[day].annual_cost_gbp.status", "unknown status",
         "Did you mean 'published'?"),
    case("source not text", 'source: "paper 3:14"', "source: 314",
         f"{OUT_OF_AREA}.drivers[day].annual_cost_gbp.source", "this is not text",
         "Put it in quotes: '314'."),
    case("hindsight in words", 'source: "paper 3:14"', "hindsight: yes",
         f"{OUT_OF_AREA}.drivers[day].annual_cost_gbp.hindsight", "not true or false",
         "Write true."),
    case("shares", "{C1: 0.6, C2: 0.4}", "{C1: 0.6, C2: 0.3}",
         f"{TOP_UP}.drivers[mainstream].band_shares", "the shares sum to 0.9", "a sum of 1"),
    case("shares in per cent", "{C1: 0.6, C2: 0.4}", "{C1: 60, C2: 40}",
         f"{TOP_UP}.drivers[mainstream].band_shares.C1", "out of range", "is written 0.6"),
    case("misspelt key among shares", "{C1: 0.6, C2: 0.4}", "{C1: 0.6, C2: 0.4, sorce: a}",
         f"{TOP_UP}.drivers[mainstream].band_shares.sorce", "unknown key",
         "Did you mean 'source'?"),
    case("dirichlet beside shares", "{C1: 0.6, C2: 0.4}", "{dirichlet: {C1: 3}, C2: 0.4}",
         f"{TOP_UP}.drivers[mainstream].band_shares.dirichlet", "stands alone"),
    case("dirichlet weight of nil", "{C1: 0.6, C2: 0.4}", "{dirichlet: {C1: 3, C2: 0}}",
         f"{TOP_UP}.drivers[mainstream].band_shares.dirichlet.C2", "must be above zero"),
    case("monthly shares", "0.05, 0.05, 0.05, 0.05]", "0.05, 0.05, 0.05, 0.06]",
         "funding.lines[contract].monthly_profile", "the monthly shares sum to 1.01", "a sum of 1"),
    case("eleven months", "0.05, 0.05, 0.05, 0.05]", "0.1, 0.05, 0.05]",
         "funding.lines[contract].monthly_profile", "11 shares",
         "12 monthly shares, April to March"),
    case("negative month", "0.05, 0.05, 0.05, 0.05]", "-0.05, 0.05, 0.05, 0.15]",
         "funding.lines[contract].monthly_profile[8]", "out of range", "found -0.05"),
]

REFERENCES_AND_SUMS = [
    case("unknown inflation", "inflation: fees\n", "inflation: fee\n",
         f"{OUT_OF_AREA}.drivers[day].inflation", "there is no inflation series 'fee'",
         "one of fees, pay", "Did you mean 'fees'?"),
    case("unknown band", "{C1: 0.6, C2: 0.4}", "{C1: 0.6, C3: 0.4}",
         f"{TOP_UP}.drivers[mainstream].band_shares.C3", "there is no band 'C3'", "one of C1, C2"),
    case("unknown band of a group", "band: C2}", "band: D2}", "nurture_groups[elm].band",
         "there is no band 'D2'", "one of C1, C2"),
    case("unknown line", "line: top_up,", "line: topup,",
         "mitigations[reviews].changes[topup].line", "there is no budget line 'topup'",
         "Did you mean 'top_up'?"),
    case("unknown setting", "settings: [mainstream, mainstream_post_16]", "settings: [mainstreem]",
         f"{TOP_UP}.drivers[mainstream].settings[0]", "there is no setting 'mainstreem'",
         "Did you mean 'mainstream'?"),
    case("setting twice", "settings: [mainstream, mainstream_post_16]",
         "settings: [mainstream, mainstream]", f"{TOP_UP}.drivers[mainstream].settings[1]",
         "the setting 'mainstream' is given twice"),
    case("unknown need", "{ASD: 60, SEMH: 40}", "{ASD: 60, SEHM: 40}", "plans.needs.SEHM",
         "unknown name 'SEHM'", "Did you mean 'SEMH'?"),
    case("unknown age group", "20_to_25: 10}", "20-25: 10}", "plans.age_groups.20-25",
         "unknown name '20-25'", "Did you mean '20_to_25'?"),
    case("unknown phase", "{pre_16: 5, post_16: 2}", "{pre_16: 5, post16: 2}",
         "plans.settings.independent_special_day.post16", "unknown name",
         "Did you mean 'post_16'?"),
    case("unknown setting in the margin", "early_years: 10\n", "early_year: 10\n",
         "plans.settings.early_year", "unknown name", "Did you mean 'early_years'?"),
    case("unknown mitigation", "mitigated: [reviews]", "mitigated: [review]", "mitigated[0]",
         "there is no mitigation 'review'", "Did you mean 'reviews'?"),
    case("mitigation twice", "mitigated: [reviews]", "mitigated: [reviews, reviews]",
         "mitigated[1]", "'reviews' is given twice"),
    case("mitigated in another word", "mitigated: [reviews]", "mitigated: everything", "mitigated",
         "unknown choice", "'everything'", "base, none, all or a list"),
    case("block not in the account", "      title: Contract\n",
         "      title: Contract\n      block: early_years\n", "funding.lines[contract].block",
         "there is no block of the account called 'early_years'", "one of high_needs, schools",
         at="block: early_years"),
    case("transfer to an unknown block", "to_block: high_needs", "to_block: early_years",
         "account.transfers[to_high_needs].to_block", "there is no block 'early_years'"),
    case("transfer to itself", "to_block: high_needs", "to_block: schools",
         "account.transfers[to_high_needs].to_block", "from a block to itself"),
    case("transfer above 100 per cent", "share_of_gross: 0.005", "share_of_gross: 1.005",
         "account.transfers[to_high_needs].share_of_gross", "out of range", "is written 0.01005"),
    case("transfers above 100 per cent in all", "  transfers:\n",
         "  transfers:\n    - {id: more, title: More, from_block: schools, to_block: high_needs, "
         "share_of_gross: 0.999}\n", "account.transfers",
         "the transfers from schools exceed its allocation in 2023-24", "found 100.4%",
         "100% or less", at="transfers:\n"),
    case("correlation with an unknown input", "funding.inflation[pay].annual_rate",
         "funding.inflation[pays].annual_rate", "correlations[0].between[1]",
         "there is no uncertain input", "Did you mean 'funding.inflation[pay].annual_rate'?"),
    case("correlation with a certain input", "funding.inflation[pay].annual_rate",
         "funding.lines[out_of_area].budget_gbp", "correlations[0].between[1]", "is not uncertain"),
    case("correlation with itself", "funding.inflation[pay].annual_rate",
         "funding.inflation[fees].annual_rate", "correlations[0]",
         "an input correlated with itself"),
    case("correlation above 1", CORRELATED, "spearman: 1.6}", "correlations[0].spearman",
         "out of range", "1 or less"),
    case("correlation given twice", CORRELATED,
         CORRELATED + '\n  - {between: ["funding.inflation[pay].annual_rate", ' '"funding.inflation[fees].annual_rate"], spearman: 0.5}',
         "correlations[1]", "is given twice", at='["funding.inflation[pay].annual_rate"'),
    case("impossible correlations", CORRELATED,
         "spearman: 0.9}\n" '  - {between: ["funding.inflation[pay].annual_rate", "new_plans.damping"], spearman: 0.9}\n' '  - {between: ["new_plans.damping", "funding.inflation[fees].annual_rate"], spearman: -0.9}',
         "correlations", "cannot hold together", "without negative eigenvalues", "weaker",
         at="correlations:"),
    case("age margin", "under_5: 10,", "under_5: 11,", "plans.age_groups",
         "the age groups do not sum to the total", "found 101 plans", "the total of 100",
         "1 too many"),
    case("settings margin", "mainstream: 60\n", "mainstream: 59\n", "plans.settings",
         "the settings do not sum", "99 plans", "1 too few", at="settings:\n    early"),
    case("needs margin", "{ASD: 60, SEMH: 40}", "{ASD: 60, SEMH: 50}", "plans.needs",
         "the needs do not sum", "110 plans", "10 too many"),
    case("under fives in colleges", SETTINGS,
         "    early_years: 0\n    mainstream: 0\n    mainstream_post_16: 100\n",
         "plans.settings.mainstream_post_16",
         "mainstream_post_16 can only hold plans of 5_to_10, 11_to_15, 16_to_19, 20_to_25",
         "100 plans there", "at most the 90 plans that age_groups gives them",
         at="mainstream_post_16: 100"),
    case("a bridge that does not arrive", "end_plans: 8", "end_plans: 9", "plans.bridges[finance]",
         "do not lead to the end", "found 8", "9 plans", at="- id: finance"),
    case("the count of another January", "counted: 2023-01", "counted: 2022-01", "plans.counted",
         "the January before the first year", "found 2022-01", "expected 2023-01", "SEN2"),
    case("base year after the first", "base_year: 2022\n  plans", "base_year: 2024\n  plans", "new_plans.base_year",
         "after the first year forecast", "2023 or before"),
    case("no population", "population:\n  table: population.csv\n", "", "new_plans",
         "need a population", "'population:' section", at="new_plans:\n"),
    case("no opening plans for a driver",
         PLANS + NEW_PLANS + MOVED_IN, "", f"{OUT_OF_AREA}.drivers[day]",
         "this driver follows plans", at="- kind: plans\n          id: day", base=COHORT_ONLY),
    case("repeated line id", "- id: nurture\n", "- id: out_of_area\n",
         "funding.lines[out_of_area].id", "the id 'out_of_area' is given twice"),
    case("repeated driver id", "id: others\n", "id: mainstream\n",
         f"{TOP_UP}.drivers[mainstream].id", "given twice"),
    case("repeated band", "  bands:\n    - {id: C1",
         "  bands:\n    - {id: C2, need_category: C, level: 3, annual_value_gbp: 1}\n    - {id: C1",
         "funding.bands[C2].id", "'C2' is given twice", at="level: 2"),
    case("repeated group", "{id: oak,", "{id: elm,", "nurture_groups[elm].id",
         "'elm' is given twice"),
    case("repeated history year", "history:\n",
         "history:\n    - {year: 2022, opening_plans: 9, new_plans: 1, " "ceased_plans: 1, moved_out_plans: 1, closing_plans: 8}\n",
         "plans.history[2022].year", "the year '2022' is given twice", at="opening_plans: 90"),
    case("line changed twice", "- {line: top_up, full_year_gbp: -20000}",
         "- {line: top_up, full_year_gbp: -1}\n      - {line: top_up, full_year_gbp: -2}",
         "mitigations[reviews].changes[top_up].line", "given twice", at="full_year_gbp: -2}"),
    case("horizon reversed", "last_year: 2025-26", "last_year: 2021-22", "horizon.last_year",
         "the last year is before the first", "found 2021-22", "2023-24 or later"),
    case("horizon too long", "last_year: 2025-26", "last_year: 2065-66", "horizon.last_year",
         "too long", "43 years", "30 or fewer"),
    case("stands after its horizon", "as_at: 2023-06", "as_at: 2027-06", "as_at",
         "stands after its horizon"),
    case("prices of a later year", "price_base: 2023-24", "price_base: 2024-25",
         "funding.price_base", "first year or the year before", "found 2024-25",
         "2023-24 or 2022-23"),
    case("prices of long ago", "price_base: 2023-24", "price_base: 2020-21", "funding.price_base",
         "found 2020-21", "Raise older prices"),
    case("two prices", "coverage_share: 0.5", "annual_cost_gbp: 5000",
         f"{TOP_UP}.drivers[mainstream]", "the price is given in two ways",
         "either annual_cost_gbp or band_shares", at="- kind: plans\n          id: mainstream"),
    case("no price", "          band_shares: {C1: 0.6, C2: 0.4}\n", "",
         f"{TOP_UP}.drivers[mainstream]", "there is no price",
         at="- kind: plans\n          id: mainstream"),
    case("two rates", "rate_gbp: 7000}", "rate_gbp: 7000, band: C1}", "nurture_groups[oak]",
         "the rate is given in two ways"),
    case("anchored without a forecast", "      published_gbp: 300000\n", "", TOP_UP,
         "anchored but has no published forecast", "anchor: none", at="- id: top_up"),
    case("current pupils of nobody",
         "      current_pupils:\n        - {id: day, title: Day, pupils: 7, " "annual_cost_gbp: 52000}\n",
         "", OUT_OF_AREA, "no current pupils are given", at="- id: out_of_area"),
    case("current pupils without plans", "      title: Contract\n",
         "      title: Contract\n      published_scope: " "current_pupils\n      current_pupils: [{id: a, title: A, pupils: 1, annual_cost_gbp: 5}]\n",
         "funding.lines[contract].published_scope", "nothing in this line follows plans",
         at="published_scope: current_pupils\n      current_pupils: ["),
    case("profile without amounts", "      title: Top-up\n",
         "      title: Top-up\n      monthly_profile: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]\n",
         f"{TOP_UP}.monthly_profile", "this line has none", at="monthly_profile: [0, 0"),
    case("cost without a line", "line: contract, full", "full", "mitigations[reviews].cost[1]",
         "a DSG cost needs the 'line:'"),
    case("general fund cost with a line", "{fund: general_fund,",
         "{fund: general_fund, line: top_up,", "mitigations[reviews].cost[top_up].line",
         "has no DSG budget line"),
    case("deduction in two ways", "amount_gbp: 15000000", "amount_gbp: 15000000, places: 3",
         "account.blocks[schools].deductions[recoupment]", "needs one amount",
         "both places and rate_gbp"),
    case("deductions above the allocation", "amount_gbp: 15000000", "amount_gbp: 25000000",
         "account.blocks[schools].deductions", "exceed the allocation", "25,000,000",
         "at most 20,000,000", at="deductions:\n        - {id: recoupment"),
    case("a closed year that does not close", "in_year_deficit_gbp: 350000",
         "in_year_deficit_gbp: 360000", "account.closed_years[2022-23]", "does not close",
         "1,010,000", "1,000,000", at="- year: 2022-23"),
    case("a closed year that opens elsewhere", "opening_deficit_gbp: 500000",
         "opening_deficit_gbp: 400000", "account.closed_years[2021-22]", "does not close",
         at="- year: 2021-22"),
    case("a closed year that opens where none closed",
         "      opening_deficit_gbp: 700000\n      prior_year_adjustment_gbp: 50000\n",
         "      opening_deficit_gbp: 750000\n      prior_year_adjustment_gbp: 0\n",
         "account.closed_years[2022-23].opening_deficit_gbp",
         "does not open where the one before closed", "found 750,000", "expected 700,000",
         "prior_year_adjustment_gbp", at="opening_deficit_gbp: 750000"),
    case("repeated pupils", "        - {id: day, title: Day, pupils: 7, annual_cost_gbp: 52000}\n",
         "        - {id: day, title: Day, pupils: 7, annual_cost_gbp: 52000}\n"
         "        - {id: day, title: Day again, pupils: 7, annual_cost_gbp: 52000}\n",
         f"{OUT_OF_AREA}.current_pupils[day].id", "the id 'day' is given twice", at="Day again"),
    case("no target in the horizon",
         "    - {year: 2023-24, cumulative_deficit_gbp: 1200000}\n"
         "    - {year: 2024-25, cumulative_deficit_gbp: 1100000}\n", "", "trajectory.targets",
         "no target lies in the horizon", "found 2022-23", "a year from 2023-24 to 2025-26",
         at="targets:"),
    case("nurture groups paid for and not given",
         NURTURE_GROUPS, "", "funding.lines[nurture].drivers[groups]", "and there are none",
         "a 'nurture_groups:' section", at="kind: nurture_groups",
         base=without(NURTURE_EFFECT, WITHHELD_DRIVER)),
    case("standing of a setting that is not there", "  needs: {ASD: 60, SEMH: 40}\n",
         "  standing:\n    - {setting: eotas, status: assumed, reason: A guess, range: [1, 2]}\n",
         "plans.standing[0].setting", "there is no opening setting 'eotas'", "one of early_years",
         at="setting: eotas"),
    case("standing with its range reversed", "  needs: {ASD: 60, SEMH: 40}\n",
         "  standing:\n    - {setting: mainstream, status: assumed, reason: A guess, range: [9, 2]}\n",
         "plans.standing[0].range", "low is above high", "[9, 2]", at="setting: mainstream"),
    case("by construction of a total not printed", "spending_gbp: 4000000}",
         "spending_gbp: 4000000, by_construction: [net_income_gbp]}",
         "account.printed[2023-24].by_construction[0]", "there is no printed total 'net_income_gbp'",
         "one of spending_gbp"),
    case("a closed year in the horizon", "- year: 2021-22", "- year: 2023-24",
         "account.closed_years[2023-24].year", "a closed year lies in the horizon",
         "a year before 2023-24"),
    case("the account does not follow on", "opening_deficit_gbp: 900000",
         "opening_deficit_gbp: 910000", "account.blocks", "do not bring forward",
         "found 1,010,000", "expected 1,000,000", at="blocks:\n    - id: high"),
    case("half an alternative", "      opening_deficit_gbp: 500000\n",
         "      opening_deficit_gbp: 500000\n      opening_alternative_gbp: 1\n",
         "account.closed_years[2021-22]", "half of the alternative", at="- year: 2021-22"),
    case("support before the first year", "title: Payment, year: 2023-24",
         "title: Payment, year: 2022-23", "account.support_payments[payment].year",
         "before the first year", "support_received_before_gbp"),
    case("adjustment before the first year", "block: high_needs, year: 2023-24",
         "block: high_needs, year: 2021-22", "account.prior_year_adjustments[early_years].year",
         "before the first year", "opening deficit already"),
    case("printed twice", "- {year: 2023-24, spending_gbp: 4000000}",
         "- {year: 2023-24, spending_gbp: 4000000}\n    - {year: 2023-24, budget_gbp: 1}",
         "account.printed[2023-24].year", "'2023-24' is given twice", at="budget_gbp: 1}"),
    case("target given twice", "year: 2024-25, cumulative", "year: 2023-24, cumulative",
         "trajectory.targets[2023-24].year", "the year '2023-24' is given twice"),
    case("gap in the targets", "    - {year: 2023-24, cumulative_deficit_gbp: 1200000}\n", "",
         "trajectory.targets", "a year is missing between the targets", "a target for 2023-24",
         at="targets:"),
    case("thresholds out of order", "amber_at_least: 0.3", "amber_at_least: 0.8", "trajectory.rag",
         "out of order", "amber 0.8, green 0.7"),
    case("threshold in per cent", "green_at_least: 0.7", "green_at_least: 70",
         "trajectory.rag.green_at_least", "out of range", "is written 0.7"),
    case("trajectory without an account",
         BASE[BASE.index("account:\n") : BASE.index("trajectory:")], "", "trajectory",
         "needs an account", at="trajectory:"),
    case("half of a table by text", "age_groups: {", "age_groups: none  # {", "plans.age_groups",
         "not a table"),
]

DEMAND = [
    case("requests without new plans", NEW_PLANS, "", "requests", "level and growth of new plans",
         "a 'new_plans:' section as well", at="requests:\n  base"),
    case("requests alone", NOTHING, REQUESTS.replace(SHOCK_WITH, ""), "requests",
         "a 'plans:' section and a 'new_plans:' section and a 'population:' section",
         base=BARE),
    case("requests of another base year", "requests:\n  base_year: 2022",
         "requests:\n  base_year: 2021", "requests.base_year", "from another base year",
         "found 2021", "2022, the base year of new_plans", at="base_year: 2021"),
    case("new plans of another base year", "base_year: 2022\n  plans", "base_year: 2023\n  plans",
         "requests.base_year", "found 2022", "2023, the base year of new_plans",
         at="base_year: 2022"),
    case("shock given twice", SHOCK_WITH,
         "    - {id: surge, title: Again, start: 2023-09, extra_share: 0.1}\n",
         "requests.shocks[surge].id", "given twice", at="title: Again"),
    case("shock on an unknown age group", "[5_to_10, 11_to_15]", "[5_to_10, 11_to_16]",
         "requests.shocks[surge].age_groups[1]", "there is no age group '11_to_16'",
         "Did you mean '11_to_15'?"),
    case("shock twice on an age group", "[5_to_10, 11_to_15]", "[5_to_10, 5_to_10]",
         "requests.shocks[surge].age_groups[1]", "given twice"),
    case("shock that ends before it starts", "end: 2024-03", "end: 2023-08",
         "requests.shocks[surge].end", "the last month is before the first", "found 2023-08",
         "2023-09 or later"),
    case("shock with an unknown mitigation", "with_mitigation: reviews", "with_mitigation: review",
         "requests.shocks[surge].with_mitigation", "there is no mitigation 'review'",
         "Did you mean 'reviews'?"),
    case("seasonality of eleven months", "[0.1, 0.1, 0.1, 0.05, 0.1,", "[0.1, 0.1, 0.15, 0.1,",
         "requests.seasonality", "11 weights", "12, January to December"),
    case("seasonality that does not sum", "[0.1, 0.1, 0.1, 0.05, 0.1,",
         "[0.2, 0.1, 0.1, 0.05, 0.1,", "requests.seasonality", "sum to 1.1", "a sum of 1"),
    case("capacity given twice", "{id: later, start", "{id: today, start",
         "requests.capacity[today].id", "given twice"),
    case("capacity out of order", "{id: later, start: 2024-04", "{id: later, start: 2021-12",
         "requests.capacity[later].start", "the steps are not in order of their start",
         "found 2021-12", "a month after 2022-01"),
    case("two capacities of one month", "{id: later, start: 2024-04", "{id: later, start: 2022-01",
         "requests.capacity[later].start", "not in order", "a month after 2022-01"),
    case("capacity that starts late", "{id: today, start: 2022-01", "{id: today, start: 2023-02",
         "requests.capacity[today].start", "no capacity is given for the months before",
         "found 2023-02", "2023-01 or earlier", "nobody waits"),
    case("capacity that starts late without a warm-up", "{id: today, start: 2022-01",
         "{id: today, start: 2023-03", "requests.capacity[today].start", "2023-02 or earlier",
         base=without(WARM_UP)),
    case("locums without a capacity", CAPACITY, "", "requests.locums", "a 'capacity:' list as well",
         at="locums:\n    - {id: agency", base=without(RECRUITMENT)),
    case("posts without a capacity", CAPACITY, "", "requests.recruitment",
         "a 'capacity:' list as well", at="recruitment:", base=without(LOCUMS, LOCUMS_DRIVER)),
    case("posts given twice", RECRUITMENT, RECRUITMENT + RECRUITMENT.split("\n")[1] + "\n",
         "requests.recruitment[post].id", "given twice",
         at=RECRUITMENT.split("\n")[1] + "\n  locums"),
    case("locums given twice", "{id: charity, title", "{id: agency, title",
         "requests.locums[agency].id", "given twice"),
    case("locums that end before they start", "start: 2024-01, end: 2024-07",
         "start: 2024-01, end: 2023-07", "requests.locums[charity].end", "before the first",
         "2024-01 or later"),
    case("locums that no line pays", LOCUMS_DRIVER, "", "requests.locums[agency].fund",
         "no budget line does", "a driver of kind locums, or fund: general_fund", at="fund: dsg}"),
    case("locums paid twice", LOCUMS_DRIVER,
         LOCUMS_DRIVER + LOCUMS_DRIVER.replace("id: locums,", "id: again,"),
         "funding.lines[contract].drivers[again].kind", "the locums would be paid twice",
         "'locums' pays for all", at="id: again,"),
    case("a locums driver without locums", "cost_each_gbp: 1300, fund: dsg",
         "cost_each_gbp: 1300, fund: general_fund", "funding.lines[contract].drivers[locums]",
         "none that the DSG pays", "locums with fund: dsg", at="{kind: locums"),
    case("priority without a list", "  priority: [pool, under_5]\n", "", "requests.order",
         "who comes first", "a 'priority:' list", at="order: priority"),
    case("a list without priority", "order: priority", "order: any_order", "requests.priority",
         "no effect in another order", "found order: any_order", at="priority: [pool"),
    case("unknown name in the priority", "[pool, under_5]", "[pool, under_6]",
         "requests.priority[1]", "there is no age group 'under_6'", "Did you mean 'under_5'?"),
    case("name twice in the priority", "[pool, under_5]", "[pool, pool]", "requests.priority[1]",
         "the name 'pool' is given twice"),
    case("an opening queue in two ways", "  warm_up:\n",
         "  waiting_at_start: [{months_waited: 1, assessments: 2}]\n  warm_up:\n",
         "requests.waiting_at_start", "given in two ways", "either warm_up or waiting_at_start"),
    case("a wait given twice", WARM_UP, "  waiting_at_start:\n"
         "    - {months_waited: 1, assessments: 2}\n    - {months_waited: 1, assessments: 3}\n",
         "requests.waiting_at_start[1].months_waited", "the wait '1' is given twice",
         at="assessments: 3}"),
    case("a published share given twice", "    - {month: 2023-05, share: 0.4}\n",
         "    - {month: 2023-05, share: 0.4}\n    - {month: 2023-05, share: 0.5}\n",
         "requests.published_shares[1].month", "the month '2023-05' is given twice",
         at="share: 0.5}"),
    case("warm-up of another year", "    year: 2022\n", "    year: 2021\n", "requests.warm_up.year",
         "end with the January count", "found 2021", "2022, the calendar year before"),
    case("more refused than requested", "refused: 5\n", "refused: 25\n",
         "requests.warm_up.refused", "more than requests", "found 25", "at most the 24 of requests"),
    case("more refused than no requests", "requests: 24\n", "requests: 0\n",
         "requests.warm_up.refused", "at most the 0 of requests", at="refused: 5\n"),
    case("more plans than assessments", "plans_issued: 15", "plans_issued: 18",
         "requests.warm_up.plans_issued", "more than assessments_ended", "at most the 17"),
    case("more in time than counted", "issued_in_20_weeks: 6", "issued_in_20_weeks: 15",
         "requests.warm_up.issued_in_20_weeks", "more than issued_counted", "at most the 14"),
    case("no assessment ended", "assessments_ended: 17", "assessments_ended: 0",
         "requests.warm_up.assessments_ended", "no assessment ended", "more than 0, or no warm_up"),
    case("pool without requests", REQUESTS, "", "pool", "assessed with requests",
         "a 'requests:' section as well", at="pool:\n  fte", base=without(LOCUMS_DRIVER)),
    case("pool in an unknown band", "band_shares: {C1: 0.7, C2: 0.3}",
         "band_shares: {C1: 0.7, C3: 0.3}", "pool.band_shares.C3", "there is no band 'C3'",
         "one of C1, C2"),
    case("a pool that no line pays", "          pool: true\n", "", "pool",
         "no budget line pays for the pool", "'pool: true'", at="pool:\n  fte"),
    case("a pool paid twice", POOL_DRIVER,
         POOL_DRIVER.replace("id: in_pool", "id: first") + POOL_DRIVER,
         f"{TOP_UP}.drivers[in_pool].pool", "the pool would be paid twice", "'first' pays for all",
         at=part("pool: true", "        - kind: plans\n          id: waiting") + "        - kind: plans"),
    case("a driver of no pool", POOL, "", f"{TOP_UP}.drivers[in_pool].pool", "there is no pool",
         "a 'pool:' section as well, or no 'pool: true'", at="pool: true"),
    case("a converted pupil with no band", CONVERTED + "          band_shares: {C1: 0.6, C2: 0.4}\n",
         CONVERTED + "          annual_cost_gbp: 5000\n", f"{MAINSTREAM}.converted_from_pool",
         "keeps a band, and this driver has none", "band_shares, or no", at="converted_from_pool: true",
         base=CONVERTING),
    case("a converted pupil at a price of entry", CONVERTED,
         CONVERTED + "          entry_cost_gbp: 5000\n", f"{MAINSTREAM}.entry_cost_gbp",
         "paid by band, not at a price of entry", "no entry_cost_gbp here", at="entry_cost_gbp: 5000",
         base=CONVERTING),
    case("a converted pupil of one standing", CONVERTED, CONVERTED + "          standings: [settled]\n",
         f"{MAINSTREAM}.standings", "may wait for a place or not", "no standings here",
         at="standings: [settled]", base=CONVERTING),
    case("a converted pupil elsewhere", "settings: [mainstream, mainstream_post_16]",
         "settings: [mainstream_post_16]", f"{MAINSTREAM}.settings", "is in a mainstream school",
         "mainstream among the settings", base=CONVERTING),
    case("converted pupils paid twice", WAITING_DRIVER,
         "        - kind: plans\n          id: again\n          title: A\n          s251: '1.2.2'\n"
         "          settings: [mainstream]\n          band_shares: {C1: 1}\n"
         "          converted_from_pool: true # again\n", f"{TOP_UP}.drivers[again].converted_from_pool",
         "gained a plan out of the pool would be paid twice", "'mainstream' pays for all",
         at="# again", base=CONVERTING),
    case("converted pupils of no pool", POOL, "", f"{MAINSTREAM}.converted_from_pool",
         "there is no pool", "or no 'converted_from_pool: true'", at="converted_from_pool: true",
         base=CONVERTING.replace(POOL_DRIVER, "")),
    case("a pool at one price", "          band_shares: {C1: 0.8, C2: 0.2}\n",
         "          annual_cost_gbp: 5100\n", f"{TOP_UP}.drivers[in_pool].annual_cost_gbp",
         "the pool is paid by band", "band_shares in place of annual_cost_gbp"),
    case("a pool at no price", "          band_shares: {C1: 0.8, C2: 0.2}\n", "",
         f"{TOP_UP}.drivers[in_pool]", "there is no price",
         at="- kind: pupils_without_plan\n          id: in_pool"),
    case("awards that end on no date", AWARD_ENDS, "", "pool.awards", "no date is given",
         "an 'award_ends:' list, or awards: continue", at="awards: end_dates"),
    case("end dates out of order", "{month: 2024-04, share: 0.2}", "{month: 2023-07, share: 0.2}",
         "pool.award_ends[1].month", "the end dates are not in order", "found 2023-07",
         "a month after 2023-09"),
    case("reviews at ages the wrong way round", "ceased_ages: [5, 20]", "ceased_ages: [20, 5]",
         "reviews.ceased_ages", "the wrong way round", "[youngest, oldest]"),
    case("reviews of no plans", NOTHING, REVIEWS, "reviews", "there are no opening plans",
         "a 'plans:' section as well", base=BARE),
    case("a caseload of no plans", NOTHING, CASELOAD, "caseload", "there are no opening plans",
         "a 'plans:' section as well", base=BARE),
]

BEHAVIOUR, LEARNING = "places.groups[behaviour]", "places.groups[learning]"
GROUPS_OF_OTHER_SETTINGS = "".join(
    f"    - {{id: {setting}, title: More, setting: {setting}, ages: [4, 15], schools: "
    f"[{{id: a, title: A, places: 1, place_rate_gbp: 1, paid_by: department}}]}}\n"
    for setting in ("specialist_base", "support_base", "specialist_post_16")
)

PLACES_AND_OPENINGS = [
    case("places for no plans", NOTHING, PLACES, "places", "there are no opening plans",
         "a 'plans:' section as well", base=BARE),
    case("group given twice", "    - id: learning\n", "    - id: behaviour\n",
         f"{BEHAVIOUR}.id", "given twice"),
    case("school given twice", "{id: cedar,", "{id: birch,", f"{BEHAVIOUR}.schools[birch].id",
         "given twice"),
    case("opening given twice", "{id: site,", "{id: cabins,",
         f"{BEHAVIOUR}.schools[birch].openings[cabins].id", "given twice"),
    case("places in an unknown setting", "      setting: state_special\n      ages: [4, 15]",
         "      setting: special\n      ages: [4, 15]", f"{BEHAVIOUR}.setting",
         "there is no setting 'special'", at="setting: special\n"),
    case("places where people wait", "      setting: state_special\n      ages: [4, 15]",
         "      setting: mainstream\n      ages: [4, 15]", f"{BEHAVIOUR}.setting",
         "places in this setting cannot be limited", "found mainstream", "such as state_special",
         at="setting: mainstream\n"),
    case("places in a fourth setting", "  overflow: {", GROUPS_OF_OTHER_SETTINGS + "  overflow: {",
         "places.groups[specialist_post_16].setting", "too many settings", "found 4 settings",
         "at most 3", at="setting: specialist_post_16"),
    case("admitted ages the wrong way round", "ages: [3, 18]", "ages: [18, 3]", f"{LEARNING}.ages",
         "the wrong way round", "[youngest, oldest]"),
    case("unknown need admitted", "needs: [ASD, MLD]", "needs: [ASD, MDL]", f"{LEARNING}.needs[1]",
         "there is no primary need 'MDL'", "Did you mean 'MLD'?"),
    case("need admitted twice", "needs: [ASD, MLD]", "needs: [ASD, ASD]", f"{LEARNING}.needs[1]",
         "the primary need 'ASD' is given twice"),
    case("two groups for one pupil", "needs: [ASD, MLD]", "needs: [ASD, SEMH]", LEARNING,
         "the group 'behaviour' of this setting admits the same pupils",
         "found ages 4 to 15 with SEMH", "in one group", at="- id: learning"),
    case("two groups for one age", "ages: [3, 18]\n      needs: [ASD, MLD]",
         "ages: [15, 18]\n      needs: [ASD, SEMH]", LEARNING, "found ages 15 to 15 with SEMH",
         at="- id: learning"),
    case("two groups for every need", "      needs: [SEMH]\n", "",
         LEARNING, "found ages 4 to 15 with ASD, MLD", at="- id: learning"),
    case("openings out of order", "start: 2024-09, places: 20", "start: 2023-11, places: 20",
         f"{BEHAVIOUR}.schools[birch].openings[site].start", "not in order of their start",
         "found 2023-11", "a month after 2024-01"),
    case("two openings of one month", "start: 2024-09, places: 20", "start: 2024-01, places: 20",
         f"{BEHAVIOUR}.schools[birch].openings[site].start", "a month after 2024-01"),
    case("an opening at the start", "start: 2024-01, places: 12", "start: 2023-04, places: 12",
         f"{BEHAVIOUR}.schools[birch].openings[cabins].start", "not after the first month forecast",
         "found 2023-04", "a month after 2023-04", "places in those that the school has"),
    case("overflow to nowhere", "overflow: {independent: 0.2, interim: 0.1, waiting: 0.7}",
         "overflow: {independent: 0.2, home: 0.1, waiting: 0.7}", "places.overflow.home",
         "there is no state of those without a place 'home'", "one of independent, interim, waiting"),
    case("priority of four", "[phase_transfers, tribunal, waiting, new, returns]",
         "[phase_transfers, tribunal, waiting, new]", "places.priority", "name everybody once",
         "found phase_transfers, tribunal, waiting, new;", "in the order wanted"),
    case("priority twice", "[phase_transfers, tribunal, waiting, new, returns]",
         "[phase_transfers, new, waiting, new, returns]", "places.priority", "everybody once"),
    case("places that no line pays", OPENED_DRIVER, "", f"{BEHAVIOUR}.schools[birch].paid_by",
         "the authority is to pay", "a driver of kind added_places, or paid_by: department",
         at="paid_by: authority\n          openings"),
    case("places paid twice", OPENED_DRIVER, OPENED_DRIVER + OPENED_DRIVER.replace("id: opened", "id: again"),
         "funding.lines[places].drivers[again].kind", "places that open would be paid twice",
         "'opened' pays for all", at="id: again"),
    case("a driver of no places", PLACES, "", "funding.lines[places].drivers[opened]",
         "no schools are given", "a 'places:' section as well", at="kind: added_places",
         base=without(WAITING_DRIVER)),
    case("waiting for no place", PLACES, "", f"{TOP_UP}.drivers[waiting].standings[0]",
         "nobody is without a place", "found waiting", "a 'places:' section as well",
         at="standings: [waiting]", base=without(OPENED_DRIVER)),
    case("standing of no setting of the driver", "standings: [waiting]", "standings: [interim]",
         f"{TOP_UP}.drivers[waiting].standings[0]", "nobody in the settings of this driver",
         "found interim", "alternative_provision among its settings"),
    case("standing given twice", "standings: [waiting]", "standings: [waiting, waiting]",
         f"{TOP_UP}.drivers[waiting].standings[1]", "the standing 'waiting' is given twice"),
]

BANDS_AND_NURTURE = [
    case("drift of an unknown band", "{band: C2, growth_a_year: 0.05}",
         "{band: C3, growth_a_year: 0.05}", f"{TOP_UP}.drivers[waiting].band_drift[0].band",
         "there is no band in band_shares 'C3'", "one of C1, C2"),
    case("drift given twice", "            - {band: C2, growth_a_year: 0.05}\n",
         "            - {band: C2, growth_a_year: 0.05}\n            - {band: C2, growth_a_year: 0.07}\n",
         f"{TOP_UP}.drivers[waiting].band_drift[1].band", "the band 'C2' is given twice",
         at="growth_a_year: 0.07"),
    case("drift without bands", "          band_shares: {C1: 0.25, C2: 0.75}\n",
         "          annual_cost_gbp: 6100\n", f"{TOP_UP}.drivers[waiting].band_drift",
         "there are no bands to drift", "band_shares as well", at="band_drift:"),
    case("rebanding given twice", "  rebandings:\n", "  rebandings:\n    - {id: matrix, title: First, "
         "start: 2023-10, bands: [{band: C1, to: {C2: 1}}]}\n", "funding.rebandings[matrix].id",
         "given twice", at="- id: matrix"),
    case("rebanding in the past", "start: 2024-10", "start: 2023-03",
         "funding.rebandings[matrix].start", "before the first year", "found 2023-03",
         "2023-04 or later", "today's bands in band_shares"),
    case("old band twice", "{band: C2, to: {C2: 1}}", "{band: C1, to: {C2: 1}}",
         "funding.rebandings[matrix].bands[1].band", "the band 'C1' is given twice"),
    case("unknown old band", "{band: C2, to: {C2: 1}}", "{band: D2, to: {C2: 1}}",
         "funding.rebandings[matrix].bands[1].band", "there is no band 'D2'"),
    case("unknown new band", "{C1: 0.45, C2: 0.55}", "{C1: 0.45, M2: 0.55}",
         "funding.rebandings[matrix].bands[0].to.M2", "there is no band 'M2'", "one of C1, C2"),
    case("an effect of no groups", NURTURE_GROUPS, "", "nurture_effect",
         "there are no nurture groups", "a 'nurture_groups:' section as well", at="nurture_effect:",
         base=without(NURTURE_DRIVER)),
    case("withheld by no effect", NURTURE_EFFECT, "", "funding.lines[nurture].drivers[withheld]",
         "nothing says how much", "a 'nurture_effect:' section as well", at="kind: nurture_withheld"),
    case("withheld twice", WITHHELD_DRIVER, WITHHELD_DRIVER + WITHHELD_DRIVER.replace("id: withheld", "id: again"),
         "funding.lines[nurture].drivers[again].kind", "top-up withheld would be paid twice",
         at="id: again"),
    case("groups paid twice", NURTURE_DRIVER, NURTURE_DRIVER + NURTURE_DRIVER.replace("id: groups", "id: again"),
         "funding.lines[nurture].drivers[again].kind", "nurture groups would be paid twice",
         at="id: again"),
    case("averts from an unknown driver", "driver: out_of_area.day", "driver: out_of_area.days",
         "nurture_effect.averts_placements[0].driver",
         "there is no driver of plans or pupils 'out_of_area.days'",
         "one of out_of_area.day, top_up.mainstream", "Did you mean 'out_of_area.day'?"),
    case("averts from an amount", "driver: out_of_area.day", "driver: contract.fixed",
         "nurture_effect.averts_placements[0].driver", "nothing is averted from this driver",
         "found contract.fixed", "of kind plans"),
    case("averts from the pool", "driver: out_of_area.day", "driver: top_up.in_pool",
         "nurture_effect.averts_placements[0].driver", "nothing is averted from this driver",
         "that is not the pool's"),
]

FIRST_CHANGE, SECOND_CHANGE = (
    f"mitigations[reviews].input_changes[{index}]" for index in range(2)
)
CEASED_CHANGE = "{input: reviews.ceased_share, add: {uniform: [0.005, 0.015]}}"

MITIGATED = [
    case("a mitigation given twice", "  - id: outreach", "  - id: reviews",
         "mitigations[reviews].id", "the id 'reviews' is given twice"),
    case("a cost on an unknown line", "line: contract, full", "line: contracts, full",
         "mitigations[reviews].cost[contracts].line", "there is no budget line 'contracts'",
         "Did you mean 'contract'?"),
    case("an input changed in two ways", "multiply: 0.95}", "multiply: 0.95, add: 5}",
         SECOND_CHANGE, "changed in two ways", "either multiply or add"),
    case("an input not changed", ", multiply: 0.95}", "}", SECOND_CHANGE, "there is no change",
         "either multiply or add"),
    case("a misspelt input", "input: reviews.ceased_share", "input: reviews.ceased_shar",
         f"{FIRST_CHANGE}.input", "there is no input 'reviews.ceased_shar' in this scenario",
         "Did you mean 'reviews.ceased_share'?"),
    case("an input of an unknown band", "funding.bands[C2].annual_value_gbp\"",
         "funding.bands[C7].annual_value_gbp\"", f"{SECOND_CHANGE}.input",
         "there is no input 'funding.bands[C7].annual_value_gbp'", "Did you mean 'funding.bands["),
    case("an input like no other", "input: reviews.ceased_share", "input: moved_in.x",
         f"{FIRST_CHANGE}.input", "there is no input 'moved_in.x'",
         "expected one of moved_in.plans_a_year"),
    case("an input of no section", "input: reviews.ceased_share", "input: qqq",
         f"{FIRST_CHANGE}.input", "there is no input 'qqq'",
         "an input of new_plans, moved_in, requests"),
    case("a lever of a section that is not given", REVIEWS, "", f"{FIRST_CHANGE}.input",
         "there is no input 'reviews.ceased_share'", "Give the input itself first",
         at="input: reviews.ceased_share"),
    case("an input read once", "input: reviews.ceased_share", "input: new_plans.damping",
         f"{FIRST_CHANGE}.input", "a mitigation cannot change this input",
         "found new_plans.damping", "expected one of new_plans.level"),
    case("an input of a section without levers", "input: reviews.ceased_share",
         'input: "account.blocks[schools].income_growth"', f"{FIRST_CHANGE}.input",
         "a mitigation cannot change this input", "an input of new_plans, moved_in, requests"),
    case("shares of bands are no lever", "input: reviews.ceased_share",
         'input: "funding.lines[top_up].drivers[mainstream].band_shares"', f"{FIRST_CHANGE}.input",
         "a mitigation cannot change this input", "funding.lines[].drivers[].coverage_share"),
    case("an input changed twice", "      - " + CEASED_CHANGE + "\n",
         "      - " + CEASED_CHANGE + "\n      - {input: reviews.ceased_share, add: 0.001}\n",
         f"{SECOND_CHANGE}.input", "the input 'reviews.ceased_share' is given twice",
         at="add: 0.001}"),
    case("a mitigation that changes nothing",
         "    input_changes:\n      - {input: rates.to_independent, multiply: 0.9}\n", "",
         "mitigations[outreach]", "changes nothing", "or input_changes", at="- id: outreach"),
    case("a condition of two themes", "condition: Condition 3", "condition: Condition 6",
         "mitigations[outreach].theme", "the condition 'Condition 6' serves another theme already",
         "found Inclusion", "expected Early help", at="theme: Inclusion"),
    case("a mechanism switched off twice", "switched_off: [rebanding]",
         "switched_off: [rebanding, rebanding]", "switched_off[1]",
         "the mechanism 'rebanding' is given twice"),
    case("an unknown mechanism switched off", "switched_off: [rebanding]",
         "switched_off: [rebandings]", "switched_off[0]", "not one of the choices", "'rebanding'"),
]

YAML_TRICKS = [
    case("tag", "total: 100", "total: !!int 100", "plans.total", "YAML tags are not used",
         "Remove the tag"),
    case("python tag", "description: One of everything",
         "description: !!python/object/apply:os.system [ls]", "description",
         "YAML tags are not used"),
    case("anchor and alias", "rates:\n  moved_out: {between: [0.8, 1.2]}",
         "rates:\n  moved_out: &x {between: [0.8, 1.2]}\n  to_independent: *x", "rates.moved_out",
         "anchors and aliases (&x, *x) are not used", "'extends:'", at="&x"),
    case("alias of nothing", "total: 100", "total: *x", "plans.total", "anchors and aliases"),
    case("merge key", "  price_base: 2023-24", "  price_base: 2023-24\n  <<: {lines: []}",
         "funding", "merge keys ('<<') are not used", at="<<"),
    case("deep nesting", "total: 100", "total: " + "[" * 40 + "]" * 40, "",
         "nested more than 24 deep"),
    case("very deep nesting", "total: 100", "total: " + "[" * 50_000, "",
         "nested more than 24 deep"),
    case("tab", "  total: 100", "\ttotal: 100", "", "not valid YAML",
         "has a tab: indent with spaces"),
    case("smart quotes round a text", 'source: "paper 3:14"', "source: “paper, [3:14”", "",
         "not valid YAML", "curly quotes", at="“paper"),
    case("at sign", "title: Base\n", "title: @Base\n", "", "not valid YAML",
         "Put the text in quotes"),
    case("unclosed bracket", "seed: 1}", "seed: 1", "", "not valid YAML", "brackets",
         at="population:\n"),
    case("control character", "title: Base\n", "title: Ba\x07se\n", "", "control character 0x07",
         "Delete"),
    case("nul far into the file", "title: Contract", "title: Con\x00tract", "",
         "control character 0x00"),
    case("escaped control character", "title: Base\n", 'title: "\\e[31mBase"\n', "title",
         "control or invisible"),
    case("escaped surrogate", "title: Base\n", 'title: "\\ud800"\n', "title",
         "control or invisible"),
    case("control character in a key", "title: Base\n", 'title: Base\n"\\e[31m": 1\n', "",
         "a key with a control", at='"\\e'),
    case("text direction", "title: Base\n", "title: Ba\u202ese\n", "title", "control or invisible"),
    case("second document", "run: {draws", "---\nrun: {draws", "", "a second document"),
    case("formula", "title: Base\n", "title: =1+1\n", "title",
         "a spreadsheet would read as a formula", "'=1+1'", "Start the text with a letter"),
    case("formula in a source", 'source: "paper 3:14"', 'source: "=HYPERLINK(1)"',
         f"{OUT_OF_AREA}.drivers[day].annual_cost_gbp.source", "read as a formula"),
    case("formula after a space", "title: Base\n", 'title: "  =A1"\n', "title",
         "read as a formula"),
    case("formula with a minus", "title: Base\n", 'title: "-2+3+cmd|calc!A0"\n', "title",
         "read as a formula"),
    case("formula with a plus", "title: Base\n", "title: +SUM(A1:A9)\n", "title",
         "read as a formula"),
    case("formula with an at sign", "title: Base\n", 'title: "@SUM(A1)"\n', "title",
         "read as a formula"),
]

FILES = [
    case("missing base", "format: 1\n", "format: 1\nextends: nowhere.yaml\n", "extends",
         "no file 'nowhere.yaml'", at="extends:"),
    case("missing base with a near name", "format: 1\n", "format: 1\nextends: bose.yaml\n",
         "extends", "Did you mean 'base.yaml'?", at="extends:"),
    case("extends itself", "format: 1\n", "format: 1\nextends: base.yaml\n", "extends",
         "in a circle", "base.yaml -> base.yaml", at="extends:"),
    case("extends a number", "format: 1\n", "format: 1\nextends: 7\n", "extends",
         "not a file name", at="extends:"),
    case("missing table", "table: population.csv", "table: populaton.csv", "population.table",
         "no file 'populaton.csv'", "Did you mean 'population.csv'?"),
    case("missing samples", "name: base\n", "name: base\nsamples: none.csv\n", "samples",
         "no file 'none.csv'", at="samples:"),
    case("path above", "table: population.csv", "table: ../population.csv", "population.table",
         "outside the scenario's folder"),
    case("absolute path", "table: population.csv", "table: /etc/passwd", "population.table",
         "relative to the scenario's folder"),
    case("drive", "table: population.csv", "table: C:/data.csv", "population.table",
         "relative to the scenario's folder"),
    case("network share", "table: population.csv", 'table: "\\\\\\\\server\\\\data.csv"',
         "population.table", "relative to the scenario's folder"),
    case("backslash", "table: population.csv", "table: data\\population.csv", "population.table",
         "with '/'"),
    case("a link to outside", "table: population.csv", "table: link.csv", "population.table",
         "outside the scenario's folder"),
    case("a folder for a table", "table: population.csv", "table: folder.csv", "population.table",
         "no file"),
    case("a very long name", "table: population.csv", "table: " + "x" * 5000, "population.table",
         "no file"),
    case("extends outside", "format: 1\n", "format: 1\nextends: ../other.yaml\n", "extends",
         "outside the scenario's folder", at="extends:"),
]
# fmt: on

ALL = [
    *AS_ACCOUNTANTS_WRITE,
    *KINDS_AND_KEYS,
    *NUMBERS,
    *REFERENCES_AND_SUMS,
    *DEMAND,
    *PLACES_AND_OPENINGS,
    *BANDS_AND_NURTURE,
    *MITIGATED,
    *YAML_TRICKS,
    *FILES,
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "population.csv").write_text(POPULATION, encoding="utf-8")
    (tmp_path / "population.csv").write_text(POPULATION, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(BASE, encoding="utf-8")
    (inside / "link.csv").symlink_to(tmp_path / "population.csv")
    (inside / "folder.csv").mkdir()
    return inside


def problems_of(folder: Path, text: str | bytes) -> list[Problem]:
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    (folder / "base.yaml").write_bytes(raw)
    with pytest.raises(ScenarioError) as caught:
        load(folder / "base.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize("bad", ALL)
def test_one_mistake_one_message(bad: Case, folder: Path) -> None:
    problems = problems_of(folder, bad.text)
    assert len(problems) == 1, "\n".join(map(str, problems))
    problem = problems[0]
    message = str(problem)
    assert problem.path == bad.path, message
    assert (problem.file, problem.line) == ("base.yaml", bad.line), message
    for phrase in bad.says:
        assert phrase in message, message
    assert re.search(r"Error|Traceback|<class|model\.|\bNone\b|pydantic", message) is None, message


WHOLE_FILES: list[tuple[str, bytes, int | None, str, tuple[str, ...]]] = [
    ("empty", b"", 1, "", ("a list of 'key: value' lines", "hn-forecast init")),
    ("only a comment", b"# nothing\n", 1, "", ("a list of 'key: value' lines",)),
    ("a list", b"- format: 1\n", 1, "", ("a list of 'key: value' lines",)),
    ("a text", b"hello", 1, "", ("a list of 'key: value' lines",)),
    ("utf-16", BASE.encode("utf-16"), None, "", ("UTF-16 or binary", "Encoding: UTF-8")),
    ("utf-16 without a mark", BASE.encode("utf-16-le"), None, "", ("UTF-16 or binary",)),
    (
        "a spreadsheet",
        b"PK\x03\x04\x14\x00\x06\x00",
        None,
        "",
        ("Excel workbook", "hn-forecast init"),
    ),
    (
        "latin-1 pound sign",
        BASE.replace("title: Base\n", "title: £9m\n").encode("latin-1"),
        4,
        "",
        ("byte 0xa3 is not UTF-8", "pound sign"),
    ),
    ("over a megabyte", b"#" * 1_000_001, None, "", ("1,000,001 bytes", "1,000,000", "'table:'")),
    ("an escape of no character", b'title: "\\U00110000"\n', None, "", ("names no character",)),
    (
        "an alias bomb",
        b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nformat: *c\n",
        None,
        "",
        ("anchors and aliases",),
    ),
    ("an anchor that holds itself", b"a: &a [*a]\n", None, "", ("anchors and aliases",)),
]


@pytest.mark.parametrize(
    ("raw", "line", "path", "says"),
    [item[1:] for item in WHOLE_FILES],
    ids=[item[0].replace(" ", "-") for item in WHOLE_FILES],
)
def test_whole_files(
    raw: bytes, line: int | None, path: str, says: tuple[str, ...], folder: Path
) -> None:
    problems = problems_of(folder, raw)
    message = "\n".join(map(str, problems))
    if line is not None or len(problems) == 1:
        assert [(p.line, p.path) for p in problems] == [(line, path)], message
    for phrase in says:
        assert phrase in message


def test_a_byte_order_mark_and_windows_lines_are_fine(folder: Path) -> None:
    (folder / "base.yaml").write_bytes(BASE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load(folder / "base.yaml").scenario.name == "base"


def test_a_missing_scenario_names_the_nearest(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"there is no such file\. Did you mean 'base.yaml'\?"):
        load(folder / "bsae.yaml")
    with pytest.raises(ScenarioError, match="this is a folder"):
        load(folder)


POPULATIONS = [
    ("missing ages", ("2024,7,1007\n", ""), None, "lacks 1 rows, the first being year 2024, age 7"),
    ("missing years", ("2026,", "2036,"), None, "ages 0 to 25 for each year 2022 to 2026"),
    ("text cell", ("2024,7,1007", "2024,7,about 1007"), 62, "not a number; found 'about 1007'"),
    ("comma", ("2024,7,1007", '2024,7,"1,007"'), 62, "Leave out the commas: write 1007."),
    ("comma without quotes", ("2024,7,1007", "2024,7,1,007"), 62, "4 cells; expected 3"),
    ("empty cell", ("2024,7,1007", "2024,7,"), 62, "persons: the cell is empty"),
    ("not a number", ("2024,7,1007", "2024,7,nan"), 62, "not a number"),
    ("negative", ("2024,7,1007", "2024,7,-5"), 62, "persons below zero"),
    ("half an age", ("2024,7,1007", "2024,7.5,1007"), 62, "not an age; found 7.5"),
    ("no year", ("2024,7,1007", "20244,7,1007"), 62, "not a calendar year"),
    ("twice", ("2024,7,1007", "2024,6,1007"), 62, "year 2024, age 6 is given twice"),
    ("wrong header", ("year,age,persons", "Year,Age,Persons"), 2, "the column names differ"),
    ("semicolons", ("year,age,persons", "year;age;persons"), 2, "expected year, age, persons"),
    ("open quote", ("2024,7,1007", '2024,7,"1007'), 62, "this line cannot be read"),
]


@pytest.mark.parametrize(
    ("edit", "line", "says"),
    [item[1:] for item in POPULATIONS],
    ids=[item[0].replace(" ", "-") for item in POPULATIONS],
)
def test_population_tables(
    edit: tuple[str, str], line: int | None, says: str, folder: Path
) -> None:
    """A cell has its file and line; what is missing is placed where the table is named."""
    (folder / "population.csv").write_text(POPULATION.replace(*edit), encoding="utf-8")
    (problem,) = problems_of(folder, BASE)
    assert says in str(problem)
    if line is None:
        assert (problem.file, problem.line, problem.path) == ("base.yaml", 13, "population.table")
    else:
        assert (problem.file, problem.line) == ("population.csv", line)


@pytest.mark.parametrize("raw", [b"\xff\xfey\x00", "année".encode("latin-1")])
def test_a_table_in_another_encoding(raw: bytes, folder: Path) -> None:
    (folder / "population.csv").write_bytes(raw)
    (problem,) = problems_of(folder, BASE)
    assert "save as 'CSV UTF-8'" in str(problem)


SAMPLES = [
    ("unknown column", "new_plans.dampin\n0.5\n", "Did you mean 'new_plans.damping'?"),
    ("by year", "rates.moved_out\n1\n", "is by year or a set of shares"),
    ("text", "new_plans.damping\n0.5\nabout\n", "row 2 of the column"),
    ("gap", "new_plans.damping,new_plans.initial_growth\n0.5,\n", "row 1 of the column"),
    ("out of range", "new_plans.damping\n0.5\n1.5\n", "out of range: 1.5; expected 0 to 1"),
    ("no rows", "new_plans.damping\n", "has no rows"),
    ("nothing", "", "cannot be read"),
]


@pytest.mark.parametrize(
    ("text", "says"),
    [item[1:] for item in SAMPLES],
    ids=[item[0].replace(" ", "-") for item in SAMPLES],
)
def test_samples(text: str, says: str, folder: Path) -> None:
    (folder / "samples.csv").write_text(text, encoding="utf-8")
    named = BASE.replace("name: base\n", "name: base\nsamples: samples.csv\n")
    (problem,) = problems_of(folder, named)
    assert says in str(problem)
    assert (problem.file, problem.line, problem.path) == ("base.yaml", 4, "samples")


def test_a_parquet_file_that_is_none(folder: Path) -> None:
    (folder / "samples.parquet").write_bytes(b"not parquet")
    named = BASE.replace("name: base\n", "name: base\nsamples: samples.parquet\n")
    (problem,) = problems_of(folder, named)
    assert "cannot be read" in str(problem)


def test_good_samples_are_read(folder: Path) -> None:
    (folder / "samples.csv").write_text("new_plans.damping\n0.5\n0.6\n", encoding="utf-8")
    (folder / "base.yaml").write_text(
        BASE.replace("name: base\n", "name: base\nsamples: samples.csv\n"), encoding="utf-8"
    )
    samples = load(folder / "base.yaml").samples
    assert samples is not None
    assert samples["new_plans.damping"].tolist() == [0.5, 0.6]


def test_all_problems_at_once(folder: Path) -> None:
    """A wrong number in one section hides neither a typo nor a wrong reference in others."""
    text = (
        BASE.replace("total: 100", "total: 1,000")
        .replace("inflation: fees\n", "inflation: fee\n")
        .replace("mitigated: [reviews]", "mitigated: [review]")
        .replace("authority:", "autority:")
    )
    problems = problems_of(folder, text)
    assert [problem.path for problem in problems] == [
        "authority",
        "autority",
        "plans.total",
        f"{OUT_OF_AREA}.drivers[day].inflation",
        "mitigated[0]",
    ]


ORDINARY_TEXTS = [
    "- item",
    "+5 places (Baytree)",
    "-1,617k accrual",
    "a = b",
    "+5 pupil(s)",
    "5 % more",
    "one; two",
    "line one\\nline two",
]


@pytest.mark.parametrize("text", ORDINARY_TEXTS)
def test_ordinary_text_is_not_taken_for_a_formula(text: str, folder: Path) -> None:
    edited = BASE.replace("title: Base\n", f'title: "{text}"\n')
    (folder / "base.yaml").write_text(edited, encoding="utf-8")
    assert load(folder / "base.yaml").scenario.title == text.replace("\\n", "\n")


def test_provenance_of_a_series_covers_its_years(folder: Path) -> None:
    series = "fte: {2023-24: {value: 10, status: assumed}, then: 5, range: [1, 9], reason: A guess}"
    edited = BASE.replace("fte: {2023-24: 10, then: 5}", series)
    (folder / "base.yaml").write_text(edited, encoding="utf-8")
    assert load(folder / "base.yaml").scenario.name == "base"


def test_there_are_more_than_sixty_cases_with_names_of_their_own() -> None:
    names = [item.id for item in ALL]
    assert len(names) == len(set(names)) > 60


JUST_RIGHT = {
    "a shock of one month": [("end: 2024-03", "end: 2023-09")],
    "locums of one month": [("start: 2023-10, end: 2024-08", "start: 2023-10, end: 2023-10")],
    "capacity from the first month": [("{id: today, start: 2022-01", "{id: today, start: 2023-01")],
    "everybody refused": [("refused: 5\n", "refused: 24\n")],
    "a plan after every assessment": [("plans_issued: 15", "plans_issued: 17")],
    "groups of neighbouring ages": [
        ("ages: [3, 18]", "ages: [16, 18]"),
        ("needs: [ASD, MLD]", "needs: [ASD, SEMH]"),
    ],
    "an opening in the second month": [
        ("start: 2024-01, places: 12", "start: 2023-05, places: 12")
    ],
    "a school that adds nothing needs no driver": [
        (OPENED_DRIVER, ""),
        ("paid_by: authority\n          openings", "paid_by: department\n          openings"),
        ("place_rate_gbp: 11000, paid_by: department", "place_rate_gbp: 11000, paid_by: authority"),
    ],
    "places in three settings": [
        (
            "  overflow: {",
            GROUPS_OF_OTHER_SETTINGS.partition("    - {id: specialist_post_16")[0]
            + "  overflow: {",
        )
    ],
    "new bands from the first month": [("start: 2024-10", "start: 2023-04")],
    "a condition twice with one theme": [
        ("condition: Condition 3", "condition: Condition 6"),
        ("theme: Inclusion", "theme: Early help"),
    ],
    "awards that go on whatever the dates": [("awards: end_dates", "awards: continue")],
    "an input of a mechanism switched off": [
        ("switched_off: [rebanding]", "switched_off: [reviews, places, requests, pool]")
    ],
}


@pytest.mark.parametrize("edits", JUST_RIGHT.values(), ids=JUST_RIGHT)
def test_just_right(edits: list[tuple[str, str]], folder: Path) -> None:
    """The last value that each check lets pass."""
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "base.yaml").write_text(text, encoding="utf-8")
    assert load(folder / "base.yaml").scenario.name == "base"


def test_settings_with_limits_are_those_of_the_model() -> None:
    """Where people wait, and how many settings may be limited, as the cohort has it."""
    assert checks_places.WHERE_STANDING == {
        "waiting": placements.WAITING_SETTINGS,
        "interim": (placements.INTERIM_SETTING,),
        "overflow": (placements.OVERFLOW_SETTING,),
    }
    assert placements.MOST_SOUGHT == checks_places.MOST_SETTINGS
    assert set(get_args(Standing)) == {"settled", *checks_places.WHERE_STANDING}
    assert sorted(PlaceRules.model_fields["priority"].default) == sorted(checks_places.CANDIDATES)


def test_the_base_is_valid(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    assert load(folder / "base.yaml").scenario.name == "base"

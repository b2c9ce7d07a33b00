"""Published history: what was known when, and figures that cannot be."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.history.history import NATION, History, empty_table
from model.history.publications import KEY_COLUMNS, PUBLICATIONS
from model.history.read_history import read_history
from model.history.repairs import repaired
from model.history.rules import rules
from model.scenario.problems import ScenarioError

pytestmark = pytest.mark.unit

RULES = rules()


def table(values: dict[int, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        values, index=pd.Index([NATION, "Northshire"], name="authority"), dtype=float
    )


def series(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    names = ("plans", "new_plans", "requests", "refused", "assessments_issued",
             "assessments_not_issued", "share_in_20_weeks", "schools_block_gbp")  # fmt: skip
    return {name: given.get(name, empty_table([NATION, "Northshire"])) for name in names}


def test_a_regional_total_gives_way_to_assessments_that_ended_in_a_plan():
    """New plans of calendar 2022 repeat the region's 6,078; the assessments of the year were 321."""
    given = series(
        plans=table({2023: [500_000, 2_000]}),
        new_plans=table({2023: [66_706, 6_078]}),
        assessments_issued=table({2023: [68_665, 321]}),
        requests=table({2023: [114_457, 450]}),
    )
    used, repairs = repaired(given, RULES)
    assert used["new_plans"].loc["Northshire", 2023] == 321
    assert used["new_plans"].loc[NATION, 2023] == 66_706
    (repair,) = repairs
    assert (repair.authority, repair.january, repair.published, repair.used) == (
        "Northshire",
        2023,
        6_078,
        321,
    )


def test_without_assessments_an_impossible_figure_is_missing():
    """With the tidy series alone nothing can stand in for a regional total, and 6,078 is not learnt from."""
    given = series(
        plans=table({2023: [500_000, 2_000]}),
        new_plans=table({2023: [66_706, 6_078]}),
        requests=table({2023: [114_457, 450]}),
    )
    used, repairs = repaired(given, RULES)
    assert np.isnan(used["new_plans"].loc["Northshire", 2023])
    assert [repair.used for repair in repairs] == [None]


def test_a_few_requests_are_not_recorded_requests():
    """17 requests beside 200 new plans: fewer than a quarter, so taken as missing."""
    given = series(
        plans=table({2018: [300_000, 1_500]}),
        new_plans=table({2018: [40_000, 200]}),
        requests=table({2018: [55_000, 17]}),
        assessments_issued=table({2018: [np.nan, np.nan]}),
    )
    used, repairs = repaired(given, RULES)
    assert np.isnan(used["requests"].loc["Northshire", 2018])
    assert [repair.used for repair in repairs] == [None]


def test_what_was_known_at_a_january_holds_nothing_later():
    about = pd.DataFrame(
        {"code": ["999"], "region": ["North"], "unchanged": [True]}, index=["Northshire"]
    )
    whole = History(
        about,
        series(plans=table({2021: [1, 1], 2022: [2, 2], 2023: [3, 3]}), schools_block_gbp=table({2022: [1, 1], 2023: [2, 2]})),
        {"under_5": table({2021: [1, 1], 2023: [3, 3]})},
        {"mainstream": table({2022: [1, 1]})},
    )  # fmt: skip
    known = whole.known_at(2022)
    assert known.januaries == [2021, 2022]
    assert list(known.series["schools_block_gbp"].columns) == [2022]
    assert list(known.age_groups["under_5"].columns) == [2021]
    assert np.isnan(known.of("plans", 2023)["Northshire"])


def written(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    base = dict.fromkeys(KEY_COLUMNS, "")
    text = pd.DataFrame([{**base, **row} for row in rows]).to_csv(index=False)
    path = folder / f"{name}.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


CASELOAD_PARTS = {
    column: "0"
    for publication in PUBLICATIONS
    if publication.name == "caseload"
    for column in publication.needed()
    if column != "ehcplans"
}


def stock(period: str, name: str, plans: str, **more: str) -> dict[str, str]:
    return {
        "time_period": period, "time_identifier": "Academic year", "la_name": name,
        "geographic_level": "Local authority" if name else "National", "old_la_code": "999",
        "breakdown_topic": "All EHC plans", "breakdown": "All EHC plans", "ehcplans": plans,
        **CASELOAD_PARTS, **more,
    }  # fmt: skip


@pytest.mark.parametrize("style", ["202223", "2022/23", "2022-23"])
def test_a_folder_of_the_departments_files_becomes_a_history(tmp_path: Path, style: str):
    """An academic year is known in its January, marks are missing, the rest of plans is `other`."""
    written(tmp_path, "caseload", [
        stock(style, "", "1,000", mainstream_total="600"),
        stock(style, "Northshire", "400", mainstream_total="300", special_total="80", special_independent="x", special_non_maintained="5"),
    ])  # fmt: skip
    history = read_history(tmp_path)
    assert history.nation("plans")[2023] == 1000
    assert history.of("plans", 2023)["Northshire"] == 400
    assert history.setting_groups["mainstream"].loc["Northshire", 2023] == 300
    assert np.isnan(history.setting_groups["state_special"].loc["Northshire", 2023])
    assert history.setting_groups["other"].loc[NATION, 2023] == 400


def test_a_folder_without_plans_is_refused_with_what_is_wanted(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(ScenarioError, match="no file gives plans in force"):
        read_history(tmp_path)
    with pytest.raises(ScenarioError, match="no such folder"):
        read_history(tmp_path / "elsewhere")

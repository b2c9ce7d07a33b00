"""`extends:`: what merges, what is replaced whole, and where a problem is placed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from model.scenario.load import LoadedScenario, load
from model.scenario.problems import ScenarioError

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parent / "bad_inputs"
BASE = (FOLDER / "base.yaml").read_text(encoding="utf-8")
HEAD = "format: 1\nname: overlay\nextends: base.yaml\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("base.yaml", "population.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    return tmp_path


def laid_over(folder: Path, text: str) -> LoadedScenario:
    (folder / "overlay.yaml").write_text(HEAD + dedent(text), encoding="utf-8")
    return load(folder / "overlay.yaml")


def problems_of(folder: Path, text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ScenarioError) as caught:
        laid_over(folder, text)
    return [(item.file, item.line, item.path) for item in caught.value.problems]


def test_sections_merge_key_by_key(folder: Path) -> None:
    run = laid_over(folder, "run: {seed: 9}\n").scenario.run
    assert (run.draws, run.seed) == (100, 9)


def test_lists_merge_by_id_in_the_order_of_the_base(folder: Path) -> None:
    loaded = laid_over(
        folder,
        """\
        funding:
          lines:
            - {id: contract, title: New contract}
            - id: extra
              title: Extra
              anchor: none
              drivers: [{kind: amount, id: sum, title: Sum, s251: "1.2.5", annual_amount_gbp: 1}]
        """,
    )
    lines = loaded.scenario.funding.lines  # type: ignore[union-attr]
    assert [line.id for line in lines] == [
        "out_of_area", "top_up", "contract", "nurture", "places", "extra",
    ]  # fmt: skip
    assert lines[2].title == "New contract"
    assert lines[2].drivers[0].id == "fixed"


@pytest.mark.parametrize(
    ("section", "text", "value"),
    [
        # A number with its distribution and source, by year, shares, a margin, a list without ids.
        ("new_plans", "damping: {value: 0.9}", {"value": 0.9}),
        ("new_plans", "initial_growth: 0.01", 0.01),
        ("plans", "age_groups: {under_5: 30, 16_to_19: 70}", {"under_5": 30, "16_to_19": 70}),
    ],
)
def test_numbers_and_margins_are_replaced_whole(
    section: str, text: str, value: object, folder: Path
) -> None:
    try:
        effective = laid_over(folder, f"{section}:\n  {text}\n").effective
    except ScenarioError as error:
        pytest.fail(str(error))
    assert effective[section][text.split(":")[0]] == value


def test_a_number_by_year_is_replaced_whole(folder: Path) -> None:
    loaded = laid_over(
        folder,
        """\
        funding:
          inflation:
            - {id: fees, annual_rate: {2023-24: 0, then: {uniform: [0, 0.05]}}}
        """,
    )
    assert loaded.effective["funding"]["inflation"][0]["annual_rate"] == {
        "2023-24": 0,
        "then": {"uniform": [0, 0.05]},
    }


def test_shares_and_lists_without_ids_are_replaced_whole(folder: Path) -> None:
    loaded = laid_over(
        folder,
        """\
        funding:
          lines:
            - id: top_up
              drivers:
                - {id: mainstream, band_shares: {C2: 1}, settings: [mainstream]}
        mitigated: none
        trajectory:
          targets: [{year: 2023-24, cumulative_deficit_gbp: 5}]
        """,
    )
    driver = loaded.effective["funding"]["lines"][1]["drivers"][0]
    assert (driver["band_shares"], driver["settings"]) == ({"C2": 1}, ["mainstream"])
    assert loaded.effective["mitigated"] == "none"
    assert len(loaded.effective["trajectory"]["targets"]) == 1


def test_one_opening_can_be_delayed_alone(folder: Path) -> None:
    """Groups, schools and openings have ids all the way down, as capacity and locums do."""
    loaded = laid_over(
        folder,
        """\
        places:
          groups:
            - {id: behaviour, schools: [{id: birch, openings: [{id: site, delay_months: 9}]}]}
        requests:
          capacity: [{id: later, assessments_a_month: 5}]
        """,
    )
    places, requests = loaded.scenario.places, loaded.scenario.requests
    assert places is not None
    assert requests is not None
    cabins, site = places.groups[0].schools[0].openings
    assert (cabins.delay_months.central, site.delay_months.central) == (0, 9)
    assert site.places.central == 20
    assert [step.assessments_a_month.central for step in requests.capacity] == [2, 5]


def test_what_a_mitigation_changes_and_what_is_off_are_replaced_whole(folder: Path) -> None:
    loaded = laid_over(
        folder,
        """\
        switched_off: [places, pool]
        mitigations:
          - {id: reviews, input_changes: [{input: rates.moved_out, multiply: 1.1}]}
        """,
    )
    (change,) = loaded.scenario.mitigations[0].input_changes
    assert change.input == "rates.moved_out"
    assert loaded.scenario.switched_off == ["places", "pool"]
    assert not loaded.scenario.has("places")


def test_a_finding_between_sections_is_placed_where_it_was_written(folder: Path) -> None:
    """An overlay that takes the pool's driver away breaks the pool, which the base gives."""
    driver = "{kind: pupils_without_plan, id: in_pool, pool: false}"
    text = f"funding:\n  lines:\n    - {{id: top_up, drivers: [{driver}]}}\n"
    line = BASE[: BASE.index("\npool:\n")].count("\n") + 2
    assert problems_of(folder, text) == [("base.yaml", line, "pool")]
    text = "mitigations:\n  - {id: outreach, input_changes: [{input: rates.none, add: 1}]}\n"
    path = "mitigations[outreach].input_changes[0].input"
    assert problems_of(folder, text) == [("overlay.yaml", 5, path)]


def test_an_entry_of_another_kind_is_replaced_whole(folder: Path) -> None:
    new = '{kind: amount, id: base, title: Base, s251: "1.0.2", annual_amount_gbp: 5}'
    loaded = laid_over(
        folder, f"funding:\n  lines:\n    - id: places\n      drivers:\n        - {new}\n"
    )
    assert loaded.scenario.funding.lines[4].drivers[0].kind == "amount"  # type: ignore[union-attr]


def test_extends_leaves_the_effective_scenario(folder: Path) -> None:
    loaded = laid_over(folder, "title: Over\n")
    assert loaded.scenario.title == "Over"
    assert loaded.effective["authority"] == "Demoshire"
    assert set(loaded.hashes) == {"base.yaml", "overlay.yaml", "population.csv"}


def test_a_problem_in_the_overlay_names_the_overlay(folder: Path) -> None:
    text = "run: {seed: 9}\nfunding:\n  lines:\n    - {id: places, title: 7}\n"
    assert problems_of(folder, text) == [("overlay.yaml", 7, "funding.lines[places].title")]


def test_a_problem_in_the_base_names_the_base(folder: Path) -> None:
    broken = BASE.replace("title: Contract\n", "title: 7\n")
    (folder / "base.yaml").write_text(broken, encoding="utf-8")
    line = BASE[: BASE.index("title: Contract\n")].count("\n") + 1
    text = "funding:\n  lines:\n    - {id: contract, note: Over}\n"
    assert problems_of(folder, text) == [("base.yaml", line, "funding.lines[contract].title")]


def test_problems_in_both_are_all_named(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("format: 1", "formt: 1"), encoding="utf-8")
    assert problems_of(folder, "run: {sed: 9}\n") == [
        ("base.yaml", 2, "formt"),
        ("overlay.yaml", 4, "run.sed"),
    ]


def test_a_sum_broken_by_the_overlay_is_placed_in_the_overlay(folder: Path) -> None:
    assert problems_of(folder, "plans:\n  total: 101\n") == [
        ("base.yaml", 19, "plans.age_groups"),
        ("base.yaml", 20, "plans.settings"),
        ("base.yaml", 25, "plans.needs"),
    ]
    assert problems_of(folder, "plans:\n  needs: {ASD: 1}\n") == [
        ("overlay.yaml", 5, "plans.needs")
    ]


def test_an_id_given_twice_in_the_overlay_is_found(folder: Path) -> None:
    group = "{id: elm, school: Elm, phase: primary, opens: 2023-09, band: C2}"
    text = f"nurture_groups:\n  - {group}\n  - {group}\n"
    assert problems_of(folder, text) == [("overlay.yaml", 6, "nurture_groups[elm].id")]


def test_a_base_that_is_not_yaml_is_the_one_problem(folder: Path) -> None:
    (folder / "base.yaml").write_text("format: [1\n", encoding="utf-8")
    assert problems_of(folder, "run: {seed: 9}\n") == [("base.yaml", 2, "")]


def test_an_empty_value_in_the_base_is_told_once(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("total: 100", "total:"), encoding="utf-8")
    assert problems_of(folder, "run: {seed: 9}\n") == [("base.yaml", 17, "plans.total")]


def test_a_circle_of_three_is_told_with_its_way(folder: Path) -> None:
    (folder / "base.yaml").write_text("format: 1\nextends: sub/third.yaml\n", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "third.yaml").write_text("extends: ../overlay.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        laid_over(folder, "title: Over\n")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("sub/third.yaml", 1)
    assert "overlay.yaml -> base.yaml -> sub/third.yaml -> overlay.yaml" in str(problem)


def test_a_base_of_the_same_name_in_a_subfolder_is_no_circle(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "overlay.yaml").write_text(BASE, encoding="utf-8")
    (folder / "sub" / "population.csv").write_bytes((folder / "population.csv").read_bytes())
    (folder / "overlay.yaml").write_text(
        "format: 1\nname: over\nextends: sub/overlay.yaml\n", encoding="utf-8"
    )
    assert load(folder / "overlay.yaml").scenario.name == "over"


def test_a_misspelt_id_is_said_to_count_as_new(folder: Path) -> None:
    """What it lacks is reported with the id that was meant; an entry that is new and whole is not."""
    with pytest.raises(ScenarioError) as caught:
        laid_over(folder, "funding:\n  lines:\n    - {id: out_of_aera, budget_gbp: 500000}\n")
    assert caught.value.problems
    for problem in caught.value.problems:
        if problem.message.startswith("this key is missing"):
            assert problem.hint is not None
            assert "counts as new. Did you mean 'out_of_area'?" in problem.hint
    assert any(problem.hint for problem in caught.value.problems)

"""What a return's texts say is what the run says: placeholders, figures typed by hand, places left open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.returns.conditions_schema import AgreedCondition, MoneyAtRisk
from model.returns.exceptions import of_a_condition
from model.returns.expected_loss import expected_loss
from model.returns.money import stated
from model.returns.placeholders import fill
from model.returns.run_figures import RunFigures
from model.returns.typed_figures import Agreement, typed_figures
from model.returns.unfilled import unfilled

pytestmark = pytest.mark.unit

PUBLISHED = {
    ("cumulative_with", "2022-23"): 9_685_000.0,  # 000:2093
    ("cumulative_without", "2022-23"): 18_125_000.0,  # 000:2095
    ("in_year", "2023-24"): 6_760_000.0,  # 000:2104
    ("cumulative_without", "2023-24"): 24_885_000.0,  # 000:2108
    ("gap", "2023-24"): 885_000.0,  # 000:2372
    ("required_next_year", "2023-24"): -285_000.0,
}
FIGURES = RunFigures(
    {
        **{("published", *key): value for key, value in PUBLISHED.items()},
        ("mean", "in_year", "2023-24"): 6_622_462.0,
        ("mean", "probability_on_target", "2023-24"): 0.171875,
    },
    ("2023-24", "2024-25"),
    ("2022-23", "2023-24"),
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{in_year:2023-24}", "£6,622k"),
        ("{published.in_year:2023-24 as £m}", "£6.8m"),
        (
            "a deficit of {published.cumulative_without:2023-24 as £m.000}.",
            "a deficit of £24.885m.",
        ),
        ("{published.required_next_year:2023-24 as words}", "a surplus of £285k"),
        ("{probability_on_target:2023-24}", "17%"),
    ],
)
def test_placeholder_says_what_the_run_says(text, says):
    filled = fill(text, FIGURES)
    assert (filled.text, filled.unknown) == (says, ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{in_yaer:2023-24}", "Did you mean 'in_year'?"),
        ("{publishd.in_year:2023-24}", "Did you mean 'published'?"),
        ("{in_year:2031-32}", "it forecasts 2023-24 to 2024-25"),
        ("{in_year:2023-25}", "not a financial year"),
        ("{in_year:2023-24 as £bn}", "no format '£bn'"),
        ("{in_year:2023-24 as %}", "no format for a sum of money"),
        ("{deficit}", "not a placeholder"),
        ("{in_year:2023-24", "belongs to no placeholder"),
    ],
)
def test_placeholder_that_cannot_be_filled_is_named_and_stays(text, why):
    filled = fill(text, FIGURES)
    assert filled.text == text
    assert len(filled.unknown) == 1
    assert why in filled.unknown[0]


@pytest.mark.parametrize(
    ("typed", "agreement"),
    [
        ("£9.6m", Agreement.TRUNCATION),  # 000:2366
        ("£18.1m", Agreement.ROUNDING),  # 000:2366
        ("£6.7m", Agreement.TRUNCATION),  # 000:2368
        ("£24.8m", Agreement.TRUNCATION),  # 000:2368
        ("£24.8 million", Agreement.TRUNCATION),
        ("0.8m", Agreement.TRUNCATION),  # 000:2368
        ("£0.885m", Agreement.EXACT),  # 000:2372
        ("£9.7m", Agreement.ROUNDING),
        ("£885,000", Agreement.EXACT),
        ("£3.1m", Agreement.UNTRACED),
        ("£55-70k", Agreement.UNTRACED),  # 000:2313, no figure of a run
    ],
)
def test_figure_typed_by_hand_is_held_to_the_run(typed, agreement):
    """B9: 9.6, 6.7 and 24.8 are cut off from 9.685, 6.760 and 24.885, and 0.8 from 0.885."""
    found = list(typed_figures(f"It was {typed} then.", (), (), FIGURES))
    assert [(one.text, one.agreement) for one in found] == [(typed, agreement)]


def test_quoted_figure_and_what_a_placeholder_wrote_are_left_alone():
    filled = fill("{published.in_year:2023-24 as £m} and £16.3m on 0.5 FTE and 60 %", FIGURES)
    assert list(typed_figures(filled.text, filled.own, ["£16.3m"], FIGURES)) == []
    assert len(list(typed_figures(filled.text, filled.own, [], FIGURES))) == 1
    assert len(list(typed_figures(filled.text, (), ["£16.3m"], FIGURES))) == 1


@pytest.mark.parametrize(
    ("text", "agreement"),
    [
        ("{published.gap:2023-24 = £0.8m}", Agreement.TRUNCATION),
        ("{published.gap:2023-24 = £0.9m}", Agreement.ROUNDING),
        ("{published.gap:2023-24 = £0.885m}", Agreement.EXACT),
        ("{published.gap:2023-24 = £1.4m}", Agreement.CONTRADICTION),
        ("{published.gap:2023-24 = about nil}", Agreement.CONTRADICTION),
    ],
)
def test_figure_typed_in_a_placeholder_is_held_to_the_one_it_names(text, agreement):
    filled = fill(text, FIGURES)
    assert [one.agreement for one in filled.typed] == [agreement]
    assert "£0.885m (gap to the agreed deficit of 2023-24, published)" in filled.typed[0].run_says


@given(st.integers(-40_000_000, 40_000_000), st.sampled_from(["£m", "£m.000", "£k", "£"]))
def test_what_a_placeholder_prints_never_disagrees_with_its_figure(pounds, as_):
    """A figure printed by the return itself is exact or a rounding, whatever it is."""
    figures = RunFigures({("mean", "gap", "2023-24"): float(pounds)}, ("2023-24",), ())
    printed = fill(f"{{gap:2023-24 as {as_}}}", figures).text
    filled = fill(f"{{gap:2023-24 = {printed}}}", figures)
    small = stated(abs(float(pounds)), as_).strip("£mk.0") == ""
    assert filled.typed[0].agreement.holds or small


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("below the budget of £18.xm", ["£18.xm"]),  # 000:2256
        ("£XXk in all", ["£XXk"]),
        ("TBC, by [insert date], ____", ["TBC", "[insert date]", "____"]),
        ("a school with 3x4 m of XL shirts [see 000:2256] in 2024?", []),
    ],
)
def test_places_left_open_are_found(text, open_):
    assert unfilled(text) == open_


def money(**given) -> MoneyAtRisk:
    return MoneyAtRisk(exposure_gbp=2_000_000.0, source="000:2313", **given)


def test_two_million_at_55_to_70_thousand_is_29_to_36_children():
    """B8 (000:2313)."""
    assert expected_loss(money(cost_per_child_gbp=[55_000.0, 70_000.0])).children == (29, 36)


def test_expected_loss_is_exposure_times_probability():
    loss = expected_loss(
        money(probability=0.5, probability_after=0.2, exposure_after_gbp=1_500_000.0)
    )
    assert (loss.before, loss.after) == (1_000_000.0, 300_000.0)
    assert expected_loss(money(probability=0.5)).after is None


def condition(**given) -> AgreedCondition:
    whole = {
        "number": 4,
        "title": "Places",
        "text": "Open places.",
        "theme": "Local provision",
        "progress": "Built.",
        "risks": ["Late."],
        "mitigations": ["Interim."],
        "rag_before": "red",
        "rag_after": "amber",
        "money_at_risk": money(probability=0.5, probability_after=0.2, reason="judged"),
    }
    return AgreedCondition(**{**whole, **given})


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({}, []),
        ({"progress": None}, ["no_progress"]),
        ({"risks": []}, ["no_risk"]),
        ({"mitigations": []}, ["no_mitigation"]),
        ({"rag_before": None}, ["no_rag_before"]),
        ({"rag_after": None}, ["no_rag_after"]),
        ({"rag_before": "amber", "rag_after": "amber"}, []),
        ({"rag_before": "green"}, ["rag_worse"]),
        ({"money_at_risk": None}, ["no_money_at_risk"]),
        ({"money_at_risk": money(probability=0.5, reason="judged")}, ["no_probability"]),
        ({"money_at_risk": money(probability=0.5, probability_after=0.2)}, ["no_reason"]),
        (
            {"money_at_risk": money(probability=0.5, probability_after=0.5, reason="judged")},
            ["loss_not_lower"],
        ),
        (
            {"money_at_risk": money(probability=0.2, probability_after=0.5, reason="judged")},
            ["loss_higher"],
        ),
        (
            {
                "rag_after": "red",
                "money_at_risk": money(probability=0.5, probability_after=0.5, reason="judged"),
            },
            [],
        ),
    ],
)
def test_what_a_condition_leaves_blank_or_says_against_itself(given, kinds):
    """B8: red to amber must lower the expected loss."""
    assert [one.kind for one in of_a_condition(condition(**given))] == kinds

"""Every reconciliation of the register that is plain arithmetic gets the same verdict here."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from ruamel.yaml import YAML

from model.evidence.examine import examine
from model.evidence.read import read_figures
from model.evidence.verdicts import Outcome

pytestmark = [pytest.mark.integration, pytest.mark.shared_data]

NUMBER = r"-?\d+(?:\.\d+)?"
EXACT_FACTORS = {"2", "7", "12", "52", "365", "1000", "1e6"}
"""Months, weeks, days and units, in which nothing is rounded."""

STRICTER = {
    "ns_ehcp_2021_implied": "1,512 plans called 1500: nothing in the print says it is rounded",
    "nt_ehcp_growth_b": "101.81 printed as 'more than 101' is 102 when rounded",
    "so_ehcp_growth": "11.57 printed as 11 is cut off, not rounded",
    "so_inms_share": "58.1 printed as approximately 60",
}
"""Reconciliations that the register calls rounding and the print alone does not allow."""


def figure(text: str) -> str:
    counted = ", counted: true" if text in EXACT_FACTORS else ""
    return f"{{figure: '{text}'{counted}}}"


def entry(item: dict[str, Any]) -> str | None:
    """The reconciliation as an entry, or None for what is not plain arithmetic on two or more figures."""
    text = item["arithmetic"].replace(" ", "").replace("+-", "-").replace("x", "*")
    stated = str(item["stated"])
    if item["stated"] is None or item["verdict"] == "comparison":
        return None
    if re.fullmatch(rf"{NUMBER}(?:[+-]\d+(?:\.\d+)?)+", text):
        parts = re.findall(r"[+-]?\d+(?:\.\d+)?", text)
        listed = ", ".join(figure(part.lstrip("+")) for part in parts)
        return f"{{kind: sum, parts: [{listed}], total: '{stated}'}}"
    if match := re.fullmatch(rf"({NUMBER})/({NUMBER})-1", text):
        after, before = match.groups()
        return f"{{kind: growth, before: {figure(before)}, after: {figure(after)}, stated: '{stated}'}}"
    if item["unit"] == "%" and (match := re.fullmatch(rf"({NUMBER})/({NUMBER})", text)):
        part, whole = map(figure, match.groups())
        return (
            f"{{kind: percentage, basis: share, part: {part}, whole: {whole}, stated: '{stated}'}}"
        )
    if re.fullmatch(rf"{NUMBER}(?:[*/](?:{NUMBER}|1e6))+", text):
        factors = [figure(part) for part in re.findall(r"(?:^|\*)([^*/]+)", text)]
        divisors = [
            figure(part) if part != "1e6" else "{figure: '1000000', counted: true}"
            for part in re.findall(r"/([^*/]+)", text)
        ]
        return (
            f"{{kind: product, factors: [{', '.join(factors)}], "
            f"divided_by: [{', '.join(divisors)}], stated: '{stated}'}}"
        )
    return None


def examined(item: dict[str, Any], text: str) -> Outcome:
    head = "format: 1\ntitle: t\nauthority: a\npapers: {p: p}\nentries:\n"
    body = f"  - {{id: {item['id']}, title: t, source: 'p:1', unit: u, {text[1:]}\n"
    (outcome,) = examine(read_figures(head + body, item["id"])).outcomes
    return outcome


@pytest.fixture(scope="module")
def register(shared_folder) -> list[dict[str, Any]]:
    text = (shared_folder / "facts" / "published_figures.yaml").read_text(encoding="utf-8")
    return list(YAML(typ="safe", pure=True).load(text)["reconciles"])


def test_plain_arithmetic_gets_the_verdict_of_the_register(register):
    compared: Counter[str] = Counter()
    differs = {}
    for item in register:
        text = entry(item)
        if text is None:
            continue
        outcome = examined(item, text)
        compared[outcome.kind] += 1
        assert outcome.computed is not None
        assert float(outcome.computed) == pytest.approx(item["computed"], abs=6e-5), item["id"]
        assert outcome.gap is not None
        assert float(outcome.gap) == pytest.approx(item["gap"], abs=6e-5), item["id"]
        if str(outcome.verdict) != item["verdict"]:
            differs[item["id"]] = (item["verdict"], str(outcome.verdict))
    assert compared == {"sum": 103, "product": 42, "percentage": 10, "growth": 9}
    assert set(differs) == set(STRICTER)
    assert set(differs.values()) == {("rounding", "mismatch")}


def test_what_is_derived_is_computed_alike(register):
    """Derived values have nothing stated: held to themselves as the register shows them."""
    compared = 0
    for item in register:
        if item["verdict"] != "derived":
            continue
        text = entry({**item, "verdict": "exact", "stated": item["computed"]})
        if text is None:
            continue
        gap = examined(item, text).gap
        assert gap is not None
        assert abs(gap) <= Fraction(6, 100_000), item["id"]
        compared += 1
    assert compared == 51

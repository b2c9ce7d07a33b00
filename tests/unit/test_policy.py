"""Policy values are dated, sourced data."""

from __future__ import annotations

import pytest

from model.reference.policy import PolicyError, _parameter, policy

pytestmark = pytest.mark.unit


def test_every_parameter_is_sourced_and_dated():
    parameters = policy()
    assert {"rag_green_at_least", "override_end", "transfer_limit_with_forum_approval"} <= set(
        parameters
    )
    for parameter in parameters.values():
        assert parameter.source
        assert parameter.description
        assert parameter.values == tuple(sorted(parameter.values))


def test_a_value_applies_from_its_month():
    end = policy()["override_end"]
    assert str(end.at(2022, 12)) == "2023-03-31"
    assert str(end.at(2023, 1)) == "2026-03-31"
    assert str(end.at(2026, 11)) == "2028-03-31"
    with pytest.raises(KeyError, match="no value before"):
        end.at(2019, 1)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"mark": "certain"}, "expected one of"),
        ({"values": {"2023": 1}}, "not a month"),
        ({"extra": 1}, "must have exactly"),
    ],
)
def test_a_damaged_parameter_is_named(change, message):
    body = {
        "description": "d",
        "unit": "u",
        "values": {"2020-04": 1},
        "mark": "assumed",
        "source": "s",
    }
    with pytest.raises(PolicyError, match=f"file.yaml: thing .*{message}"):
        _parameter("thing", {**body, **change}, "file.yaml")

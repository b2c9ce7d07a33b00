"""No input gives a Python traceback: a damaged scenario loads, or every problem says something."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.scenario.load import load
from model.scenario.problems import Problem, ScenarioError

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
BASE = Path(__file__).parent / "bad_inputs" / "base.yaml"
NORTH_SOMERSET = ROOT / "scenarios" / "north_somerset_2023.yaml"
RAW = {path.name: path.read_bytes() for path in (BASE, NORTH_SOMERSET)}

VALUES = [
    b"", b"~", b"0", b"-1", b"1e999", b"-1e308", b"1e308", b".nan", b"-.inf", b"9" * 400, b"0x1F",
    b"1,200", "£1.2m".encode(), b"5%", b"true", b"[]", b"{}", b"[1, 2]", b"[[1]]", b"{a: 1}",
    b"{pert: [0, 0, 0]}", b"{pert: [1, 2, 3]}", b"{normal: [0, 1e-300]}", b"{between: [1e-9, 1]}",
    b"{lognormal: [1e-300, 1e300]}", b"{beta: [1e-9, 1e9]}", b"{discrete: {1: 1}}", b"{value: {}}",
    b"{2023-24: 1}", b"{then: 1}", b"{2023-24: {then: 1}}", b"{dirichlet: {C1: 1}}", b"2023-24",
    b"0001-02", b"9999-00", b"2023-13", b"!!python/name:os.system x", b"&a [*a]", b"*a", b"<<: 1",
    b"'\xc2\x80'", b'"\\ud800"', b'"\\0"', b"? x", b"- x", b"|", b">-", b"%YAML 1.1", b"---", b"...",
    b"=1+1", b"../../etc/passwd", b"C:\\x", b"unknown_name", b"high_needs", b"plans",
]  # fmt: skip
"""What may be typed for a value: right in one place, absurd in another."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        inside = Path(name) / "inside"
        shutil.copytree(ROOT / "scenarios" / "north_somerset_2023", inside / "north_somerset_2023")
        shutil.copyfile(BASE.parent / "population.csv", inside / "population.csv")
        yield inside


def problems_of(folder: Path, raw: bytes) -> Sequence[Problem] | None:
    file = folder / "fuzzed.yaml"
    file.write_bytes(raw)
    try:
        load(file)
    except ScenarioError as error:
        return error.problems
    return None


def loads_or_explains(folder: Path, raw: bytes) -> None:
    problems = problems_of(folder, raw)
    assert problems is None or problems
    for problem in problems or ():
        assert problem.message
        assert "\x1b" not in str(problem).encode("utf-8").decode("utf-8")


FEW = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FEW
@given(
    name=st.sampled_from(sorted(RAW)),
    start=st.floats(0, 1),
    length=st.integers(0, 60),
    inserted=st.binary(max_size=12) | st.sampled_from(VALUES),
)
def test_damaged_bytes(name: str, start: float, length: int, inserted: bytes, folder: Path) -> None:
    """Bytes deleted, inserted or replaced anywhere."""
    raw = RAW[name]
    at = int(start * len(raw))
    loads_or_explains(folder, raw[:at] + inserted + raw[at + length :])


@FEW
@given(
    name=st.sampled_from(sorted(RAW)),
    edits=st.lists(st.tuples(st.floats(0, 0.999), st.sampled_from(VALUES)), min_size=1, max_size=4),
)
def test_values_replaced(name: str, edits: list[tuple[float, bytes]], folder: Path) -> None:
    """The value after a colon replaced by another, on one to four lines."""
    lines = RAW[name].split(b"\n")
    keyed = [number for number, line in enumerate(lines) if b": " in line]
    for where, value in edits:
        number = keyed[int(where * len(keyed))]
        key, _, rest = lines[number].rpartition(b": ")
        tail = rest[len(rest.rstrip(b"}]")) :]
        lines[number] = key + b": " + value + tail
    loads_or_explains(folder, b"\n".join(lines))


@FEW
@given(
    name=st.sampled_from(sorted(RAW)),
    where=st.floats(0, 0.999),
    count=st.integers(1, 8),
    to=st.floats(0, 0.999),
    indent=st.integers(-4, 4),
)
def test_lines_moved(
    name: str, where: float, count: int, to: float, indent: int, folder: Path
) -> None:
    """Lines cut, pasted elsewhere and indented differently."""
    lines = RAW[name].split(b"\n")
    at = int(where * len(lines))
    cut, rest = lines[at : at + count], lines[:at] + lines[at + count :]
    cut = [line[max(-indent, 0) :].rjust(len(line) + indent) for line in cut]
    paste = int(to * len(rest))
    loads_or_explains(folder, b"\n".join(rest[:paste] + cut + rest[paste:]))


SMALL_SECTIONS = [
    (b"requests:\n", b"pool:\n"),
    (b"pool:\n  fte", b"moved_in:\n"),
    (b"places:\n  groups", b"funding:\n"),
    (b"nurture_effect:\n", b"account:\n"),
    (b"mitigations:\n", b"correlations:\n"),
]


@pytest.mark.parametrize("value", VALUES[::3])
@pytest.mark.parametrize(
    "section", SMALL_SECTIONS, ids=lambda ends: ends[0].split(b":")[0].decode()
)
def test_every_third_value_everywhere_in_demand_places_and_mitigations(
    section: tuple[bytes, bytes], value: bytes, folder: Path
) -> None:
    """Odd values in the place of each value of a section, with only the head of the file before it."""
    raw = RAW["base.yaml"]
    head = raw[: raw.index(b"population:\n")]
    lines = raw[raw.index(section[0]) : raw.index(section[1])].split(b"\n")
    for number, line in enumerate(lines):
        key, colon, _ = line.partition(b": ")
        if colon:
            edited = [head, *lines[:number], key + colon + value, *lines[number + 1 :]]
            loads_or_explains(folder, b"\n".join(edited))


@pytest.mark.parametrize("value", VALUES)
def test_every_value_everywhere_in_a_small_section(value: bytes, folder: Path) -> None:
    """Each odd value in the place of each value of the top of the file and the first budget line."""
    raw = RAW["base.yaml"]
    # Without demand and places, which would only make each of these files slower to read.
    cut = raw.index(b"requests:\n"), raw.index(b"moved_in:\n")
    raw = raw[: cut[0]] + raw[cut[1] :]
    cut = raw.index(b"places:\n  groups"), raw.index(b"funding:\n")
    lines = (raw[: cut[0]] + raw[cut[1] :]).split(b"\n")
    end = lines.index(b"    - id: top_up")
    for number, line in enumerate(lines[:20]):
        key, colon, _ = line.partition(b": ")
        if colon:
            edited = [*lines[:number], key + colon + value, *lines[number + 1 : end]]
            loads_or_explains(folder, b"\n".join(edited))

"""The overlay scenario of an update, as a person would write it."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from scipy import special

from model.reference.calendar import financial_year_label
from model.scenario.distributions import TRUNCATED_MASS_ALLOWED, between
from model.scenario.load import LoadedScenario
from model.scenario.quantities import Quantity, Yearly
from model.updating.learning import Learnt, UpdatedInput
from model.updating.rules import update_rules

Path = tuple[str | int, ...]
_ENDS = (0.005, 0.995)
"""Where a bounded form begins and ends, when a range would reach outside what is permitted."""


def overlay_text(loaded: LoadedScenario, found: Learnt, name: str, made: str) -> str:
    """The overlay's text. `name`: of the file extended; `made`: when, as said in the heading.

    Inputs that matter get their new range; the others, and all else, stay as in the file extended.
    """
    scenario = loaded.scenario
    written = [item for item in found.moved if item.scored.writable]
    lines = [
        f"# Inputs of {name} moved by {seen_words(found)}, not by hand.",
        f"# Made by hn-forecast update, {made}. A range is the 10th and the 90th percentile. Edit what you know better.",
        "# The opening position is unchanged: for a forecast from the new January make a new starter with",
        "# `hn-forecast import sen2`.",
        "format: 1",
        f"extends: {name}",
        f"name: {scenario.name}_updated",
        f"title: {_quoted(scenario.title + ', updated')}",
    ]
    if _anchored(loaded):
        lines += [
            "",
            "# Budget lines keep the factors that tie them to the published forecast. Without this they would be",
            "# scaled to it again, and what was learnt of the first year would be lost.",
            "what_if: true",
        ]
    idle = [item.path for item in found.moved if not item.scored.writable]
    if idle:
        lines += [
            "",
            "# Moved, but not written: samples from a file and shares that vary together have no range",
        ]
        lines += [f"# to put here: {path}" for path in idle]
    tree: dict[str, Any] = {}
    comments: dict[Path, list[str]] = {}
    for item in written:
        _place(tree, comments, loaded.effective, item, _value(item, seen_words(found)))
    lines += _emitted(tree, (), 0, comments)
    lines += _correlations(loaded, found, written)
    return "\n".join(lines) + "\n"


def seen_words(found: Learnt) -> str:
    """What was seen, in words: 'the count of January 2024 and the outturn of 2023-24'."""
    parts = []
    if found.arrivals.count is not None:
        parts.append(f"the count of January {found.arrivals.count.january}")
    if found.arrivals.outturn is not None:
        parts.append(f"the outturn in {found.arrivals.outturn.file}")
    return " and ".join(parts)


def _anchored(loaded: LoadedScenario) -> bool:
    scenario = loaded.scenario
    lines = scenario.funding.lines if scenario.funding is not None else []
    general = scenario.general_fund
    parts = (general.transport, general.appeals) if general is not None else ()
    return any(line.anchor != "none" and line.published_gbp is not None for line in lines) or any(
        part is not None and part.published_gbp is not None for part in parts
    )


def _number(value: float) -> float:
    """Four significant figures, an integer where it is one."""
    rounded = 0.0 if abs(value) < 1e-12 else float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def range_of(item: UpdatedInput, row: int, rule: Quantity) -> Any:
    """A row of an updated input as a scenario writes it, within its permitted range."""
    mean, sd = item.scores[row]
    if rule.certain:
        return rule.central
    if rule.distribution.mode is not None:
        return {"discrete": _discrete(rule, mean, sd)}
    low, _, high = (_number(value) for value in item.after[row])
    low, high = max(low, rule.low), min(high, rule.high)
    if low >= high:
        return low
    with np.errstate(all="ignore"):
        spread = between(low, high, rule.low, rule.high)
    # A share that may be nil or all has no logit; a bounded form keeps what was learnt inside.
    if spread.truncated_mass <= TRUNCATED_MASS_ALLOWED:
        return {"between": [low, high]}
    ends = item.scored.quantiles(row, mean, sd, np.array([_ENDS[0], 0.5, _ENDS[1]]))
    least, middle, most = (_number(float(value)) for value in ends)
    least, most = max(least, rule.low), min(most, rule.high)
    if least >= most:
        return least
    # The mode at which a pert has this median: mean and mode lie on either side of it.
    mode = _number(float(np.clip((6 * middle - least - most) / 4, least, most)))
    return {"pert": [least, mode, most]}


def _discrete(rule: Quantity, mean: float, sd: float) -> dict[float, float]:
    """Probabilities after: the same edges on the normal scale, seen from the new score."""
    parameters = np.array(rule.distribution.parameters).reshape(-1, 2)
    edges = special.ndtri(np.clip(np.cumsum(parameters[:, 1])[:-1], 1e-12, 1 - 1e-12))
    chances = np.diff([0.0, *special.ndtr((edges - mean) / max(sd, 1e-6)), 1.0])
    rounded = [round(float(chance), 4) for chance in chances]
    largest = int(np.argmax(rounded))
    rounded[largest] = round(1 - sum(rounded[:largest]) - sum(rounded[largest + 1 :]), 4)
    return {float(value): chance for value, chance in zip(parameters[:, 0], rounded, strict=True)}


def _value(item: UpdatedInput, seen: str) -> dict[str, Any]:
    """What stands at the input's key."""
    figure = item.scored.entry.figure
    about: dict[str, Any] = {"status": "derived", "hindsight": True}
    if figure.provenance.unit:
        about["unit"] = figure.provenance.unit
    if figure.provenance.owner:
        about["owner"] = figure.provenance.owner
    about["source"] = f"Updated by {seen}, see docs/update.md"
    if isinstance(figure, Quantity):
        return {**_mapping(range_of(item, 0, figure)), **about}
    assert isinstance(figure, Yearly)
    rows = [row for row, year in enumerate(item.scored.years) if figure.covers(year)]
    path = {"ar1": figure.rho} if figure.path == "ar1" else figure.path
    if figure.path == "persistent" and not figure.by_year:
        return {
            **_mapping(range_of(item, 0, figure.at(item.scored.years[0]))),
            "path": path,
            **about,
        }
    years = {
        financial_year_label(item.scored.years[row]): range_of(
            item, row, figure.at(item.scored.years[row])
        )
        for row in rows
    }
    last = {"then": years[financial_year_label(item.scored.years[rows[-1]])]} if figure.then else {}
    return {**years, **last, "path": path, **about}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def _place(
    tree: dict[str, Any],
    comments: dict[Path, list[str]],
    effective: Any,
    item: UpdatedInput,
    value: dict[str, Any],
) -> None:
    """Put a value at the input's place. Lists whose entries have no id are replaced whole, so they are copied."""
    here: Any = tree
    at = item.scored.entry.at
    source = effective
    shown: Path = ()
    copied = False
    for depth, step in enumerate(at[:-1]):
        source = source[step]
        following = at[depth + 1]
        if copied:
            here = here[step]
            continue
        key: Any = step if isinstance(step, str) else _entry_id(source)
        shown = (*shown, key)
        if isinstance(following, int) and not all(_entry_id(one) for one in source):
            here = here.setdefault(key, copy.deepcopy(source))
            copied = True
            comments.setdefault(shown, []).append(_comment(item))
            continue
        here = here.setdefault(key, {})
    here[at[-1]] = value
    if not copied:
        comments.setdefault((*shown, at[-1]), []).append(_comment(item))


def _entry_id(entry: Any) -> str | None:
    return f"id:{entry['id']}" if isinstance(entry, dict) and "id" in entry else None


def _comment(item: UpdatedInput) -> str:
    row = item.first
    low, middle, high = item.before[row]
    new_low, new_middle, new_high = item.after[row]
    year = f" in {item.years[row]}" if item.years[row] else ""
    name = item.path.rsplit(".", 1)[-1]
    was = f"{_number(middle)} ({_number(low)} to {_number(high)})"
    now = f"{_number(new_middle)} ({_number(new_low)} to {_number(new_high)})"
    return f"{name}{year}: was {was}, now {now}; moved {item.moved:+.1f} standard deviations"


def _emitted(
    tree: Mapping[str, Any], at: Path, depth: int, comments: Mapping[Path, list[str]]
) -> list[str]:
    """Sections in block style, lists by id as lists, values as mappings of one line for each key."""
    lines: list[str] = []
    pad = "  " * depth
    for key, value in tree.items():
        here = (*at, key)
        if depth == 0:
            lines.append("")
        lines += [f"{pad}# {text}" for text in comments.get(here, [])]
        if here in comments:
            lines += _leaf(key, value, pad)
        elif all(str(child).startswith("id:") for child in value):
            lines.append(f"{pad}{key}:")
            for child, inside in value.items():
                entry = str(child).removeprefix("id:")
                lines.append(f"{pad}  - id: {_scalar(entry)}")
                lines += _emitted(inside, (*here, child), depth + 2, comments)
        else:
            lines.append(f"{pad}{key}:")
            lines += _emitted(value, here, depth + 1, comments)
    return lines


def _leaf(key: str, value: Any, pad: str) -> list[str]:
    if isinstance(value, list):
        return [f"{pad}{key}:", *(f"{pad}  - {_scalar(entry)}" for entry in value)]
    return [f"{pad}{key}:", *(f"{pad}  {name}: {_scalar(part)}" for name, part in value.items())]


def _scalar(value: Any) -> str:
    """A value on one line, as YAML reads it back."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.allow_unicode = True
    yaml.width = 100_000
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue().removesuffix("\n").removesuffix("\n...").strip()


def _correlations(loaded: LoadedScenario, found: Learnt, written: list[UpdatedInput]) -> list[str]:
    """The scenario's own correlations, and those with which inputs now share what was seen.

    Two inputs that could each explain a surprise need not both have moved: given the total, more of
    one is less of the other. Only inputs with one value for all years take part. Where the pairs
    would not hold together, the scenario's own stand alone.
    """
    rules, matrix = update_rules(), found.correlations
    own = {tuple(sorted(item.between)): item for item in loaded.scenario.correlations}
    certain = {item.path for item in written if _is_certain(item)}
    places = {item.path: place for place, item in enumerate(found.inputs)}
    lasting = [
        item.path
        for item in written
        if item.path not in certain
        and (
            isinstance(item.scored.entry.figure, Quantity)
            or (isinstance(item.scored.entry.figure, Yearly) and item.scored.entry.figure.path == "persistent")
        )
    ]  # fmt: skip
    pairs: dict[tuple[str, str], tuple[float, str | None]] = {
        (pair[0], pair[1]): (item.spearman, item.reason)
        for pair, item in own.items()
        if not certain.intersection(pair)
    }
    kept = dict(pairs)
    for index, one in enumerate(lasting):
        for other in lasting[index + 1 :]:
            pair = (min(one, other), max(one, other))
            together = float(matrix[places[one], places[other]])
            spearman = round(6 / np.pi * float(np.arcsin(np.clip(together / 2, -0.5, 0.5))), 2)
            if pair in kept or abs(spearman) >= rules.least_correlation_written:
                pairs[pair] = (spearman, "Given what was seen, see docs/update.md.")
    if not _hold_together(pairs):
        pairs = kept
    if pairs == {(p[0], p[1]): (i.spearman, i.reason) for p, i in own.items()}:
        return []
    lines = ["", "# The scenario's own, and how updated inputs share what was seen."]
    lines.append("correlations:" if pairs else "correlations: []")
    for (one, other), (spearman, reason) in pairs.items():
        said = f", reason: {_quoted(reason)}" if reason else ""
        lines.append(f'  - {{between: ["{one}", "{other}"], spearman: {spearman:.2f}{said}}}')
    return lines


def _is_certain(item: UpdatedInput) -> bool:
    return bool((item.after[:, 2] <= item.after[:, 0]).all())


def _hold_together(pairs: Mapping[tuple[str, str], tuple[float, str | None]]) -> bool:
    names = sorted({name for pair in pairs for name in pair})
    matrix = np.eye(len(names))
    for (one, other), (spearman, _) in pairs.items():
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * spearman / 6)
    return not names or float(np.linalg.eigvalsh(matrix)[0]) >= 0

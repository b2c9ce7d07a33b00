"""How people write numbers, months, years and yes or no, and how a scenario writes them.

Nothing is converted: `1,200` may be a slip for `1.200` and `01/09/2024` may be January. The hint
says what to type instead.
"""

from __future__ import annotations

import math
import re

from model.reference.calendar import MONTH_NAMES

_QUOTES = "'\"‘’“” "
_MULTIPLIERS = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
}
_WRITTEN = re.compile(
    r"(?P<minus>-?)\s*£?\s*(?P<inner>-?)\s*"
    r"(?P<digits>\d[\d,_ ]*(?:\.\d+)?|\.\d+)\s*(?P<unit>%|k|m|mn|bn|million|thousand|billion)?",
    re.IGNORECASE,
)
_NOTHING = {"nil", "none", "n/a", "na", "-", "–", "—", "tbc", "tbd", "?", "unknown"}


def is_number(text: str) -> bool:
    """True when the text is a finite number as a program reads it."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def number_hint(text: str) -> str | None:
    """What to type instead of a number written as in letters and spreadsheets, or None.

    >>> number_hint("£1.2m")
    'Leave out the pound sign and write it in full: 1200000.'
    >>> number_hint("(1,200)")
    'Brackets do not mean minus here and leave out the commas: write -1200.'
    >>> number_hint("5 %")
    'Write a percentage as a share: 0.05.'
    """
    unquoted = text.strip(_QUOTES)
    tidy = unquoted.replace("−", "-").replace("–", "-").replace("\u00a0", " ")
    if tidy.lower() in _NOTHING or text.strip() in _NOTHING:
        return "Write 0 for nil; leave the key out when the figure is not known."
    brackets = re.fullmatch(r"£?\s*\((.*)\)", tidy)
    match = _WRITTEN.fullmatch(brackets[1].strip() if brackets else tidy)
    if match is None:
        return None
    value = float(re.sub(r"[,_ ]", "", match["digits"]))
    unit = (match["unit"] or "").lower()
    negative = bool(brackets) != bool(match["minus"] or match["inner"])
    value *= (-1 if negative else 1) * _MULTIPLIERS.get(unit, 1.0)
    if unit == "%":
        return f"Write a percentage as a share: {value / 100:.12g}."
    advice = []
    if brackets:
        advice.append("brackets do not mean minus here")
    if "£" in tidy:
        advice.append("leave out the pound sign")
    if "," in match["digits"]:
        advice.append("leave out the commas")
    if "_" in match["digits"] or " " in match["digits"].strip():
        advice.append("leave out the gaps")
    if unit:
        advice.append("write it in full")
    if not advice and tidy != unquoted:
        advice.append("use the plain minus of the keyboard")
    if not advice:
        advice.append("leave out the quotes")
    words = " and ".join(advice)
    joint = ":" if words.endswith("in full") else ": write"
    return f"{words[0].upper()}{words[1:]}{joint} {value:.12g}."


def month_hint(value: object) -> str | None:
    """What to type instead of a month written as a date, or None.

    >>> month_hint("1 September 2024"), month_hint("01/09/2024"), month_hint("2024-09-01")
    ('Write 2024-09.', 'Write 2024-09.', 'Leave out the day: write 2024-09.')
    """
    text = str(value).strip(_QUOTES)
    words = text.lower().replace(",", " ").replace("-", " ").split()
    year = next((word for word in words if re.fullmatch(r"\d{4}", word)), None)
    for number, name in enumerate(map(str.lower, MONTH_NAMES), start=1):
        if year and any(len(word) >= 3 and name.startswith(word[:9]) for word in words):
            return f"Write {year}-{number:02d}."
    for pattern, order in (
        (r"\d{1,2}[/.](\d{1,2})[/.](\d{4})", (2, 1)),
        (r"(\d{1,2})[/.-](\d{4})", (2, 1)),
        (r"(\d{4})[/.](\d{1,2})", (1, 2)),
        (r"(\d{4})-(\d)", (1, 2)),
    ):
        match = re.fullmatch(pattern, text)
        if match and 1 <= int(match[order[1]]) <= 12:
            return f"Write {match[order[0]]}-{int(match[order[1]]):02d}."
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-\d{2}.*", text)
    return f"Leave out the day: write {match[1]}-{match[2]}." if match else None


def year_hint(value: object) -> str | None:
    """What to type instead of a financial year written another way, or None.

    >>> year_hint("2023/24"), year_hint(2023), year_hint("2023-25"), year_hint("FY24")
    ('Write 2023-24.', 'Write 2023-24.', None, 'Write 2023-24.')
    """
    text = str(value).strip(_QUOTES).replace("–", "-").replace("−", "-")
    match = re.fullmatch(r"(?:FY)?\s*(\d{4})(?:\s*[/\- ]\s*(?:\d\d)?(\d\d))?", text, re.IGNORECASE)
    if match and (match[2] is None or int(match[2]) == (int(match[1]) + 1) % 100):
        return f"Write {match[1]}-{(int(match[1]) + 1) % 100:02d}."
    match = re.fullmatch(r"(?:FY)?\s*(\d\d)\s*[/\-]\s*(\d\d)", text, re.IGNORECASE)
    if match and int(match[2]) == (int(match[1]) + 1) % 100:
        return f"Write 20{match[1]}-{match[2]}."
    match = re.fullmatch(r"FY\s*(\d\d)", text, re.IGNORECASE)
    return f"Write 20{int(match[1]) - 1:02d}-{match[1]}." if match and match[1] != "00" else None


def yes_no_hint(value: object) -> str | None:
    """What to type instead of yes or no, or None."""
    word = str(value).strip(_QUOTES).lower()
    if word in ("yes", "y", "on", "1", "true"):
        return "Write true."
    return "Write false." if word in ("no", "n", "off", "0", "false") else None

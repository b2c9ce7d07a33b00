"""Number formats, cell styles and chart colours of the workbook."""

from __future__ import annotations

from typing import Any, Final

FONT: Final = "Arial"
INK: Final = "#1A1A1A"
QUIET: Final = "#595959"
HEADER_FILL: Final = "#DCE6F0"
NAVY: Final = "#12355B"

STACK_COLOURS: Final = ("#12355B", "#D98E04", "#5B9BD5", "#7A1F3D", "#B9D7C3", "#595959", "#E6E0D4")
"""Fills of stacked columns: neighbours differ in lightness, so they survive a grey printer, and
none is told from another by red against green."""

NUMBERS: Final[dict[str, str]] = {
    "money": '[>=500]#,##0,;[<=-500]-#,##0,;"0"',
    "millions": "#,##0.0,,;-#,##0.0,,;0.0",
    "pounds": '[>=0.5]#,##0;[<=-0.5]-#,##0;"0"',
    "plans": '[>=0.05]#,##0.0;[<=-0.05]-#,##0.0;"0.0"',
    "count": '[>=0.5]#,##0;[<=-0.5]-#,##0;"0"',
    "share": "0%",
    "chance": '[<0.005]"<1%";[>0.995]">99%";0%',
    "share1": "0.0%",
    "factor": "0.000",
    "number": "#,##0.00;-#,##0.00;0.00",
    "general": "General",
    "small": "0.0E+00",
    "difference": '[>=0.005]#,##0.00;[<=-0.005]-#,##0.00;"nil"',
    "fine": '[>=0.000001]#,##0.000000;[<=-0.000001]-#,##0.000000;"nil"',
    "allowed": '[>=0.01]#,##0.00;[>0]"under 0.01";"nil"',
}
"""Formats by name. `money` shows pounds in thousands; the cell still holds pounds.

A section for what rounds to nil is literal text: as a number it would show raw pounds among
thousands, or a minus before a nil. `fine` is for differences of which less than 0.01 is allowed.
"""

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": NAVY},
    "subtitle": {"font_color": QUIET},
    "heading": {"bold": True, "font_size": 12, "font_color": NAVY},
    "header": {
        "bold": True,
        "text_wrap": True,
        "valign": "bottom",
        "bg_color": HEADER_FILL,
        "bottom": 1,
    },
    "right": {"align": "right"},
    "label": {"text_wrap": True},
    "indent": {"text_wrap": True, "align": "left", "indent": 1},
    "top": {"valign": "top"},
    "wrap": {"text_wrap": True, "valign": "top"},
    "gap": {"text_wrap": True, "align": "left", "indent": 1},
    "inset": {"align": "left", "indent": 1},
    "hair": {"bottom": 7, "bottom_color": "#A6A6A6"},
    "low": {"valign": "bottom"},
    "bold": {"bold": True},
    "total": {"bold": True, "top": 1},
    "grand": {"bold": True, "top": 1, "bottom": 6},
    "note": {"font_color": QUIET},
    "link": {"font_color": "#0B4F9E", "underline": 1},
    "banner": {"bold": True, "font_size": 12, "bg_color": "#FFE699"},
    "line": {"bottom": 1, "valign": "bottom"},
}


def properties(names: tuple[str, ...]) -> dict[str, Any]:
    """Format properties of a style given as names of looks and at most one number format."""
    result: dict[str, Any] = {
        "font_name": FONT,
        "font_size": 10,
        "font_color": INK,
        "valign": "vcenter",
    }
    for name in names:
        if name in NUMBERS:
            result["num_format"] = NUMBERS[name]
        else:
            result.update(LOOKS[name])
    return result


WRAPPING: Final = frozenset(name for name, look in LOOKS.items() if look.get("text_wrap"))
"""Looks whose text wraps, so that the row must be high enough for it."""

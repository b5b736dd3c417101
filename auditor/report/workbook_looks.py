"""How cells of worklist.xlsx look: one format a kind of column, and the report's tones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.report.tones import Tone

DATE, DOLLARS, WHOLE = "yyyy-mm-dd", "#,##0.00", "0"
NUMBERS = ("dollars", "number", "count")
BLANKS = ("decision", "blank", "blank date", "blank wrapped")


@dataclass(frozen=True)
class Looks:
    """Formats by the kind of a column, tints by tone, and the kinds of columns that a reviewer fills in."""

    formats: Mapping[str, Any]
    tints: Mapping[str, Any]
    filled_in: tuple[str, ...] = BLANKS

    def head(self, kind: str) -> Any:
        """How the heading of a kind of column looks."""
        if kind in self.filled_in:
            return self.formats["head filled in"]
        return self.formats["head right" if kind in NUMBERS else "head"]

    def colour(self, page: Any, cells: tuple[int, int, int, int], text: str, tone: str) -> None:
        """Colours the cells that say exactly this; the text says it too, so that colour is never the only sign."""
        page.conditional_format(*cells, {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": self.tints[tone]})


def make_looks(workbook: Any, tones: Mapping[str, Tone]) -> Looks:
    """The formats of one workbook."""
    top = {"valign": "top"}
    wrapped = top | {"text_wrap": True}
    link = Tone("#0a5a6b", "#ffffff")
    edged = {"left": 4, "bottom": 4, "border_color": "#9aa7af"}
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    # a number keeps away from the word beside it
    right = {"align": "right", "indent": 1}
    made = {
        "head": head | {"bg_color": tones["quiet"].tint},
        "head filled in": head | {"bg_color": tones["review"].tint, "font_color": tones["review"].ink},
        "head right": head | right | {"bg_color": tones["quiet"].tint},
        "title": {"bold": True, "font_size": 16},
        "strong": top | {"bold": True},
        "text": top,
        "wrapped": wrapped,
        "link": top | {"font_color": link.ink, "underline": 1},
        "key": top | {"font_color": tones["quiet"].ink},
        "determination": top | {"bold": True},
        "date": top | {"num_format": DATE, "align": "left"},
        "dollars": top | right | {"num_format": DOLLARS},
        "number": top | right | {"num_format": WHOLE},
        "count": top | right | {"num_format": "#,##0"},
        "ruled": {"bottom": 1, "bottom_color": "#d5dce0"},
        "decision": top | edged | {"bold": True},
        "blank": wrapped | edged,
        "blank wrapped": wrapped | edged,
        "blank date": top | edged | {"num_format": DATE, "align": "left"},
    }
    formats = {name: workbook.add_format(look) for name, look in made.items()}
    tints = {name: workbook.add_format({"font_color": tone.ink, "bg_color": tone.tint}) for name, tone in tones.items()}
    return Looks(formats, tints)

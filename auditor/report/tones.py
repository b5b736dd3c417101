"""The report's tones for those who cannot read its style sheet: ink and tint of each, as colours of the light theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from auditor.report.html import STYLES

COLOUR = re.compile(r"--([a-z]+)(-tint)?: *(#[0-9a-fA-F]{6})\b")


@dataclass(frozen=True)
class Tone:
    """The colour of text, and of what lies under it."""

    ink: str
    tint: str


def read_tones(templates: Path) -> dict[str, Tone]:
    """Every tone that has an ink and a tint; of what the style sheets say in their order the first holds, the light theme."""
    inks: dict[str, str] = {}
    tints: dict[str, str] = {}
    for sheet in STYLES:
        for name, tint, colour in COLOUR.findall((templates / sheet).read_text(encoding="utf-8")):
            (tints if tint else inks).setdefault(name, colour)
    return {name: Tone(inks[name], tint) for name, tint in tints.items() if name in inks}

"""The lanes of a day strip: which there are, how high each is, and where it begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from auditor.report.quantities import DOSE, FRACTION, NEED, QUANTITIES, SATURATION

HEAD, VERDICT, CHART, THIN, CODES, MONEY, BELOW = 50, 26, 42, 16, 32, 20, 4

# Every lane by its key, in order: its name, and how high it is.
LANES = {
    "verdict": ("Verdict", VERDICT),
    DOSE: ("iNO, ppm", CHART),
    FRACTION: ("Oxygen, FiO₂ %", CHART),
    SATURATION: ("SpO₂, %", CHART),
    NEED: ("Oxygen need", THIN + 2),
    "ventilated": ("Ventilator", THIN),
    "ecmo": ("ECMO", THIN),
    "billed": ("Billed", CODES),
    "money": ("Dollars counted", MONEY),
}


@dataclass(frozen=True)
class Lane:
    """One row of the strip: its name, where it begins, and how high it is."""

    name: str
    top: int
    height: int


@dataclass(frozen=True)
class Layout:
    """The lanes that an episode shows, by their keys, under a head of ``top`` pixels; ``depth`` is how high they are together."""

    lanes: Mapping[str, Lane]
    depth: int
    top: int = HEAD

    @property
    def height(self) -> int:
        """How high the whole strip is."""
        return self.top + self.depth + BELOW


def lay_out(quantities: Collection[str]) -> Layout:
    """The lanes one under the other, without those of quantities that the episode does not show."""
    lanes, depth = {}, 0
    for key, (name, height) in LANES.items():
        if key in quantities or key not in QUANTITIES:
            lanes[key] = Lane(name, HEAD + depth, height)
            depth += height
    return Layout(lanes, depth)

"""A mistake in a file that reviewers edit: where it stands, what was expected, and the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from auditor.errors import SettingsRefused

LISTED = 8


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to mend. ``line`` counts from 1; 0 speaks of the whole file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.text}"


def did_you_mean(word: object, words: Iterable[str]) -> str:
    """A closing sentence that names the nearest right word, or the right words where they are few."""
    known = sorted(set(words))
    near = get_close_matches(str(word), known, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]}?"
    return f" It can be {', '.join(known)}." if 0 < len(known) <= LISTED else ""


def refuse(mistakes: Iterable[Mistake]) -> SettingsRefused:
    """The error that says all of them, in the order of files and lines."""
    return SettingsRefused("\n".join(str(mistake) for mistake in sorted(set(mistakes))))

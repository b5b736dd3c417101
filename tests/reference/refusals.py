"""What coding edits come to by plain loops: of lines that exclude each other one stands (semantics, section 11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.reference.rules import RuleBook

Hit = tuple[str, int, date, int | None, bool]  # finding, place of the line, day, the line that stands instead, in doubt
Refusal = tuple[str, str, int, date, int | None]  # severity, then as above


def buckets_of(raised: Iterable[Hit], book: RuleBook) -> dict[tuple[int, date], str]:
    """The bucket that edits ask for, by line and day; the gravest finding decides, and what is in doubt last."""
    hits = sorted({hit for hit in raised if book.findings[hit[0]]["basis"] == "line"}, key=str)
    refused = _surely_refused([_ranked(hit, book) for hit in hits if _refuses(hit, book)])
    found: dict[tuple[int, date], list[tuple[Any, ...]]] = defaultdict(list)
    for hit in hits:
        name, place, day, _, doubted = hit
        refuses = _refuses(hit, book)
        if not refuses or (name, place, day) in refused:
            finding = book.findings[name]
            bucket = "coding" if refuses else "coding_review"
            asked = finding["action"] != "coding_adjustment"
            found[place, day].append((doubted, finding["severity"], asked, finding.get("cause") == "excess", name, bucket))
    return {key: min(graver)[-1] for key, graver in found.items()}


def _refuses(hit: Hit, book: RuleBook) -> bool:
    finding = book.findings[hit[0]]
    return finding["action"] == "coding_adjustment" and finding.get("cause") != "excess" and not hit[-1]


def _ranked(hit: Hit, book: RuleBook) -> Refusal:
    return (book.findings[hit[0]]["severity"], *hit[:4])


def _surely_refused(refusals: list[Refusal]) -> set[tuple[str, int, date]]:
    """Of two lines refused for each other's sake only one is; and no line is refused for the sake of one that is refused."""
    left = [one for one in refusals if not any(back[2:5] == (one[4], one[3], one[2]) and back[:3] < one[:3] for back in refusals)]
    gone = {(place, day) for _, _, place, day, _ in left}
    return {(name, place, day) for _, name, place, day, other in left if other is None or (other, day) not in gone}

"""Mistakes in how paragraphs and revisions follow each other: numbers left out or out of place, days that no revision or two govern."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from auditor.mistakes import Mistake
from auditor.policy.documents import Documents
from auditor.policy.paragraphs import GROUPS, keys, paragraphs
from auditor.yaml_lines import Block

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NUMBERS = tuple(str(number) for number in range(1, 100))
# Ways of numbering. Of two that fit a row alike the first is meant: an `i` is a roman one more often than the ninth letter.
SERIES = (ROMAN, tuple(map(str.lower, ROMAN)), LETTERS, tuple(map(str.lower, LETTERS)), NUMBERS)


def paragraphs_out_of_place(documents: Documents) -> Iterator[Mistake]:
    """A paragraph whose number is not one below that of the group it stands in: who looks the citation up would not find it."""
    for policy in documents.policies:
        for _, parent, block in paragraphs(policy):
            stem = _numbered(parent)
            for members in (block[kind] for kind in GROUPS if block.get(kind)):
                for key in members:
                    if not key.startswith(f"{stem}."):
                        text = f"{key} stands under {parent}. Number it {stem}.…, or move it to where its number belongs."
                        yield members.mistake(key, text)


def _numbered(key: str) -> str:
    """The number of a paragraph without the words that end it: those name parts to which the guideline gives no number."""
    parts = key.split(".")
    while len(parts) > 1 and not any(parts[-1] in series for series in SERIES):
        parts.pop()
    return ".".join(parts)


def missing_paragraphs(documents: Documents) -> Iterator[Mistake]:
    """A number left out of a row of them: the guideline's paragraph may have been forgotten."""
    for policy in documents.policies:
        known = keys(policy) | {block["paragraph"] for block in policy.get("not_automated", [])} | set(policy.get("sections", ()))
        rows: dict[str, list[tuple[Block, str]]] = {}
        for group, key, _ in paragraphs(policy):
            rows.setdefault(key.rpartition(".")[0], []).append((group, key))
        for parent, members in rows.items():
            for name, (group, key) in _left_out(parent, members):
                if name not in known:
                    text = f"there is no {name} before {key}. Write it, or say under not_automated that it is left to people"
                    yield group.mistake(key, f"{text}; name it under sections if it asks nothing.")


def _left_out(parent: str, members: list[tuple[Block, str]]) -> Iterator[tuple[str, tuple[Block, str]]]:
    """The numbers that a row lacks, each with the member that follows it."""
    labels = {key.rpartition(".")[2]: (group, key) for group, key in members}
    series = max(SERIES, key=lambda each: len(labels.keys() & set(each)))
    # words beside numbers are no part of the row
    places = sorted(series.index(label) for label in labels if label in series)
    # a guideline may be a part of a larger paper, and begin where it likes; what stands below a number begins with the first
    for place in range(0 if parent else places[0], places[-1]) if places else ():
        if place not in places:
            after = series[next(one for one in places if one > place)]
            yield f"{parent}.{series[place]}".lstrip("."), labels[after]


def revisions_apart(documents: Documents) -> Iterator[Mistake]:
    """Revisions that leave days to none, or days to two, where one says when it ends."""
    revisions = sorted(documents.policies, key=lambda policy: policy["effective"])
    for policy in revisions:
        if policy.get("ends") and policy["ends"] < policy["effective"]:
            yield policy.mistake("ends", f"ends {policy['ends']} lies before effective {policy['effective']}.")
    for earlier, later in pairwise(revisions):
        end, begin = earlier.get("ends"), later["effective"]
        if end and end >= begin:
            yield earlier.mistake(
                "ends", f"ends {end}, and {later.file} takes effect on {begin} already. Let one end before the other begins."
            )
        if end and end + timedelta(days=1) < begin:
            yield earlier.mistake("ends", f"ends {end}, and {later.file} takes effect on {begin}: no revision governs the days between.")

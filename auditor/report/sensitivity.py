"""Which determinations rest on a reading: what each other value would come to, as a section, a line of a page, and a CSV file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.outcomes import DETERMINATIONS, Determination
from auditor.policy.model import Reading, Value
from auditor.report.grids import intervals, numbers, texts, wides
from auditor.report.phrases import counted, dollar_interval, listed, spaced
from auditor.report.view import Grid
from auditor.result_columns import ResultColumn, ResultTable

AtRisk = tuple[int, int]
NOT_THERE = "no such episode"
UNSIGNED, SIGNED = "not signed", "signed by {}"

SENSITIVITY = ResultTable(
    "sensitivity",
    "one episode that another value of one reading would change, or one value that would change none",
    (
        ResultColumn("reading", "text", "the reading"),
        ResultColumn("question", "text", "the question it answers"),
        ResultColumn("signed_by", "text", "who signed it; empty where nobody did"),
        ResultColumn("value", "text", "its value in this run"),
        ResultColumn("tried", "text", "the value tried"),
        ResultColumn("episode_id", "text", "the episode; empty where the value changes none"),
        ResultColumn("determination", "text", "what it comes to in this run; empty where there is no such episode"),
        ResultColumn("determination_tried", "text", "what it would come to"),
        ResultColumn("at_risk_low_cents", "cents", "dollars at risk in this run, lowest"),
        ResultColumn("at_risk_high_cents", "cents", "dollars at risk in this run, highest"),
        ResultColumn("at_risk_low_tried_cents", "cents", "dollars at risk it would have, lowest"),
        ResultColumn("at_risk_high_tried_cents", "cents", "dollars at risk it would have, highest"),
    ),
    ("reading", "tried", "episode_id"),
)


@dataclass(frozen=True)
class Flip:
    """One episode that would come to something else. A determination is None where there would be no such episode, or is none now."""

    episode_id: str
    now: str | None
    then: str | None
    at_risk_now: AtRisk
    at_risk_then: AtRisk

    @property
    def is_determined_otherwise(self) -> bool:
        """Whether its determination would differ, and not its dollars alone."""
        return self.now != self.then


@dataclass(frozen=True)
class Tried:
    """One reading at another value: the episodes whose determination or dollars would differ, by name."""

    reading: Reading
    value: Value
    flips: tuple[Flip, ...]

    @property
    def determinations(self) -> int:
        """How many episodes would be determined otherwise."""
        return sum(flip.is_determined_otherwise for flip in self.flips)

    @property
    def now(self) -> AtRisk:
        """Dollars at risk of these episodes, lowest and highest, in cents."""
        return _sum(flip.at_risk_now for flip in self.flips)

    @property
    def then(self) -> AtRisk:
        """Dollars at risk that they would have."""
        return _sum(flip.at_risk_then for flip in self.flips)

    @property
    def moved(self) -> AtRisk:
        """By how much the dollars at risk would differ, low and high, in cents."""
        return self.then[0] - self.now[0], self.then[1] - self.now[1]


def _sum(ends: Iterable[AtRisk]) -> AtRisk:
    listed_ends = list(ends)
    return sum(low for low, _ in listed_ends), sum(high for _, high in listed_ends)


def resting(tried: Iterable[Tried]) -> frozenset[str]:
    """The episodes of this run whose determination rests on some reading."""
    return frozenset(flip.episode_id for one in tried for flip in one.flips if flip.is_determined_otherwise and flip.now)


def sensitivity_line(tried: tuple[Tried, ...], episodes: int) -> str:
    """The same in one line."""
    names = {one.reading.name for one in tried}
    moving = {one.reading.name for one in tried if one.determinations}
    return f"{len(resting(tried)):,} of {counted(episodes, 'determination')}, on {len(moving)} of {counted(len(names), 'reading')} tried"


def sensitivity_grid(tried: tuple[Tried, ...]) -> Grid:
    """One row a value that changes something, the most determinations and dollars first."""
    moving = sorted((one for one in tried if one.flips), key=_weight)
    still = dict.fromkeys(spaced(one.reading.name) for one in tried)
    for one in moving:
        still.pop(spaced(one.reading.name), None)
    return Grid(
        caption="What rests on a reading",
        headings=(
            *wides("Reading, and why it is so"),
            *texts("Value", "Tried", "Signed by"),
            *numbers("Determined otherwise", "Other dollars"),
            *wides("From what to what"),
            *intervals("At risk", "At risk then"),
        ),
        rows=tuple(_row(one) for one in moving),
        note="Each value was tried alone, all else as it is. Dollars are those of the episodes that would change; every one of them is in "
        f"sensitivity.csv. {f'Nothing here rests on {listed(still)}.' if still else ''}".strip(),
        empty="No determination and no dollar rests on a reading: every value that was tried comes to the same.",
    )


def _weight(one: Tried) -> tuple[int, int, str, str]:
    return -one.determinations, -max(map(abs, one.moved)), one.reading.name, shown_value(one.value)


def _row(one: Tried) -> tuple[str, ...]:
    reading = one.reading
    return (
        f"{spaced(reading.name)}: {reading.why}",
        shown_value(reading.value, reading.unit),
        shown_value(one.value, reading.unit),
        reading.signed_by or UNSIGNED,
        f"{one.determinations:,}",
        f"{len(one.flips) - one.determinations:,}",
        "; ".join(said_moves(one.flips)),
        dollar_interval(*one.now),
        dollar_interval(*one.then),
    )


def said_moves(flips: Iterable[Flip]) -> Iterator[str]:
    """From what to what, and how many, most first."""
    moves = Counter((said(flip.now), said(flip.then)) for flip in flips if flip.is_determined_otherwise)
    for (now, then), count in sorted(moves.items(), key=lambda move: (-move[1], move[0])):
        yield f"{now} → {then} {count:,}"


def said(determination: str | None) -> str:
    """A determination in words."""
    return DETERMINATIONS[Determination(determination)].word if determination else NOT_THERE


def shown_value(value: Value, unit: str | None = None) -> str:
    """A reading's value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else spaced(str(value))
    named = unit or ""
    return f"{text or 'none'} {named.removesuffix('s') if value == 1 else named}".strip()


def rests_on(episode_id: str, tried: Iterable[Tried]) -> tuple[str, ...]:
    """Of one episode, each reading and value that would determine it otherwise, in words."""
    return tuple(
        f"{spaced(one.reading.name)} ({SIGNED.format(one.reading.signed_by) if one.reading.signed_by else UNSIGNED}): "
        f"{shown_value(one.value, one.reading.unit)} instead of {shown_value(one.reading.value, one.reading.unit)} would make it "
        f"{said(flip.then)}, {dollar_interval(*flip.at_risk_then)} at risk"
        for one in tried
        for flip in one.flips
        if flip.episode_id == episode_id and flip.is_determined_otherwise
    )


def sensitivity_rows(tried: Iterable[Tried]) -> Iterator[Mapping[str, object]]:
    """The rows of ``sensitivity.csv``: one a changed episode, and one for each value that changes none."""
    for one in tried:
        head = {
            "reading": one.reading.name,
            "question": one.reading.question,
            "signed_by": one.reading.signed_by,
            "value": shown_value(one.reading.value),
            "tried": shown_value(one.value),
        }
        for flip in one.flips:
            yield {
                **head,
                "episode_id": flip.episode_id,
                "determination": flip.now,
                "determination_tried": flip.then,
                "at_risk_low_cents": flip.at_risk_now[0],
                "at_risk_high_cents": flip.at_risk_now[1],
                "at_risk_low_tried_cents": flip.at_risk_then[0],
                "at_risk_high_tried_cents": flip.at_risk_then[1],
            }
        if not one.flips:
            yield head | dict.fromkeys(column.name for column in SENSITIVITY.columns if column.name not in head)


def sensitivity_summary(tried: tuple[Tried, ...]) -> dict[str, Any]:
    """For the manifest: how much rests on readings, and on which values."""
    return {
        "readings_tried": len({one.reading.name for one in tried}),
        "values_tried": len(tried),
        "determinations_resting": len(resting(tried)),
        "values": [
            {
                "reading": one.reading.name,
                "signed_by": one.reading.signed_by,
                "value": one.reading.value,
                "tried": one.value,
                "determined_otherwise": one.determinations,
                "other_dollars": len(one.flips) - one.determinations,
                "at_risk_cents": list(one.now),
                "at_risk_tried_cents": list(one.then),
            }
            for one in tried
            if one.flips
        ],
    }

"""A change of rules, and a sweep of one reading, as sheets for a terminal and a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from auditor.changes import KINSHIPS, EpisodeChange, Kinship
from auditor.outcomes import DETERMINATIONS, Determination, Word
from auditor.report.grids import intervals, numbers, texts, wides
from auditor.report.phrases import NOTHING, counted, dollar_interval, dollars, iso_day, listed
from auditor.report.sheet import Section, Sheet
from auditor.report.view import Cell, Figure, Grid
from auditor.version import VERSION
from auditor.workbench.chart import draw_steps
from auditor.workbench.shifts import NOT_THERE, AtRisk, Move, Shift, Tally
from auditor.workbench.sweep import Step

FOOTER = "A trial of other rules: nothing was decided by it, and no run was published."
SAME = "Nothing differs: both sets of rules come to the same for every episode."
EPISODES_SHOWN = 500


@dataclass(frozen=True)
class Trial:
    """What was tried on what: the day it speaks from, the profile, and the extract's episodes."""

    as_of: date
    profile: str

    @property
    def stamp(self) -> tuple[tuple[str, str], ...]:
        """The head of the sheet."""
        return (("As of", iso_day(self.as_of)), ("Made by", f"auditor {VERSION}, profile {self.profile}"))


def shift_sheet(shift: Shift, trial: Trial) -> Sheet:
    """What changes from one set of rules to another."""
    return Sheet(
        eyebrow="A trial of other rules",
        title="What would change?",
        stamp=(*trial.stamp, ("Before", shift.before), ("After", shift.after)),
        figures=_figures(shift),
        nothing=SAME if shift.is_empty else "",
        sections=() if shift.is_empty else _sections(shift),
        footer=FOOTER,
    )


def _figures(shift: Shift) -> tuple[Figure, ...]:
    total = shift.total
    return (
        Figure("Episodes", f"{len(shift.changed):,} of {len(shift.changes.episodes):,}", "would change"),
        Figure("At risk before", dollar_interval(*total.before), shift.before),
        Figure("At risk after", dollar_interval(*total.after), shift.after),
        Figure("Difference", _difference(total.before, total.after), "of the lowest, and of the highest"),
    )


def _sections(shift: Shift) -> tuple[Section, ...]:
    return (
        Section("moves", "From what to what", (_move_grid(shift.moves),)),
        Section("paragraphs", "Dollars by paragraph", (_tally_grid("Findings by paragraph", "Paragraph", "Findings", shift.paragraphs),)),
        Section("lines", "Dollars by line of business", (_tally_grid("Episodes by line", "Line of business", "Episodes", shift.lines),)),
        Section("episodes", "Which episodes", (_episode_grid(shift.changed),)),
    )


def _move_grid(moves: Sequence[Move]) -> Grid:
    return Grid(
        caption="Episodes by determination before and after",
        headings=(*texts("Before", "After"), *numbers("Episodes"), *intervals("At risk before", "At risk after")),
        rows=tuple(
            (
                _word(one.before),
                _word(one.after),
                f"{one.episodes:,}",
                dollar_interval(*one.dollars_before),
                dollar_interval(*one.dollars_after),
            )
            for one in moves
        ),
        empty="No episode changes.",
    )


def _tally_grid(caption: str, group: str, what: str, tallies: Sequence[Tally]) -> Grid:
    return Grid(
        caption=caption,
        headings=(*texts(group), *numbers(f"{what} before", "After"), *intervals("At risk before", "At risk after"), *texts("Difference")),
        rows=tuple(
            (
                one.group,
                f"{one.count_before:,}",
                f"{one.count_after:,}",
                dollar_interval(*one.before),
                dollar_interval(*one.after),
                _difference(one.before, one.after),
            )
            for one in tallies
        ),
        empty="None differs.",
    )


def _episode_grid(episodes: Sequence[EpisodeChange]) -> Grid:
    return Grid(
        caption="Episodes that would change, the most dollars moved first",
        headings=(*texts("Episode", "Before", "After"), *intervals("At risk before", "At risk after"), *wides("What")),
        rows=tuple(_episode(one) for one in episodes[:EPISODES_SHOWN]),
        note=f"The first {EPISODES_SHOWN:,} of {len(episodes):,}; all are in episodes.csv." if len(episodes) > EPISODES_SHOWN else "",
        empty="None.",
    )


def _episode(one: EpisodeChange) -> tuple[Cell, ...]:
    return (
        one.episode_id or " ".join(one.earlier_ids),
        _word(one.earlier_determinations[0]) if len(one.earlier_determinations) == 1 else listed(one.earlier_determinations) or NOT_THERE,
        _word(one.determination or NOT_THERE),
        dollar_interval(*one.earlier_at_risk_cents),
        dollar_interval(*one.at_risk_cents),
        KINSHIPS[one.kinship] if one.kinship is not Kinship.SAME else said_columns(one),
    )


def said_columns(one: EpisodeChange) -> str:
    """The columns that differ, in words."""
    return listed(name.removesuffix("_cents").replace("_", " ") for name in one.what) or NOTHING


def sweep_sheet(reading: str, steps: Sequence[Step], trial: Trial) -> Sheet:
    """What each value of a reading would come to."""
    return Sheet(
        eyebrow="A trial of other rules",
        title=f"What if {reading} were otherwise?",
        stamp=(*trial.stamp, ("Reading", f"{reading}, {steps[0].value} to {steps[-1].value}")),
        figures=(),
        sections=(Section("values", "Each value", (_step_grid(reading, steps),), plots=(draw_steps(reading, steps),)),),
        footer=FOOTER,
    )


def _step_grid(reading: str, steps: Sequence[Step]) -> Grid:
    counts = {word: {step.determinations.get(word, 0) for step in steps} for word in Determination}
    varying = [word for word, found in counts.items() if len(found) > 1]
    return Grid(
        caption=f"By the value of {reading}",
        headings=(
            *texts("Value"),
            *numbers("Lowest", "Highest", "Differ"),
            *numbers(*(DETERMINATIONS[word].word for word in varying)),
        ),
        rows=tuple(
            (
                f"{step.value}{' (as set)' if step.is_set else ''}",
                dollars(step.at_risk[0]),
                dollars(step.at_risk[1]),
                f"{step.differing:,}",
                *(f"{step.determinations.get(word, 0):,}" for word in varying),
            )
            for step in steps
        ),
        note="Lowest and highest: dollars at risk. Differ: episodes with another determination or other dollars than as set. What "
        f"the value does not change is left out. {counted(len(steps), 'value')} tried.",
    )


def _word(determination: str) -> Word | str:
    return DETERMINATIONS[Determination(determination)] if determination in set(Determination) else determination


def _difference(before: AtRisk, after: AtRisk) -> str:
    low, high = (now - was for was, now in zip(before, after, strict=True))
    return _signed(low) if low == high else f"{_signed(low)}, {_signed(high)}"


def _signed(cents: int) -> str:
    return f"+{dollars(cents)}" if cents > 0 else dollars(cents)

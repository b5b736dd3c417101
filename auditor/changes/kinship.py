"""Which courses of two runs are one and the same, and which merged or came apart; docs/ledger.md, section 2, is the definition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from auditor.changes.snapshot import LOOSE, Course, Days, mark_of

Pair = tuple[Course, Course]
NO_DAYS: Days = frozenset()
# The most shared first, then the first day shared, then the names by which the runs call them: the same whichever run is called earlier.
Rank = tuple[int, date, list[str], list[str]]


@dataclass(frozen=True)
class Matching:
    """How the courses of two runs correspond, by name.

    ``same``: earlier to later, one to one. ``absorbed``: an earlier course without a successor, to the later course that most of its days
    went to. ``apart``: a later course without a predecessor, to the earlier course that most of its days came from.
    """

    same: Mapping[str, str]
    absorbed: Mapping[str, str]
    apart: Mapping[str, str]

    @property
    def mirrored(self) -> Matching:
        """The same, with the runs exchanged."""
        return Matching({later: earlier for earlier, later in self.same.items()}, self.apart, self.absorbed)


def match(earlier: Iterable[Course], later: Iterable[Course], past: Iterable[Course] = ()) -> Matching:
    """Matches the courses of two runs. ``past`` are courses seen before the earlier run and not in it: they may come back.

    Courses of different guidelines are never the same, though they share their member, days and lines.
    """
    by_member: dict[tuple[str, str], tuple[list[Course], list[Course], list[Course]]] = defaultdict(lambda: ([], [], []))
    for place, courses in enumerate((earlier, later, past)):
        for course in courses:
            by_member[course.member, mark_of(course.label)][place].append(course)
    found = [_match_member(*by_member[key]) for key in sorted(by_member)]
    return Matching(*({name: other for one in found for name, other in sorted(part(one).items())} for part in PARTS))


PARTS: tuple[Callable[[Matching], Mapping[str, str]], ...] = (
    lambda one: one.same,
    lambda one: one.absorbed,
    lambda one: one.apart,
)


def _match_member(earlier: list[Course], later: list[Course], past: list[Course]) -> Matching:
    same: dict[str, str] = {}
    for round_of in ROUNDS:
        _take(round_of(_free(earlier, same), _free(later, same.values())), same)
    absorbed = _went(earlier, later, same)
    apart = _went(later, earlier, {other: name for name, other in same.items()})
    for round_of in ROUNDS:
        _take(round_of(_free(past, same), _free(later, same.values())), same)
    return Matching(same, absorbed, apart)


def _free(courses: list[Course], taken: Iterable[str]) -> list[Course]:
    names = set(taken)
    return [course for course in courses if course.name not in names]


def _take(pairs: Iterable[Pair], same: dict[str, str]) -> None:
    """Each course once, in the order of the pairs."""
    taken = set(same.values())
    for one, other in pairs:
        if one.name not in same and other.name not in taken:
            same[one.name] = other.name
            taken.add(other.name)


def _went(left: list[Course], others: list[Course], same: Mapping[str, str]) -> dict[str, str]:
    """Where the days of each course without a pair went: to the nearest course whose own pair did not have all that they share."""
    days = {same[course.name]: course.days for course in left if course.name in same}
    free = {course.name for course in _free(left, same)}
    nearest: dict[str, str] = {}
    for one, other in _kin(left, others):
        if one.name in free and (one.days & other.days) - days.get(other.name, NO_DAYS):
            nearest.setdefault(one.name, other.name)
    return nearest


def _loose(earlier: list[Course], later: list[Course]) -> Iterator[Pair]:
    yield from (pair for pair in product(earlier, later) if all(course.facts.kind == LOOSE for course in pair))


def _of_a_kind(earlier: list[Course], later: list[Course]) -> Iterator[Pair]:
    yield from (pair for pair in _kin(earlier, later) if pair[0].facts.kind == pair[1].facts.kind)


def _kin(earlier: list[Course], later: list[Course]) -> list[Pair]:
    """Pairs that share a day, the nearest first."""
    return sorted((pair for pair in product(earlier, later) if pair[0].days & pair[1].days), key=_by_days)


def _by_lines(earlier: list[Course], later: list[Course]) -> list[Pair]:
    """Pairs that share a claim line, the nearest first."""
    return sorted((pair for pair in product(earlier, later) if pair[0].lines & pair[1].lines), key=_by_line_count)


ROUNDS: tuple[Callable[[list[Course], list[Course]], Iterable[Pair]], ...] = (_loose, _of_a_kind, _kin, _by_lines)


def _by_days(pair: Pair) -> Rank:
    shared = pair[0].days & pair[1].days
    return -len(shared), min(shared), *_names(pair)


def _by_line_count(pair: Pair) -> Rank:
    first_days = [day for course in pair for day in course.days]
    return -len(pair[0].lines & pair[1].lines), min(first_days, default=date.min), *_names(pair)


def _names(pair: Pair) -> tuple[list[str], list[str]]:
    return sorted(course.label for course in pair), sorted(course.name for course in pair)

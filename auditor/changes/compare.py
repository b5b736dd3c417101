"""Two runs compared: the courses that correspond, the findings that do, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.changes.kinship import Matching, match
from auditor.changes.model import Change, Changes, EpisodeChange, FindingChange, Kinship
from auditor.changes.snapshot import EMPTY, LOOSE, Course, FindingFacts, FindingKey, Snapshot, differing, read_snapshot
from auditor.changes.states import Event, State, step

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CoursePair:
    """A course of either run: as it was (None: it was not there), as it is (None: it is no more), and those it took in or came from."""

    change: Change
    kinship: Kinship
    was: Course | None
    now: Course | None
    took_in: tuple[Course, ...] = ()
    came_from: Course | None = None


@dataclass(frozen=True)
class FindingPair:
    """A finding of either run, by its keys and what each said; None where a run does not have it."""

    change: Change
    was: FindingKey | None
    now: FindingKey | None
    facts_were: FindingFacts | None
    facts: FindingFacts | None

    @property
    def earlier_high_cents(self) -> int:
        """Dollars at risk, at most, that the earlier run said; none where it did not have the finding."""
        return self.facts_were.at_risk_high_cents if self.facts_were and self.change is not Change.REOPENED else 0


@dataclass(frozen=True)
class Comparison:
    """Everything of two runs, side by side. Lines of no course are among the courses; ``Changes`` leaves them out."""

    courses: tuple[CoursePair, ...]
    findings: tuple[FindingPair, ...]


def compare_runs(earlier: Mapping[str, pd.DataFrame], later: Mapping[str, pd.DataFrame], name: str = "") -> Changes:
    """What differs between the result frames of two runs, of which the earlier is called ``name``."""
    before, after = read_snapshot(earlier), read_snapshot(later)
    compared = compare(before, after)
    return Changes(name, tuple(_episodes(compared)), tuple(_findings(compared, before, after))).in_order


def compare(earlier: Snapshot, later: Snapshot, past: Snapshot = EMPTY) -> Comparison:
    """Two snapshots side by side. ``past`` are courses and findings that were resolved before the earlier run: they may come back."""
    matching = match(earlier.courses.values(), later.courses.values(), past.courses.values())
    return Comparison(
        tuple(_pair_courses(earlier, later, past, matching)),
        tuple(_pair_findings(earlier, later, past, matching)),
    )


def _pair_courses(earlier: Snapshot, later: Snapshot, past: Snapshot, matching: Matching) -> Iterator[CoursePair]:
    earlier_of = matching.mirrored.same
    took_in = _gather((other, earlier.courses[name]) for name, other in matching.absorbed.items())
    left = set(matching.apart.values())
    for name, course in sorted(later.courses.items(), key=lambda item: _place(item[1])):
        one = earlier_of.get(name)
        was = earlier.courses.get(one or "") or past.courses.get(one or "")
        came_from = earlier.courses.get(matching.apart.get(name, ""))
        kinship = _kinship(was, bool(took_in[name]), came_from is not None or one in left)
        yield CoursePair(_step(one, was, course, earlier), kinship, was, course, tuple(took_in[name]), came_from)
    for name, course in sorted(earlier.courses.items(), key=lambda item: _place(item[1])):
        if name not in matching.same and name not in matching.absorbed:
            yield CoursePair(Change.RESOLVED, Kinship.GONE, course, None)


def _place(course: Course) -> tuple[object, ...]:
    return course.member, min(course.days).toordinal() if course.days else 0, course.label, course.name


def _gather(pairs: Iterable[tuple[str, Course]]) -> dict[str, list[Course]]:
    groups: dict[str, list[Course]] = defaultdict(list)
    for name, course in sorted(pairs, key=lambda pair: _place(pair[1])):
        groups[name].append(course)
    return groups


def _kinship(was: Course | None, took_in: bool, apart: bool) -> Kinship:
    if took_in:
        return Kinship.MERGED
    return Kinship.SPLIT if apart else Kinship.SAME if was is not None else Kinship.NEW


def _step(name: str | None, was: Course | None, now: Course, earlier: Snapshot) -> Change:
    state = State.NEVER if was is None else State.OPEN if name in earlier.courses else State.RESOLVED
    return _sure(step(state, Event.SEEN_ALIKE if was is not None and was.facts == now.facts else Event.SEEN_OTHERWISE))


def _sure(change: Change | None) -> Change:
    assert change is not None, "what is seen has something to say"
    return change


def _pair_findings(earlier: Snapshot, later: Snapshot, past: Snapshot, matching: Matching) -> Iterator[FindingPair]:
    """First findings of the same course, then those that went along with days; then those that had been resolved."""
    earlier_of = matching.mirrored.same
    same: dict[FindingKey, FindingKey] = {}
    for source, ways in ((earlier, earlier_of.items()), (earlier, _ways_of_days(earlier, later, matching)), (past, earlier_of.items())):
        _pair_along(source, later, ways, same)
    was_of = {later_key: key for key, later_key in same.items()}
    for key, facts in sorted(later.findings.items()):
        was = was_of.get(key)
        yield _finding_pair(was, key, facts, earlier, past)
    for key, facts in sorted(earlier.findings.items()):
        if key not in same:
            yield FindingPair(_sure(step(State.OPEN, Event.NOT_SEEN)), key, None, facts, None)


def _ways_of_days(earlier: Snapshot, later: Snapshot, matching: Matching) -> list[tuple[str, str]]:
    """Where days went, as (later course, earlier course); of several that come to one, the course that began first goes first."""
    came = [(_place(earlier.courses[name]), other, name) for name, other in matching.absorbed.items()]
    went = [(_place(later.courses[other]), other, name) for other, name in matching.apart.items()]
    return [(other, name) for _, other, name in sorted(came + went)]


def _pair_along(source: Snapshot, later: Snapshot, ways: Iterable[tuple[str, str]], same: dict[FindingKey, FindingKey]) -> None:
    """Pairs findings of one number and paragraph along (later course, earlier course)."""
    by_course = _keys_by_course(source)
    taken = set(same.values())
    for later_name, name in ways:
        for key in by_course[name]:
            other = FindingKey(later_name, key.finding_id, key.paragraph)
            if key not in same and other not in taken and other in later.findings:
                same[key] = other
                taken.add(other)


def _keys_by_course(snapshot: Snapshot) -> dict[str, list[FindingKey]]:
    keys: dict[str, list[FindingKey]] = defaultdict(list)
    for key in sorted(snapshot.findings):
        keys[key.course].append(key)
    return keys


def _finding_pair(was: FindingKey | None, key: FindingKey, facts: FindingFacts, earlier: Snapshot, past: Snapshot) -> FindingPair:
    if was is None:
        return FindingPair(_sure(step(State.NEVER, Event.SEEN_OTHERWISE)), None, key, None, facts)
    state = State.OPEN if was in earlier.findings else State.RESOLVED
    before = earlier.findings.get(was) or past.findings[was]
    event = Event.SEEN_ALIKE if before == facts else Event.SEEN_OTHERWISE
    return FindingPair(_sure(step(state, event)), was, key, before, facts)


def _episodes(compared: Comparison) -> Iterator[EpisodeChange]:
    yield from (episode_change(pair) for pair in compared.courses if (pair.now or pair.was).facts.kind != LOOSE)  # type: ignore[union-attr]


def episode_change(pair: CoursePair) -> EpisodeChange:
    """What a report says of a course of either run."""
    was = pair.was if pair.change is not Change.REOPENED else None
    known = [course for course in (was, *pair.took_in) if course is not None]
    named = known or [course for course in (pair.came_from,) if course is not None]
    return EpisodeChange(
        change=pair.change,
        kinship=pair.kinship,
        episode_id=pair.now.label if pair.now else None,
        earlier_ids=tuple(course.label for course in named),
        determination=pair.now.facts.determination if pair.now else None,
        earlier_determinations=tuple(course.facts.determination or "" for course in named),
        at_risk_cents=dollars([pair.now] if pair.now else []),
        earlier_at_risk_cents=dollars(known),
        keeps=pair.was.label if pair.was else None,
        what=differing(pair.was.facts, pair.now.facts) if pair.was and pair.now else (),
    )


def dollars(courses: Iterable[Course]) -> tuple[int, int]:
    """Dollars at risk of courses together, low and high, in cents."""
    facts = [course.facts for course in courses]
    return sum(one.at_risk_low_cents for one in facts), sum(one.at_risk_high_cents for one in facts)


def _findings(compared: Comparison, before: Snapshot, after: Snapshot) -> Iterator[FindingChange]:
    for pair in compared.findings:
        key, snapshot = (pair.now, after) if pair.now else (pair.was, before)
        assert key is not None
        yield FindingChange(
            change=pair.change,
            episode_id=snapshot.courses[key.course].label or None,
            finding_id=key.finding_id,
            paragraph=key.paragraph,
            what=differing(pair.facts_were, pair.facts) if pair.facts_were and pair.facts else (),
            at_risk_cents=pair.facts.at_risk_high_cents if pair.facts else 0,
            earlier_at_risk_cents=pair.earlier_high_cents,
        )

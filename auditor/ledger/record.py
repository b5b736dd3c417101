"""Records a run: what it says beside what was said last, written where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, update

from auditor.changes import COMPARED, Change, Kinship, Mix, Replay, Why
from auditor.changes.causes import Mixed, explain
from auditor.changes.compare import Comparison, CoursePair, FindingPair, compare, episode_change
from auditor.changes.model import NOT_KNOWN
from auditor.changes.snapshot import Course, FindingKey, Snapshot, differing, read_snapshot
from auditor.errors import LedgerRefused
from auditor.ledger.memory import Memory, facts_row, keep_days, remember
from auditor.ledger.nouns import RunRecord
from auditor.ledger.runs import difference, last_run, run_row
from auditor.ledger.schema import COURSES, FINDINGS, RUN_COURSES, RUN_FINDINGS, RUNS
from auditor.runs import RunFolder
from auditor.runs.folder import is_masked
from auditor.tokens import Tokens

COURSE, FINDING = "C", "F"
COMMA, BAR = ",", "|"


@dataclass(frozen=True)
class Tonight:
    """A run to be recorded, with tokens for members and lines, and what may be replayed of it and the run before."""

    snapshot: Snapshot
    tokens: Tokens
    replay: Replay | None


@dataclass(frozen=True)
class Plan:
    """What is to be written: the run compared with what is remembered of the run ``before`` it, and why findings changed."""

    before: RunRecord | None
    memory: Memory
    compared: Comparison
    whys: Mapping[FindingPair, Why]


def see(run: RunFolder, tokens: Tokens, replay: Replay | None) -> Tonight:
    """Reads of a run what is compared; LedgerRefused for a masked one, in which each member would be taken for another."""
    if is_masked(run.manifest):
        raise LedgerRefused(f"run {run.name} is masked and cannot be recorded. Keep masked runs in a folder of their own.")
    return Tonight(read_snapshot({table: run.frame(table) for table in COMPARED}, tokens.token), tokens, replay)


def without_replay(tonight: Tonight) -> Tonight:
    """The same, of which nothing can be replayed."""
    return replace(tonight, replay=None)


def plan(connection: Connection, tonight: Tonight, record: RunRecord) -> Plan:
    """Compares a run with what is remembered, and finds out why; nothing is written."""
    before, memory = last_run(connection), remember(connection)
    compared = compare(memory.earlier, tonight.snapshot, memory.past)
    return Plan(before, memory, compared, _whys(compared, before, memory, (tonight, record)))


def _whys(compared: Comparison, before: RunRecord | None, memory: Memory, later: tuple[Tonight, RunRecord]) -> Mapping[FindingPair, Why]:
    tonight, record = later
    if before is None or all(pair.change is Change.UNCHANGED for pair in compared.findings):
        return {}
    differs = difference(before, record)
    return explain(compared, Mixed(memory.earlier, tonight.snapshot, differs, dict(_replayed(tonight, differs.mixes()))))


def _replayed(tonight: Tonight, mixes: tuple[Mix, ...]) -> Iterator[tuple[Mix, Snapshot]]:
    for mix in mixes if tonight.replay else ():
        frames = tonight.replay(mix) if tonight.replay else None
        if frames is not None:
            yield mix, read_snapshot(frames, tonight.tokens.token)


def write(connection: Connection, planned: Plan, tokens: Tokens, record: RunRecord) -> None:
    """Writes a run and all that it changed; part of one transaction."""
    connection.execute(RUNS.insert().values(**run_row(record)))
    names = {pair.now.name: _name(pair, tokens, record.run) for pair in planned.compared.courses if pair.now}
    for pair in planned.compared.courses:
        _write_course(connection, pair, names, record.run)
    for course, name in _taken_in(planned.compared, names):
        _write_taken_in(connection, course, name, record.run)
    labels = {pair.now.name: pair.now.facts.episode_id for pair in planned.compared.courses if pair.now}
    scribe = _Scribe(connection, planned, Names(names, labels), tokens)
    for one in planned.compared.findings:
        scribe.write(one, record.run)


def _name(pair: CoursePair, tokens: Tokens, run: str) -> str:
    """The ledger's name of a course: the one it has, else a new one."""
    assert pair.now is not None
    return pair.was.name if pair.was else tokens.token(COURSE, f"{run}\0{pair.now.name}")


def _write_course(connection: Connection, pair: CoursePair, names: Mapping[str, str], run: str) -> None:
    course = pair.now or pair.was
    assert course is not None
    name = names[course.name] if pair.now else course.name
    if pair.was is None:
        row = {"course": name, "member_token": course.member, "first_run": run, "last_run": run, "is_open": True}
        connection.execute(COURSES.insert().values(**row))
    elif pair.change is not Change.UNCHANGED or pair.kinship is not Kinship.SAME:
        values = {"last_run": run, "is_open": pair.now is not None, "merged_into": None}
        connection.execute(update(COURSES).where(COURSES.c.course == name).values(**values))
    if pair.change is not Change.UNCHANGED or pair.kinship is not Kinship.SAME:
        connection.execute(RUN_COURSES.insert().values(run=run, course=name, **_course_row(pair), **facts_row(course.facts)))
    if pair.now is not None:
        keep_days(connection, name, pair.now, pair.was)


def _course_row(pair: CoursePair) -> dict[str, Any]:
    told = episode_change(pair)
    low, high = told.earlier_at_risk_cents
    return {
        "change": told.change.value,
        "kinship": told.kinship.value,
        "earlier_ids": COMMA.join(told.earlier_ids),
        "earlier_determinations": COMMA.join(told.earlier_determinations),
        "earlier_low_cents": low,
        "earlier_high_cents": high,
        "keeps": told.keeps,
        "what": COMMA.join(told.what),
    }


def _taken_in(compared: Comparison, names: Mapping[str, str]) -> Iterator[tuple[Course, str]]:
    for pair in compared.courses:
        yield from ((course, names[pair.now.name]) for course in pair.took_in if pair.now)


def _write_taken_in(connection: Connection, course: Course, into: str, run: str) -> None:
    """A course that is now part of another; its dollars stand with that one."""
    told = _course_row(CoursePair(Change.RESOLVED, Kinship.MERGED, course, None)) | {"earlier_low_cents": 0, "earlier_high_cents": 0}
    connection.execute(RUN_COURSES.insert().values(run=run, course=course.name, **told, **facts_row(course.facts)))
    values = {"last_run": run, "is_open": False, "merged_into": into}
    connection.execute(update(COURSES).where(COURSES.c.course == course.name).values(**values))


@dataclass(frozen=True)
class Names:
    """What the ledger and the run call each course of the run, by its name in the snapshot."""

    ours: Mapping[str, str]
    theirs: Mapping[str, str | None]


@dataclass(frozen=True)
class _Scribe:
    """Writes what became of findings."""

    connection: Connection
    planned: Plan
    names: Names
    tokens: Tokens

    def write(self, pair: FindingPair, run: str) -> None:
        """A row where the run says something else than was said last, or where the finding went along to another course."""
        course = self.names.ours[pair.now.course] if pair.now else pair.was.course if pair.was else ""
        if pair.change is Change.UNCHANGED and pair.was and pair.was.course == course:
            return
        finding = self._known(pair, course, run)
        facts = pair.facts or pair.facts_were
        assert facts is not None
        self.connection.execute(
            RUN_FINDINGS.insert().values(
                run=run,
                finding=finding,
                course=course,
                episode_id=self._label(pair),
                change=pair.change.value,
                why=encode_why(self.planned.whys.get(pair, NOT_KNOWN)),
                what=COMMA.join(differing(pair.facts_were, pair.facts)) if pair.facts_were and pair.facts else "",
                earlier_high_cents=pair.earlier_high_cents,
                **facts_row(facts),
            )
        )

    def _label(self, pair: FindingPair) -> str | None:
        """What the run calls the finding's episode; of a resolved finding, the run that had it last."""
        if pair.now:
            return self.names.theirs[pair.now.course]
        return self.planned.memory.earlier.courses[pair.was.course].facts.episode_id if pair.was else None

    def _known(self, pair: FindingPair, course: str, run: str) -> str:
        """The finding's name in the ledger, its row made or brought up to date."""
        if pair.was is None:
            return self._new(pair, course, run)
        name = self.planned.memory.findings[pair.was]
        values = {"course": course, "last_run": run, "is_open": pair.now is not None}
        self.connection.execute(update(FINDINGS).where(FINDINGS.c.finding == name).values(**values))
        return name

    def _new(self, pair: FindingPair, course: str, run: str) -> str:
        key = pair.now
        assert isinstance(key, FindingKey)
        name = self.tokens.token(FINDING, "\0".join((run, course, key.finding_id, key.paragraph)))
        row = {"finding": name, "course": course, "finding_id": key.finding_id, "paragraph": key.paragraph}
        self.connection.execute(FINDINGS.insert().values(**row, first_run=run, last_run=run, is_open=True))
        return name


def encode_why(why: Why) -> str:
    """Causes as one text: sure ones, a bar, and those that could not be ruled out."""
    return f"{COMMA.join(why.sure)}{BAR}{COMMA.join(why.perhaps)}" if why != NOT_KNOWN else ""

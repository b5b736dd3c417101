"""Several guidelines over one extract: each judges by itself what is in its scope, and what they come to stands together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.engine import Connection
from auditor.errors import SettingsRefused
from auditor.numbering import NUMBERED
from auditor.parts import LineSum, SharedLines, Tallies
from auditor.policy import RuleBook, load_rule_book
from auditor.policy.needed import lacking_readings
from auditor.results import RESULTS, ResultTable
from auditor.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from auditor.report import RunFacts
    from auditor.report.facts import ReleaseUse, TableCount

SUMMED = ["policy_revision", "counted_cents", "at_risk_low_cents", "at_risk_high_cents"]
Frames = Mapping[str, "pd.DataFrame"]

# What each guideline had in scope: rows of the extract, of which a profile may make several, and the claim lines it accounts for.
TALLY = """
CREATE TABLE IF NOT EXISTS rows_kept (guideline VARCHAR, table_name VARCHAR, source_file VARCHAR, source_row BIGINT, rows BIGINT);
CREATE TABLE IF NOT EXISTS lines_kept (guideline VARCHAR, source_file VARCHAR, source_row BIGINT, disposition VARCHAR, cents BIGINT);
INSERT INTO rows_kept
SELECT getvariable('guideline'), table_name, source_file, source_row, count(*) FROM (
    SELECT 'claim_lines' AS table_name, source_file, source_row FROM claim_lines
    UNION ALL SELECT 'members', source_file, source_row FROM members
    UNION ALL SELECT 'events', source_file, source_row FROM events
    UNION ALL SELECT 'authorizations', source_file, source_row FROM authorizations)
GROUP BY ALL;
INSERT INTO lines_kept
SELECT getvariable('guideline'), source_file, source_row, disposition, coalesce(paid_cents, allowed_cents, 0) FROM scope_lines;
"""
KEPT = """
SELECT table_name, sum(rows)::BIGINT FROM (
    SELECT table_name, max(rows) AS rows FROM rows_kept GROUP BY table_name, source_file, source_row)
GROUP BY table_name
"""
LINES_ONCE = """
SELECT disposition, count(*), sum(cents)::BIGINT FROM (
    SELECT min(disposition) AS disposition, max(cents) AS cents FROM lines_kept GROUP BY source_file, source_row)
GROUP BY disposition ORDER BY disposition
"""
SHARED = """
SELECT guidelines, count(*), sum(cents)::BIGINT, list_sort(list(source_file || ' row ' || source_row))[:3] FROM (
    SELECT list_sort(list(DISTINCT guideline)) AS guidelines, max(cents) AS cents, source_file, source_row
    FROM lines_kept GROUP BY source_file, source_row HAVING count(DISTINCT guideline) > 1)
GROUP BY guidelines ORDER BY guidelines
"""


@dataclass(frozen=True)
class Audited:
    """What one guideline came to."""

    book: RuleBook
    frames: Frames
    facts: RunFacts


def load_books(settings: Settings) -> tuple[RuleBook, ...]:
    """The rule books of the guidelines asked for, the first one first. SettingsRefused where two could not be told apart in one run."""
    if not settings.beside:
        return (load_whole(settings.policy, settings.configs, settings.readings),)
    names = (settings.policy, *settings.beside)
    plain = [load_whole(name, settings.configs) for name in names]
    known = [{name for policy in book.policies for name in policy.readings} for book in plain]
    if strangers := set(settings.readings) - set().union(*known):
        raise SettingsRefused(f"no guideline of this run has a reading {min(strangers)}. `auditor policy show` lists the readings of each.")
    _refuse_alike(plain)
    return tuple(_with_own(settings, *each) for each in zip(names, plain, known, strict=True))


def load_whole(name: str, configs: Path, readings: Mapping[str, object] | None = None) -> RuleBook:
    """The rule book of one guideline. SettingsRefused where an audit would ask for what it does not say."""
    book = load_rule_book(name, configs, readings or {})
    if lacking := list(lacking_readings(book)):
        raise SettingsRefused("\n".join(lacking))
    return book


def _with_own(settings: Settings, name: str, plain: RuleBook, known: set[str]) -> RuleBook:
    own = {reading: value for reading, value in settings.readings.items() if reading in known}
    return load_rule_book(name, settings.configs, own) if own else plain


def _refuse_alike(books: list[RuleBook]) -> None:
    for one, other in combinations([book.policies[-1] for book in books], 2):
        if one.name == other.name:
            raise SettingsRefused(f"--policy: {one.name} is named twice. Name each guideline once.")
        if one.episode_mark == other.episode_mark:
            both = f"{one.name} and {other.name} name their episodes alike"
            raise SettingsRefused(f"--policy: {both}. Give one of them another episode_mark, or run them apart.")
    for left, right in combinations(books, 2):
        if alike := {policy.revision for policy in left.policies} & {policy.revision for policy in right.policies}:
            names = f"{left.policies[-1].name} and {right.policies[-1].name}"
            raise SettingsRefused(f"--policy: {names} both have a revision {min(alike)}. Name the revisions of one otherwise.")


def tally(connection: Connection, book: RuleBook) -> None:
    """Notes what the guideline had in scope, so that rows and lines that several have are counted once."""
    connection.execute("SET VARIABLE guideline = $name::VARCHAR", {"name": book.policies[-1].name})
    connection.execute(TALLY)


def read_tallies(connection: Connection) -> Tallies:
    """What was noted of all guidelines."""
    shared = connection.execute(SHARED).fetchall()
    return Tallies(
        kept=tuple(connection.execute(KEPT).fetchall()),
        lines=tuple(LineSum(*row) for row in connection.execute(LINES_ONCE).fetchall()),
        shared=tuple(SharedLines(tuple(names), lines, cents, tuple(cited)) for names, lines, cents, cited in shared),
    )


def join(tallies: Tallies, audited: list[Audited]) -> tuple[Frames, RunFacts]:
    """The results of all guidelines together, each table in its own order, and the facts of the run."""
    from auditor.report.facts import LineTotal
    from auditor.report.overview import guideline_sums

    frames = {table.name: _join_table(table, [one.frames for one in audited]) for table in RESULTS}
    facts = [one.facts for one in audited]
    revisions = tuple(revision for one in facts for revision in one.revisions)
    rows = tuple({str(name): value for name, value in row.items()} for row in frames["episodes"][SUMMED].to_dict("records"))
    notices = dict.fromkeys(notice for one in facts for notice in one.notices)
    return frames, replace(
        facts[0],
        revisions=revisions,
        counts=_counts(tallies, facts[0].counts),
        line_totals=tuple(LineTotal(one.disposition, one.lines, one.cents) for one in tallies.lines),
        notices=(*guideline_sums(rows, replace(facts[0], revisions=revisions)), *_shared(tallies), *_compared(audited), *notices),
        releases=_releases(use for one in facts for use in one.releases),
        labels={concept: label for one in reversed(facts) for concept, label in one.labels.items()},
        letters=replace(
            facts[0].letters,
            documents={name: send for one in reversed(facts) for name, send in one.letters.documents.items()},
            paragraphs={key: words for one in reversed(facts) for key, words in one.letters.paragraphs.items()},
        ),
    )


def _join_table(table: ResultTable, parts: list[Frames]) -> pd.DataFrame:
    """Rows of every guideline; lines are numbered on, since each guideline numbers its own, and what all set aside is told once."""
    import pandas as pd

    frames, last = [], 0
    for part in parts:
        frame = part[table.name]
        frames.append(frame.assign(line_key=frame["line_key"] + last) if "line_key" in frame.columns and last else frame)
        last += max([0, *(int(part[one.name]["line_key"].max()) for one in NUMBERED if part[one.name]["line_key"].notna().any())])
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    whole = pd.concat(filled) if len(filled) > 1 else filled[0]
    if table.name == "set_aside":
        whole = whole.drop_duplicates()
    return whole.sort_values(list(table.order), ignore_index=True, kind="stable", na_position="first")


def _counts(tallies: Tallies, counts: Iterable[TableCount]) -> tuple[TableCount, ...]:
    kept = dict(tallies.kept)
    return tuple(
        replace(one, in_scope=(inside := kept.get(one.table, 0)), out_of_scope=one.rows_in - one.set_aside - inside) for one in counts
    )


def _shared(tallies: Tallies) -> Iterator[str]:
    """Which lines more than one guideline accounts for: sums over guidelines hold them more than once."""
    from auditor.report.phrases import counted, dollars, listed

    for one in tallies.shared:
        are, them = ("is", "it") if one.lines == 1 else ("are", "them")
        yield (
            f"{counted(one.lines, 'claim line')} ({dollars(one.cents)}) {are} in the scope of {listed(one.guidelines)}: "
            f"each accounts for {them}, so sums over all guidelines hold {them} more than once. For example {', '.join(one.cited)}."
        )


def _compared(audited: list[Audited]) -> Iterator[str]:
    first = audited[0]
    if len(first.frames["providers"]):
        yield f"Facilities are compared on episodes of {first.book.policies[-1].title} alone."


def _releases(uses: Iterable[ReleaseUse]) -> tuple[ReleaseUse, ...]:
    merged: dict[tuple[str, str, str], ReleaseUse] = {}
    for use in uses:
        key = (use.kind, use.setting, use.release)
        so_far = merged.get(key)
        merged[key] = (
            use
            if so_far is None
            else replace(
                use,
                days=so_far.days + use.days,
                covered=so_far.covered + use.covered,
                quarters_without=tuple(sorted({*so_far.quarters_without, *use.quarters_without})),
            )
        )
    return tuple(merged.values())

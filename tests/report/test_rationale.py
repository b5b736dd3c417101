"""Every statement of a rationale rests on what the episode's results hold, and changes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.outcomes import DETERMINATIONS, REASONS, Determination, Reason
from auditor.pipeline import AuditResult
from auditor.places import samples_folder
from auditor.report.build import make_edition
from auditor.report.cases import Case, Casebook, Row
from auditor.report.clauses import Cite, Clause, tell_entry
from auditor.report.episode import view_episode
from auditor.report.evidence import entries_of, reason_words
from auditor.report.findings import finding_name
from auditor.report.outline import outline
from auditor.report.rationale import rationale, rationale_clauses
from auditor.report.schemas import conform_all
from auditor.report.view import CriterionNode
from tests.properties.implementations import as_frames
from tests.properties.test_two_implementations import draw, together
from tests.report.charting import seen

Cases = list[tuple[Case, tuple[str, ...]]]


@cache
def samples() -> Cases:
    return cases_of(audit(Settings(paths=(samples_folder(),))))


@cache
def random_cases() -> Cases:
    return cases_of(audit(Settings(threads=1), frames=as_frames(together(draw(50, 411)))))


def cases_of(result: AuditResult) -> Cases:
    book = make_edition(result.frames, result.facts).book
    return [(case, result.facts.revisions[-1].exclusions) for case in book]


SOURCES: list[Callable[[], Cases]] = [samples, random_cases]


# The rows of each entry of evidence, by the case; it holds the cases, so that no other has the same identity.
ENTRIES: dict[int, tuple[Case, dict[str, list[Row]]]] = {}


def entry_rows(case: Case) -> dict[str, list[Row]]:
    if id(case) not in ENTRIES:
        by_fact: dict[str, list[Row]] = {}
        for row in case.evidence:
            by_fact.setdefault(row["fact"], []).append(row)
        entries = [entry for rows in by_fact.values() for entry in entries_of(tuple(rows))]
        ENTRIES[id(case)] = (
            case,
            {entry.entry_id: [row for one in entries if one.entry_id == entry.entry_id for row in one.rows] for entry in entries},
        )
    return ENTRIES[id(case)][1]


def held(case: Case, cite: Cite) -> list[Row]:
    """The rows of the case that a cite leads to."""
    match cite.kind:
        case "evidence":
            return entry_rows(case).get(cite.key, [])
        case "paragraph":
            return [row for row in case.criteria if row["key"] == cite.key]
        case "day":
            return [row for row in case.days if str(row["day"]) == cite.key]
        case "finding":
            return [row for row in case.findings if finding_name(row) == cite.key]
        case "line":
            return [row for row in case.lines if str(row["line_key"]) == cite.key]
        case "field":
            return [case.episode] if cite.key in case.episode else []


def without(case: Case, cite: Cite, rows: list[Row]) -> Case:
    """The case as it would be if the record did not hold these rows."""
    gone = {id(row) for row in rows}
    tables = {"evidence": "evidence", "paragraph": "criteria", "day": "days", "finding": "findings", "line": "lines"}
    if cite.kind == "field":
        return replace(case, episode=case.episode | emptied(cite.key))
    name = tables[cite.kind]
    return replace(case, **{name: tuple(row for row in getattr(case, name) if id(row) not in gone)})


def emptied(field: str) -> Row:
    """The episode otherwise: another determination, a start that is not supported, or nothing in a field."""
    others = {"determination": str(Determination.INO_NOT_SHOWN), "initiation": 1, "documents": []}
    return {field: others.get(field)}


def statements(case: Case, exclusions: tuple[str, ...]) -> Iterator[tuple[Clause, Cite]]:
    yield from ((clause, cite) for clause in rationale_clauses(case, exclusions) for cite in clause.cites)


@pytest.mark.parametrize("source", SOURCES)
def test_every_statement_rests_on_something_that_is_there(source: Callable[[], Cases]) -> None:
    for case, exclusions in source():
        for clause in rationale_clauses(case, exclusions):
            assert clause.cites, clause.text
            assert all(held(case, cite) for cite in clause.cites), clause


@pytest.mark.parametrize("source", SOURCES)
def test_a_statement_changes_with_what_it_rests_on(source: Callable[[], Cases]) -> None:
    tried = set()
    for case, exclusions in source():
        for clause, cite in statements(case, exclusions):
            if cite == Cite("field", "determination") and case.episode["determination"] == Determination.INO_NOT_SHOWN:
                continue
            tried.add(cite.kind)
            left = rationale_clauses(without(case, cite, held(case, cite)), exclusions)
            same_words = [one for one in left if one.text == clause.text]
            # another entry that says the very same may stand in its place, and is then what is cited
            assert all(cite not in one.cites and cite.kind == "evidence" for one in same_words), (clause, cite)
    assert tried >= {"evidence", "paragraph", "day", "line", "field"}


@pytest.mark.parametrize("source", SOURCES)
def test_every_entry_cited_is_shown_once_on_its_page(source: Callable[[], Cases]) -> None:
    for case, exclusions in source():
        view = view_episode(case, None)
        shown = [
            line.anchor for part in view.outline for node in nodes((part.head, *part.pathways, *part.members)) for line in node.evidence
        ]
        anchors = [anchor for anchor in shown if anchor]
        assert len(anchors) == len(set(anchors))
        cited = {cite.key for _, cite in statements(case, ()) if cite.kind == "evidence"}
        assert cited <= set(anchors)
        assert {cite.key for _, cite in statements(case, exclusions) if cite.kind == "evidence"} <= cited_by_outline(case, exclusions)


def cited_by_outline(case: Case, exclusions: tuple[str, ...]) -> set[str]:
    cited = {cite.key for _, cite in statements(case, exclusions) if cite.kind == "evidence"}
    parts = outline(case, exclusions, cited)
    return {line.anchor for part in parts for node in nodes((part.head, *part.pathways, *part.members)) for line in node.evidence}


def nodes(found: tuple[CriterionNode | None, ...]) -> Iterator[CriterionNode]:
    for node in found:
        if node:
            yield node
            yield from nodes(node.members)


def test_entries_keep_their_ids_when_others_come() -> None:
    case = next(case for case, _ in samples() if len(case.evidence) > 10)
    fact = case.evidence[0]["fact"]
    rows = tuple(row for row in case.evidence if row["fact"] == fact)
    alone = {entry.entry_id for entry in entries_of(rows[:1])}
    assert alone <= {entry.entry_id for entry in entries_of((*rows, rows[0] | {"source_file": "other.csv"}))}


@pytest.mark.parametrize("source", SOURCES)
def test_it_is_three_sentences_at_most_and_never_says_denied(source: Callable[[], Cases]) -> None:
    for case, exclusions in source():
        clauses, text = rationale_clauses(case, exclusions), rationale(case, exclusions)
        assert sum(clause.mark == "." for clause in clauses) <= 3
        assert text.endswith(".")
        assert "None" not in text
        assert "denied" not in text.lower()
        assert text == " ".join(clause.text + clause.mark for clause in clauses)


@pytest.mark.parametrize(
    ("episode", "said"),
    [
        (
            "EREVIEW8DAYS0",
            "“No more than 14 days; longer use goes to medical review” is not met: 18 days by therapy days, 2023-05-01, chart.csv row 0.",
        ),
        ("EREVIEW8DAYS0", "14 days are supported (2023-05-01 to 2023-05-09, 2023-05-12 to 2023-05-16; $"),
        ("EEARLY33WEEKS", "33 weeks 6 days by gestational age at birth, 2023-03-11, chart.csv row 41"),
        ("ENOCHANGE72HR", "is not met: absent improved oxygenation, 2024-11-21, chart.csv row 51"),
        ("ESILENTECHO01", "is unknown, two records that can decide it disagree: absent pphn, 2023-03-11, chart.csv row 31; P29.30,"),
        ("ESILENTECHO01", "Records are needed for 4 days (2024-01-30 to 2024-02-02; $17,600.03)"),
        ("ESILENTECHO01", "What would settle it: echo report; flowsheet with oxygen and saturation."),
        ("ENOTINO00TEST", "Nothing suggests inhaled nitric oxide; coding edits only (1 claim line: 94799 / 0412)."),
    ],
)
def test_it_says_the_determining_thing(frames: dict[str, pd.DataFrame], episode: str, said: str) -> None:
    case = next(case for case in Casebook(conform_all(frames)) if case.episode_id == episode)
    assert said in rationale(case, ("X.1", "X.2", "X.3", "X.4"))


def test_every_determination_has_words() -> None:
    seen = {case.episode["determination"]: rationale(case, exclusions) for case, exclusions in samples()}
    assert set(seen) == set(map(str, DETERMINATIONS))


@pytest.mark.parametrize(
    ("standing", "age", "told", "why"),
    [
        ("conflicting", -1.0, "birth date after the start, chart.csv row 7", "a row that it rests on cannot be true"),
        ("conflicting", 45000.0, "45,000 days by birth date, chart.csv row 7", "a row that it rests on cannot be true"),
        ("inside", 5.0, "5 days by birth date, chart.csv row 7", REASONS[Reason.CONFLICTING]),
    ],
)
def test_a_row_that_cannot_be_true_is_told_as_that(standing: str, age: float, told: str, why: str) -> None:
    row = seen("age_at_start_days", "birth_date", 7, stance="range", standing=standing, low=age, high=age, document_id=None)
    entries = entries_of((row | {"day": None},))
    assert (tell_entry(entries[0]), reason_words(Reason.CONFLICTING, entries)) == (told, why)

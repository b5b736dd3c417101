"""What is asked for settles the episode, and no smaller set does: the records are added, and everything is audited anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from auditor.policy import RuleBook
from tests.properties.test_two_implementations import draw, together
from tests.properties.typed import Extract
from tests.settling.arrivals import Episode, audited, episodes, renamed, rows_of, rule_book, samples, with_rows

WAITS = "insufficient_documentation"
# A segment without an end is mended by giving it one, which is no new record; see docs/semantics.md, 9a.
MOST_TRIES = 400


def tries(book: RuleBook, episode: Episode) -> Iterator[tuple[frozenset[str], bool]]:
    """The set that is asked for and those with one of the others in a document's place, which settle; smaller ones, which do not."""
    asked = frozenset(row["document"] for row in episode.settling)
    yield asked, True
    for row in episode.settling:
        for other in row["instead"]:
            yield asked - {row["document"]} | {other}, True
    offered = sorted({document for fact in book.concepts.facts.values() for document in fact.documents})
    smaller = [frozenset(each) for each in combinations(offered, len(asked) - 1)]
    step = max(1, len(smaller) // MOST_TRIES)
    for each in [*smaller[::step], *(asked - {document} for document in asked)]:
        yield each, False


def is_provable(episode: Episode) -> bool:
    """Whether its documents can be put into rows: not an open end, and one course of the member."""
    return not episode.row["open_end"] and bool(episode.about(rule_book().policies[-1]) or episode.days)


def in_favour(row: dict[str, Any], episode: Episode) -> bool:
    """Whether what arrived documents no exclusion: one that a pathway overrides decides the days, but not in favour of the therapy."""
    return not row["exclusion"] or row["exclusion"] == episode.row["exclusion"]


def prove(extract: Extract, most: int) -> int:
    """Adds the records of every set to be tried to a copy of the member, audits all copies, and returns how many episodes were tried."""
    book, copies, expected = rule_book(), defaultdict(list), {}
    kin = defaultdict(set)
    for row in extract["members"]:
        kin[row["member_id"]] |= {row["member_id"], row.get("mother_member_id") or row["member_id"]}
    first = audited(extract)
    courses = Counter(first["episodes"]["member_id"])
    proved = [episode for episode in episodes(first) if is_provable(episode)][:most]
    for place, episode in enumerate(proved):
        member = episode.row["member_id"]
        for number, (documents, settles) in enumerate(tries(book, episode)):
            prefix = f"Y{place}N{number}"
            more = with_rows(
                {table: [row for row in rows if row["member_id"] in kin[member] | {member}] for table, rows in extract.items()},
                rows_of(book, episode, documents),
            )
            for table, rows in renamed(more, prefix, kin[member] | {member}).items():
                copies[table] += rows
            expected[f"{prefix}{member}"] = (episode, documents, settles)
    again = audited(dict(copies))["episodes"].astype(object).to_dict("records")
    left = Counter(row["member_id"] for row in again)
    wrong = []
    for row in again:
        if row["member_id"] in expected:
            episode, documents, settles = expected[row["member_id"]]
            # a day that the chart calls off is a nurse's to decide: no document is asked for that
            waits = row["determination"] == WAITS and not (row["next_action"] == "nurse_review" and not len(row["documents"]))
            decided = not waits and (settles or in_favour(row, episode))
            # days documented between two courses, or that the chart had gainsaid, make it longer by days that nobody was asked about
            grown = left[row["member_id"]] < courses[episode.row["member_id"]] or row["therapy_days"] > episode.row["therapy_days"]
            if row["start_day"] == episode.start and not grown and decided is not settles:
                wrong.append((row["member_id"], sorted(documents), row["determination"], "settles" if settles else "does not settle"))
    assert not wrong, wrong[:12]
    return len(proved)


@pytest.mark.parametrize("most", [12, pytest.param(99, id="each", marks=pytest.mark.thorough)])
def test_what_is_asked_for_settles_the_samples_and_no_smaller_set_does(most: int) -> None:
    assert prove(samples(), most) >= 10


def test_what_is_asked_for_settles_random_episodes_and_no_smaller_set_does() -> None:
    assert prove(together([extract for number in range(12) for extract in draw(10, number)]), 10) >= 10


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(8, 14))
def test_what_is_asked_for_settles_random_episodes_at_length(number: int) -> None:
    assert prove(together(draw(150, number)), 120) > 3

"""Documents that arrive: the rows they would bring to an extract, each answering in favour of the therapy."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from auditor import Settings, audit
from auditor.policy import Policy, RuleBook, load_rule_book
from auditor.policy.words import Fact
from auditor.settling.answers import AGES
from auditor.tables import CANONICAL
from tests.properties.implementations import CONFIGS, as_frames
from tests.properties.typed import Extract

Row = dict[str, Any]
NAMES = ("member_id", "mother_member_id", "person_id")
SAMPLES = Path(__file__).resolve().parents[2] / "data_samples"
CONFLICTING = "conflicting"
NOT_MET, UNKNOWN, MET = 0, 1, 2
# What a document says that answers a number in favour: born at term; a newborn, or a child of two years.
TERM_DAYS = "266"
NEWBORN, CHILD = timedelta(days=3), timedelta(days=730)


def rule_book() -> RuleBook:
    """The shipped rules."""
    return load_rule_book("pacificsource-ino", CONFIGS, {})


def audited(extract: Extract) -> dict[str, pd.DataFrame]:
    """Results of an extract."""
    return dict(audit(Settings(threads=2), frames=as_frames(extract)).frames)


def samples() -> Extract:
    """The synthetic members as rows of text."""
    tables = {}
    for table in CANONICAL:
        with (SAMPLES / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            tables[table.name] = [{name: text for name, text in row.items() if text} for row in csv.DictReader(file)]
    return tables


def renamed(extract: Extract, prefix: str, members: Iterable[str]) -> Extract:
    """The rows of some members, under names of their own."""
    kept = set(members)
    return {
        table: [
            {name: f"{prefix}{value}" if name in NAMES and value else value for name, value in row.items()}
            for row in rows
            if row["member_id"] in kept
        ]
        for table, rows in extract.items()
    }


@dataclass(frozen=True)
class Episode:
    """An undecided episode, and the rows of the results that belong to it."""

    row: Row
    criteria: list[Row]
    days: list[Row]
    settling: list[Row]

    @property
    def start(self) -> date:
        """First day."""
        return self.row["start_day"]  # type: ignore[no-any-return]

    def about(self, policy: Policy) -> list[str]:
        """Pathways that the request is about, by the paragraphs it names."""
        named = [key for row in self.settling for key in row["paragraphs"]]
        return [path for path in policy.roles["pathways"] if any(key == path or key.startswith(f"{path}.") for key in named)]


def episodes(frames: dict[str, pd.DataFrame]) -> Iterator[Episode]:
    """Episodes with documents to ask for, whose start is known to the day, one a member."""
    tables = {name: frames[name].astype(object).to_dict("records") for name in ("episodes", "criteria", "therapy_days", "settling")}
    by_episode: dict[str, dict[str, list[Row]]] = {}
    for name, rows in tables.items():
        for row in rows:
            by_episode.setdefault(row["episode_id"], {}).setdefault(name, []).append(row)
    for found in by_episode.values():
        [row] = found["episodes"]
        if found.get("settling") and row["start_day"] == row["start_last_day"] and row["determination"] == "insufficient_documentation":
            yield Episode(row, found.get("criteria", []), found.get("therapy_days", []), found["settling"])


def rows_of(book: RuleBook, episode: Episode, documents: frozenset[str]) -> Extract:
    """The rows that these documents bring: a favourable answer to each open leaf whose fact names one of them."""
    policy, events, members = book.policies[-1], [], []
    asked = (*episode.about(policy), "II")
    wanted = dict(_asked_facts(policy))
    documents -= _missing(book, episode, wanted)
    for row in episode.criteria:
        fact = book.concepts.facts.get(str(row["fact"]))
        in_question = any(row["key"].startswith(f"{path}.") for path in asked)
        is_open = row["outcome"] == UNKNOWN and row["reason"] != CONFLICTING and in_question
        if fact is None or not is_open or not documents & _speakers(book, fact):
            continue
        if fact.kind in AGES:
            members.append({"birth_date": (episode.start - (NEWBORN if "I.A" in asked else CHILD)).isoformat()})
        elif fact.kind in ("statement", "range"):
            events.append(_answer(book, fact.name, wanted[fact.name], episode))
    events += _flowsheets(book, episode, documents)
    member = {"member_id": episode.row["member_id"]}
    return {"events": [{**member, **row} for row in events], "members": [{**member, **row} for row in members[:1]]}


def _speakers(book: RuleBook, fact: Fact) -> frozenset[str]:
    """Documents that answer a fact: of an age not those that tell of days on iNO, since the start is known and they know no birth date."""
    gas = book.concepts.facts["exposure_days"].documents if fact.kind in AGES else ()
    return frozenset(fact.documents) - set(gas)


def _missing(book: RuleBook, episode: Episode, wanted: dict[str, str]) -> frozenset[str]:
    """Documents that do not exist, as the record says."""
    absent = {
        str(row["fact"])
        for row in episode.criteria
        if row["fact"] in wanted and row["outcome"] == {"present": NOT_MET, "absent": MET}.get(wanted[row["fact"]])
    }
    return frozenset(document for fact in absent for document in book.concepts.facts[fact].without)


def _asked_facts(policy: Policy) -> Iterator[tuple[str, str]]:
    for root in reversed(policy.criteria):
        for criterion in root.walk():
            if criterion.condition:
                yield criterion.condition.fact, str(criterion.condition.value)


def _answer(book: RuleBook, fact: str, wanted: str, episode: Episode) -> Row:
    """A statement, a day before the start or where its window asks a day after it."""
    rule = next(rule for rule in book.concepts.facts[fact].evidence if rule.concept and rule.strength == "decides")
    day = episode.start + timedelta(days=1 if rule.window == "after_start" else -1)
    said = {"start": day.isoformat(), "concept": rule.concept, "document_id": f"new {fact}"}
    if book.concepts.facts[fact].kind == "range":
        return said | {"value": TERM_DAYS, "unit": "d", "status": "present"}
    statuses = rule.present_when if wanted == "present" else rule.absent_when
    return said | {"status": statuses[0]}


def _flowsheets(book: RuleBook, episode: Episode, documents: frozenset[str]) -> Iterator[Row]:
    """Days on iNO that nothing shows, and oxygen with saturation on every day."""
    facts = book.concepts.facts
    days = [row["day"] for row in episode.days] or [episode.start]
    if documents & set(facts["exposure_days"].documents):
        for row in [row for row in episode.days if not row["is_therapy_day"]] or (
            [] if episode.row["therapy_days"] else [{"day": days[0]}]
        ):
            yield {"start": f"{row['day']}", "end": f"{row['day']}", "concept": "ino", "status": "present"}
    if documents & set(facts["oxygen_need"].documents):
        for day in days:
            yield {"start": f"{day}", "concept": "fio2", "value": "0.6", "status": "present"}
            yield {"start": f"{day}", "concept": "spo2", "value": "91", "status": "present"}


def with_rows(extract: Extract, more: Extract) -> Extract:
    """An extract with more rows; a member's row without a birth date is filled in, not repeated."""
    found = {table: [*rows, *more.get(table, [])] for table, rows in extract.items()}
    for row in more.get("members", []):
        found["members"] = [each for each in found["members"] if each["member_id"] != row["member_id"] or each is row]
        mine = [each for each in extract["members"] if each["member_id"] == row["member_id"]]
        found["members"][found["members"].index(row)] = {**(mine[0] if mine else {}), **row}
    return found

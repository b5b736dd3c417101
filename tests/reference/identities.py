"""Who is who: ids of one person read as one, newborns' claims on the mother's id, and what is held (semantics, section 1a)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from tests.reference.rules import RuleBook, matches
from tests.reference.times import line_span

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Span = tuple[str, date, date]


def identify(tables: Tables, book: RuleBook) -> tuple[Tables, set[str], list[Span]]:
    """The rows under the ids they are read by; ids in doubt; and days on which a mother's id may be her child's."""
    read_as, doubted = _join_ids(tables["members"])
    read = {name: [_read_as(row, read_as) for row in rows] for name, rows in tables.items()}
    doubted |= _shared_ids(read["members"])
    spans = _place_newborns(read, book)
    return read, doubted, spans


def _read_as(row: Row, read_as: dict[str, str]) -> Row:
    named = {name: read_as.get(row[name], row[name]) for name in ("member_id", "mother_member_id") if name in row}
    return {**row, **named, "billed_as": row["member_id"]}


def _join_ids(members: list[Row]) -> tuple[dict[str, str], set[str]]:
    """The id that each id is read as, and ids that the crosswalk leaves in doubt."""
    persons: dict[str, set[str]] = defaultdict(set)
    for row in members:
        if row["person_id"]:
            persons[row["member_id"]].add(row["person_id"])
    doubted = {member for member, named in persons.items() if len(named) > 1}
    ids: dict[str, set[str]] = defaultdict(set)
    for member in set(persons) - doubted:
        ids[next(iter(persons[member]))].add(member)
    read_as = {}
    for own in ids.values():
        if _is_torn([row for row in members if row["member_id"] in own], len(own)):
            doubted |= own
        else:
            read_as |= dict.fromkeys(own, min(own))
    return read_as, doubted


def _is_torn(rows: list[Row], ids: int) -> bool:
    """Whether several ids cannot be one person's: born on different days, or in another order."""
    births = [row for row in rows if row["birth_date_day"]]
    apart = bool(births) and max(row["birth_date_day"] for row in births) > min(row["birth_date_last_day"] for row in births)
    return ids > 1 and (apart or _differ(rows, "birth_order"))


def _differ(rows: list[Row], name: str) -> bool:
    return len({row[name] for row in rows if row[name] is not None}) > 1


def _shared_ids(members: list[Row]) -> set[str]:
    ids = {row["member_id"] for row in members}
    rows_of = {member: [row for row in members if row["member_id"] == member] for member in ids}
    return {member for member, rows in rows_of.items() if _differ(rows, "birth_order") or _differ(rows, "mother_member_id")}


def _place_newborns(read: Tables, book: RuleBook) -> list[Span]:
    """Moves each newborn's claims to the one child they can be of; the days of all such claims on a mother's id."""
    spans = []
    billed: dict[str, list[Row]] = defaultdict(list)  # a line is moved once: what a child receives is not asked again
    for line in read["claim_lines"]:
        billed[line["member_id"]].append(line)
    for mother, lines in sorted(billed.items()):
        for family in _families(lines):
            if not any(_has(line, "newborn_diagnosis", book) for line in family) or not _is_mothers(mother, family, read["members"], book):
                continue
            first, last = min(line_span(line)[0] for line in family), max(line_span(line)[1] for line in family)
            spans.append((mother, first, last))
            child = _only_child(mother, first, read["members"], book)
            if child and not any(_has(line, "maternal_diagnosis", book) for line in family):
                for line in family:
                    line["member_id"] = child
    return spans


def _families(lines: list[Row]) -> list[list[Row]]:
    """Lines of claims that refer to each other."""
    families: list[tuple[set[str], list[Row]]] = []
    for line in lines:
        claims, own = {line["claim_id"], line["original_claim_id"]} - {None}, [line]
        apart = [family for family in families if not family[0] & claims]
        for named, others in (family for family in families if family[0] & claims):
            claims, own = claims | named, [*others, *own]
        families = [*apart, (claims, own)]
    return [own for _, own in families]


def _has(line: Row, value_set: str, book: RuleBook, tiers: Any = None) -> bool:
    system = line["diagnosis_code_type"] or "icd10cm"
    codes = (line[f"diagnosis_code_{n}"] for n in range(1, 26))
    return system == "icd10cm" and any(matches(book, value_set, system, code, tiers) for code in codes)


def _is_mothers(member: str, family: list[Row], members: list[Row], book: RuleBook) -> bool:
    """Whether the id is a mother's: a child names her, or the claim is of a birth and she is of an age to have a child."""
    if any(row["mother_member_id"] == member != row["member_id"] for row in members):
        return True
    first = min(line_span(line)[0] for line in family)
    births = [row["birth_date_last_day"] for row in members if row["member_id"] == member and row["birth_date_last_day"]]
    years = [first.year - born.year - ((first.month, first.day) < (born.month, born.day)) for born in births]
    old_enough = any(book.readings["mother_age_years"] <= age <= book.readings["oldest_age_years"] for age in years)
    return old_enough and any(_has(line, "newborn_diagnosis", book, "decides") for line in family)


def _only_child(mother: str, first: date, members: list[Row], book: RuleBook) -> str | None:
    """The one child that a newborn's claim can be of; None where there are more, or none, or others may be unlisted."""
    children = {row["member_id"] for row in members if row["mother_member_id"] == mother and row["member_id"] != mother}
    fitting = [rows for child in children if _may_be(rows := [row for row in members if row["member_id"] == child], first, book)]
    if len(fitting) != 1 or any(row["birth_order"] is not None for row in fitting[0]):
        return None
    return str(fitting[0][0]["member_id"])


def _may_be(rows: list[Row], first: date, book: RuleBook) -> bool:
    births = [row for row in rows if row["birth_date_day"]]
    if not births:
        return True
    latest = max(row["birth_date_last_day"] for row in births) + timedelta(days=book.readings["mother_id_days"])
    return min(row["birth_date_day"] for row in births) <= first <= latest


def is_doubtful(course: Row, member_id: str, doubted: set[str], spans: list[Span]) -> bool:
    """Whether a course's member may be more than one person."""
    start, end = course["start"]["day"], course["end_day"]
    return member_id in doubted or any(mother == member_id and first <= end and last >= start for mother, first, last in spans)

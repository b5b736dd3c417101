"""Laws that hold of every extract, whichever implementation reads it."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from draws import draws
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.chart_rows import CODED, FINDINGS, Person
from tests.properties.implementations import AT_RISK, KEYS, MONEY, Tables, engine_tables, reference_tables, rule_book
from tests.properties.strategies import Extract, describe, extracts, one_member_extracts, people, typed
from tests.reference.oxygen import read_oxygen

Audit = Callable[[Extract], Tables]
STATUSES = (None, "present", "absent", "unsuccessful", "successful", "preliminary", "entered_in_error")
EXPOSURE_CODES = ("3E0F7SD", "0012", "827693", "64693000201")
OFFSET = re.compile(r"(T\d\d:\d\d:\d\d)([+-]\d\d:\d\d)$")
OXYGEN = ("fio2", "oxygen_flow", "supplemental_oxygen", "spo2")
MET, UNKNOWN, NOT_MET = 2, 1, 0

few = draws(8, 25)
each_implementation = pytest.mark.parametrize("audit_by", [reference_tables, pytest.param(engine_tables, marks=pytest.mark.thorough)])


@each_implementation
@few
@given(extract=extracts())
def test_the_parts_of_a_line_sum_to_it(audit_by: Audit, extract: Extract) -> None:
    tables = audit_by(extract)
    parts: Counter[Any] = Counter()
    for (line, _), row in tables["line_days"].items():
        parts[line] += row["cents"]
    for (line,), row in tables["lines"].items():
        assert parts[line] == row["counted_cents"] == sum(row[name] for name in MONEY[1:]), describe(extract)


@each_implementation
@few
@given(extract=extracts())
def test_each_line_in_scope_appears_once_and_each_living_one_has_a_course(audit_by: Audit, extract: Extract) -> None:
    tables = audit_by(extract)
    listed = {entry["code"] for entry in rule_book().value_sets["listed_services"]}
    wanted = {n for n, row in enumerate(extract["claim_lines"], 1) if row.get("hcpcs_code") in listed}
    rows = [line[1] for (line,) in tables["lines"]]
    assert wanted <= set(rows), describe(extract)
    assert len(rows) == len(set(rows))
    for row in tables["lines"].values():
        lives = row["disposition"] in ("counted", "evidence_only")
        assert (row["episode"] is not None) == lives
        assert row["episode"] is None or (row["episode"],) in tables["episodes"]


@each_implementation
@few
@given(extract=extracts(), seed=st.integers(0, 99))
def test_the_order_of_rows_says_nothing(audit_by: Audit, extract: Extract, seed: int) -> None:
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in extract.items()}
    assert _without_rows(audit_by(shuffled)) == _without_rows(audit_by(extract)), describe(extract)


def _without_rows(tables: Tables) -> dict[str, Any]:
    """Results without the place of a line in the extract."""
    kept: dict[str, Any] = {name: tables[name] for name in ("episodes", "criteria", "therapy_days")}
    kept["lines"] = Counter(str(row) for row in tables["lines"].values())
    kept["line_days"] = Counter((str(day), str(row)) for (_, day), row in tables["line_days"].items())
    return kept


@each_implementation
@few
@given(extract=extracts(), data=st.data())
def test_a_repeated_row_adds_nothing(audit_by: Audit, extract: Extract, data: st.DataObject) -> None:
    again = {name: rows + ([data.draw(st.sampled_from(rows))] if rows else []) for name, rows in extract.items()}
    before, after = audit_by(extract), audit_by(again)
    for name in ("episodes", "criteria", "therapy_days", "line_days"):
        assert after[name] == before[name], describe(again)


@each_implementation
@few
@given(extract=one_member_extracts())
def test_clock_times_without_an_offset_are_the_facilitys_and_of_no_instant(audit_by: Audit, extract: Extract) -> None:
    """The same comes of them, and no result tells an instant; a clock that was changed meanwhile cannot be told from one that was not."""
    assume(
        len({match[2] for rows in extract.values() for row in rows for value in row.values() if value and (match := OFFSET.search(value))})
        < 2
    )
    naive = {
        name: [{column: OFFSET.sub(r"\1", value) if value else value for column, value in row.items()} for row in rows]
        for name, rows in extract.items()
    }
    before, after = audit_by(extract), audit_by(naive)
    assert not [row for row in after["episodes"].values() if row["start_at"]] or naive == extract, describe(naive)
    for tables in (before, after):
        for row in tables["episodes"].values():
            row["start_at"] = None
    assert after == before, describe(naive)


@st.composite
def _documents(draw: st.DrawFn, member_id: str, starts: str) -> dict[str, Any]:
    """A statement or code of any status and time that says nothing of exposure."""
    person: Person = draw(people(member_id, starts[-6:] if "T" in starts else "-08:00"))
    row: dict[str, Any] = {"member_id": member_id, "start": draw(st.sampled_from((starts, starts[:10], person.clock(0))))}
    row["status"] = draw(st.sampled_from(STATUSES))
    codes = [pair for pair in CODED if pair[1] not in EXPOSURE_CODES]
    if draw(st.booleans()):
        return {**row, "concept": draw(st.sampled_from(FINDINGS))}
    return {**row, **dict(zip(("code_system", "code"), draw(st.sampled_from(codes)), strict=True))}


@each_implementation
@few
@given(extract=one_member_extracts(), data=st.data())
def test_another_document_moves_a_decided_leaf_only_to_conflict(audit_by: Audit, extract: Extract, data: st.DataObject) -> None:
    times = [event["start"] for event in extract["events"]] or ["2024-06-01"]
    document = data.draw(_documents("M1", data.draw(st.sampled_from(times))))
    before, after = audit_by(extract), audit_by({**extract, "events": [*extract["events"], document]})
    for key, one, other in _leaves(before, after):
        decided = one["outcome"] in (MET, NOT_MET)
        if decided and other["outcome"] != one["outcome"]:
            assert (other["outcome"], other["reason"]) == (UNKNOWN, "conflicting"), f"{key}: {document}\n{describe(extract)}"


@each_implementation
@few
@given(extract=one_member_extracts(), data=st.data())
def test_a_document_less_never_fails_what_was_unknown(audit_by: Audit, extract: Extract, data: st.DataObject) -> None:
    """Except where the document was one side of a conflict."""
    documents = [event for event in extract["events"] if _says_nothing_of_exposure(event)]
    if not documents:
        return
    gone = data.draw(st.sampled_from(documents))
    before = audit_by(extract)
    after = audit_by({**extract, "events": [event for event in extract["events"] if event is not gone]})
    for key, one, other in _leaves(before, after):
        if one["outcome"] == UNKNOWN and one["reason"] != "conflicting":
            assert other["outcome"] != NOT_MET, f"{key}: {gone}\n{describe(extract)}"


@each_implementation
@few
@given(extract=one_member_extracts(), data=st.data())
def test_a_reading_less_never_fails_a_day(audit_by: Audit, extract: Extract, data: st.DataObject) -> None:
    """Except where it said that oxygen was given on a day that others say room air of."""
    readings = [event for event in extract["events"] if event.get("concept") in OXYGEN]
    if not readings:
        return
    gone = data.draw(st.sampled_from(readings))
    fewer = {**extract, "events": [event for event in extract["events"] if event is not gone]}
    was = {reading["day"] for reading in _oxygen({**extract, "events": [gone]}) if reading["kind"] == "oxygen"}
    if was & {reading["day"] for reading in _oxygen(fewer) if reading["kind"] == "room air"}:
        return
    before, after = audit_by(extract), audit_by(fewer)
    for key, row in before["therapy_days"].items():
        if row["oxygen_need"] in (MET, UNKNOWN):
            assert after["therapy_days"][key]["oxygen_need"] != NOT_MET, f"{key}: {gone}\n{describe(extract)}"


def _oxygen(extract: Extract) -> list[dict[str, Any]]:
    return read_oxygen(typed(extract)["events"], rule_book())


def _says_nothing_of_exposure(event: dict[str, Any]) -> bool:
    return event.get("concept") not in ("ino", "ino_device_log", "ino_dose") and event.get("code") not in EXPOSURE_CODES


def _leaves(before: Tables, after: Tables) -> Iterator[tuple[Any, Any, Any]]:
    """Each leaf that asks for records, before and after."""
    for key, row in before["criteria"].items():
        if key[1] in _leaf_keys(rule_book().policy["criteria"]) | _leaf_keys(rule_book().policy["experimental"]):
            yield key, row, after["criteria"][key]


def _leaf_keys(nodes: dict[str, Any]) -> set[str]:
    found = {key for key, node in nodes.items() if "when" in node}
    return found.union(*(_leaf_keys(node.get(group, {})) for node in nodes.values() for group in ("all_of", "any_of")))


@each_implementation
@few
@given(extract=extracts())
def test_what_is_at_risk_is_a_range(audit_by: Audit, extract: Extract) -> None:
    tables = audit_by(extract)
    for name in ("episodes", "lines"):
        for row in tables[name].values():
            assert 0 <= row[AT_RISK[0]] <= row[AT_RISK[1]] <= row["counted_cents"], describe(extract)


@each_implementation
@few
@given(extract=extracts())
def test_sums_agree_over_parts_days_lines_and_episodes(audit_by: Audit, extract: Extract) -> None:
    tables = audit_by(extract)
    by_day: dict[Any, Counter[str]] = defaultdict(Counter)
    by_episode: dict[Any, Counter[str]] = defaultdict(Counter)
    by_lines: dict[Any, Counter[str]] = defaultdict(Counter)
    for (_, day), part in tables["line_days"].items():
        by_day[part["episode"], day][f"{part['bucket']}_cents"] += part["cents"]
        by_episode[part["episode"]][f"{part['bucket']}_cents"] += part["cents"]
    for row in tables["lines"].values():
        by_lines[row["episode"]].update({name: row[name] for name in MONEY})
    for key, row in tables["therapy_days"].items():
        assert {name: row[name] for name in MONEY[1:]} == {name: by_day[key][name] for name in MONEY[1:]}, describe(extract)
    for (episode,), row in tables["episodes"].items():
        assert {name: row[name] for name in MONEY[1:]} == {name: by_episode[episode][name] for name in MONEY[1:]}, describe(extract)
        assert {name: row[name] for name in MONEY} == {name: by_lines[episode][name] for name in MONEY}, describe(extract)
        days = [day for (of, _), day in tables["therapy_days"].items() if of == episode]
        assert row["therapy_days"] == sum(day["is_therapy_day"] for day in days), describe(extract)
    assert set(KEYS) == set(tables)

"""What an analyst wants to know on the day an extract arrives: each shortcoming is told, with where it is and what it costs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from auditor import Readiness, Settings, check
from auditor.errors import ExtractRefused
from auditor.readiness.notices import notices
from auditor.readiness.states import State
from auditor.readiness.values import readiness_values
from tests.policy.guidelines import CONFIGS
from tests.properties.implementations import as_frames
from tests.readiness.checked import terminal_text
from tests.test_privacy import Rows, write

LINE = {
    "claim_id": "C1",
    "claim_line_number": "1",
    "member_id": "A-001",
    "claim_line_start_date": "2026-03-09",
    "claim_line_end_date": "2026-03-11",
    "hcpcs_code": "94799",
    "line_description": "INHALED NITRIC OXIDE",
    "paid_amount": "900.00",
    "line_of_business": "commercial",
    "state": "OR",
    "facility_npi": "1992700111",
    "claim_status": "paid",
}
INO = {
    "member_id": "A-001",
    "start": "2026-03-09T08:00-08:00",
    "end": "2026-03-11T20:00-07:00",
    "concept": "ino",
    "facility": "1992700111",
    "document_id": "D1",
}
PERSON = {"member_id": "A-001", "birth_date": "2026-03-08T04:00-08:00"}
READING = {"member_id": "A-001", "start": "2026-03-10T08:00-07:00", "facility": "1992700111"}


def ready(lines: Rows, members: Rows, events: Rows) -> Readiness:
    return check(Settings(), frames=as_frames({"claim_lines": lines, "members": members, "events": events, "authorizations": []}))


def told(readiness: Readiness) -> str:
    return " ".join(notices(readiness))


def short_of(*events: dict[str, str]) -> Readiness:
    """A newborn on iNO with a chart that says nothing else but these."""
    return ready([LINE], [PERSON], [INO, *events])


ECHO = {"member_id": "A-001", "start": "2026-03-09T09:00-08:00", "concept": "echo_pphn", "status": "preliminary"}
SATURATION = {**READING, "concept": "spo2", "value": "93", "unit": "%"}
CODES = tuple({**READING, "code_system": "icd10cm", "code": code} for code in ("P2930", "Z9999"))


@cache
def half_charted() -> Readiness:
    """The same newborn with an echo that is not read yet and a saturation without its oxygen, checked once."""
    return short_of(ECHO, SATURATION)


@cache
def oddly_charted() -> Readiness:
    """The same newborn with names that no concept has, and codes of which one is in no value set, checked once."""
    return short_of(*[{**READING, "concept": "spo22", "value": "93"}] * 2, {**READING, "concept": "qqqq"}, *CODES)


@cache
def bare() -> Readiness:
    """A newborn on iNO with a chart that says nothing else, checked once."""
    return short_of()


def criterion(readiness: Readiness, key: str) -> object:
    return next(one for one in readiness.criteria if one.key == key)


def test_a_bare_chart_waits_for_records_and_says_which() -> None:
    readiness = bare()
    states = {state.state: state.episodes for state in readiness.episodes}
    assert (states[State.RECORDS], sum(states.values())) == (1, 1)
    assert readiness.blocked_cents == 90000
    assert {one.document for one in readiness.documents} >= {"echo report", "delivery summary or newborn H&P"}
    assert {one.blocked_cents for one in readiness.documents} == {90000}
    assert [one.freed_cents for one in readiness.documents if one.freed_cents] == [90000]
    assert all(one.alone_cents == 0 for one in readiness.documents)


def test_a_paragraph_of_which_no_row_speaks_can_never_be_decided() -> None:
    without = criterion(bare(), "I.A.3.a")
    preliminary = criterion(half_charted(), "I.A.3.a")
    assert (without.never, without.rows, without.holds_up) == (True, 0, 1)  # type: ignore[attr-defined]
    assert without.shown_by == ("echo: pulmonary hypertension of the newborn",)  # type: ignore[attr-defined]
    assert (preliminary.never, preliminary.rows, preliminary.reasons) == (False, 1, {"preliminary": 1})  # type: ignore[attr-defined]
    assert "never: no row of the extract speaks of it" in terminal_text(bare(), 200)


def test_what_is_settled_above_holds_nothing_up() -> None:
    """The age is past every limit of a newborn: nothing of that pathway is missed, and exclusions hold nothing up."""
    grown = ready([LINE], [{**PERSON, "birth_date": "1990-01-01"}], [INO])
    assert not any(one.holds_up for one in grown.criteria if one.key.startswith(("I.A", "X.")))


def test_a_saturation_alone_does_not_decide_the_need_of_oxygen() -> None:
    oxygen = {**READING, "concept": "fio2", "value": "0.6", "unit": "fraction"}
    assert criterion(half_charted(), "II.2").never  # type: ignore[attr-defined]
    assert not criterion(short_of(SATURATION, oxygen), "II.2").never  # type: ignore[attr-defined]


def test_a_facility_that_charts_nothing_is_seen_beside_one_that_does() -> None:
    other = {**LINE, "claim_id": "C2", "member_id": "B-002", "facility_npi": "1992700212"}
    readiness = ready([LINE, other], [PERSON], [INO, {**READING, "concept": "ino_dose", "value": "20", "unit": "ppm"}])
    charted = {place.facility: place.charted for place in readiness.facilities}
    assert charted["1992700111"] == {**dict.fromkeys(readiness.charted_concepts, 0), "ino": 1, "ino_dose": 1}
    assert set(charted["1992700212"].values()) == {0}


def test_a_unit_that_no_concept_names_is_counted_with_its_place() -> None:
    readiness = short_of(
        {**READING, "concept": "ino_dose", "value": "20", "unit": "ppm"},
        {**READING, "concept": "ino_dose", "value": "15", "unit": "mL/h"},
        {**READING, "concept": "fio2", "value": "60", "unit": "%"},
        {**READING, "concept": "pao2", "value": "8", "unit": "kPa"},
        {**READING, "concept": "spo2", "value": "930", "unit": "%"},
        {**READING, "concept": "spo2"},
    )
    found = {one.concept: one for one in readiness.measurements}
    assert {name for name, one in found.items() if one.unknown_unit} == {"ino_dose"}
    assert (found["ino_dose"].rows, found["ino_dose"].unknown_unit, found["ino_dose"].first_row) == (2, 1, 3)
    assert (found["spo2"].rows, found["spo2"].impossible, found["spo2"].without_value, found["spo2"].first_row) == (2, 1, 1, 6)
    assert "1 row of iNO dose bear a unit that is not known (first: frame:events row 3); they are read as ppm." in told(readiness)


def test_a_name_that_no_concept_has_is_told_by_its_place_and_the_nearest() -> None:
    readiness = oddly_charted()
    assert [(one.rows, one.first_row, one.nearest) for one in readiness.unknown_concepts] == [(2, 2, "spo2"), (1, 4, None)]
    assert "Did you mean spo2?" in told(readiness)
    assert "spo22" not in told(readiness) + str(readiness_values(readiness))


def test_codes_that_no_value_set_holds_are_counted() -> None:
    assert vars(oddly_charted().coded_rows) == {"rows": 2, "known": 1}


@pytest.mark.parametrize(("written", "near"), [(("A001", "a-002", "00A003"), 3), (("B-001", "A-0010"), 0)])
def test_ids_written_in_another_way_are_noticed(written: tuple[str, ...], near: int) -> None:
    echoes = [{"member_id": name, "start": "2026-03-09", "concept": "echo"} for name in written]
    lines = [{**LINE, "claim_id": name, "member_id": name} for name in ("A-001", "A-002", "A-003")]
    readiness = ready(lines, [{**PERSON, "member_id": name} for name in written], echoes)
    assert (readiness.members.near_charts, readiness.members.near_member_rows) == (near, near)
    assert ("write its ids in another way" in told(readiness)) == bool(near)
    assert readiness.members.charts_without_claims == len(written)


def test_members_are_counted_by_what_could_be_matched() -> None:
    others = [{**LINE, "claim_id": name, "member_id": name} for name in ("B", "C")]
    people = [
        PERSON,
        {"member_id": "B", "birth_date": ""},
        {**PERSON, "member_id": "C"},
        {**PERSON, "member_id": "C", "birth_date": "2026-01-01"},
    ]
    members = ready([LINE, *others], people, [INO, {**INO, "member_id": "D"}, {**READING, "member_id": "E", "concept": "echo"}]).members
    assert (members.in_scope, members.with_claims, members.with_member_row, members.with_birth_date) == (4, 3, 3, 2)
    assert (members.with_several_birth_dates, members.with_chart, members.with_charted_ino) == (1, 2, 2)
    assert (members.in_claims, members.in_members, members.in_charts, members.charts_without_claims) == (3, 3, 3, 2)


def test_a_table_that_is_missing_is_told_with_what_it_costs() -> None:
    assert "No row of events is in the extract: nothing is known but what claims say." in told(ready([LINE], [PERSON], []))
    assert "No row of members is in the extract" in told(ready([LINE], [], [INO]))
    assert "No row of claim lines is in the extract" in told(ready([], [PERSON], [INO]))


@pytest.mark.parametrize(
    ("start", "zone", "placed_by"),
    [
        ("2026-03-09T08:00-08:00", None, "offset"),
        ("2026-03-09 08:00", None, "local"),
        ("2026-03-09", None, "none"),
        ("2026-03-09T15:00Z", "America/Boise", "zone"),
    ],
)
def test_how_clock_times_are_placed(start: str, zone: str | None, placed_by: str) -> None:
    frames = as_frames({"claim_lines": [LINE], "events": [{**INO, "start": start, "end": ""}]})
    clock = check(Settings(time_zone=zone), frames=frames).clock
    assert (clock.placed_by, clock.zone, clock.with_clock) == (placed_by, zone, int(placed_by != "none"))


def test_facilities_under_two_kinds_of_names_are_noticed() -> None:
    assert "Claims and charts name facilities in different ways" in told(ready([LINE], [PERSON], [{**INO, "facility": "St. Elsewhere"}]))
    assert "in different ways" not in told(bare())


def test_columns_on_which_the_audit_leans_are_counted_by_file(tmp_path: Path) -> None:
    lines = [LINE, {**LINE, "claim_line_number": "2", "facility_npi": "", "paid_amount": ""}]
    folder = write({"claim_lines": lines, "members": [PERSON], "events": [INO]}, tmp_path / "extract")
    fills = {(one.file, one.column): (one.filled, one.rows) for one in check(Settings(paths=(folder,))).columns}
    assert fills["claim_lines.csv", "facility_npi"] == fills["claim_lines.csv", "paid_amount"] == (1, 2)
    assert fills["claim_lines.csv", "line_of_business"] == (2, 2)
    assert fills["events.csv", "end"] == (1, 1)


def test_times_that_cannot_be_placed_are_refused() -> None:
    with pytest.raises(ExtractRefused, match="time zone is not known"):
        short_of({**READING, "start": "2026-03-10T15:00Z", "concept": "echo"})


def test_two_revisions_are_counted_apart(tmp_path: Path) -> None:
    """The same paragraphs under each revision, and every episode under the one in force when it began."""
    configs = Path(copytree(CONFIGS, tmp_path / "configs"))
    [first] = (configs / "policies").glob("*.yaml")
    text = first.read_text(encoding="utf-8").replace(
        "revision: 2020-11-01\neffective: 2020-11-01", "revision: 2026-05-01\neffective: 2026-05-01"
    )
    first.with_name("pacificsource-ino.2026-05-01.yaml").write_text(
        text.replace("review_by: 2024-10-01", "review_by: 2029-10-01"), encoding="utf-8"
    )
    later = dict.fromkeys(("claim_line_start_date", "claim_line_end_date"), "2026-06-09")
    lines = [LINE, {**LINE, **later, "member_id": "B-002", "claim_id": "C2"}, {**LINE, **later, "member_id": "C-003", "claim_id": "C3"}]
    readiness = check(Settings(configs=configs), frames=as_frames({"claim_lines": lines, "members": [], "events": []}))
    assert readiness.revisions == ("2020-11-01", "2026-05-01")
    assert [(one.revision, one.asked) for one in readiness.criteria if one.key == "I"] == [("2020-11-01", 1), ("2026-05-01", 2)]
    assert sum(state.episodes for state in readiness.episodes) == 3
    assert "2026-05-01  I.A.3.a" in terminal_text(readiness, 220)

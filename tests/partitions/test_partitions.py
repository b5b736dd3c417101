"""The audit of partitions, joined, is the audit of all members, however they are parted."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pyarrow
import pytest
from draws import how_many

from auditor import AuditResult, ExtractRefused, Settings, SettingsRefused, audit, audit_partition, join_partitions, kin_groups
from tests.partitions.parted import SETTINGS, Tables, differing, part_by_kin, random_extract

COUNT = how_many(12, 25)
NAMES = ("claim_lines", "members", "events", "authorizations")


def audit_parts(parts: list[Tables], settings: Settings = SETTINGS) -> AuditResult:
    return join_partitions([audit_partition(*(part[name] for name in NAMES), settings) for part in parts], settings)


@pytest.fixture(scope="module")
def extract() -> Tables:
    return random_extract(COUNT, 7)


@pytest.fixture(scope="module")
def whole(extract: Tables) -> AuditResult:
    return audit(SETTINGS, frames=extract)


MANY = [pytest.param(number % 7 + 1, number, marks=pytest.mark.thorough) for number in range(2, 40)]


@pytest.mark.parametrize(("parts", "number"), [(2, 1), *MANY])
def test_any_parting_of_the_members_comes_to_the_same_tables(extract: Tables, whole: AuditResult, parts: int, number: int) -> None:
    joined = audit_parts(part_by_kin(extract, parts, number))
    assert len(whole.frames["episodes"]) > COUNT, "the strategies no longer make courses"
    assert not differing(whole, joined)
    told = replace(joined.facts, inputs=whole.facts.inputs, recipe=whole.facts.recipe)
    assert told == whole.facts, "the facts of the run differ"


def test_lines_are_numbered_through_the_run(whole: AuditResult) -> None:
    lines = whole.frames["lines"]
    named = set(lines["line_key"]) | set(whole.frames["findings"]["line_key"].dropna())
    assert sorted(named) == list(range(1, len(named) + 1))
    assert lines["member_id"].is_monotonic_increasing


@pytest.mark.thorough
def test_two_guidelines_are_joined_too(extract: Tables) -> None:
    settings = SETTINGS.model_copy(update={"beside": ("example-ecmo",)})
    one = audit(settings, frames=extract)
    other = audit_parts(part_by_kin(extract, 2, 3), settings)
    assert not differing(one, other)
    assert other.facts.counts == one.facts.counts
    assert other.facts.line_totals == one.facts.line_totals
    assert other.facts.notices == one.facts.notices


def test_a_partition_can_be_sent_elsewhere_and_back(extract: Tables, whole: AuditResult) -> None:
    partition = pickle.loads(pickle.dumps(audit_partition(*(extract[name] for name in NAMES), SETTINGS)))
    assert partition.tables["episodes"].num_rows == len(whole.frames["episodes"])
    assert not differing(whole, join_partitions([partition], SETTINGS))


def test_tables_but_claim_lines_may_be_left_out(extract: Tables) -> None:
    nobody = extract["claim_lines"].slice(0, 0)
    joined = join_partitions([audit_partition(nobody, None, None, None, SETTINGS)] * 2, SETTINGS)
    assert joined.nothing_to_audit


def test_a_member_in_two_partitions_is_refused(extract: Tables) -> None:
    rows = extract["claim_lines"]
    partitions = [audit_partition(part, extract["members"], None, None, SETTINGS) for part in (rows, rows.slice(len(rows) // 2))]
    with pytest.raises(ExtractRefused, match="more than one partition") as refused:
        join_partitions(partitions, SETTINGS)
    assert "X0" not in str(refused.value)


def test_nothing_cannot_be_joined_and_files_are_not_read() -> None:
    with pytest.raises(ExtractRefused, match="no partition"):
        join_partitions([], SETTINGS)
    with pytest.raises(SettingsRefused, match="leave paths out"):
        audit_partition(pyarrow.table({}), None, None, None, Settings(paths=("extract",)))


def one_line(member: str, start: str) -> pyarrow.Table:
    line = {"claim_id": member, "claim_line_number": "1", "member_id": member, "claim_line_start_date": start, "hcpcs_code": "94002"}
    return pyarrow.table({name: [value] for name, value in line.items()})


def one_event(member: str, start: str) -> pyarrow.Table:
    return pyarrow.table({"member_id": [member], "start": [start], "concept": ["ino_therapy"], "status": ["present"]})


def test_clock_times_that_only_the_whole_run_cannot_place_are_refused_as_by_one_audit() -> None:
    lines = [one_line("A", "2026-03-02"), one_line("B", "2026-03-02")]
    events = [one_event("A", "2026-03-02T10:00"), one_event("B", "2026-03-02T10:00-07:00")]
    with pytest.raises(ExtractRefused) as alone:
        audit(SETTINGS, frames={"claim_lines": pyarrow.concat_tables(lines), "events": pyarrow.concat_tables(events)})
    parts = [audit_partition(line, None, event, None, SETTINGS) for line, event in zip(lines, events, strict=True)]
    with pytest.raises(ExtractRefused) as joined:
        join_partitions(parts, SETTINGS)
    assert str(joined.value) == str(alone.value)


def test_times_in_utc_are_refused_by_the_run_and_not_by_a_part() -> None:
    partition = audit_partition(one_line("A", "2026-03-02"), None, one_event("A", "2026-03-02T10:00Z"), None, SETTINGS)
    assert not partition.tables
    with pytest.raises(ExtractRefused, match="times are in UTC"):
        join_partitions([partition], SETTINGS)


def test_kin_are_followed_through_others_and_go_by_the_lowest_id() -> None:
    members = pyarrow.table(
        {
            "member_id": ["C", "D", "E", "F", "G"],
            "person_id": ["P", "P", None, None, "Q"],
            "mother_member_id": [None, "B", "B", None, None],
        }
    )
    groups = kin_groups(members).to_pydict()
    assert dict(zip(groups["member_id"], groups["kin_group"], strict=True)) == {"B": "B", "C": "B", "D": "B", "E": "B", "G": "G"}


@pytest.mark.parametrize("rows", [[1, None], ["first", "second"]])
def test_rows_that_do_not_say_where_they_were_are_refused(rows: list[object]) -> None:
    line = pyarrow.concat_tables([one_line("A", "2026-03-02")] * 2).append_column("source_file", pyarrow.array(["a.csv", "a.csv"]))
    with pytest.raises(ExtractRefused, match="source_file and source_row"):
        audit(SETTINGS, frames={"claim_lines": line.append_column("source_row", pyarrow.array(rows))})

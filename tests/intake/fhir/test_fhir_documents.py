"""Files: bundles, lines and single resources, packed or not; what leads where; and files that are refused, by name and place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from fhir_files import PATIENT, SNOMED, about, benefit, bundle, concept, item, lines, read, read_files

from auditor.errors import ExtractRefused
from auditor.intake.fhir import is_fhir
from auditor.intake.fhir.documents import DEEPEST

SECRET = "SECRET-77"


def finding(**fields: Any) -> dict[str, Any]:
    return about("Condition", **{"code": concept(SNOMED, "233815004"), "onsetDateTime": "2026-01-06", **fields})


@pytest.mark.parametrize(
    ("name", "content", "row"),
    [
        ("a.ndjson", lines((PATIENT, finding())), 2),
        ("a.ndjson.gz", gzip.compress(lines((PATIENT, finding()))), 2),
        ("a.jsonl", b"\xef\xbb\xbf" + lines((PATIENT,)) + b"\n  \r\n" + lines((finding(),)), 4),
        ("a.json", lines((PATIENT, finding())), 2),
        ("a.json", bundle((PATIENT, finding())), 2),
        ("a.json", json.dumps(json.loads(bundle((PATIENT, finding()))), indent=2).encode(), 2),
        ("a.json.gz", gzip.compress(bundle((PATIENT, finding()))), 2),
        ("a.ndjson", bundle((PATIENT, finding())) + b"\n", 1),
    ],
)
def test_layouts(tmp_path: Path, name: str, content: bytes, row: int) -> None:
    [event] = read_files(tmp_path, {name: content})["events"]
    assert (event["member_id"], event["source_file"], event["source_row"]) == ("m1", name, row)


def test_a_bundle_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    entries = [PATIENT, *(finding(note=[{"text": 'br"ac{kets]' * 4000}]) for _ in range(100))]
    assert [row["source_row"] for row in read_files(tmp_path, {"a.json": bundle(entries)})["events"]] == list(range(2, 102))


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "cut off": ("a.json", bundle((PATIENT,))[:-9], r"a\.json, entry \d: .*cut off"),
    "cut off in a line": ("a.ndjson", lines((PATIENT, PATIENT))[:-9], r"a\.ndjson, line 2: is not JSON"),
    "cut off in a string": ("a.json", bundle((PATIENT,))[:50], r"a\.json, entry 1: .*cut off"),
    "no object": ("a.ndjson", lines((PATIENT,)) + b"[1]\n", r"a\.ndjson, line 2: is JSON, but no resource"),
    "no type": ("a.ndjson", lines((PATIENT, {"id": SECRET})), r"a\.ndjson, line 2: holds no resourceType"),
    "deep line": ("a.ndjson", lines((PATIENT,)) + b'{"a":' * 2000 + b"1" + b"}" * 2000, r"a\.ndjson, line 2: is nested deeper"),
    "deep bundle": ("a.json", b'{"resourceType":"Bundle","entry":[' + b"[" * 2000, rf"entry 1: is nested deeper than {DEEPEST}"),
    "not UTF-8": ("a.ndjson", lines((PATIENT,)).replace(b"m1", b"m\xe9"), r"a\.ndjson, line 1: is not JSON in UTF-8"),
    "UTF-16": ("a.json", bundle((PATIENT,)).decode().encode("utf-16"), r"a\.json: is not UTF-8"),
    "not packed": ("a.ndjson.gz", gzip.compress(lines((PATIENT,)) * 99)[:-20], r"a\.ndjson\.gz: cannot be unpacked"),
    "history": ("a.json", bundle((PATIENT,), type="history"), r"a\.json: is a history bundle"),
    "bundle in a bundle": ("a.json", bundle((json.loads(bundle(())),)), r"a\.json, entry 1: expected one resource"),
    "two documents": ("a.json", bundle((PATIENT,)) + b" " + bundle((PATIENT,)), r"a\.json, entry \d: .*not JSON"),
    "lost comma": ("a.json", bundle((PATIENT, PATIENT)).replace(b"}, {", b"}; {"), r"a\.json, entry \d: .*not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_files_that_cannot_be_trusted(tmp_path: Path, why: str) -> None:
    name, content, message = REFUSED[why]
    with pytest.raises(ExtractRefused, match=message) as refused:
        read_files(tmp_path, {name: content})
    assert SECRET not in str(refused.value)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.intake.fhir.unpacking.FREE", 1 << 20)
    bomb = gzip.compress(lines((PATIENT,)) + b"\n" * (1 << 23))
    with pytest.raises(ExtractRefused, match=r"^a\.ndjson\.gz: unpacks to more than 250 times its size"):
        read_files(tmp_path, {"a.ndjson.gz": bomb})


@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_a_huge_field_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("auditor.intake.fhir.documents.LONGEST", 2 << 20)
    huge = finding(note=[{"text": "x" * (5 << 20)}])
    with pytest.raises(ExtractRefused, match=r": is longer than 2 MB"):
        read_files(tmp_path, {name: lines((huge,)) if name.endswith("ndjson") else bundle((huge,))})


def test_a_field_given_twice_sets_the_resource_aside(tmp_path: Path) -> None:
    twice = b'{"resourceType":"Condition","subject":{"reference":"Patient/m1"},"onsetDateTime":"2026-01-06","onsetDateTime":"2026-01-07"}\n'
    found = read_files(tmp_path, {"a.ndjson": lines((PATIENT,)) + twice + twice.replace(b'":"2', b'" : "2')})
    assert [row["fault"] for row in found["events"]] == ["field is given twice"] * 2


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/m1"},
        {"reference": "https://example.org/fhir/Patient/m1"},
        {"reference": "Patient/m1/_history/4"},
        {"reference": "Patient?identifier=urn:ids|77"},
        {"reference": "Patient?identifier=77"},
        {"identifier": {"system": "urn:ids", "value": "77"}},
        {"reference": "Patient?_id=m1"},
        {"reference": "urn:uuid:0b7c"},
    ],
)
def test_every_way_to_refer_to_a_member(tmp_path: Path, reference: dict[str, Any]) -> None:
    patient = PATIENT | {"identifier": [{"system": "urn:ids", "value": "77"}]}
    entries = [{"fullUrl": "urn:uuid:0b7c", "resource": patient}, {"resource": finding(subject=reference)}]
    found = read_files(tmp_path, {"a.json": json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()})
    assert [row.get("member_id") for row in found["events"]] == ["m1"]


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ({"reference": "Patient/lost"}, "reference leads nowhere"),
        ({"reference": "#inside"}, "reference leads nowhere"),
        ({"reference": "urn:uuid:lost"}, "reference leads nowhere"),
        ({"reference": "Group/m1"}, "reference leads nowhere"),
        ({"identifier": {"value": "77"}}, "reference fits more than one"),
        ({"display": "somebody"}, None),
    ],
)
def test_a_reference_that_leads_to_no_one_member(tmp_path: Path, reference: dict[str, Any], fault: str | None) -> None:
    twins = [PATIENT | {"id": name, "identifier": [{"value": "77"}]} for name in ("m1", "m2")]
    [event] = read_files(tmp_path, {"a.ndjson": lines((*twins, finding(subject=reference)))})["events"]
    assert "member_id" not in event
    assert event.get("fault") == fault


def test_without_patients_the_reference_itself_names_the_member(tmp_path: Path) -> None:
    [event] = read_files(tmp_path, {"a.ndjson": lines((finding(),))})["events"]
    assert event["member_id"] == "m1"


def test_every_resource_is_a_row_or_counted(tmp_path: Path) -> None:
    kinds = [{"resourceType": kind, "id": "x"} for kind in ("Group", "CarePlan", "Organization", "Immunization", "not a <type>")]
    found = read(tmp_path, *kinds, finding(), finding(code={"coding": 5}))
    assert found.resources == 1 + len(kinds) + 2
    assert found.notices == (
        "FHIR resources that the audit does not need: 1 CarePlan, 1 Group, 1 Immunization, 1 another type.",
        "FHIR resources that only complete the rows of others: 1 Organization.",
    )
    assert [row.get("fault") for row in found["events"]] == [None, "field is of the wrong kind"]


@pytest.mark.parametrize(
    ("head", "name", "known"),
    [
        (b'{"resourceType": "Bundle"', "a.json", True),
        (b'{"id":"1","resourceType":"Patient"', "A.NDJSON.GZ", True),
        (b'{"exportId":"1"}', "log.ndjson", False),
        (b'[{"resourceType":"Patient"}]', "a.json", False),
        (b'{"resourceType":"Patient"}', "a.csv", False),
        (b"", "a.json", False),
    ],
)
def test_what_is_taken_for_fhir(head: bytes, name: str, known: bool) -> None:
    assert is_fhir(head, name) is known


@pytest.mark.parametrize(
    ("version", "fields"), [("STU3", {"context": {}}), ("R5", {"participant": []}), ("STU3", {"clinicalStatus": "active"})]
)
def test_other_versions_are_refused(tmp_path: Path, version: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ExtractRefused, match=rf"^all\.ndjson, line 2: is FHIR {version} \(Condition has \w+\), and this program reads R4"):
        read(tmp_path, finding(**fields))


def test_of_two_versions_of_a_resource_the_newest_counts(tmp_path: Path) -> None:
    old, new = ({"lastUpdated": f"2026-02-0{day}T10:00:00.000-07:00"} for day in (1, 2))
    wrong = {"verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error")}
    found = read(
        tmp_path, finding(id="c", meta=new, **wrong), finding(id="c", meta=old), finding(id="d", meta=old), finding(id="d", **wrong)
    )
    assert [(row["source_row"], row["status"]) for row in found["events"]] == [(2, "entered_in_error"), (4, "present")]
    assert found.notices == ("FHIR resources of which the export holds a newer version: 2.",)


@pytest.mark.parametrize("meta", [{}, {"meta": {"lastUpdated": "2026-02-01T10:00:00Z"}}], ids=["never", "at once"])
def test_versions_that_differ_are_set_aside_and_never_counted_twice(tmp_path: Path, meta: dict[str, Any]) -> None:
    again = finding(id="c", **meta, onsetDateTime="2026-01-07")
    claims = [benefit(**meta, item=[item(servicedDate=f"2026-01-0{day}")]) for day in (6, 7)]
    found = read(tmp_path, finding(id="c", **meta), again, *claims)
    for table in ("events", "claim_lines"):
        assert [row["fault"] for row in found[table]] == ["versions of one resource differ"] * 2


@pytest.mark.parametrize("wrap", [lambda *all_of: all_of, lambda *all_of: (json.loads(bundle(all_of)),)], ids=["lines", "one line"])
def test_copies_of_a_resource_count_once(tmp_path: Path, wrap: Any) -> None:
    found = read(tmp_path, *wrap(finding(id="c"), finding(id="c"), benefit(), benefit(), finding(), finding()))
    assert [row.get("fault") for row in found["events"]] == [None, None, None]  # without an id, nobody says that they are one
    assert [row.get("fault") for row in found["claim_lines"]] == [None]
    assert found.notices == ("FHIR resources given once more in the same words, and counted once: 2.",)

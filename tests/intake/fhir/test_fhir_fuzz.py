"""Damage of every kind: whatever a file holds, it is read or refused by name, and no word of it is repeated in a message."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from draws import draws
from fhir_files import PATIENT, SNOMED, about, amount, benefit, bundle, concept, item, lines, read_files
from hypothesis import example, given
from hypothesis import strategies as st
from intake.extracts import opened

from auditor.errors import ExtractRefused
from auditor.intake import Extract
from auditor.intake.faults import MENDING

SECRET = "SECRET-77"
QUANTITY = {"value": 34.29, "unit": "wk", "code": "wk"}
RESOURCES: list[dict[str, Any]] = [
    PATIENT
    | {"identifier": [{"system": "urn:x", "value": SECRET}], "link": [{"other": {"reference": "RelatedPerson/r"}, "type": "seealso"}]},
    benefit(
        item=[
            item(
                adjudication=[amount("benefit", 12.5)], diagnosisSequence=[1], careTeamSequence=[1], quantity={"value": 1}, noteNumber=[1]
            )
        ],
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": concept(SNOMED, "1"), "type": [concept(SNOMED, "2")]}],
        procedure=[{"sequence": 1, "date": "2026-01-06", "procedureCodeableConcept": concept("icd10pcs", "5A1221Z")}],
        careTeam=[{"sequence": 1, "provider": {"reference": "#p"}, "role": concept("x", "y")}],
        contained=[{"resourceType": "Practitioner", "id": "p", "identifier": [{"value": "1"}]}],
        supportingInfo=[{"category": concept("urn:auditor:claim", "state"), "code": concept("x", "y"), "timingPeriod": {"start": "2026"}}],
        processNote=[{"number": 1, "text": "words"}], related=[{"relationship": concept("x", "prior"), "claim": {"reference": "Claim/1"}}],
        insurance=[{"focal": True, "coverage": {"reference": "Coverage/1"}}], payment={"date": "2026-02-01"},
    ),
    about("Observation", id="o", status="final", code=concept(SNOMED, "1"), effectiveDateTime="2026-01-06", valueQuantity=QUANTITY,
          component=[{"code": concept(SNOMED, "2"), "valueString": "no"}]),
    about("Condition", code=concept(SNOMED, "233815004"), onsetPeriod={"start": "2026"},
          evidence=[{"detail": [{"reference": "DocumentReference/1"}]}]),
    about("Procedure", status="completed", code=concept(SNOMED, "1"), performedPeriod={"start": "2026"},
          outcome=concept(SNOMED, "385669000")),
    about("MedicationAdministration", status="completed", medicationReference={"reference": "Medication/1"},
          effectivePeriod={"start": "2026"}, dosage={"rateQuantity": {"value": 20, "code": "[ppm]"}}),
    about("DiagnosticReport", id="d", status="final", code=concept(SNOMED, "1"), conclusionCode=[concept(SNOMED, "2")],
          result=[{"reference": "Observation/o"}]),
    about("DeviceUseStatement", status="active", device={"reference": "Device/1"}, timingTiming={"event": ["2026"]}),
    about("Encounter", id="e", status="finished", period={"start": "2026"}, type=[concept(SNOMED, "1")],
          serviceProvider={"reference": "Organization/1"}),
    {"resourceType": "Coverage", "id": "1", "type": concept("https://nahdo.org/sopt", "1"),
     "class": [{"type": concept("x", "plan"), "value": "p"}]},
    {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/m1"}, "relationship": [concept("x", "MTH")]},
    {"resourceType": "Medication", "id": "1", "code": concept("http://hl7.org/fhir/sid/ndc", "64693-002-02")},
    {"resourceType": "Organization", "id": "1", "identifier": [{"system": "x", "type": concept("x", "npi"), "value": "1"}], "name": "n"},
]  # fmt: skip
LINES, BUNDLE = lines(RESOURCES), bundle(RESOURCES)

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(allow_nan=False), st.text(max_size=8), st.just(SECRET),
    st.just([]), st.just({}), st.just([[]]), st.just([None]), st.just([{}]), st.just({"coding": [{"code": []}]}), st.just("9" * 400),
    st.just({"reference": "a/b/c?d"}), st.just([{"url": 1}]), st.just("\x00"), st.just("Patient?identifier="), st.just(1e308),
)  # fmt: skip
SLOW = draws(8, 60)


def survives(content: bytes, name: str) -> None:
    """Read or refused with the file's name; no word of the file in the message."""
    with TemporaryDirectory() as folder:
        try:
            read_files(Path(folder), {name: content})
        except ExtractRefused as refused:
            said = str(refused)
        else:
            said = name
    assert said.startswith(name)
    assert SECRET not in said


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a tree."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in children for place in places(value, (*path, key)))]


EVERYWHERE = [(number, place) for number, one in enumerate(RESOURCES) for place in places(one) if place]


@SLOW
@given(st.lists(st.tuples(st.sampled_from(EVERYWHERE), ODD), min_size=1, max_size=25))
def test_a_wrong_kind_anywhere_in_the_tree(changes: list[tuple[tuple[int, tuple[Any, ...]], Any]]) -> None:
    resources = copy.deepcopy(RESOURCES)
    for (number, place), value in changes:
        at: Any = resources[number]
        try:
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    survives(lines(resources), "a.ndjson")


def odd_resources() -> list[dict[str, Any]]:
    """Every resource with each odd value in each of its places, as long as its type can still be told."""
    odd = [None, True, 0, 10**30, -1.5, "", SECRET, [], {}, [[]], [None], [{}], [1], {"reference": "a/b/c?d"}, [{"url": []}], "\x00"]
    changed = []
    for number, place in EVERYWHERE:
        for value in odd:
            one = copy.deepcopy(RESOURCES[number])
            at: Any = one
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = value
            changed.append(one)
    return [one for one in changed if type(one.get("resourceType")) is str]


def test_each_odd_value_in_each_place(tmp_path: Path) -> None:
    changed = odd_resources()
    assert read_files(tmp_path, {"a.ndjson": lines(changed)}).resources == len(changed)


@SLOW
@given(st.sampled_from(["a.ndjson", "a.json"]), st.integers(0, len(BUNDLE)))
def test_files_cut_off(name: str, length: int) -> None:
    survives((LINES if name == "a.ndjson" else BUNDLE)[:length], name)


@SLOW
@given(
    st.sampled_from(["a.ndjson", "a.json"]),
    st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_files_with_flipped_bytes(name: str, flips: list[tuple[int, int]]) -> None:
    content = bytearray(LINES if name == "a.ndjson" else BUNDLE)
    for place, value in flips:
        content[place] = value
    survives(bytes(content), name)


@SLOW
@given(st.sampled_from(["a.ndjson", "a.json"]), st.integers(0, len(LINES)), st.integers(0, len(LINES)), st.integers(0, len(LINES)))
def test_files_spliced(name: str, one: int, other: int, third: int) -> None:
    content = LINES if name == "a.ndjson" else BUNDLE
    survives(content[:one] + content[other:] + content[third:], name)


@SLOW
@given(st.sampled_from(["a.ndjson", "a.json", "a.json.gz"]), st.binary(max_size=300))
@example("a.json", b'{"entry":[{"resource":{"resourceType":"Bundle"}}]}')
@example("a.json", b'{"resourceType":"List","entry":[{"item":{}}]}')
@example("a.json", b'{"entry":"' + b"\\")
@example("a.json", b"}")
@example("a.json", b'{"entry":[{}]}{"entry":[')
def test_anything_at_all(name: str, content: bytes) -> None:
    survives(content, name)


def test_numbers_too_large_to_hold() -> None:
    for huge in (b"1e400", b"-1e400", b"9" * 5000, b"0." + b"9" * 5000, b"1E+9999"):
        survives(LINES.replace(b"34.29", huge), "a.ndjson")


@draws(12, 100)
@given(st.data())
def test_entries_are_parted_as_the_whole_would_be(data: st.DataObject) -> None:
    """A bundle with any text, layout and order of fields gives the entries that a parser of the whole gives."""
    words = st.text(st.sampled_from('{}[]",:\\ \n\u00e9a'), max_size=6)
    deeper = st.lists if data.draw(st.booleans()) else lambda one, max_size: st.dictionaries(words, one, max_size=max_size)
    inner = st.recursive(words | st.integers(), lambda one: deeper(one, max_size=3), max_leaves=6)
    notes = data.draw(st.lists(inner, max_size=4))
    resources = [{"resourceType": "Basic", "note": note} for note in notes]
    entries = [{"resource": one} for one in resources]
    fields = {"resourceType": "Bundle", "type": "collection", "note": data.draw(inner), "entry": entries}
    ordered = dict(data.draw(st.permutations(list(fields.items()))))
    content = json.dumps(ordered, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans()))
    with TemporaryDirectory() as folder:
        assert read_files(Path(folder), {"a.json": content.encode()}).resources == len(resources)


def test_odd_values_are_typed_or_set_aside_with_a_fault_that_can_be_mended(tmp_path: Path) -> None:
    """The same file through the whole intake: every row is trusted, or has a word that tells how to mend it."""
    read_files(tmp_path, {"a.ndjson": lines(odd_resources())})
    with opened(Extract((tmp_path / "files",))) as (connection, _):
        for table in ("claim_lines", "members", "events"):
            found = connection.execute(f"SELECT DISTINCT fault FROM {table}_read WHERE fault IS NOT NULL").fetchall()
            assert {fault for (fault,) in found} <= {fault.value for fault in MENDING}
            [(rows, kept)] = connection.execute(f"SELECT count(*), count(*) FILTER (fault IS NULL) FROM {table}_read").fetchall()
            assert 0 < kept < rows

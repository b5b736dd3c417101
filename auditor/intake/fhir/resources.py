"""One resource after another: which reader each type has, what is not needed, and what is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.errors import ExtractRefused
from auditor.intake.faults import Fault
from auditor.intake.fhir import clinical, directory
from auditor.intake.fhir.claim_money import is_paid_as_whole
from auditor.intake.fhir.claims import is_needed, read_claim
from auditor.intake.fhir.documents import Document, Reader
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.references import reference_key
from auditor.intake.fhir.rows import Place, Row, Spool
from auditor.intake.fhir.tree import Doubt, Tree, part
from auditor.intake.fhir.versions import other_version

Reading = Callable[[Tree, str | None], Iterator[Row]]


def _without_address(reading: Callable[[Tree], Iterator[Row]]) -> Reading:
    return lambda resource, full_url: reading(resource)


READERS: Mapping[str, Reading] = {
    "Patient": directory.read_patient,
    "RelatedPerson": directory.read_relative,
    "Organization": directory.read_provider,
    "Practitioner": directory.read_provider,
    "Location": directory.read_provider,
    "Medication": directory.read_thing,
    "Device": directory.read_thing,
    "Coverage": directory.read_coverage,
    "ExplanationOfBenefit": read_claim,
    "Claim": read_claim,
    "Encounter": _without_address(clinical.read_encounter),
    "Condition": _without_address(clinical.read_condition),
    "Observation": _without_address(clinical.read_observation),
    "Procedure": _without_address(clinical.read_procedure),
    "DiagnosticReport": _without_address(clinical.read_report),
    "MedicationAdministration": _without_address(clinical.read_administration),
    "DeviceUseStatement": _without_address(clinical.read_device_use),
}
CLAIMS = ("ExplanationOfBenefit", "Claim")
ABOUT = ("subject", "patient")
TABLES = ("claim_lines", "members", "events")
CURRENT_ONLY = "history"
LONGEST_NAME = 40


@dataclass
class Tally:
    """What became of the resources of a file: how many there were, and of those without a row, how many of each kind and why.

    ``paid_as_whole`` counts claims whose money is on the claim alone.
    """

    resources: int = 0
    looked_up: Counter[str] = field(default_factory=Counter)
    not_needed: Counter[str] = field(default_factory=Counter)
    without_statement: Counter[str] = field(default_factory=Counter)
    paid_as_whole: int = 0

    def add(self, other: Tally) -> None:
        """Counts what another tally counted too."""
        self.resources += other.resources
        self.looked_up += other.looked_up
        self.not_needed += other.not_needed
        self.without_statement += other.without_statement
        self.paid_as_whole += other.paid_as_whole


def read_file(reader: Reader, spool: Spool) -> Tally:
    """Every resource of a file, into the spool; ExtractRefused where the file cannot be trusted."""
    tally = Tally()
    for document in reader:
        place = Place(reader.file.name, max(document.number, 1))
        for nth, (resource, address) in enumerate(_resources(document, reader)):
            _read_resource(Found(resource, address, document, nth), place, reader, Sink(spool, tally))
    return tally


@dataclass(frozen=True)
class Found:
    """A resource, its address in a bundle, the document that holds it, and how many resources of the document come before it."""

    tree: Tree
    address: str | None
    document: Document
    nth: int


@dataclass(frozen=True)
class Sink:
    """Where rows and counts go."""

    spool: Spool
    tally: Tally


def _resources(document: Document, reader: Reader) -> Iterator[tuple[Tree, str | None]]:
    """The resources of a document: one, those of a bundle, or that of a bundle's entry."""
    if document.number and reader.unit == "entry":
        yield from _entry(document.tree, document.number, reader)
    elif _kind(document.tree, document.number, reader) != "Bundle":
        yield document.tree, None
    else:
        yield from _bundle(document, reader)


def _bundle(document: Document, reader: Reader) -> Iterator[tuple[Tree, str | None]]:
    if document.tree.get("type") == CURRENT_ONLY:
        raise ExtractRefused(f"{reader.place(document.number)}: is a history bundle, with outdated versions; export the current state")
    entries = document.tree.get("entry") or []
    if type(entries) is not list:
        raise ExtractRefused(f"{reader.place(document.number)}: the bundle's entry is no list; export it again")
    for entry in entries:
        yield from _entry(entry, document.number, reader)


def _entry(entry: Any, number: int, reader: Reader) -> Iterator[tuple[Tree, str | None]]:
    """The resource of an entry; none where a server only tells what it did."""
    resource = entry.get("resource") if type(entry) is dict else None
    if resource is None and type(entry) is dict:
        return
    if type(resource) is not dict or _kind(resource, number, reader) == "Bundle":
        raise ExtractRefused(f"{reader.place(number)}: expected one resource in the bundle's entry; export it again")
    address = entry.get("fullUrl")
    yield resource, address if type(address) is str else None


def _kind(resource: Tree, number: int, reader: Reader) -> str:
    kind = resource.get("resourceType")
    if type(kind) is not str:
        raise ExtractRefused(f"{reader.place(number)}: holds no resourceType, so it is not FHIR; take it out, or export it again")
    return kind


def _read_resource(found: Found, place: Place, reader: Reader, sink: Sink) -> None:
    kind = found.tree["resourceType"]
    sink.tally.resources += 1
    read = READERS.get(kind)
    if read is None:
        sink.tally.not_needed[_named(kind)] += 1
        return
    if other := other_version(kind, found.tree):
        version, sign = other
        where = reader.place(found.document.number)
        raise ExtractRefused(f"{where}: is FHIR {version} ({kind} has {sign}), and this program reads R4; export it as R4")
    try:
        if found.document.repeats:
            raise Doubt("resourceType", Fault.FIELD_TWICE)
        if kind in CLAIMS and (why := is_needed(found.tree)):
            sink.tally.not_needed[f"{kind} ({why})"] += 1
            return
        rows = list(read(found.tree, found.address))
        sink.tally.paid_as_whole += kind in CLAIMS and is_paid_as_whole(found.tree, rows)
    except Doubt as doubt:
        rows = [_set_aside(kind, found, doubt)]
    for row in rows:
        sink.spool.add(place, row._replace(cells=row.cells | {"nth": str(found.nth)}) if found.nth and row.spool in TABLES else row)
    _count(kind, rows, sink.tally)


def _count(kind: str, rows: list[Row], tally: Tally) -> None:
    if any(row.spool in TABLES for row in rows):
        return
    if kind in fhir_mapping().looked_up or rows:
        tally.looked_up[kind] += 1
    else:
        tally.without_statement[kind] += 1


def _set_aside(kind: str, found: Found, doubt: Doubt) -> Row:
    """The row that stands for a resource that cannot be trusted: whose it is, and the fault."""
    table = "claim_lines" if kind in CLAIMS else "members" if kind == "Patient" else "events"
    return Row(table, {"member_key": _about(found.tree), "fault_column": doubt.column, "fault": doubt.fault.value})


def _about(resource: Tree) -> str | None:
    for name in ABOUT:
        try:
            if key := reference_key(part(resource, name), "Patient"):
                return key
        except Doubt:
            continue
    return None


def _named(kind: str) -> str:
    """The type as messages show it; what is no name of a type could be anything."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= LONGEST_NAME else "another type"

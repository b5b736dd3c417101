"""Charts: Condition, Observation, Procedure, MedicationAdministration, DiagnosticReport, device use and Encounter become events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.intake.faults import Fault
from auditor.intake.fhir.answers import PRELIMINARY, answered_status, value_of
from auditor.intake.fhir.codings import NOTHING, Concept, concepts, read_concept
from auditor.intake.fhir.directory import Drugs, dose_units, read_drugs, thing_cells
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.moments import moment
from auditor.intake.fhir.references import last_part, last_updated, look_within, reference_key, self_key
from auditor.intake.fhir.rows import Cells, Row
from auditor.intake.fhir.tree import Doubt, Tree, contained, first, part, parts, text

DOCUMENTS = ("DocumentReference", "DiagnosticReport", "Composition")
NAME_DOCUMENTS = ("derivedFrom", "report", "supportingInformation", "evidence")
PRESENT = "present"
COURSE, DOSE, BY_STAY = "course", "dose", "stay"  # roles that decide how a row is resolved


@dataclass(frozen=True)
class Told:
    """What every event of one resource shares: its cells, and what lies within it."""

    cells: Cells
    within: dict[str, Tree]

    @property
    def status(self) -> str:
        return self.cells["status"] or PRESENT

    def event(self, **cells: str | None) -> Row:
        return Row("events", {**self.cells, **cells})

    def coded(self, concept: Concept, **cells: str | None) -> Iterator[Row]:
        """An event for each coding that is kept; one without a code where there is none, to be set aside."""
        words = cells.pop("text", None) or concept.words
        own = concept.own
        if own:
            yield self.event(concept=own, text=words, **cells)
            return
        for code in concept.kept:
            yield self.event(code_system=code.system, code=code.code, text=words, **cells)
        if not concept.codings:
            yield self.event(text=words, **cells)


def told(resource: Tree, times: tuple[str | None, str | None], status: str | None = None) -> Told:
    """The shared cells of a resource's events; Doubt where its status is missing or no word of FHIR."""
    kind = text(resource, "resourceType") or ""
    within = contained(resource)
    start, end = times
    stay = reference_key(part(resource, "encounter") or part(resource, "context"), "Encounter")
    return Told(
        {
            "member_key": reference_key(part(resource, "subject"), "Patient"),
            "start": start,
            "end": end,
            "status": status or resource_status(resource, kind),
            "encounter_key": stay,
            "encounter_id": last_part(stay),
            "document_id": document_of(resource),
            "self_key": self_key(resource),
            "updated": last_updated(resource),
        },
        within,
    )


def resource_status(resource: Tree, kind: str) -> str:
    """The contract's word for the status of a resource."""
    word = text(resource, "status")
    if word is None:
        raise Doubt("status", Fault.MISSING)
    known = fhir_mapping().statuses[kind]
    if word not in known:
        raise Doubt("status", Fault.UNEXPECTED_WORD)
    return known[word]


def document_of(resource: Tree) -> str | None:
    """The id of a document that the resource names as what says so."""
    if not any(name in resource for name in NAME_DOCUMENTS):
        return None
    named = (*parts(resource, "derivedFrom"), *parts(resource, "report"), *parts(resource, "supportingInformation"))
    detail = (one for proof in parts(resource, "evidence") for one in parts(proof, "detail"))
    keys = (reference_key(one, "DocumentReference") for one in (*named, *detail))
    return first(last_part(key) for key in keys if key and key.startswith(DOCUMENTS))


def read_condition(resource: Tree) -> Iterator[Row]:
    """A diagnosis, as sure as its verification says, from its onset; from when it was recorded where no onset is dated."""
    start, end = moment(resource, "onset")
    abated, abated_end = moment(resource, "abatement")
    start = start or text(resource, "recordedDate")
    whole = told(resource, (start, abated_end or abated or end), verification(resource))
    site = first(one.words for one in concepts(resource, "bodySite"))
    yield from whole.coded(read_concept(part(resource, "code")), body_site=site, role=None if start else BY_STAY)


def verification(resource: Tree) -> str:
    """The contract's word for the verification of a condition; present where it says nothing, preliminary where nobody can read it."""
    stated = part(resource, "verificationStatus")
    if not stated:
        return PRESENT
    concept = read_concept(stated)
    known = fhir_mapping().statuses["Condition"]
    address = fhir_mapping().system("verification")
    codes = [code for system, code, _ in concept.codings if system in (address, "")]
    if codes and codes[0] not in known:
        raise Doubt("verificationStatus", Fault.UNEXPECTED_WORD)
    words = (concept.text, *(text(one, "display") for one in parts(stated, "coding")))
    said = (*codes, *(code for _, code, _ in concept.codings), *map(_as_code, filter(None, words)))
    return next((known[word] for word in said if word in known), PRELIMINARY)


def _as_code(words: str) -> str:
    """Words as FHIR writes its codes."""
    return "-".join(words.lower().replace("-", " ").strip(" .").split())


def read_observation(resource: Tree) -> Iterator[Row]:
    """A measurement or finding, and each of its components."""
    whole = told(resource, moment(resource, "effective"))
    site = read_concept(part(resource, "bodySite")).words
    components = parts(resource, "component")
    if not is_panel(resource, components):
        yield from _observed(whole, resource, site)
    for component in components:
        yield from _observed(whole, component, site)


def is_panel(resource: Tree, components: list[Tree]) -> bool:
    """Whether it only holds others together: no value of its own, and a code that nothing here knows."""
    holds = bool(components or parts(resource, "hasMember"))
    return holds and value_of(resource).is_empty and not read_concept(part(resource, "code")).is_listed


def _observed(whole: Told, observed: Tree, site: str | None) -> Iterator[Row]:
    """One code with its answer; nothing where the answer is known to be absent."""
    asked, answer = read_concept(part(observed, "code")), value_of(observed)
    if answer.is_absent:
        return
    if answer.concept is not NOTHING and asked.is_any(fhir_mapping().answer_is_fact):
        yield from whole.coded(answer.concept, body_site=site)
        return
    status = answered_status(asked, answer, whole.status)
    words = None if answer.value else answer.words
    yield from whole.coded(asked, status=status, value=answer.value, unit=answer.unit, text=words, body_site=site)


def read_procedure(resource: Tree) -> Iterator[Row]:
    """Something done, with how it ended; not done is absent."""
    whole = told(resource, moment(resource, "performed"))
    outcome = answered_status(NOTHING, value_of({"valueCodeableConcept": part(resource, "outcome")}), whole.status)
    said = first(text(one, "text") for one in parts(resource, "note"))
    yield from whole.coded(
        read_concept(part(resource, "code")),
        status=outcome,
        text=said,
        body_site=first(one.words for one in concepts(resource, "bodySite")),
    )


def read_report(resource: Tree) -> Iterator[Row]:
    """A report that was made, and what it concludes in codes; its results learn its id."""
    times = moment(resource, "effective")
    whole = told(resource, times)
    name = text(resource, "id")
    said = text(resource, "conclusion")
    yield from whole.coded(read_concept(part(resource, "code")), document_id=name, text=said)
    for conclusion in concepts(resource, "conclusionCode"):
        yield from whole.coded(conclusion, document_id=name, text=said)
    for result in parts(resource, "result"):
        if name and (key := reference_key(result, "Observation")):
            yield Row("reports", {"key": key, "document_id": name})


def read_administration(resource: Tree) -> Iterator[Row]:
    """A drug given: a course where it lasts, a code where it is a moment, and its dose where one is charted."""
    start, end = moment(resource, "effective")
    whole = told(resource, (start, end))
    lasting = COURSE if part(resource, "effectivePeriod") else None
    value, unit = dose_of(part(resource, "dosage"))
    status = "absent" if whole.status == PRESENT and value is not None and float(value) == 0 else whole.status
    drugs = _given(resource, whole)
    for cells in drugs.cells:
        yield whole.event(**cells, code_key=drugs.key, role=lasting, status=status, value=value, unit=unit)
        if unit in dose_units():
            yield whole.event(**cells, code_key=drugs.key, role=DOSE, end=None, value=value, unit=unit)


def _given(resource: Tree, whole: Told) -> Drugs:
    """The drug, told in place, within the resource, or in another resource that ``key`` leads to."""
    concept = read_concept(part(resource, "medicationCodeableConcept"))
    if concept.codings or concept.text:
        return read_drugs(concept)
    key = reference_key(part(resource, "medicationReference"), "Medication")
    inside = look_within(key, whole.within)
    if inside is not None:
        return read_drugs(read_concept(part(inside, "code")))
    return Drugs(({},), key)


def dose_of(dosage: Tree) -> tuple[str | None, str | None]:
    """The rate, else the dose; a ratio is its numerator where the denominator is one."""
    quantity = part(dosage, "rateQuantity") or part(dosage, "dose") or part(part(dosage, "rateRatio"), "numerator")
    value = text(quantity, "value")
    try:
        float(value or "")
    except ValueError:
        return None, None
    return value, text(quantity, "code") or text(quantity, "unit")


def read_device_use(resource: Tree) -> Iterator[Row]:
    """A device in use."""
    whole = told(resource, moment(resource, "timing"))
    key = reference_key(part(resource, "device"), "Device")
    inside = look_within(key, whole.within)
    if inside is not None:
        for cells in thing_cells(read_concept(part(inside, "type"))):
            yield whole.event(**cells)
    else:
        yield whole.event(code_key=key)


def read_encounter(resource: Tree) -> Iterator[Row]:
    """A stay: what kind it was, and for the rows that name it, when and where."""
    period = part(resource, "period")
    name = text(resource, "id")
    provider = part(resource, "serviceProvider")
    facility = {"facility_key": reference_key(provider, "Organization"), "facility": text(provider, "display")}
    whole = told(resource, (text(period, "start"), text(period, "end")))
    if name:
        yield Row("encounters", {"key": f"Encounter/{name}", "start": text(period, "start"), "end": text(period, "end"), **facility})
    for kind in concepts(resource, "type"):
        if kind.codings:
            yield from whole.coded(kind, encounter_id=name, **facility)

"""The people and providers of a claim, as the loops above it name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from auditor.intake.x12.values import as_day, as_words, element
from auditor.intake.x12.words import load_words

NPI, TAX = "XX", "24"
CHILD, MALE = "19", "M"
INSURED, PATIENT = "IL", "QC"


@dataclass(slots=True)
class Provider:
    """Who billed or performed; ``person`` where it is no organisation."""

    npi: str = ""
    tin: str = ""
    taxonomy: str = ""
    person: bool = False


@dataclass(slots=True)
class Person:
    """A subscriber or a patient; ``row`` is the segment that names the person."""

    row: int = 0
    member_id: str = ""
    first_name: str = ""
    birth_date: str = ""
    sex: str = ""
    state: str = ""
    relationship: str = ""


def patient_id(subscriber: Person, patient: Person | None) -> str:
    """The id of whom the service was for.

    A dependent without an id of his own is known by the subscriber's and a short digest of birth date, sex and first name: stable
    from file to file, different for twins, and nobody's name.
    """
    if patient is None or patient.member_id or not subscriber.member_id:
        return (patient or subscriber).member_id
    marks = "|".join((patient.birth_date, patient.sex, patient.first_name.upper()))
    return f"{subscriber.member_id}-{sha256(marks.encode()).hexdigest()[:8]}"


def mother_id(subscriber: Person, patient: Person | None) -> str:
    """The subscriber's id, where the patient is a child of a subscriber who may be the mother."""
    is_child = patient is not None and patient.relationship == CHILD
    return subscriber.member_id if is_child and subscriber.sex != MALE else ""


def read_npi(elements: Sequence[str]) -> str:
    """The national provider id of an NM1 segment; empty where it gives another kind of number."""
    return element(elements, 9) if element(elements, 8) == NPI else ""


@dataclass(slots=True)
class Above:
    """What the loops above a claim say: who bills, who is insured by what, and who the patient is."""

    billing: Provider = field(default_factory=Provider)
    subscriber: Person = field(default_factory=Person)
    patient: Person | None = None
    filing: str = ""
    plan: str = ""

    def level(self, row: int, code: str) -> None:
        """A new loop: billing provider, subscriber or patient; what lay below the last of its kind is forgotten."""
        match code:
            case "20":
                self.billing, self.subscriber, self.patient, self.filing, self.plan = Provider(), Person(), None, "", ""
            case "22":
                self.subscriber, self.patient, self.filing, self.plan = Person(row), None, "", ""
            case "23":
                self.patient = Person(row)

    def named(self, entity: str, elements: Sequence[str]) -> None:
        """An NM1 segment."""
        match entity:
            case "85":
                self.billing.npi, self.billing.person = read_npi(elements), element(elements, 2) == "1"
                if element(elements, 8) == TAX:
                    self.billing.tin = element(elements, 9)
            case "IL" | "QC":
                person = self._person(entity)
                person.member_id, person.first_name = element(elements, 9) or person.member_id, as_words(element(elements, 4))
            case "PR":
                self.plan = as_words(element(elements, 3))

    def born(self, entity: str, elements: Sequence[str]) -> None:
        """A DMG segment."""
        if entity in (INSURED, PATIENT):
            person = self._person(entity)
            person.birth_date, person.sex = as_day(element(elements, 2)), element(elements, 3)

    def reference(self, entity: str, kind: str, value: str) -> None:
        """A REF segment: the biller's tax number, or the id of a person who has no other."""
        if kind == "EI" and entity == "85":
            self.billing.tin = value
        elif kind == "1W" and entity in (INSURED, PATIENT):
            person = self._person(entity)
            person.member_id = person.member_id or value

    def cells(self) -> dict[str, str]:
        """What a claim below these loops takes from them."""
        return {
            "member_id": patient_id(self.subscriber, self.patient),
            "subscriber_id": self.subscriber.member_id,
            "state": self.subscriber.state,
            "line_of_business": load_words().lines_of_business.get(self.filing, ""),
            "plan": self.plan,
            "billing_npi": self.billing.npi,
            "billing_tin": self.billing.tin,
        }

    def take_persons(self) -> Iterator[tuple[int, str, str, str, str]]:
        """Segment, id, birth date, sex and mother's id of the people not yet taken."""
        for person in (self.subscriber, self.patient):
            if person is None or not person.row:
                continue
            of = self.patient if person is self.patient else None
            is_known = of is not None or self.patient is None or person.birth_date
            if is_known:
                yield person.row, patient_id(self.subscriber, of), person.birth_date, person.sex, mother_id(self.subscriber, of)
            person.row = 0

    def _person(self, entity: str) -> Person:
        return self.patient if entity == PATIENT and self.patient is not None else self.subscriber

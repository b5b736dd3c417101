"""The extract contract and the result tables: every column once, with its type and its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["text", "code", "date", "time", "integer", "number", "money", "choice"]


@dataclass(frozen=True)
class Column:
    """One column: its name, how it is written in an extract, and what one value means.

    ``choices`` lists the words a ``choice`` column takes.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One canonical table: what a row is, its columns, and groups of which one must be filled."""

    name: str
    row: str
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]


DIAGNOSES = 25
PROCEDURES = 25

CLAIM_TYPES = ("professional", "institutional")
CLAIM_STATUSES = ("paid", "denied", "reversed", "pending")
LINES_OF_BUSINESS = ("commercial", "medicaid", "medicare", "other")
PAYMENT_METHODS = ("fee_schedule", "percent_of_charge", "drg", "per_diem", "case_rate", "other")
EVENT_STATUSES = (
    "present",
    "absent",
    "contraindicated",
    "not_tolerated",
    "unsuccessful",
    "successful",
    "entered_in_error",
    "preliminary",
)
DECISIONS = ("approved", "denied", "pending")


def _numbered(stem: str, kind: Kind, count: int, meaning: str) -> tuple[Column, ...]:
    return tuple(Column(f"{stem}_{n}", kind, meaning) for n in range(1, count + 1))


CLAIM_LINES = Table(
    "claim_lines",
    "a service line of one version of a claim",
    (
        Column("claim_id", "text", "the payer's number of this version of the claim", required=True),
        Column("claim_line_number", "text", "the line's number within the claim", required=True),
        Column("member_id", "text", "the person the service was for", required=True),
        Column("claim_line_start_date", "date", "first day of the service", required=True),
        Column("claim_line_end_date", "date", "last day of the service; the first day where it is empty"),
        Column("hcpcs_code", "code", "CPT or HCPCS code"),
        Column("revenue_center_code", "code", "revenue code, four digits"),
        Column("service_unit_quantity", "number", "units billed"),
        Column("unit_of_measure", "code", "what one unit is"),
        *_numbered("hcpcs_modifier", "code", 4, "modifier"),
        Column("claim_type", "choice", "professional (837P) or institutional (837I)", choices=CLAIM_TYPES),
        Column("line_of_business", "choice", "the kind of plan", choices=LINES_OF_BUSINESS),
        Column("state", "code", "two-letter state whose rules the plan follows"),
        Column("ndc_code", "code", "national drug code"),
        Column("line_description", "text", "the line's description or note, as billed"),
        Column("place_of_service_code", "code", "place of service"),
        Column("bill_type_code", "code", "type of bill; its last digit is the frequency where none is given"),
        Column("frequency_code", "code", "1 original, 2 3 4 interim, 5 late, 7 replacement, 8 void; a whole type of bill is understood"),
        Column("original_claim_id", "text", "the claim that a replacement or void refers to"),
        Column("claim_status", "choice", "what became of the line", choices=CLAIM_STATUSES),
        Column("payment_method", "choice", "how the line was priced", choices=PAYMENT_METHODS),
        Column("rendering_npi", "code", "who performed the service"),
        Column("billing_npi", "code", "who billed it"),
        Column("facility_npi", "code", "where it was performed"),
        Column("billing_tin", "code", "tax number of the biller"),
        Column("rendering_specialty", "code", "specialty of who performed it"),
        Column("plan", "text", "name of the plan"),
        Column("charge_amount", "money", "dollars charged"),
        Column("allowed_amount", "money", "dollars allowed"),
        Column("paid_amount", "money", "dollars paid by the plan"),
        Column("received_date", "date", "when the plan received this version"),
        Column("paid_date", "date", "when the plan paid the line"),
        Column("admission_date", "date", "first day of the stay"),
        Column("discharge_date", "date", "last day of the stay"),
        Column("diagnosis_code_type", "code", "code system of the diagnoses: icd10cm (default) or icd9cm"),
        *_numbered("diagnosis_code", "code", DIAGNOSES, "diagnosis of the claim"),
        Column("procedure_code_type", "code", "code system of the ICD procedures: icd10pcs (default) or icd9pcs"),
        *_numbered("procedure_code", "code", PROCEDURES, "ICD procedure of the claim"),
        *_numbered("procedure_date", "date", PROCEDURES, "day of that procedure"),
    ),
    one_of=(("hcpcs_code", "revenue_center_code"),),
)

MEMBERS = Table(
    "members",
    "a person",
    (
        Column("member_id", "text", "the id that claims and events use", required=True),
        Column("birth_date", "time", "date of birth, with the time where it is known"),
        Column("sex", "code", "administrative sex"),
        Column("person_id", "text", "one id for a person who has several member ids"),
        Column("mother_member_id", "text", "for a newborn, the mother's id"),
        Column("birth_order", "integer", "1, 2, … of a multiple birth"),
    ),
)

EVENTS = Table(
    "events",
    "one clinical statement or measurement",
    (
        Column("member_id", "text", "the person it is about", required=True),
        Column("start", "time", "when it was, or began", required=True),
        Column("end", "time", "when it ended"),
        Column("concept", "code", "a statement or measurement that concepts.yaml names"),
        Column("code_system", "code", "icd10cm, icd10pcs, icd9cm, icd9pcs, hcpcs, ndc, rxnorm, loinc, snomed"),
        Column("code", "code", "the code, in that system"),
        Column("status", "choice", "what the record says of it; present where empty", choices=EVENT_STATUSES),
        Column("value", "text", "the measurement, as charted"),
        Column("unit", "text", "its unit"),
        Column("text", "text", "the words of the record"),
        Column("body_site", "text", "where on the body it was measured"),
        Column("encounter_id", "text", "the stay it belongs to"),
        Column("facility", "text", "where it was charted"),
        Column("document_id", "text", "the document that says so"),
        Column("recorded_by", "text", "who recorded or abstracted it"),
    ),
    one_of=(("code", "concept"),),
)

AUTHORIZATIONS = Table(
    "authorizations",
    "an approval on file",
    (
        Column("member_id", "text", "the person it is for", required=True),
        Column("from", "date", "first day it covers", required=True),
        Column("to", "date", "last day it covers", required=True),
        Column("number", "text", "the plan's number for it"),
        Column("service", "text", "the service or code it is for; any, where empty. One for another service approves nothing here"),
        Column("approved_days", "integer", "days approved within from and to; all of them where empty"),
        Column("decision", "choice", "what was decided; approved where empty", choices=DECISIONS),
    ),
)

CANONICAL = (CLAIM_LINES, MEMBERS, EVENTS, AUTHORIZATIONS)


def canonical(name: str) -> Table:
    """The canonical table of that name; KeyError if there is none."""
    return {table.name: table for table in CANONICAL}[name]

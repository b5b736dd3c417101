"""Why a row is set aside: every fault once, with its word, and the condition order that names the first one of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.intake.sql_text import quote_list


class Fault(StrEnum):
    """The word a user reads beside a row that was set aside."""

    MEMBER_MISSING = "member missing"
    CLAIM_MISSING = "claim number missing"
    LINE_MISSING = "line number missing"
    DATE_MISSING = "date missing"
    MISSING = "required value missing"
    SERVICE_CODE_MISSING = "code or revenue code missing"
    CODE_MISSING = "code or concept missing"
    SYSTEM_MISSING = "code system missing"
    DATE_UNREADABLE = "date cannot be read"
    TWO_DIGIT_YEAR = "year has two digits"
    YEAR_IMPOSSIBLE = "year is not possible"
    END_BEFORE_START = "end before start"
    SPAN_TOO_LONG = "end too long after start"
    UNITS_NOT_NUMBER = "units are not a number"
    NOT_WHOLE = "not a whole number"
    NOT_MONEY = "amount is not money"
    UNEXPECTED_WORD = "not one of the words expected"
    FEW_CELLS = "row has too few cells"
    MANY_CELLS = "row has too many cells"
    CUT_OFF = "claim is cut off"
    PAYMENT_UNMATCHED = "payment matches no claim line"
    PAYMENT_AMBIGUOUS = "payment matches several claims"
    PAYMENT_TWICE = "payment was given before"
    WRONG_KIND = "field is of the wrong kind"
    FIELD_TWICE = "field is given twice"
    NO_LINES = "claim has no lines"
    AMOUNTS_DIFFER = "two amounts of one kind differ"
    NOT_DOLLARS = "amount is not in dollars"
    LEADS_NOWHERE = "reference leads nowhere"
    FITS_SEVERAL = "reference fits more than one"
    VERSIONS_DIFFER = "versions of one resource differ"


MENDING: dict[Fault, str] = {
    Fault.MEMBER_MISSING: "fill the member id; nothing can be audited without it",
    Fault.CLAIM_MISSING: "fill the claim number",
    Fault.LINE_MISSING: "fill the line number",
    Fault.DATE_MISSING: "fill the date",
    Fault.MISSING: "fill the value",
    Fault.SERVICE_CODE_MISSING: "give a CPT or HCPCS code, or a revenue code",
    Fault.CODE_MISSING: "give a code with its code system, or a concept",
    Fault.SYSTEM_MISSING: "say which code system the code belongs to",
    Fault.DATE_UNREADABLE: "write YYYY-MM-DD, or declare the format under date_formats in the profile",
    Fault.TWO_DIGIT_YEAR: "export the date again with four digits in the year; the century cannot be guessed",
    Fault.YEAR_IMPOSSIBLE: "correct the year, or widen years in the profile",
    Fault.END_BEFORE_START: "correct the two dates; they may be swapped",
    Fault.SPAN_TOO_LONG: "correct the two dates, or widen longest_days in the profile",
    Fault.UNITS_NOT_NUMBER: "write a plain number such as 1 or 0.5",
    Fault.NOT_WHOLE: "write a whole number",
    Fault.NOT_MONEY: "write dollars and cents, such as 1234.50 or (12.00)",
    Fault.UNEXPECTED_WORD: "use a word of the contract, or map the value under values in the profile",
    Fault.FEW_CELLS: "the row has fewer cells than the header; look for a lost delimiter or a stray line break",
    Fault.MANY_CELLS: "the row has more cells than the header; quote the cell that holds the delimiter",
    Fault.CUT_OFF: "the transaction never ends and the claim's lines do not add up to its total; send the file anew",
    Fault.PAYMENT_UNMATCHED: "send the 837 of this claim too, or correct claim, line control number, patient, service or charge in the 835",
    Fault.PAYMENT_AMBIGUOUS: "several versions of the claim fit; give the line control number or the claim frequency in the 835",
    Fault.PAYMENT_TWICE: "the same remittance was sent twice; remove one copy",
    Fault.WRONG_KIND: "write the field as FHIR R4 defines it: text, number, object or list",
    Fault.FIELD_TWICE: "write the field once; as it is, the resource can be read in two ways",
    Fault.NO_LINES: "export the claim with its items",
    Fault.AMOUNTS_DIFFER: "give one adjudication of that kind, or name the kind that counts under amounts in fhir.yaml",
    Fault.NOT_DOLLARS: "give the amount in dollars",
    Fault.LEADS_NOWHERE: "export the resource that is referred to (for a member, the Patient) with the rest",
    Fault.VERSIONS_DIFFER: "export one version of each type and id, or say in meta.lastUpdated which is the newest",
    Fault.FITS_SEVERAL: "refer by id, or export only one resource with that identifier",
}

WHEN_MISSING: dict[str, Fault] = {
    "member_id": Fault.MEMBER_MISSING,
    "claim_id": Fault.CLAIM_MISSING,
    "claim_line_number": Fault.LINE_MISSING,
    "claim_line_start_date": Fault.DATE_MISSING,
    "start": Fault.DATE_MISSING,
    "from": Fault.DATE_MISSING,
    "to": Fault.DATE_MISSING,
    "hcpcs_code": Fault.SERVICE_CODE_MISSING,
    "code": Fault.CODE_MISSING,
}

WHEN_UNREADABLE: dict[str, Fault] = {
    "date": Fault.DATE_UNREADABLE,
    "time": Fault.DATE_UNREADABLE,
    "number": Fault.UNITS_NOT_NUMBER,
    "integer": Fault.NOT_WHOLE,
    "money": Fault.NOT_MONEY,
    "choice": Fault.UNEXPECTED_WORD,
}


def missing(column: str) -> Fault:
    """The fault of a required column, or of the first of a group of which one must be filled, left empty."""
    return WHEN_MISSING.get(column, Fault.MISSING)


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with a row: ``when`` is a condition over the typed columns.

    ``signs`` are conditions on the file's own cells, quickly asked, of which one holds in every row that fails; None where nothing
    but the check itself tells.
    """

    column: str
    fault: Fault
    when: str
    signs: tuple[str, ...] | None = None


def first_fault(checks: Sequence[Check]) -> str:
    """SQL for the number, from 1, of the first check that a row fails; NULL for a row that can be trusted."""
    branches = " ".join(f"WHEN {check.when} THEN {number}" for number, check in enumerate(checks, start=1))
    return f"CAST(CASE {branches} END AS UTINYINT)" if checks else "CAST(NULL AS UTINYINT)"


def name_fault(checks: Sequence[Check], number: str) -> str:
    """SQL for the columns ``fault_column`` and ``fault``, both VARCHAR, of a check's number."""
    if not checks:
        return "CAST(NULL AS VARCHAR) AS fault_column, CAST(NULL AS VARCHAR) AS fault"
    columns = quote_list(check.column for check in checks)
    words = quote_list(check.fault.value for check in checks)
    return f"({columns})[{number}] AS fault_column, ({words})[{number}] AS fault"

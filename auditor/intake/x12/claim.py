"""One claim of an 837 while it is being read, and the rows it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from auditor.intake.faults import Fault
from auditor.intake.x12.values import first_and_last

CLAIM_COLUMNS = (
    "claim_key", "claim_id", "member_id", "subscriber_id", "claim_type", "line_of_business", "state", "place_of_service_code",
    "bill_type_code", "frequency_code", "original_claim_id", "payment_method", "rendering_npi", "billing_npi", "facility_npi",
    "billing_tin", "rendering_specialty", "plan", "admission_date", "discharge_date", "statement_first", "statement_last",
    "diagnosis_code_type", "procedure_code_type", "claim_charge", "sent_date",
)  # fmt: skip
CLAIM_LISTS = ("diagnoses", "procedures", "procedure_dates")
LINE_COLUMNS = (
    "source_row", "claim_line_number", "line_control", "first_day", "last_day", "hcpcs_code", "revenue_center_code",
    "service_unit_quantity", "unit_of_measure", "hcpcs_modifier_1", "hcpcs_modifier_2", "hcpcs_modifier_3", "hcpcs_modifier_4",
    "ndc_code", "line_description", "line_place", "line_rendering_npi", "line_specialty", "line_payment_method", "charge_amount",
    "fault_column", "fault",
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """A service line; ``row`` is its LX segment."""

    row: int
    number: str
    control: str = ""
    first_day: str = ""
    last_day: str = ""
    service: str = ""
    revenue: str = ""
    units: str = ""
    unit: str = ""
    modifiers: tuple[str, ...] = ()
    drug: str = ""
    words: list[str] = field(default_factory=list)
    place: str = ""
    rendering_npi: str = ""
    specialty: str = ""
    payment_method: str = ""
    charge: str = ""
    billed: bool = False

    def cells(self, fault: tuple[str, str] | None) -> tuple[str | int | None, ...]:
        """The line's row, in the order of ``LINE_COLUMNS``."""
        one, two, three, four = (*self.modifiers[:4], "", "", "", "")[:4]
        return (
            self.row, self.number, self.control, self.first_day, self.last_day, self.service, self.revenue, self.units, self.unit,
            one, two, three, four, self.drug, "; ".join(self.words), self.place, self.rendering_npi, self.specialty,
            self.payment_method, self.charge, *(fault or (None, None)),
        )  # fmt: skip


@dataclass(slots=True)
class Claim:
    """A claim; ``row`` is its CLM segment, ``cells`` what its loops said, by the names of ``CLAIM_COLUMNS``."""

    row: int
    cells: dict[str, str]
    diagnoses: list[str] = field(default_factory=list)
    externals: list[str] = field(default_factory=list)
    procedures: list[str] = field(default_factory=list)
    procedure_dates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    left: bool = False
    left_out: int = 0

    def dated(self, kind: str, form: str, value: str) -> None:
        """A date of the claim: the days it covers, admission, discharge."""
        first, last = first_and_last(form, value)
        match kind:
            case "434" | "472":
                self.cells |= {"statement_first": first, "statement_last": last}
            case "435":
                self.cells["admission_date"] = first
            case "096" if form == "TM":
                self.left = True
            case "096":
                self.cells["discharge_date"] = first

    def fault(self) -> tuple[str, str] | None:
        """The fault of a claim whose transaction never ended: it is whole only if its lines add up to its total."""
        try:
            whole = bool(self.lines) and sum(Decimal(line.charge) for line in self.lines) == Decimal(self.cells["claim_charge"])
        except InvalidOperation:
            whole = False
        return None if whole else ("charge_amount", Fault.CUT_OFF.value)

    def line_number(self, written: str) -> str:
        """LX01, or, where it is missing or taken, a number that no other line of the claim has."""
        number = written or str(len(self.lines) + 1)
        free, copy = number, 1
        while free in self.numbers:
            copy += 1
            free = f"{number}.{copy}"
        self.numbers.add(free)
        return free

    def without_lines(self, fault: tuple[str, str] | None) -> tuple[str | int | None, ...]:
        """The row of a claim that has no line: it has no line number, and is set aside for that."""
        return Line(self.row, "").cells(fault)

    def row_cells(self) -> tuple[object, ...]:
        """The claim's row, in the order of ``CLAIM_COLUMNS`` and ``CLAIM_LISTS``."""
        known = self.cells
        codes = [*self.diagnoses, *(code for code in self.externals if code not in self.diagnoses)]
        return (self.row, *(known.get(name, "") for name in CLAIM_COLUMNS[1:]), codes, self.procedures, self.procedure_dates)

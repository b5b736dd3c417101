"""Reads the segments of an 837 into claims and lines, loop by loop.

What a canonical column cannot hold is left out on purpose: present on admission, admitting diagnoses and reasons for the visit,
pointers from lines to diagnoses, value, occurrence and condition codes, quantities of drugs, authorization numbers, repriced amounts,
and what other payers did (loops 2320 and 2430). A social security number that stands for a tax number is not read. A note on the claim
as a whole is taken as a line's words only where the claim has one line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.errors import ExtractRefused
from auditor.intake.x12.claim import Claim, Line
from auditor.intake.x12.codes import read_codes
from auditor.intake.x12.delimiters import split_composite
from auditor.intake.x12.people import Above, Provider, read_npi
from auditor.intake.x12.store import FileStore
from auditor.intake.x12.values import as_day, as_words, element, first_and_last, whole_code
from auditor.intake.x12.words import load_words

HEADER, CLAIM, OTHER_PAYER, LINE, JUDGED = range(5)
MOST_LINES = 20_000
PROCEDURE, DRUG = "HC", "N4"
PLACES = ("77", "FA")
STILL_PATIENT = "30"
INSTITUTIONAL, PROFESSIONAL = "institutional", "professional"


class ClaimReader:
    """Reads one 837 transaction after another; ``kind`` is the claim type its version names, empty where it names none.

    ``takes`` has what takes a segment, by its name; a segment that is not there is of no use here.
    """

    def __init__(self, name: str, store: FileStore) -> None:
        self.name = name
        self.store = store
        self.component = ""
        self._words = load_words()
        self.begin("")
        self.takes: dict[str, Callable[[int, Sequence[str]], None]] = {
            "BHT": self._sent, "HL": self._level, "SBR": self._coverage, "PAT": self._relationship, "NM1": self._named,
            "N4": self._address, "DMG": self._birth, "PRV": self._specialty, "REF": self._reference, "CLM": self._claim,
            "DTP": self._date, "CL1": self._stay, "CN1": self._contract, "K3": self._note, "NTE": self._note, "HI": self._codes,
            "LX": self._line, "SV1": self._professional, "SV2": self._institutional, "LIN": self._drug, "SVD": self._judged,
        }  # fmt: skip

    def begin(self, kind: str) -> None:
        """A new transaction: nothing of the one before it holds."""
        self.kind = kind
        self._sent_date = ""
        self._above, self._rendering = Above(), Provider()
        self._open: Claim | None = None
        self._at, self._entity = HEADER, ""

    def finish(self, cut_off: bool = False) -> None:
        """Ends the claim that is open; ``cut_off`` where its transaction never ended."""
        claim, self._open = self._open, None
        if claim is None:
            return
        if len(claim.lines) == 1:
            claim.lines[0].words += claim.notes
        self._complete(claim)
        self.store.add_claim(claim, cut_off)

    def _complete(self, claim: Claim) -> None:
        """What is known of a claim only once its loops have been read."""
        cells, rendering, billing = claim.cells, self._rendering, self._above.billing
        institutional = cells["claim_type"] == INSTITUTIONAL
        if not institutional and not rendering.npi and billing.person:
            rendering = billing
        cells |= {"rendering_npi": rendering.npi, "rendering_specialty": rendering.taxonomy}
        if institutional:
            cells.setdefault("facility_npi", billing.npi)
        if institutional and claim.left:
            cells.setdefault("discharge_date", cells.get("statement_last", ""))

    # --- loops ---

    def _sent(self, number: int, elements: Sequence[str]) -> None:
        self._sent_date = as_day(element(elements, 4))

    def _level(self, number: int, elements: Sequence[str]) -> None:
        self.finish()
        self._at, self._entity = HEADER, ""
        self._above.level(number, element(elements, 3))

    def _coverage(self, number: int, elements: Sequence[str]) -> None:
        if self._at == HEADER:
            self._above.filing = element(elements, 9)
            return
        self._at, self._entity = OTHER_PAYER, ""

    def _relationship(self, number: int, elements: Sequence[str]) -> None:
        if self._at == HEADER and self._above.patient is not None:
            self._above.patient.relationship = element(elements, 1)

    def _named(self, number: int, elements: Sequence[str]) -> None:
        self._entity = element(elements, 1)
        if self._at == HEADER:
            self._above.named(self._entity, elements)
        elif self._at == CLAIM and self._entity == "82":
            self._rendering = Provider(read_npi(elements))
        elif self._at == CLAIM and self._entity in PLACES and self._open is not None and (npi := read_npi(elements)):
            self._open.cells["facility_npi"] = npi
        elif self._entity == "82" and (line := self._last_line()) is not None:
            line.rendering_npi = read_npi(elements)

    def _address(self, number: int, elements: Sequence[str]) -> None:
        if self._at == HEADER and self._entity == "IL":
            self._above.subscriber.state = element(elements, 2)

    def _birth(self, number: int, elements: Sequence[str]) -> None:
        if self._at == HEADER:
            self._above.born(self._entity, elements)

    def _specialty(self, number: int, elements: Sequence[str]) -> None:
        taxonomy = element(elements, 3)
        if self._at == HEADER and element(elements, 1) == "BI":
            self._above.billing.taxonomy = taxonomy
        elif self._at == CLAIM and self._entity == "82":
            self._rendering.taxonomy = taxonomy
        elif self._entity == "82" and (line := self._last_line()) is not None:
            line.specialty = taxonomy

    def _reference(self, number: int, elements: Sequence[str]) -> None:
        kind, value = element(elements, 1), element(elements, 2)
        if self._at == HEADER:
            self._above.reference(self._entity, kind, value)
        elif self._at == CLAIM and kind == "F8" and self._open is not None and not self._entity:
            self._open.cells["original_claim_id"] = value
        elif kind == "6R" and (line := self._last_line()) is not None:
            line.control = value

    def _last_line(self) -> Line | None:
        """The line whose loop is being read."""
        return self._open.lines[-1] if self._at == LINE and self._open is not None and self._open.lines else None

    # --- the claim ---

    def _claim(self, number: int, elements: Sequence[str]) -> None:
        self.finish()
        self._at, self._entity, self._rendering = CLAIM, "", Provider()
        place, form, frequency = (*split_composite(element(elements, 5), self.component), "", "", "")[:3]
        kind = self.kind or (INSTITUTIONAL if form == "A" else PROFESSIONAL)
        frequency = whole_code(frequency.strip())
        bill_type = place.strip() + frequency
        billed_as = {"bill_type_code": bill_type} if kind == INSTITUTIONAL else {"place_of_service_code": place.strip()}
        head = {"claim_id": element(elements, 1), "claim_charge": element(elements, 2), "claim_type": kind, "frequency_code": frequency}
        self._open = Claim(number, head | billed_as | self._above.cells() | {"sent_date": self._sent_date})
        for row in self._above.take_persons():
            self.store.add_person(row)

    def _date(self, number: int, elements: Sequence[str]) -> None:
        kind, form, value = (element(elements, n) for n in (1, 2, 3))
        if self._at == CLAIM and self._open is not None:
            self._open.dated(kind, form, value)
        elif kind == "472" and (line := self._last_line()) is not None and not line.first_day:
            line.first_day, line.last_day = first_and_last(form, value)

    def _stay(self, number: int, elements: Sequence[str]) -> None:
        if self._at == CLAIM and self._open is not None and element(elements, 3) not in ("", STILL_PATIENT):
            self._open.left = True

    def _contract(self, number: int, elements: Sequence[str]) -> None:
        method = self._words.contracts.get(element(elements, 1), "")
        if self._at == CLAIM and self._open is not None:
            self._open.cells["payment_method"] = method
        elif (line := self._last_line()) is not None:
            line.payment_method = method

    def _note(self, number: int, elements: Sequence[str]) -> None:
        words = as_words(element(elements, 2 if elements[0] == "NTE" else 1))
        if self._at == CLAIM and self._open is not None:
            self._open.notes += [words] if words else []
        elif (line := self._last_line()) is not None:
            line.words += [words] if words else []

    def _codes(self, number: int, elements: Sequence[str]) -> None:
        if self._at == CLAIM and self._open is not None:
            read_codes(self._open, elements, self.component)

    # --- its lines ---

    def _line(self, number: int, elements: Sequence[str]) -> None:
        if self._open is not None:
            self._add_line(number, element(elements, 1))

    def _add_line(self, number: int, written: str) -> Line:
        assert self._open is not None
        if len(self._open.lines) >= MOST_LINES:
            raise ExtractRefused(f"{self.name}, segment {number}: a claim of more than {MOST_LINES:,} lines; the file is damaged")
        self._at, self._entity = LINE, ""
        self._open.lines.append(Line(number, self._open.line_number(written)))
        return self._open.lines[-1]

    def _billed(self, number: int) -> Line | None:
        """The line that a service segment belongs to: the LX before it, or one of its own where that has a service already."""
        if self._open is None:
            return None
        line = self._open.lines[-1] if self._open.lines and self._at != CLAIM else None
        if line is None or line.billed:
            line = self._add_line(number, "")
        self._at, line.billed = LINE, True
        return line

    def _professional(self, number: int, elements: Sequence[str]) -> None:
        if (line := self._billed(number)) is not None:
            self._service(line, element(elements, 1))
            line.charge, line.unit, line.units, line.place = (element(elements, n) for n in (2, 3, 4, 5))

    def _institutional(self, number: int, elements: Sequence[str]) -> None:
        if (line := self._billed(number)) is not None:
            self._service(line, element(elements, 2))
            line.revenue, line.charge, line.unit, line.units = (element(elements, n) for n in (1, 3, 4, 5))

    def _service(self, line: Line, composite: str) -> None:
        """Procedure, modifiers and words of a service; a code that is neither HCPCS nor a drug has no column."""
        parts = [part.strip() for part in split_composite(composite, self.component)]
        if len(parts) > 1:
            line.service = parts[1] if parts[0] == PROCEDURE else ""
            line.drug = parts[1] if parts[0] == DRUG else ""
        line.modifiers = tuple(part for part in parts[2:6] if part)
        if len(parts) > 6 and parts[6]:
            line.words.insert(0, as_words(parts[6]))

    def _drug(self, number: int, elements: Sequence[str]) -> None:
        if (line := self._last_line()) is not None and element(elements, 2) == DRUG:
            line.drug = element(elements, 3)

    def _judged(self, number: int, elements: Sequence[str]) -> None:
        """What another payer decided about the line (2430): nothing of it is this claim's."""
        if self._at == LINE:
            self._at, self._entity = JUDGED, ""

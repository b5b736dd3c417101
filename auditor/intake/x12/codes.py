"""The HI segments of a claim: diagnoses and ICD procedures of both versions."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.intake.x12.claim import Claim
from auditor.intake.x12.delimiters import split_composite
from auditor.intake.x12.values import as_day

MAIN, EXTERNAL, OPERATION = "main", "external", "operation"
# Qualifier to the code system and where the code goes. Admitting diagnoses and reasons for the visit are suspicions, and are left out.
QUALIFIERS = {
    "ABK": ("icd10cm", MAIN),
    "ABF": ("icd10cm", MAIN),
    "ABN": ("icd10cm", EXTERNAL),
    "BK": ("icd9cm", MAIN),
    "BF": ("icd9cm", MAIN),
    "BN": ("icd9cm", EXTERNAL),
    "BBR": ("icd10pcs", OPERATION),
    "BBQ": ("icd10pcs", OPERATION),
    "BR": ("icd9pcs", OPERATION),
    "BQ": ("icd9pcs", OPERATION),
}


def read_codes(claim: Claim, elements: Sequence[str], component: str) -> None:
    """Adds the codes of one HI segment to the claim; codes of a second ICD version have no column and are counted."""
    for composite in elements[1:]:
        parts = split_composite(composite.strip(), component)
        system, where = QUALIFIERS.get(parts[0].strip(), ("", ""))
        if not system or len(parts) < 2 or not parts[1].strip():
            continue
        column = "procedure_code_type" if where == OPERATION else "diagnosis_code_type"
        if claim.cells.setdefault(column, system) != system:
            claim.left_out += 1
            continue
        _add(claim, where, parts)


def _add(claim: Claim, where: str, parts: Sequence[str]) -> None:
    code = parts[1].strip()
    if where == OPERATION:
        claim.procedures.append(code)
        claim.procedure_dates.append(as_day(parts[3]) if len(parts) > 3 else "")
        return
    codes = claim.diagnoses if where == MAIN else claim.externals
    if code not in codes:
        codes.append(code)

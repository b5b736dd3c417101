"""Codes as they are compared: upper case, without dots or spaces, a trailing ``*`` for all that begin so."""

from __future__ import annotations

import re
from typing import Any

from auditor.policy.words import CodeEntry
from auditor.yaml_lines import Block

DOTTED = ("icd10cm", "icd10pcs", "icd9cm", "icd9pcs")
NDC_LENGTHS = (5, 4, 2)

# What a whole code looks like once it is normalised, and how that is said.
CODE_SYSTEMS: dict[str, tuple[re.Pattern[str], str]] = {
    "icd10cm": (re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}"), "a letter, a digit and one to five more"),
    "icd10pcs": (re.compile(r"[0-9A-HJ-NP-Z]{7}"), "seven letters or digits, never I or O"),
    "icd9cm": (re.compile(r"[0-9VE][0-9]{2,4}"), "three to five digits"),
    "icd9pcs": (re.compile(r"[0-9]{2,4}"), "two to four digits"),
    "hcpcs": (re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]"), "five letters or digits"),
    "ndc": (re.compile(r"[0-9]{11}"), "eleven digits"),
    "rxnorm": (re.compile(r"[0-9]{1,8}"), "digits"),
    "loinc": (re.compile(r"[0-9]{1,7}-[0-9]"), "digits, a hyphen and a digit"),
    "snomed": (re.compile(r"[0-9]{6,18}"), "six to eighteen digits"),
    "revenue": (re.compile(r"[0-9]{4}"), "four digits"),
}


def normal_code(system: str, code: str) -> str:
    """The code as tables hold it; NDC in eleven digits, whichever way it was hyphenated."""
    code = code.strip().upper()
    if system in DOTTED:
        return code.replace(".", "").replace(" ", "")
    if system == "ndc" and code.count("-") == len(NDC_LENGTHS) - 1:
        return "".join(part.zfill(length) for part, length in zip(code.split("-"), NDC_LENGTHS, strict=True))
    return code


def written_forms(entry: CodeEntry) -> tuple[str, ...]:
    """The code, and of a drug code its forms of ten digits: one zero that begins the labeler, the product or the package left out.

    Ten digits without hyphens do not say which part is short; whichever it is, the code is in the set.
    """
    if entry.system != "ndc" or entry.is_prefix:
        return (entry.code,)
    starts = [sum(NDC_LENGTHS[:place]) for place in range(len(NDC_LENGTHS))]
    return (entry.code, *dict.fromkeys(entry.code[:at] + entry.code[at + 1 :] for at in starts if entry.code[at] == "0"))


def split_prefix(code: str) -> tuple[str, bool]:
    """The code without its ``*``, and whether it had one."""
    return code.removesuffix("*"), code.endswith("*")


def read_entry(system: str, written: str | Block) -> CodeEntry:
    """One entry of a checked value set, written as a code or as a block with dates or values."""
    block: dict[str, Any] = {"code": written} if isinstance(written, str) else written
    code, is_prefix = split_prefix(normal_code(system, block["code"]))
    alias = block.get("alias_of")
    return CodeEntry(
        system,
        code,
        is_prefix,
        valid_from=block.get("from"),
        valid_to=block.get("to"),
        low=block.get("low"),
        high=block.get("high"),
        alias_of=normal_code(system, alias) if alias else None,
    )


def looks_right(system: str, code: str) -> bool:
    """Whether a normalised code could be one of its system; of a prefix, only that it could begin one."""
    stem, is_prefix = split_prefix(code)
    if is_prefix:
        return re.fullmatch(r"[0-9A-Z]+", stem) is not None
    return CODE_SYSTEMS[system][0].fullmatch(stem) is not None

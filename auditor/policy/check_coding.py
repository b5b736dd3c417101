"""Mistakes in coding facts: codes that cannot be, dates that run backwards, patterns nobody can read, reasons nobody lists."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.check_codes import is_pattern
from auditor.policy.codes import CODE_SYSTEMS, looks_right, normal_code
from auditor.policy.documents import Documents
from auditor.policy.words import FINDING_STATES
from auditor.yaml_lines import Block, Items


def impossible_services(documents: Documents) -> Iterator[Mistake]:
    """A code of a pair, limit, add-on or age that its system cannot hold."""
    ncci = documents.coding.ncci
    for block in ncci["pairs"]:
        yield from _impossible(block, "column_1", "hcpcs", block["column_1"])
        yield from _impossible(block, "column_2", "hcpcs", block["column_2"])
    for block in ncci["units"]:
        yield from _impossible(block, "code", "hcpcs", [block["code"]])
    for block in ncci["add_ons"]:
        primaries = [one["code"] if isinstance(one, Block) else one for one in block["primaries"]]
        yield from _impossible(block, "primaries", "hcpcs", [block["add_on"], *primaries])
    for block in documents.coding.services["ages"]:
        yield from _impossible(block, "codes", block["system"], block["codes"])
    for block in documents.coding.services["ventilator_bands"]:
        yield from _impossible(block, "code", "icd10pcs", [block["code"]])


def _impossible(block: Block, key: str, system: str, codes: list[str]) -> Iterator[Mistake]:
    for code in codes:
        if not looks_right(system, normal_code(system, code)):
            yield block.mistake(key, f"{code} is no {system} code: expected {CODE_SYSTEMS[system][1]}.")


def backward_dates(documents: Documents) -> Iterator[Mistake]:
    """A row of coding facts that ends before it begins."""
    coding = documents.coding
    for document in (coding.ncci, coding.services, coding.recovery, coding.reasons):
        for block in _blocks(document):
            if block.get("from") and block.get("to") and block["from"] > block["to"]:
                yield block.mistake("from", f"from {block['from']} to {block['to']} runs backwards. Exchange them.")


def _blocks(value: object) -> Iterator[Block]:
    if isinstance(value, Block):
        yield value
    for part in value.values() if isinstance(value, Block) else value if isinstance(value, Items) else ():
        yield from _blocks(part)


def unread_time_units(documents: Documents) -> Iterator[Mistake]:
    """A unit of time with no pattern, with two, or with one that the engine cannot read."""
    with duckdb.connect() as engine:
        for block in documents.coding.services["time_units"]:
            if ("unit" in block) == ("words" in block):
                yield block.mistake(None, "a unit of time needs either unit or words.")
            for key in ("unit", "words"):
                if key in block and not is_pattern(engine, block[key]):
                    yield block.mistake(key, f"{key} is no pattern the engine reads. Mind brackets; look-ahead is not to be had.")


def reasons_nobody_lists(documents: Documents) -> Iterator[Mistake]:
    """A finding that suggests a reason or remark which ``reasons.yaml`` does not hold."""
    reasons = documents.coding.reasons
    for name, finding in documents.findings["findings"].items():
        for block in (finding, *(finding[state] for state in FINDING_STATES if state in finding)):
            for kind in ("carc", "rarc"):
                if kind in block and block[kind] not in reasons[kind]:
                    hint = did_you_mean(block[kind], reasons[kind])
                    yield block.mistake(kind, f"{name} suggests {kind} {block[kind]}, which coding/reasons.yaml lacks.{hint}")

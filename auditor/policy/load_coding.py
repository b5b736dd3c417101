"""Turns the checked files of ``coding/`` into frozen coding facts, one row a code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from auditor.policy.codes import normal_code, split_prefix
from auditor.policy.coding_words import (
    AddOn,
    AgeLimit,
    CodePair,
    Coding,
    ModifierRole,
    PayerOf,
    ReasonCode,
    RecoveryWindow,
    RefusedModifier,
    ServiceSetting,
    TimeUnit,
    UnitLimit,
    VentilatorBand,
)
from auditor.yaml_lines import Block


@dataclass(frozen=True)
class CodingDocuments:
    """The files of ``coding/`` that hold coding facts, as written."""

    ncci: Block
    services: Block
    recovery: Block
    reasons: Block


def read_coding(documents: CodingDocuments) -> Coding:
    """The coding facts of checked documents."""
    ncci, services = documents.ncci, documents.services
    return Coding(
        checked=ncci["checked"],
        source=ncci["source"],
        pairs=tuple(pair for block in ncci["pairs"] for pair in _pairs(block)),
        units=tuple(
            UnitLimit(file, block["code"], block["most"], block["adjudication"], *_dates(block))
            for block in ncci["units"]
            for file in block["files"]
        ),
        add_ons=tuple(add_on for block in ncci["add_ons"] for add_on in _add_ons(block)),
        settings=tuple(setting for block in services["settings"] for setting in _settings(block)),
        refused_modifiers=tuple(
            RefusedModifier(block["value_set"], modifier) for block in services["refused_modifiers"] for modifier in block["modifiers"]
        ),
        modifiers=tuple(ModifierRole(role, modifier) for role, modifiers in services["modifiers"].items() for modifier in modifiers),
        ages=tuple(age for block in services["ages"] for age in _ages(block)),
        bands=tuple(VentilatorBand(block["code"], block["most_days"]) for block in services["ventilator_bands"]),
        time_units=tuple(
            TimeUnit(place, block.get("unit"), block.get("words"), block["hours"]) for place, block in enumerate(services["time_units"])
        ),
        both_code_systems=tuple(PayerOf(block["line"], block["state"]) for block in services["both_code_systems"]),
        limits={name: block["value"] for name, block in services["limits"].items()},
        windows=tuple(
            RecoveryWindow(block["line"], block["state"], block.get("plan"), block["months"], *_dates(block))
            for block in documents.recovery["windows"]
        ),
        reasons=tuple(
            ReasonCode(kind, code, block["label"], *_dates(block))
            for kind in ("carc", "rarc")
            for code, block in documents.reasons[kind].items()
        ),
    )


def _dates(block: Block) -> tuple[date | None, date | None]:
    return block.get("from"), block.get("to")


def _pairs(block: Block) -> Iterator[CodePair]:
    for file in block["files"]:
        for first in block["column_1"]:
            for second in block["column_2"]:
                yield CodePair(file, *split_prefix(first), second, block["indicator"], *_dates(block))


def _add_ons(block: Block) -> Iterator[AddOn]:
    for primary in block["primaries"]:
        dated = primary if isinstance(primary, Block) else Block(block.file, block.line)
        code = primary["code"] if isinstance(primary, Block) else primary
        yield AddOn(block["add_on"], block["type"], code, *_dates(dated))


def _settings(block: Block) -> Iterator[ServiceSetting]:
    yield from (ServiceSetting(block["value_set"], "place", place) for place in block["places"])
    yield from (ServiceSetting(block["value_set"], "bill_type", kind) for kind in block["bill_types"])


def _ages(block: Block) -> Iterator[AgeLimit]:
    ends = ("least_days", "most_days", "least_years", "under_years")
    for code in block["codes"]:
        yield AgeLimit(block["system"], *split_prefix(normal_code(block["system"], code)), *(block.get(end) for end in ends))

"""Mistakes in value sets, text patterns and code pairs: nothing listed, impossible codes, dates that run backwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import duckdb

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.codes import CODE_SYSTEMS, looks_right, normal_code
from auditor.policy.documents import Documents
from auditor.yaml_lines import Block, Items


def misnamed_value_sets(documents: Documents) -> Iterator[Mistake]:
    """A file not named for the set in it: a name would lead to the wrong file, or two files to one name."""
    for block in documents.value_sets:
        if block["value_set"] != PurePath(block.file).stem:
            yield block.mistake("value_set", f"{block['value_set']} stands in {PurePath(block.file).name}. Give both one name.")


def empty_value_sets(documents: Documents) -> Iterator[Mistake]:
    """A set, tier or system without a code: it would quietly never match."""
    for block in documents.value_sets:
        if not block["tiers"]:
            yield block.mistake("tiers", f"{block['value_set']} has no tier.")
        for tier, systems in block["tiers"].items():
            if not systems:
                yield block["tiers"].mistake(tier, f"{block['value_set']}, tier {tier}, has no code.")
            for system, entries in systems.items():
                if not entries:
                    yield systems.mistake(system, f"{block['value_set']}, tier {tier}, has no {system} code.")


def impossible_codes(documents: Documents) -> Iterator[Mistake]:
    """A code that its system cannot hold."""
    for system, entries, number, block in _entries(documents):
        code = normal_code(system, block["code"])
        if not looks_right(system, code):
            expected = f"expected {CODE_SYSTEMS[system][1]}, or the beginning of one with * after it"
            text = f"{block['code']} is no {system} code: {expected}."
            yield Mistake(entries.file, entries.lines[number], text)
    for pair in documents.excludes1["excludes1"]:
        for key in ("code", "with"):
            if not looks_right("icd10cm", normal_code("icd10cm", pair[key])):
                yield pair.mistake(key, f"{pair[key]} is no icd10cm code: expected {CODE_SYSTEMS['icd10cm'][1]}.")


def codes_never_valid(documents: Documents) -> Iterator[Mistake]:
    """A code whose dates or values run backwards."""
    for _, entries, number, block in _entries(documents):
        if block.get("from") and block.get("to") and block["from"] > block["to"]:
            text = f"{block['code']} is valid from {block['from']} to {block['to']}. Exchange them."
            yield Mistake(entries.file, entries.lines[number], text)
        if block.get("low") is not None and block.get("high") is not None and block["low"] > block["high"]:
            text = f"{block['code']} has low {block['low']} above high {block['high']}. Exchange them."
            yield Mistake(entries.file, entries.lines[number], text)


def repeated_codes(documents: Documents) -> Iterator[Mistake]:
    """One code twice in a set: its tier would depend on chance."""
    seen: dict[tuple[str, str, str], int] = {}
    for system, entries, number, block in _entries(documents):
        place = (entries.file, system, normal_code(system, block["code"]))
        line = entries.lines[number]
        if place in seen:
            yield Mistake(entries.file, line, f"{block['code']} was listed on line {seen[place]} already. Keep one of them.")
        seen.setdefault(place, line)


def overlapping_tiers(documents: Documents) -> Iterator[Mistake]:
    """A code that all codes beginning so, in another tier, hold too: it would be in both."""
    for value_set in documents.value_sets:
        written = [
            (tier, system, entries, number, normal_code(system, entry if isinstance(entry, str) else entry["code"]))
            for tier, systems in value_set["tiers"].items()
            for system, entries in systems.items()
            for number, entry in enumerate(entries)
        ]
        for wide_tier, wide_system, _, _, wide in written:
            for tier, system, entries, number, code in written if wide.endswith("*") else ():
                if tier != wide_tier and system == wide_system and code.startswith(wide[:-1]):
                    text = f"{code} of tier {tier} is among {wide} of tier {wide_tier} already. Keep it in one of them."
                    yield Mistake(entries.file, entries.lines[number], text)


def unknown_aliases(documents: Documents) -> Iterator[Mistake]:
    """An alias of a code that its own list does not hold."""
    for system, entries, number, block in _entries(documents):
        listed = [normal_code(system, entry) for entry in entries if isinstance(entry, str)]
        alias = block.get("alias_of")
        if alias and normal_code(system, alias) not in listed:
            text = f"{block['code']} is an alias of {alias}, which the list lacks.{did_you_mean(alias, listed)}"
            yield Mistake(entries.file, entries.lines[number], text)


def unread_patterns(documents: Documents) -> Iterator[Mistake]:
    """A text pattern that the engine cannot read."""
    with duckdb.connect() as engine:
        for name, block in documents.patterns["text_patterns"].items():
            for key in ("has", "not"):
                if key in block and not is_pattern(engine, block[key]):
                    text = f"{name} {key} is no pattern the engine reads. Mind brackets; look-ahead is not to be had."
                    yield block.mistake(key, text)


def is_pattern(engine: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    """Whether the engine can read a regular expression."""
    try:
        engine.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
    except duckdb.Error:
        return False
    return True


def _entries(documents: Documents) -> Iterator[tuple[str, Items, int, Block]]:
    """Every code with its system, its list, its place there, and a block even where it is written as a bare code."""
    for value_set in documents.value_sets:
        for systems in value_set["tiers"].values():
            for system, entries in systems.items():
                for number, entry in enumerate(entries):
                    block = Block(entries.file, entries.lines[number])
                    block.update({"code": entry} if isinstance(entry, str) else entry)
                    yield system, entries, number, block

"""The policy, its concepts and its value sets as plain dicts, read straight from the YAML of ``configs``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.plain_yaml import read_plain


@dataclass(frozen=True)
class RuleBook:
    """Everything ``configs`` says, as written; ``readings`` are the values in force, by name."""

    policy: dict[str, Any]
    readings: dict[str, Any]
    windows: dict[str, Any]
    concepts: dict[str, Any]
    facts: dict[str, Any]
    value_sets: dict[str, list[dict[str, Any]]]
    texts: dict[str, Any]
    roles: dict[str, str]
    coding: dict[str, Any]
    findings: dict[str, Any]

    def with_readings(self, **values: Any) -> RuleBook:
        """The same book with some readings changed."""
        return replace(self, readings={**self.readings, **values})


def read_rules(configs: Path, policy_name: str = "pacificsource-ino.2020-11-01") -> RuleBook:
    """The rule book of a ``configs`` folder."""
    policy = read_plain(configs / "policies" / f"{policy_name}.yaml")
    words = read_plain(configs / "concepts.yaml")
    sets = [read_plain(path) for path in sorted((configs / "value_sets").glob("*.yaml")) if path.stem != "text_patterns"]
    return RuleBook(
        policy=policy,
        readings={name: reading["value"] for name, reading in policy["readings"].items()},
        windows=words["windows"],
        concepts=words["event_concepts"],
        facts=words["facts"],
        value_sets={each["value_set"]: _entries(each) for each in sets},
        texts=read_plain(configs / "value_sets" / "text_patterns.yaml")["text_patterns"],
        roles={code: entry["role"] for code, entry in read_plain(configs / "coding" / "frequency.yaml")["frequency"].items()},
        coding={name: read_plain(configs / "coding" / f"{name}.yaml") for name in ("ncci", "services")},
        findings=read_plain(configs / "findings.yaml")["findings"],
    )


def _entries(value_set: dict[str, Any]) -> list[dict[str, Any]]:
    entries = []
    for tier, systems in value_set["tiers"].items():
        for system, codes in systems.items():
            for code in codes:
                entry = dict(code) if isinstance(code, dict) else {"code": code}
                bare = str(entry["code"]).replace(".", "").upper() if system.startswith("icd") else str(entry["code"]).upper()
                entries.append({**entry, "tier": tier, "system": system, "code": bare.rstrip("*"), "starts": bare.endswith("*")})
    return entries


def matches(book: RuleBook, name: str, system: str | None, code: str | None, tiers: Any = None) -> list[dict[str, Any]]:
    """Entries of a value set that a code is in, valid that day or not."""
    wanted = [tiers] if isinstance(tiers, str) else tiers
    return [
        entry
        for entry in book.value_sets[name]
        if entry["system"] == system
        and code is not None
        and (wanted is None or entry["tier"] in wanted)
        and (code.startswith(entry["code"]) if entry["starts"] else entry["code"] in _padded(system, code))
    ]


def _padded(system: str | None, code: str) -> tuple[str, ...]:
    """A code; one of a drug in ten digits, with the zero in each of the places where it may be missing."""
    if system != "ndc" or len(code) != len("5555544422") or not code.isdecimal():
        return (code,)
    return code, f"0{code}", f"{code[:5]}0{code[5:]}", f"{code[:9]}0{code[9:]}"


def is_valid(entry: dict[str, Any], day: date) -> bool:
    """Whether an entry of a value set is valid on that day."""
    return entry.get("from", date.min) <= day <= entry.get("to", date.max)


def in_set(book: RuleBook, name: str, system: str | None, code: str | None, day: date) -> bool:
    """Whether a code is in a value set and valid that day."""
    return any(is_valid(entry, day) for entry in matches(book, name, system, code))


def says(book: RuleBook, pattern: str, words: str | None) -> bool:
    """Whether words on a line match a text pattern: ``has`` is found and ``not`` is not."""
    rule = book.texts[pattern]
    if not words or not re.search(rule["has"], words, re.IGNORECASE):
        return False
    return "not" not in rule or not re.search(rule["not"], words, re.IGNORECASE)


def line_codes(line: dict[str, Any]) -> list[tuple[str, str]]:
    """The service, revenue and drug code of a claim line, each with its system."""
    named = [("hcpcs", line["hcpcs_code"]), ("revenue", line["revenue_center_code"]), ("ndc", line["ndc_code"])]
    return [(system, code) for system, code in named if code]


def line_in(book: RuleBook, name: str, line: dict[str, Any]) -> bool:
    """Whether a claim line has a code of that value set."""
    return any(in_set(book, name, system, code, line["claim_line_start_date"]) for system, code in line_codes(line))


def exposure(book: RuleBook, key: str) -> Any:
    """What the policy's ``exposure`` says under that key."""
    return book.policy["exposure"][key]

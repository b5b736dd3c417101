"""Codings: which program's code system each is of, what our value sets know of it, and which of several to keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import orjson

from auditor.intake.codes import code_systems
from auditor.intake.fhir.mapping import ANY, SEPARATOR, fhir_mapping
from auditor.intake.fhir.tree import Tree, parts, text
from auditor.places import configs_folder
from auditor.yaml_lines import read_text_yaml

OWN = "concept"
PREFIX_LENGTHS = range(1, 8)
NDC_LENGTHS = (5, 4, 2)
DRUG = re.compile(r"\d{4,5}-\d{3,4}-\d{1,2}")

Listing = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Code:
    """A coding as rows hold it: the program's name of its system (else its address), its code, and its words."""

    system: str | None
    code: str
    display: str | None = None


@dataclass(frozen=True)
class Concept:
    """A CodeableConcept: its codings that have a code, and its own words."""

    codings: tuple[tuple[str, str, str | None], ...]
    text: str | None

    @cached_property
    def words(self) -> str | None:
        """Its own words, else those of its first coding that has any."""
        return self.text or next((display for _, _, display in self.codings if display), None)

    @cached_property
    def own(self) -> str | None:
        """The concept of ``concepts.yaml`` that a coding of our own system names."""
        return self.code_of((OWN,))

    @cached_property
    def kept(self) -> tuple[Code, ...]:
        """The codings that a row each is made of, so that one fact told in several codes is told once."""
        return _keep([Code(vocabulary().system(system), code, display) for system, code, display in self.codings])

    @cached_property
    def is_listed(self) -> bool:
        """Whether a value set knows any coding of it."""
        words = vocabulary()
        return any(words.listed(words.system(system), code) for system, code, _ in self.codings)

    def is_any(self, tokens: Iterable[str]) -> bool:
        """Whether a coding of it is one of the tokens."""
        known = _tokens(tuple(tokens))
        return any(known.covers(system, code) for system, code, _ in self.codings)

    def says_any(self, tokens: Iterable[str]) -> bool:
        """The same in a field that holds no code but such: there a coding that names no system is of the one meant."""
        known = _tokens(tuple(tokens))
        return self.is_any(tokens) or any(not system and code in known.codes for system, code, _ in self.codings)

    def code_of(self, systems: Iterable[str]) -> str | None:
        """The code of its first coding in one of the systems, tried in their order."""
        for name in systems:
            address = fhir_mapping().system(name)
            for system, code, _ in self.codings:
                if system == address:
                    return code
        return None


NOTHING = Concept((), None)


def read_concept(tree: Tree) -> Concept:
    """A CodeableConcept; a coding without a code says nothing and is left out. Exports repeat few of them many times."""
    return _concept(orjson.dumps(tree)) if tree else NOTHING


@lru_cache(maxsize=20_000)
def _concept(written: bytes) -> Concept:
    tree = orjson.loads(written)
    codings = tuple(
        (text(one, "system") or "", code, text(one, "display")) for one in parts(tree, "coding") if (code := text(one, "code")) is not None
    )
    return Concept(codings, text(tree, "text"))


def concepts(tree: Tree, name: str) -> list[Concept]:
    """A list of CodeableConcepts."""
    return [read_concept(one) for one in parts(tree, name)]


@dataclass(frozen=True)
class _Tokens:
    """Codings written as tokens: whole ones, those of any system, and beginnings; and the codes of the whole ones alone."""

    whole: frozenset[tuple[str, str]]
    anywhere: frozenset[str]
    beginnings: tuple[tuple[str, str], ...]

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for _, code in self.whole)

    def covers(self, system: str, code: str) -> bool:
        begins = any(system == address and code.startswith(start) for address, start in self.beginnings)
        return begins or (system, code) in self.whole or code in self.anywhere


@cache
def _tokens(tokens: tuple[str, ...]) -> _Tokens:
    mapping = fhir_mapping()
    parted = [token.partition(SEPARATOR) for token in tokens]
    return _Tokens(
        frozenset((mapping.system(system), code) for system, _, code in parted if system and not code.endswith(ANY)),
        frozenset(code for system, _, code in parted if not system),
        tuple((mapping.system(system), code.removesuffix(ANY)) for system, _, code in parted if system and code.endswith(ANY)),
    )


@dataclass(frozen=True)
class Vocabulary:
    """Names of code systems, and what the value sets list: (system, code) to value sets, each with the rank of its tier."""

    names: Mapping[str, str]
    whole: Mapping[tuple[str, str], Listing]
    beginnings: Mapping[tuple[str, str], Listing]

    def system(self, address: str) -> str | None:
        """The program's name of a code system; the address itself where nobody listed it."""
        return self.names.get(_bare(address), address or None)

    def listed(self, system: str | None, code: str) -> Listing:
        """The value sets that list a code."""
        if system is None:
            return ()
        written = normal_code(system, code)
        starts = (self.beginnings.get((system, written[:length]), ()) for length in PREFIX_LENGTHS)
        return (*self.whole.get((system, written), ()), *(one for found in starts for one in found))


def normal_code(system: str, code: str) -> str:
    """A code as value sets are compared with it."""
    known = code_systems().get(system)
    plain = code.upper().replace(" ", "")
    if known and known.written == "undotted":
        return plain.replace(".", "")
    if known and known.written == "drug" and DRUG.fullmatch(plain):
        return "".join(piece.zfill(length) for piece, length in zip(plain.split("-"), NDC_LENGTHS, strict=True))
    return plain


@cache
def vocabulary() -> Vocabulary:
    """From ``code_systems.yaml`` and ``value_sets/``."""
    names = {_bare(alias): name for name, system in code_systems().items() for alias in (name, *system.names)}
    whole: dict[tuple[str, str], Listing] = {}
    beginnings: dict[tuple[str, str], Listing] = {}
    for path in sorted((configs_folder() / "value_sets").glob("*.yaml")):
        for place, system, written in _listed(read_text_yaml(path)):
            table = beginnings if written.endswith(ANY) else whole
            key = (system, normal_code(system, written.removesuffix(ANY)))
            table[key] = (*table.get(key, ()), place)
    return Vocabulary(names, whole, beginnings)


def _listed(value_set: Mapping[str, Any]) -> Iterable[tuple[tuple[str, int], str, str]]:
    """Every code of a value set with its tier's rank and its system."""
    for rank, systems in enumerate(value_set.get("tiers", {}).values()):
        for system, entries in systems.items():
            for entry in entries:
                yield (value_set["value_set"], rank), system, entry if isinstance(entry, str) else entry["code"]


def _bare(name: str) -> str:
    return re.sub(r"[\s._-]", "", name.lower())


def _keep(codings: Sequence[Code]) -> tuple[Code, ...]:
    """A coding that our value sets know is kept unless others kept before it say all that it says; better tiers go first.

    Where they know none, the first coding of a known system stands, else the first.
    """
    known = [(one, vocabulary().listed(one.system, one.code)) for one in codings]
    ranked = sorted((one for one in known if one[1]), key=lambda one: min(rank for _, rank in one[1]))
    kept: list[Code] = []
    said: set[tuple[str, int]] = set()
    for code, says in ranked:
        if not set(says) <= said:
            kept.append(code)
            said |= set(says)
    others = [one for one in codings if one.system in code_systems()] or list(codings)
    return tuple(kept or others[:1])


def listed_in(code: Code, value_set: str) -> bool:
    """Whether that value set lists the code."""
    return any(name == value_set for name, _ in vocabulary().listed(code.system, code.code))

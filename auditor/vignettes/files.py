"""Reads vignettes and writes them as one extract; docs/vignettes.md is their format."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.policy import RuleBook
from auditor.policy.model import Value
from auditor.policy.readings import frozen
from auditor.tables import CANONICAL, canonical
from auditor.vignettes.shorthand import (
    CODE_SYSTEMS,
    DAY,
    GIVEN,
    Facts,
    Row,
    Unreadable,
    approval_rows,
    as_list,
    claim_rows,
    event_rows,
    member_rows,
)
from auditor.vignettes.words import EXPECTED, FACTS
from auditor.yaml_lines import Block, parse_yaml, read_value

PEOPLE = ("member_id", "person_id", "mother_member_id")
# Files beside vignettes that hold none: common facts, and mutants that change nothing.
TEMPLATES, EQUIVALENT = "templates.yaml", "equivalent.yaml"
MERGED = ("chart", "coverage", "procedures", "member")
PART = re.compile(r"^---[^\n]*\n", re.MULTILINE)
NO_DAY = "1970-01-01"
NO_ZONE = ""
Readings = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Lexicon:
    """What a policy gives the reader of its vignettes: what it calls the treatment, its readings, and the concepts a chart may name."""

    treatments: tuple[str, ...]
    readings: Mapping[str, Value]
    concepts: frozenset[str]


@dataclass(frozen=True)
class Vignette:
    """One story under one set of readings: its name (file and place in it), its facts, and what it expects.

    ``readings`` are those that differ from the policy's; ``file`` and ``line`` say where it is written.
    """

    name: str
    facts: Facts = field(hash=False)
    readings: Readings
    expect: Facts = field(hash=False)
    file: str = ""
    line: int = 0

    @property
    def title(self) -> str:
        """What the story is about, in a line."""
        return str(self.facts["case"])

    @property
    def is_confirmed(self) -> bool:
        """Whether a person stands behind it."""
        return str(self.facts.get("unconfirmed", "false")) != "true"

    @property
    def time_zone(self) -> str:
        """The facility's time zone, where the story gives one."""
        return str(self.facts.get("time zone", NO_ZONE))

    @property
    def as_of(self) -> str:
        """The day the audit speaks from; long before any claim where the story gives none."""
        return str(self.facts.get("as of", NO_DAY))

    @property
    def extract(self) -> tuple[str, str]:
        """Vignettes that share it share an extract: time zone, and the day the audit speaks from."""
        return self.time_zone, self.as_of

    @property
    def member(self) -> str:
        """The member id of the patient; other people of the story bear it as a prefix."""
        return self.name.replace("/", ".")

    def __str__(self) -> str:
        return self.name + "".join(f" [{name}: {value}]" for name, value in self.readings)


def read_lexicon(book: RuleBook) -> Lexicon:
    """The words of the latest revision."""
    policy = book.policies[-1]
    values = {name: reading.value for name, reading in policy.readings.items()}
    return Lexicon(policy.exposure.get("segments", ()), values, frozenset(book.concepts.event_concepts))


def read_vignettes(folder: Path, lexicon: Lexicon, templates: Path | None = None) -> tuple[Vignette, ...]:
    """Every vignette of every file in a folder and below, once for each set of readings it is asked under, in order of their names.

    ``templates`` holds common facts that stories start from; without it, the folder's own. SettingsRefused says what cannot be read.
    """
    common = read_templates(templates or folder / TEMPLATES)
    paths = [path for path in sorted(folder.rglob("*.yaml")) if path.name not in (TEMPLATES, EQUIVALENT)]
    return tuple(one for path in paths for one in read_file(path, path.relative_to(folder).as_posix(), lexicon, common))


def read_templates(path: Path) -> dict[str, Facts]:
    """The common facts that stories start from, each with its own beginnings merged in; none where there is no such file."""
    templates: dict[str, Facts] = {}
    for document in read_parts(path, path.name) if path.is_file() else ():
        for name, facts in document.items():
            templates[name] = merge_facts(templates.get(facts.get("start from", ""), {}), facts)
    return templates


def read_parts(path: Path, shown: str) -> Iterator[Block]:
    """The parts of a file between lines of ``---``, with every value as the text that was written, so that codes keep their zeros."""
    line = 0
    for part in PART.split(path.read_text(encoding="utf-8")):
        if any(text.strip() and not text.lstrip().startswith("#") for text in part.splitlines()):
            yield parse_yaml("\n" * line + part, shown, typed=False)
        line += part.count("\n") + 1


def read_file(path: Path, shown: str, lexicon: Lexicon, templates: Mapping[str, Facts]) -> Iterator[Vignette]:
    """The vignettes of one file; a first part without a ``case`` holds the facts common to the file."""
    parts = list(read_parts(path, shown))
    common: Facts = parts.pop(0) if parts and "case" not in parts[0] else {}
    for number, part in enumerate(parts, 1):
        facts = merge_facts(merge_facts(_template(part, common, templates), common), part)
        mistakes = [part.mistake(key, text) for key, text in unknown_words(facts, lexicon)]
        if mistakes:
            raise refuse(mistakes)
        if "days later" in facts:
            facts |= move_dates({key: value for key, value in facts.items() if not key.startswith("expect")}, int(facts["days later"]))
        facts[GIVEN] = given(facts, lexicon.treatments)
        yield from ask_readings(Vignette(f"{shown.removesuffix('.yaml')}.{number}", facts, (), {}, shown, part.line), lexicon)


def given(facts: Facts, treatments: Iterable[str]) -> list[Facts]:
    """The courses of treatment that a story tells, each with its concept."""
    return [{"concept": name, **one} for name in treatments for one in as_list(facts.get(spaced(name)))]


def _template(part: Block, common: Facts, templates: Mapping[str, Facts]) -> Facts:
    name = part.get("start from") or common.get("start from")
    if name and name not in templates:
        raise refuse([part.mistake("start from", f"{name} is no story to start from.{did_you_mean(name, templates)}")])
    return templates[name] if name else {}


def unknown_words(facts: Facts, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Words that a vignette uses and nobody knows: the key they stand under, and a sentence."""
    known = {*FACTS, *(spaced(name) for name in lexicon.treatments)}
    for key in sorted(set(facts) - known - {GIVEN}):
        if not key.startswith("more "):
            yield key, f"{key} says nothing in a vignette.{did_you_mean(key, known)}"
    for block in [facts.get("expect", {}), *facts.get("expect by reading", [])]:
        words = set(block).union(*block.get("courses", [])) - {"courses", "value"}
        for word in sorted(words - set(EXPECTED)):
            yield "expect", f"{word} cannot be expected.{did_you_mean(word, EXPECTED)}"
    concepts = {spaced(name) for name in lexicon.concepts}
    for what in sorted(facts.get("chart", {})):
        if what.replace("_", " ") not in concepts and what.partition(" ")[0] not in CODE_SYSTEMS:
            yield "chart", f"{what} is no concept that a chart can state.{did_you_mean(what, concepts)}"
    for name in sorted({*facts.get("readings", {}), *as_list(facts.get("reading"))} - set(lexicon.readings)):
        yield "readings" if "readings" in facts else "reading", f"{name} is no reading.{did_you_mean(name, lexicon.readings)}"


def spaced(name: str) -> str:
    """A name as a vignette writes it."""
    return name.replace("_", " ")


def merge_facts(base: Facts, over: Facts) -> Facts:
    """``base`` with what ``over`` states: mappings are merged, ``more …`` lists are added to, the rest is replaced."""
    merged = dict(base)
    for key, value in over.items():
        if key.startswith("more "):
            merged[key[5:]] = as_list(merged.get(key[5:])) + as_list(value)
        elif isinstance(value, dict) and key in MERGED and isinstance(merged.get(key), dict):
            merged[key] = merged[key] | value
        else:
            merged[key] = value
    return merged


def ask_readings(vignette: Vignette, lexicon: Lexicon) -> Iterator[Vignette]:
    """The vignette, or one for each value under ``expect by reading``."""
    facts = vignette.facts
    stated = facts.get("readings", {})
    asked = [(stated, facts["expect"])] if "expect" in facts else []
    asked += [(stated | {facts["reading"]: one["value"]}, without_value(one)) for one in facts.get("expect by reading", [])]
    for readings, expect in asked:
        yield Vignette(vignette.name, facts, changed_readings(readings, lexicon), expect, vignette.file, vignette.line)


def without_value(expect: Facts) -> Facts:
    """What is expected under one value of a reading, apart from the value."""
    return {key: said for key, said in expect.items() if key != "value"}


def changed_readings(stated: Facts, lexicon: Lexicon) -> Readings:
    """The readings stated that differ from the policy's, so that vignettes which change nothing share an audit."""
    written = {name: frozen(value if isinstance(value, list) else read_value(value)) for name, value in stated.items()}
    return tuple(sorted((name, value) for name, value in written.items() if value != lexicon.readings[name]))


def move_dates(facts: Any, days: int) -> Any:
    """The same facts with every date moved."""
    if isinstance(facts, dict):
        return {move_dates(key, days): move_dates(value, days) for key, value in facts.items()}
    if isinstance(facts, list):
        return [move_dates(value, days) for value in facts]
    return re.sub(DAY, lambda day: (date.fromisoformat(day[0]) + timedelta(days=days)).isoformat(), facts)


def extract_rows(vignettes: Iterable[Vignette]) -> dict[str, list[Row]]:
    """The vignettes as rows of the canonical tables, each story once. SettingsRefused for words that cannot be read."""
    rows: dict[str, list[Row]] = {table.name: [] for table in CANONICAL}
    for vignette in {one.name: one for one in vignettes}.values():
        try:
            rows["members"] += name_people(vignette, member_rows(vignette.facts))
            rows["events"] += name_people(vignette, event_rows(vignette.facts))
            rows["claim_lines"] += name_people(vignette, claim_rows(vignette.facts))
            rows["authorizations"] += name_people(vignette, approval_rows(vignette.facts))
        except Unreadable as fault:
            raise refuse([Mistake(vignette.file, vignette.line, f"{vignette.title}: {fault}")]) from None
    return rows


def write_extract(vignettes: Iterable[Vignette], folder: Path) -> Path:
    """The vignettes as one native extract: a CSV file for each canonical table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table_rows in extract_rows(vignettes).items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, [column.name for column in canonical(name).columns])
            writer.writeheader()
            writer.writerows(table_rows)
    return folder


def name_people(vignette: Vignette, rows: Iterable[Row]) -> list[Row]:
    """The rows with the patient's member id; an id that a story writes as ``+mother`` is added to the patient's."""
    stated = [{"member_id": ""} | row for row in rows]
    return [row | {column: vignette.member + row[column] for column in PEOPLE if column in row} for row in stated]

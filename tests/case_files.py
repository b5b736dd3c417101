"""Reads the cases of tests/cases and writes them as one extract; tests/cases/README.md is the format."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cases.shorthand import DAY, Facts, Row, approval_rows, as_list, claim_rows, event_rows, member_rows

from auditor.places import configs_folder
from auditor.tables import CANONICAL, canonical

PEOPLE = ("member_id", "person_id", "mother_member_id")
FOLDER = Path(__file__).parent / "cases"
AskedUnder = tuple[str, tuple[tuple[str, str], ...]]
NO_DAY = "1970-01-01"


@dataclass(frozen=True)
class Case:
    """One case under one set of readings: its name (file and place in it), its facts, and what it expects.

    ``readings`` are those that differ from the policy's, as (name, value in YAML).
    """

    name: str
    facts: Facts
    readings: tuple[tuple[str, str], ...]
    expect: Facts

    @property
    def title(self) -> str:
        """What the case is about, in a line."""
        return str(self.facts["case"])

    @property
    def time_zone(self) -> str:
        """The facility's time zone, where the case gives one."""
        return str(self.facts.get("time zone", ""))

    @property
    def as_of(self) -> str:
        """The day the audit speaks from; long before any claim where the case gives none."""
        return str(self.facts.get("as of", NO_DAY))

    @property
    def asked_under(self) -> AskedUnder:
        """The settings that an audit of this case needs; cases that share them share an audit."""
        return self.time_zone, (("as of", self.as_of), *self.readings) if self.as_of != NO_DAY else self.readings

    @property
    def member(self) -> str:
        """The member id of the patient; other people of the case bear it as a prefix."""
        return self.name.replace("/", ".")

    def __str__(self) -> str:
        return self.name + "".join(f" [{name}: {value}]" for name, value in self.readings)


def read_yaml(path: Path) -> list[Any]:
    """The documents of a file with every scalar as text, so that codes keep their zeros."""
    return [document for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader) if document]


@cache
def read_templates() -> dict[str, Facts]:
    """The common facts that cases start from, each with its own beginnings merged in."""
    templates: dict[str, Facts] = {}
    for name, facts in read_yaml(FOLDER / "templates.yaml")[0].items():
        templates[name] = merge_facts(templates.get(facts.get("start from", ""), {}), facts)
    return templates


def merge_facts(base: Facts, over: Facts) -> Facts:
    """``base`` with what ``over`` states: mappings are merged, `more …` lists are added to, the rest is replaced."""
    merged = dict(base)
    for key, value in over.items():
        if key.startswith("more "):
            merged[key[5:]] = as_list(merged.get(key[5:])) + as_list(value)
        elif isinstance(value, dict) and key in ("chart", "coverage", "procedures", "member") and isinstance(merged.get(key), dict):
            merged[key] = merged[key] | value
        else:
            merged[key] = value
    return merged


@cache
def read_cases() -> tuple[Case, ...]:
    """Every case of every file, once for each set of readings it is asked under."""
    paths = [path for path in sorted(FOLDER.rglob("*.yaml")) if path.name != "templates.yaml"]
    return tuple(case for path in paths for case in read_file(path))


def read_file(path: Path) -> Iterator[Case]:
    """The cases of one file; a first document without a `case` holds the facts common to them."""
    documents = read_yaml(path)
    common = documents.pop(0) if "case" not in documents[0] else {}
    stem = path.relative_to(FOLDER).with_suffix("").as_posix()
    for number, document in enumerate(documents, 1):
        template = document.get("start from") or common.get("start from")
        facts = merge_facts(merge_facts(read_templates()[template] if template else {}, common), document)
        if "days later" in facts:
            facts |= move_dates({key: value for key, value in facts.items() if not key.startswith("expect")}, int(facts["days later"]))
        yield from read_readings(f"{stem}.{number}", facts)


def read_readings(name: str, facts: Facts) -> Iterator[Case]:
    """One case, or one for each value under `expect by reading`."""
    stated = facts.get("readings", {})
    if "expect" in facts:
        yield Case(name, facts, changed_readings(stated), facts["expect"])
    for expect in facts.get("expect by reading", []):
        readings = changed_readings(stated | {facts["reading"]: expect["value"]})
        yield Case(name, facts, readings, {key: said for key, said in expect.items() if key != "value"})


def move_dates(facts: Any, days: int) -> Any:
    """The same facts with every date moved."""
    if isinstance(facts, dict):
        return {move_dates(key, days): move_dates(value, days) for key, value in facts.items()}
    if isinstance(facts, list):
        return [move_dates(value, days) for value in facts]
    return re.sub(DAY, lambda day: (date.fromisoformat(day[0]) + timedelta(days=days)).isoformat(), facts)


@cache
def read_policy() -> dict[str, Any]:
    """The policy file as it is written."""
    written: dict[str, Any] = yaml.safe_load(next((configs_folder() / "policies").glob("*.yaml")).read_text(encoding="utf-8"))
    return written


def changed_readings(stated: Facts) -> tuple[tuple[str, str], ...]:
    """The readings stated that differ from the policy's, so that cases which change nothing share an audit."""
    written = {name: value if isinstance(value, str) else f"[{', '.join(value)}]" for name, value in stated.items()}
    own = read_policy()["readings"]
    return tuple(sorted((name, value) for name, value in written.items() if yaml.safe_load(value) != own[name]["value"]))


def write_extract(cases: Iterable[Case], folder: Path) -> Path:
    """The cases as one native extract: a CSV file for each canonical table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Row]] = {table.name: [] for table in CANONICAL}
    for case in cases:
        rows["members"] += name_people(case, member_rows(case.facts))
        rows["events"] += name_people(case, event_rows(case.facts))
        rows["claim_lines"] += name_people(case, claim_rows(case.facts))
        rows["authorizations"] += name_people(case, approval_rows(case.facts))
    for name, table_rows in rows.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, [column.name for column in canonical(name).columns])
            writer.writeheader()
            writer.writerows(table_rows)
    return folder


def name_people(case: Case, rows: Iterable[Row]) -> list[Row]:
    """The rows with the patient's member id; an id that a case writes as `+mother` is added to the patient's."""
    stated = [{"member_id": ""} | row for row in rows]
    return [row | {column: case.member + row[column] for column in PEOPLE if column in row} for row in stated]


if __name__ == "__main__":
    wanted, folder = sys.argv[1:]
    write_extract([case for case in read_cases() if wanted in case.name], Path(folder))

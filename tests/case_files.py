"""Reads the cases of tests/cases, spells out their shorthand, and writes them as one extract; tests/cases/README.md is the format."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from auditor.places import configs_folder
from auditor.tables import CANONICAL, EVENT_STATUSES, canonical

FOLDER = Path(__file__).parent / "cases"
Row = dict[str, str]
Facts = dict[str, Any]

BILLERS: dict[str, Row] = {
    "hospital": {"claim_type": "institutional", "claim_id": "H1", "bill_type_code": "111", "facility_npi": "1000000004", "billing_npi": "1000000004"},
    "hospital 2": {"claim_type": "institutional", "claim_id": "H2", "bill_type_code": "111", "facility_npi": "1000000012", "billing_npi": "1000000012"},
    "physician": {"claim_type": "professional", "claim_id": "P1", "place_of_service_code": "21", "rendering_npi": "1000000020", "billing_npi": "1000000020"},
}
LINE_WORDS = {
    "claim": "claim_id", "number": "claim_line_number", "frequency": "frequency_code", "replaces": "original_claim_id", "status": "claim_status",
    "method": "payment_method", "received": "received_date", "paid": "paid_amount", "allowed": "allowed_amount", "charge": "charge_amount",
    "units": "service_unit_quantity", "admitted": "admission_date", "discharged": "discharge_date", "ndc": "ndc_code", "text": "line_description",
}  # fmt: skip
DAY = r"\d{4}-\d\d-\d\d"
TIME = r"\d{4}-\d\d(?:-\d\d)?(?:[ T]\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?"
LINE = re.compile(
    rf'(?:RC (?P<revenue>\d{{4}}) ?)?(?P<code>[A-Z0-9]{{5}})?(?:-(?P<modifier>\w\w))? ?(?:"(?P<text>[^"]*)" ?)?(?:x(?P<units>[\d.]+) ?)?'
    rf"(?P<each>each day|each later day|on the first day)? ?(?P<first>{DAY})?(?:\.\.(?P<last>{DAY}))? ?"
    r"(?:\$(?P<paid>-?[\d,.]+) ?)?(?:by (?P<biller>.+))?"
)
CHARTED = re.compile(rf"(?P<what>.*?) ?(?:on |at |from )?(?P<start>{TIME})(?: to (?P<end>{TIME}))?(?: in (?P<document>\S+))?")
OXYGEN = re.compile(rf"(?P<often>daily|hourly|once) (?P<fio2>\S+)(?: spo2 (?P<spo2>[\d.]+)|(?P<none> no spo2))?(?: (?:from|on|at) (?P<start>{TIME})(?: to (?P<end>{TIME}))?)?")
APPROVAL = re.compile(rf"(?P<decision>approved|denied|pending) (?P<from>{DAY})\.\.(?P<to>{DAY})(?: days (?P<approved_days>\d+))?(?: for (?P<service>\w+))?")


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
    def asked_under(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The settings that an audit of this case needs; cases that share them share an audit."""
        return self.time_zone, self.readings

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


def as_list(value: Any) -> list[Any]:
    """A list of what is one thing, a list of things, or nothing."""
    return value if isinstance(value, list) else [value] if value else []


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


def list_days(start: str, end: str) -> list[str]:
    """The days from one to the other, as text; an end at exactly midnight does not touch its day."""
    first = date.fromisoformat(start[:10])
    last = date.fromisoformat(end[:10])
    if end[11:16] == "00:00" and last > first:
        last -= timedelta(days=1)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def list_hours(start: str, end: str) -> list[str]:
    """The hours from one time to the other, as text."""
    at, last = (datetime.fromisoformat(time) for time in (start, end))
    return [(at + timedelta(hours=n)).strftime("%Y-%m-%d %H:%M") for n in range(int((last - at).total_seconds() // 3600) + 1)]


def ino_days(facts: Facts) -> list[str]:
    """The days on iNO as the case states them, for lines and charting that follow them."""
    days = {day for part in as_list(facts.get("ino")) if len(part["from"]) > 7 for day in list_days(part["from"], part.get("to") or part["from"])}
    return sorted(days)


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
    stated = ({"member_id": ""} | row for row in rows)
    return [{column: case.member + value if column in PEOPLE else value for column, value in row.items() if column not in PEOPLE or value or column == "member_id"} for row in stated]


PEOPLE = ("member_id", "person_id", "mother_member_id")


def member_rows(facts: Facts) -> Iterator[Row]:
    """The patient, unless the extract has no row for them, then the other people of the case."""
    born = facts.get("born", "")
    if born != "no member row":
        yield {"birth_date": "" if born == "unknown" else born} | underscored(facts.get("member", {}))
    yield from (underscored(person) for person in facts.get("people", []))


def underscored(stated: Row) -> Row:
    """The columns of a row that is stated with spaces in its names."""
    return {column.replace(" ", "_"): value for column, value in stated.items()}


def event_rows(facts: Facts) -> Iterator[Row]:
    """iNO, the oxygen charting, and what else the chart says."""
    for part in as_list(facts.get("ino")):
        yield {"concept": "ino", "start": part["from"], "end": part.get("to", ""), "facility": part.get("at", ""), "document_id": "flowsheet"}
    for item in as_list(facts.get("oxygen")):
        yield from oxygen_rows(item, facts)
    for what, said in facts.get("chart", {}).items():
        yield from (charted_row(what, item) for item in as_list(said) if item != "not stated")


def charted_row(what: str, said: Any) -> Row:
    """One statement or measurement: `status or value [unit] time [to time] [in document]`, or the columns themselves."""
    system, _, code = what.partition(" ")
    named = {"code_system": system, "code": code} if system in CODE_SYSTEMS else {"concept": what.replace(" ", "_")}
    if isinstance(said, dict):
        return named | {column.replace(" ", "_"): value for column, value in said.items()}
    match = CHARTED.fullmatch(said)
    assert match, f"{what}: {said!r} is not `status or value, time [to time] [in document]`"
    row = named | {"start": match["start"], "end": match["end"] or "", "document_id": match["document"] or ""}
    status = match["what"].replace(" ", "_")
    if not status or status in EVENT_STATUSES:
        return row | {"status": status}
    value, _, unit = match["what"].partition(" ")
    return row | {"value": value, "unit": unit}


CODE_SYSTEMS = ("icd10cm", "icd10pcs", "icd9cm", "icd9pcs", "hcpcs", "ndc", "rxnorm", "loinc", "snomed")


def oxygen_rows(item: str, facts: Facts) -> Iterator[Row]:
    """Oxygen fraction and saturation: daily at noon, hourly, or once; over the days on iNO where no range is given."""
    match = OXYGEN.fullmatch(item)
    assert match, f"oxygen: {item!r} is not `daily|hourly|once fraction [spo2 percent] [from time to time]`"
    for time in oxygen_times(match, facts):
        yield {"concept": "fio2", "start": time, "value": match["fio2"], "document_id": "flowsheet"}
        if not match["none"]:
            yield {"concept": "spo2", "start": time, "value": match["spo2"] or "94", "unit": "%", "document_id": "flowsheet"}


def oxygen_times(match: re.Match[str], facts: Facts) -> list[str]:
    """The times that an oxygen shorthand speaks of."""
    start, end = match["start"], match["end"] or match["start"]
    if match["often"] == "once":
        return [start]
    if match["often"] == "daily":
        return [f"{day} 12:00" for day in (list_days(start, end) if start else ino_days(facts))]
    if start:
        return list_hours(start, end)
    return [hour for part in as_list(facts["ino"]) for hour in list_hours(part["from"], part["to"])]


def claim_rows(facts: Facts) -> Iterator[Row]:
    """The claim lines, numbered within their claim version, with the coverage, diagnoses and procedures of the case."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    for line in as_list(facts.get("lines")):
        for row in line_rows(line, facts):
            version = (row["claim_id"], row.get("frequency_code", ""), row.get("received_date", ""))
            numbers[version] += 1
            yield {"claim_line_number": str(numbers[version])} | row


def line_rows(line: Any, facts: Facts) -> Iterator[Row]:
    """The lines of one shorthand, one for each day it names, or one for a span."""
    stated = {"line": line} if isinstance(line, str) else dict(line)
    match = LINE.fullmatch(stated.pop("line"))
    assert match, f"lines: {line!r} is not `[RC revenue] code [\"text\"] [x units] [each day] [day..day] [$paid] [by biller]`"
    diagnoses = as_list(stated.pop("diagnoses", facts.get("diagnoses")))
    procedures = stated.pop("procedures", facts.get("procedures", {}))
    columns = {LINE_WORDS.get(word, word.replace(" ", "_")): value for word, value in stated.items()}
    for first, last in line_spans(match, facts):
        yield billed(match, facts) | {"claim_line_start_date": first, "claim_line_end_date": last} | coded(diagnoses, procedures) | columns


def line_spans(match: re.Match[str], facts: Facts) -> list[tuple[str, str]]:
    """First and last day of each line of a shorthand."""
    days = list_days(match["first"], match["last"] or match["first"]) if match["first"] else ino_days(facts)
    if not match["each"]:
        return [(days[0], days[-1])]
    chosen = {"each day": days, "each later day": days[1:], "on the first day": days[:1]}[match["each"]]
    return [(day, day) for day in chosen]


def billed(match: re.Match[str], facts: Facts) -> Row:
    """The columns of a line that its shorthand and the coverage give."""
    coverage = {"line of business": "commercial", "state": "OR"} | facts.get("coverage", {})
    paid = (match["paid"] or "").replace(",", "")
    words = {
        "hcpcs_code": match["code"], "revenue_center_code": match["revenue"], "hcpcs_modifier_1": match["modifier"],
        "line_description": match["text"], "service_unit_quantity": match["units"] or "1",
        "paid_amount": paid, "allowed_amount": paid, "charge_amount": paid, "claim_status": "paid",
    }  # fmt: skip
    return BILLERS[match["biller"] or "hospital"] | {key.replace(" ", "_"): value for key, value in (coverage | words).items() if value}


def coded(diagnoses: list[str], procedures: dict[str, str]) -> Row:
    """Diagnosis and ICD procedure columns."""
    row = {f"diagnosis_code_{n}": code for n, code in enumerate(diagnoses, 1)}
    for n, (code, day) in enumerate(procedures.items(), 1):
        row |= {f"procedure_code_{n}": code, f"procedure_date_{n}": day}
    return row


def approval_rows(facts: Facts) -> Iterator[Row]:
    """The approvals on file: `approved day..day [days n] [for service]`."""
    for n, item in enumerate(as_list(facts.get("authorizations")), 1):
        match = APPROVAL.fullmatch(item)
        assert match, f"authorizations: {item!r} is not `approved day..day [days n] [for service]`"
        yield {"number": f"A{n}"} | {column: value for column, value in match.groupdict().items() if value}


if __name__ == "__main__":
    wanted, folder = sys.argv[1:]
    write_extract([case for case in read_cases() if wanted in case.name], Path(folder))

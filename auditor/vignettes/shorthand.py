"""From the words of a vignette to rows of the extract contract; docs/vignettes.md is their grammar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from auditor.mistakes import did_you_mean
from auditor.places import configs_folder
from auditor.tables import EVENT_STATUSES
from auditor.yaml_lines import read_text_yaml

Row = dict[str, str]
Facts = dict[str, Any]

UNSAID = "vignettes.yaml"
# Where a vignette's treatments stand once it is read, whatever its policy calls them.
GIVEN = "given"
CODE_SYSTEMS = ("icd10cm", "icd10pcs", "icd9cm", "icd9pcs", "hcpcs", "ndc", "rxnorm", "loinc", "snomed")
LINE_WORDS = {
    "claim": "claim_id", "number": "claim_line_number", "frequency": "frequency_code", "replaces": "original_claim_id",
    "status": "claim_status", "method": "payment_method", "received": "received_date", "admitted": "admission_date",
    "discharged": "discharge_date", "allowed": "allowed_amount", "charge": "charge_amount", "ndc": "ndc_code",
}  # fmt: skip
DAY = r"\d{4}-\d\d-\d\d"
TIME = r"\d{4}-\d\d(?:-\d\d)?(?:[ T]\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?"
LINE = re.compile(
    rf'(?:RC (?P<revenue>\d{{4}}) ?)?(?P<code>[A-Z0-9]{{5}})?(?:-(?P<modifier>\w\w))? ?(?:"(?P<text>[^"]*)" ?)?(?:x(?P<units>[\d.]+) ?)?'
    rf"(?P<each>each day|each later day|on the first day)? ?(?P<first>{DAY})?(?:\.\.(?P<last>{DAY}))? ?"
    r"(?:\$(?P<paid>-?[\d,.]+) ?)?(?:by (?P<biller>.+))?"
)
CHARTED = re.compile(rf"(?P<what>.*?) ?(?:on |at |from )?(?P<start>{TIME})(?: to (?P<end>{TIME}))?(?: in (?P<document>\S+))?")
OXYGEN = re.compile(
    r"(?P<often>daily|hourly|once) (?P<fio2>\S+)(?: spo2 (?P<spo2>[\d.]+)|(?P<none> no spo2))?"
    rf"(?: (?:from|on|at) (?P<start>{TIME})(?: to (?P<end>{TIME}))?)?"
)
APPROVAL = re.compile(
    rf"(?P<decision>approved|denied|pending) (?P<from>{DAY})\.\.(?P<to>{DAY})"
    r"(?: days (?P<approved_days>\d+))?(?: number (?P<number>\S+))?(?: for (?P<service>.+))?"
)


class Unreadable(ValueError):
    """Words of a vignette that are not as the grammar has them; the text says which, and what was expected."""


@cache
def unsaid() -> Facts:
    """What a vignette leaves unsaid."""
    return read_text_yaml(configs_folder() / UNSAID)


def matched(pattern: re.Pattern[str], text: str, grammar: str) -> re.Match[str]:
    """The words taken apart. Unreadable where they do not follow the grammar."""
    match = pattern.fullmatch(text)
    if not match:
        raise Unreadable(f"{text!r} is not {grammar}.")
    return match


def as_list(value: Any) -> list[Any]:
    """A list of what is one thing, a list of things, or nothing."""
    return value if isinstance(value, list) else [value] if value else []


def list_days(start: str, end: str) -> list[str]:
    """The days from one to the other, as text; an end at exactly midnight does not touch its day."""
    first, last = known_time(start[:10]).date(), known_time(end[:10]).date()
    if end[11:16] == "00:00" and last > first:
        last -= timedelta(days=1)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def known_time(text: str) -> datetime:
    """A time. Unreadable where it is known to a month only, or is no time."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{text!r} is no day; give those that lines and oxygen charting speak of.") from None


def list_hours(start: str, end: str) -> list[str]:
    """The hours from one time to the other, as text."""
    at, last = known_time(start), known_time(end)
    return [(at + timedelta(hours=n)).strftime("%Y-%m-%d %H:%M") for n in range(int((last - at).total_seconds() // 3600) + 1)]


def given_days(facts: Facts) -> list[str]:
    """The days of treatment as the vignette states them, for lines and charting that follow them."""
    courses = [(part["from"], part.get("to") or part["from"]) for part in as_list(facts.get(GIVEN))]
    return sorted({day for start, end in courses for day in list_days(start, end)})


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
    """The treatment, the oxygen charting, and what else the chart says."""
    for part in as_list(facts.get(GIVEN)):
        times = {"start": part["from"], "end": part.get("to", "")}
        yield {"concept": part["concept"], "facility": part.get("at", ""), "document_id": "flowsheet"} | times
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
    match = matched(CHARTED, said, "`status or value, time [to time] [in document]`")
    row = named | {"start": match["start"], "end": match["end"] or "", "document_id": match["document"] or ""}
    status = match["what"].replace(" ", "_")
    if not status or status in EVENT_STATUSES:
        return row | {"status": status}
    value, _, unit = match["what"].partition(" ")
    return row | {"value": value, "unit": unit}


def oxygen_rows(item: str, facts: Facts) -> Iterator[Row]:
    """Oxygen fraction and saturation: daily at noon, hourly, or once; over the days on iNO where no range is given."""
    match = matched(OXYGEN, item, "`daily|hourly|once fraction [spo2 percent] [from time to time]`")
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
        return [f"{day} 12:00" for day in (list_days(start, end) if start else given_days(facts))]
    if start:
        return list_hours(start, end)
    return [hour for part in as_list(facts[GIVEN]) for hour in list_hours(part["from"], part.get("to", ""))]


def claim_rows(facts: Facts) -> Iterator[Row]:
    """The claim lines, numbered within their claim version, with the coverage, diagnoses and procedures of the vignette."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    for line in as_list(facts.get("lines")):
        for row in line_rows(line, facts):
            version = (row["claim_id"], row.get("frequency_code", ""), row.get("received_date", ""))
            numbers[version] += 1
            yield {"claim_line_number": str(numbers[version])} | row


def line_rows(line: Any, facts: Facts) -> Iterator[Row]:
    """The lines of one shorthand, one for each day it names, or one for a span."""
    stated: Facts = {"line": line} if isinstance(line, str) else dict(line)
    match = matched(LINE, stated.pop("line"), '`[RC revenue] code ["text"] [x units] [each day] [day..day] [$paid] [by biller]`')
    diagnoses = as_list(stated.pop("diagnoses", facts.get("diagnoses")))
    procedures = stated.pop("procedures", facts.get("procedures", {}))
    columns = {LINE_WORDS.get(word, word.replace(" ", "_")): value for word, value in stated.items()}
    for first, last in line_spans(match, facts):
        yield billed(match, facts) | {"claim_line_start_date": first, "claim_line_end_date": last} | coded(diagnoses, procedures) | columns


def line_spans(match: re.Match[str], facts: Facts) -> list[tuple[str, str]]:
    """First and last day of each line of a shorthand."""
    days = list_days(match["first"], match["last"] or match["first"]) if match["first"] else given_days(facts)
    if not days:
        raise Unreadable("a claim line needs a day, or days of treatment that it stands beside.")
    if not match["each"]:
        return [(days[0], days[-1])]
    chosen = {"each day": days, "each later day": days[1:], "on the first day": days[:1]}[match["each"]]
    return [(day, day) for day in chosen]


def billed(match: re.Match[str], facts: Facts) -> Row:
    """The columns of a line that its words and the coverage give."""
    coverage = unsaid()["coverage"] | facts.get("coverage", {})
    paid = (match["paid"] or "").replace(",", "")
    words = {
        "hcpcs_code": match["code"], "revenue_center_code": match["revenue"], "hcpcs_modifier_1": match["modifier"],
        "line_description": match["text"], "service_unit_quantity": match["units"] or "1",
        "paid_amount": paid, "allowed_amount": paid, "charge_amount": paid, "claim_status": "paid",
    }  # fmt: skip
    return biller(match["biller"] or "hospital") | {key.replace(" ", "_"): value for key, value in (coverage | words).items() if value}


def biller(name: str) -> Row:
    """The columns of a line that say who billed it. Unreadable for a name nobody has."""
    known = unsaid()["billers"]
    if name not in known:
        raise Unreadable(f"{name!r} bills nothing.{did_you_mean(name, known)}")
    return underscored(known[name])


def coded(diagnoses: list[str], procedures: dict[str, str]) -> Row:
    """Diagnosis and ICD procedure columns."""
    row = {f"diagnosis_code_{n}": code for n, code in enumerate(diagnoses, 1)}
    for n, (code, day) in enumerate(procedures.items(), 1):
        row |= {f"procedure_code_{n}": code, f"procedure_date_{n}": day}
    return row


def approval_rows(facts: Facts) -> Iterator[Row]:
    """The approvals on file: `approved day..day [days n] [number x] [for service]`."""
    for n, item in enumerate(as_list(facts.get("authorizations")), 1):
        match = matched(APPROVAL, item, "`approved day..day [days n] [number x] [for service]`")
        yield {"number": f"A{n}"} | {column: value for column, value in match.groupdict().items() if value}

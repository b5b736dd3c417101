"""Six hand-made episodes as result frames that balance to the cent, and the facts of their run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.outcomes import Outcome
from auditor.policy.model import Reading
from auditor.report.facts import InputFile, LineTotal, RevisionFacts, RunFacts, TableCount
from auditor.report.schemas import KINDS
from auditor.results import MONEY, RESULTS, ResultTable
from tests.plain_yaml import read_plain

POLICY = read_plain(Path(__file__).parents[2] / "configs/policies/pacificsource-ino.2020-11-01.yaml")
AS_OF = date(2025, 6, 30)
AT_RISK = ("not_supported", "records_needed", "medical_review")
Row = dict[str, Any]


@dataclass
class Course:
    """One episode as it is written by hand: a day's verdict and chart, lines of (code, first, last, cents, own bucket), outcomes by key."""

    episode_id: str
    start: date
    episode: Row
    days: list[Row] = field(default_factory=list)
    lines: list[tuple[str, int, int, int, str | None]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    evidence: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    settling: list[Row] = field(default_factory=list)


def outcomes_rows(course: Course) -> Iterator[Row]:
    """The policy's outline with the course's outcomes: leaves as given (met if not), groups by minimum and maximum."""
    ordinal = 0

    def walk(key: str, body: Row, depth: int) -> Iterator[Row]:
        nonlocal ordinal
        members = body.get("all_of") or body.get("any_of") or {}
        fact = str(body.get("when") or body.get("each_day") or "").split(" ")[0] or None
        said = {"key": key, "depth": depth, "ordinal": ordinal, "statement": body["statement"], "fact": fact}
        ordinal += 1
        below = [list(walk(name, member, depth + 1)) for name, member in members.items()]
        asked = [rows[0]["outcome"] for rows in below if rows[0]["outcome"] != Outcome.NOT_APPLICABLE]
        combined = (min if "all_of" in body else max)(asked) if asked else Outcome.NOT_APPLICABLE
        outcome = course.outcomes.get(key, combined if members else Outcome.MET)
        first = next((rows[0]["reason"] for rows in below if rows[0]["outcome"] == outcome), None)
        reason = course.reasons.get(key, first) if outcome == Outcome.UNKNOWN else None
        yield said | {
            "episode_id": course.episode_id,
            "outcome": int(outcome),
            "reason": reason,
            "referred": key in REFERRED.get(course.episode_id, ()),
            "alone": key in ALONE.get(course.episode_id, ()),
        }
        for rows in below:
            yield from rows

    for key, body in (POLICY["criteria"] | POLICY["experimental"]).items():
        yield from walk(key, body, 0)


def split(cents: int, days: int) -> list[int]:
    """Whole cents over days: the rest one cent each to the first."""
    return [cents // days + (place < cents % days) for place in range(days)]


def money(parts: list[Row]) -> Row:
    """The money columns of some line days."""
    buckets = {column.name.removesuffix("_cents"): 0 for column in MONEY}
    for part in parts:
        buckets[part["bucket"]] += part["cents"]
        buckets["counted"] += part["cents"]
    buckets["at_risk_low"] = buckets["not_supported"] + buckets["coding"]
    buckets["at_risk_high"] = sum(buckets[name] for name in AT_RISK)
    return {f"{name}_cents": cents for name, cents in buckets.items()}


def line_rows(course: Course, first_key: int) -> tuple[list[Row], list[Row]]:
    """The lines of a course and their days."""
    lines, parts = [], []
    verdicts = {course.start + timedelta(row["offset"]): row for row in course.days}
    for place, (code, first, last, cents, bucket) in enumerate(course.lines):
        key, begin = first_key + place, course.start + timedelta(first)
        for offset, amount in enumerate(split(cents, last - first + 1)):
            on = begin + timedelta(offset)
            named = bucket or verdicts[on]["verdict"]
            cause = "linked" if bucket else verdicts[on]["cause"]
            parts.append({"line_key": key, "day": on, "episode_id": course.episode_id, "cents": amount, "bucket": named, "cause": cause})
        lines.append(
            {
                "line_key": key,
                "claim_id": f"C{key:05d}",
                "claim_line_number": str(place + 1),
                "member_id": course.episode["member_id"],
                "hcpcs_code": code,
                "revenue_center_code": "0412",
                "first_day": begin,
                "last_day": course.start + timedelta(last),
                "units": float(last - first + 1),
                "line_description": "INHALED NITRIC OXIDE" if not bucket else None,
                "claim_type": "institutional",
                "facility_npi": "1999999984",
                "listed": True,
                "disposition": "counted",
                "attribution": "linked" if bucket else "confirmed",
                "episode_id": course.episode_id,
                "payment_method": "percent_of_charge",
                "charge_cents": cents * 3,
                "allowed_cents": cents,
                "paid_cents": cents,
                "amount_basis": "paid",
                "source_file": "claims.csv",
                "source_row": key + 1,
            }
            | money([part for part in parts if part["line_key"] == key])
        )
    return lines, parts


def day_rows(course: Course, parts: list[Row]) -> list[Row]:
    """The therapy days of a course with the dollars of each."""
    rows, number = [], 0
    for given in course.days:
        on = course.start + timedelta(given["offset"])
        number += given["is_therapy_day"]
        dollars = {
            name: cents for name, cents in money([part for part in parts if part["day"] == on]).items() if not name.startswith("at_risk")
        }
        said = {name: value for name, value in given.items() if name != "offset"}
        rows.append(
            {"episode_id": course.episode_id, "day": on, "day_number": number if given["is_therapy_day"] else None} | said | dollars
        )
    return rows


def measured_rows(course: Course) -> Iterator[Row]:
    """What was charted each day, at six in the morning; the highest again without a clock time."""
    place = {"episode_id": course.episode_id, "source_file": "chart.csv", "readings": 2}
    for row, given in enumerate(course.days):
        for quantity, name in (("saturation", "spo2"), ("fraction", "fio2"), ("dose", "dose")):
            low, high = given[f"{name}_low"], given[f"{name}_high"]
            if low is not None:
                seen = place | {"quantity": quantity, "day": course.start + timedelta(given["offset"]), "low_row": row, "high_row": row}
                yield seen | {"hour": 6, "low": low, "high": high}
                if row % 2:
                    yield seen | {"hour": None, "low": high, "high": high}


def episode_row(course: Course, days: list[Row], lines: list[Row], parts: list[Row]) -> Row:
    """The row of ``episodes`` that its days and lines come to."""
    last = max([row["day"] for row in days] + [row["last_day"] for row in lines])
    outcomes = {row["key"]: row for row in outcomes_rows(course)} if course.episode["attribution"] != "none" else {}
    initiation = outcomes.get("I", {"outcome": 3, "reason": None})
    usual = {
        "episode_id": course.episode_id,
        "kind": "therapy",
        "basis": "charted",
        "line_of_business": "commercial",
        "state": "OR",
        "plan": "PSN Navigator",
        "route": "criteria",
        "facilities": ["1999999984"],
        "start_day": course.start,
        "start_last_day": course.start,
        "start_at": datetime(course.start.year, course.start.month, course.start.day, 21, 40, tzinfo=UTC),
        "start_clock": "14:40",
        "end_day": last,
        "therapy_days": sum(row["is_therapy_day"] for row in days),
        "billed_days": len({part["day"] for part in parts}),
        "span_days": (last - course.start).days + 1,
        "open_end": False,
        "initiation": initiation["outcome"],
        "initiation_reason": initiation["reason"],
        "continuation": outcomes.get("II", {"outcome": 3})["outcome"],
        "referred": False,
        "documents": [],
        "lines": len(lines),
        "rows_set_aside": 0,
        "policy_revision": "2020-11-01",
    }
    return usual | money(parts) | course.episode


def loose_lines(first_key: int) -> list[Row]:
    """A superseded version and an exact duplicate: lines that belong to no episode."""
    common = {
        "claim_line_number": "1",
        "member_id": "M-1001",
        "hcpcs_code": "94799",
        "revenue_center_code": "0412",
        "first_day": date(2023, 3, 12),
        "last_day": date(2023, 3, 16),
        "units": 5.0,
        "claim_type": "institutional",
        "listed": True,
        "attribution": "none",
        "amount_basis": "paid",
        "charge_cents": 1500000,
        "allowed_cents": 500000,
        "paid_cents": 500000,
        "source_file": "claims.csv",
    }
    old = {"line_key": first_key, "claim_id": "C90001", "disposition": "superseded", "superseded_by": "C00001", "source_row": 91}
    twin = {"line_key": first_key + 1, "claim_id": "C90002", "disposition": "duplicate", "superseded_by": None, "source_row": 92}
    return [common | own | money([]) for own in (old, twin)]


def frame(table: ResultTable, rows: list[Row]) -> pd.DataFrame:
    """Rows as a frame of Arrow types, columns in the table's order."""
    return pd.DataFrame(
        {
            column.name: pd.Series([row.get(column.name) for row in rows], dtype=pd.ArrowDtype(KINDS[column.kind]))
            for column in table.columns
        }
    )


def frames_of(courses: list[Course]) -> dict[str, pd.DataFrame]:
    """Every result table of the courses."""
    rows: dict[str, list[Row]] = {table.name: [] for table in RESULTS}
    for course in courses:
        lines, parts = line_rows(course, len(rows["lines"]) + 1)
        days = day_rows(course, parts)
        rows["lines"] += lines
        rows["line_days"] += parts
        rows["therapy_days"] += days
        rows["episodes"].append(episode_row(course, days, lines, parts))
        rows["evidence"] += [evidence | {"episode_id": course.episode_id} for evidence in course.evidence]
        rows["measurements"] += list(measured_rows(course))
        rows["findings"] += [finding | {"episode_id": course.episode_id, "policy_revision": "2020-11-01"} for finding in course.findings]
        rows["settling"] += [
            {"episode_id": course.episode_id, "place": place, "waiting_cents": rows["episodes"][-1]["records_needed_cents"]} | asked
            for place, asked in enumerate(course.settling, 1)
        ]
        rows["criteria"] += list(outcomes_rows(course)) if course.episode["attribution"] != "none" else []
    rows["lines"] += loose_lines(len(rows["lines"]) + 1) if courses else []
    rows["set_aside"] = [
        {
            "table_name": "events",
            "source_file": "chart.csv",
            "source_row": 17 + place,
            "column_name": "start",
            "reason": "no date",
            "member_id": "M-1003",
        }
        for place in range(3 if courses else 0)
    ]
    rows["providers"] = facility_rows() if courses else []
    return {table.name: frame(table, rows[table.name]) for table in RESULTS}


def facility_rows() -> list[Row]:
    """Two facilities, one of them with too few episodes, and one measure."""
    shared = {"ordinal": 0, "measure": "past_limit", "label": "Past the day limit", "unit": "share", "peers": 0.1}
    enough = {"episodes": 20, "value": 0.4, "low": 0.0, "high": 0.3, "standing": "above", "finding_id": "U-05"}
    return [shared | enough | {"facility": "1992700111"}, shared | {"facility": "1992700212", "episodes": 4, "standing": "too_few"}]


def facts_of(frames: dict[str, pd.DataFrame]) -> RunFacts:
    """Facts that agree with the frames."""
    lines = frames["lines"]
    totals = [
        LineTotal(str(name), len(group), int(group["paid_cents"].sum())) for name, group in lines.groupby("disposition", observed=True)
    ]
    aside = len(frames["set_aside"])
    readings = tuple(
        Reading(name, tuple(said["value"]) if isinstance(said["value"], list) else said["value"], said["why"], unit=said.get("unit"))
        for name, said in POLICY["readings"].items()
    )
    revision = RevisionFacts(
        POLICY["title"],
        POLICY["payer"],
        str(POLICY["revision"]),
        POLICY["source"],
        POLICY["review_by"],
        tuple(POLICY["experimental"]),
        readings,
    )
    return RunFacts(
        revisions=(revision,),
        as_of=AS_OF,
        version="0.1.0",
        profile="sample",
        inputs=(
            InputFile("claims.csv", "claim_lines", len(lines) + 40, "ab" * 32),
            InputFile("chart.csv", "events", 200 + aside, "cd" * 32),
        ),
        counts=(
            TableCount("claim_lines", len(lines) + 40, len(lines), 40, 0),
            TableCount("events", 200 + aside, 180, 20, aside),
        ),
        line_totals=tuple(totals),
        notices=("Line of business was missing on 3 lines and is taken as commercial.",),
        not_read=("notes.docx: not a table",),
    )


REFERRED = {"EREVIEW8DAYS0": ("II.3",)}
ALONE = {"ENOCHANGE72HR": ("I.B.3",)}

"""Thirty nights of a plan: what arrives, what reviewers decide, and what a person expects the ledger to say; audited for real."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from auditor import AuditResult, Settings, audit
from auditor.changes import Cause, Mix, Replay
from auditor.places import configs_folder, samples_folder
from tests.ledger.nights import rows_of

MEMBERS = ("S-0101", "S-0113", "S-0202", "S-0206")
TABLES = ("claim_lines", "members", "events", "authorizations")
AS_OF = date(2026, 11, 22)
Rows = tuple[tuple[tuple[str, str], ...], ...]
POLICY, FINDINGS = "policies/pacificsource-ino.2020-11-01.yaml", "findings.yaml"


@dataclass(frozen=True)
class World:
    """What lies before the audit one night: the rows of each table, the rules, the readings set, and the day."""

    tables: tuple[tuple[str, Rows], ...]
    rules: str = "shipped"
    readings: tuple[tuple[str, Any], ...] = ()
    as_of: date = AS_OF

    def rows(self, table: str) -> list[dict[str, str]]:
        return [dict(row) for row in dict(self.tables)[table]]

    def put(self, table: str, rows: list[dict[str, str]]) -> World:
        kept = tuple(tuple(row.items()) for row in rows)
        return replace(self, tables=tuple((name, kept if name == table else old) for name, old in self.tables))

    def without(self, member: str, *tables: str) -> World:
        world = self
        for table in tables:
            world = world.put(table, [row for row in world.rows(table) if row["member_id"] != member])
        return world

    def again(self, member: str, *tables: str) -> World:
        """The member's rows as the samples have them."""
        world = self.without(member, *tables)
        for table in tables:
            world = world.put(table, [*world.rows(table), *(row for row in samples(table) if row["member_id"] == member)])
        return world


@cache
def samples(table: str) -> tuple[dict[str, str], ...]:
    frame = pd.read_csv(samples_folder() / f"{table}.csv", dtype=str, keep_default_na=False)
    found: list[dict[str, str]] = frame[frame["member_id"].isin(MEMBERS)].to_dict("records")  # type: ignore[assignment]
    return tuple(found)


def first_world() -> World:
    """The samples of four members; of one of them, no chart has come yet."""
    world = World(tuple((table, ()) for table in TABLES))
    for table in TABLES:
        world = world.put(table, list(samples(table)))
    return world.without("S-0113", "events")


Change = Callable[[World], World]


def edit(claim: str, line: str | None = None, **cells: str) -> Change:
    """Changes cells of a claim's lines."""

    def change(world: World) -> World:
        rows = world.rows("claim_lines")
        for row in rows:
            if row["claim_id"] == claim and line in (None, row["claim_line_number"]):
                row.update(cells)
        return world.put("claim_lines", rows)

    return change


def copy(claim: str, line: str | None, **cells: str) -> Change:
    """Adds copies of a claim's lines with other cells: a late claim, a replacement, a void."""

    def change(world: World) -> World:
        rows = world.rows("claim_lines")
        return world.put(
            "claim_lines", [*rows, *(row | cells for row in rows if row["claim_id"] == claim and line in (None, row["claim_line_number"]))]
        )

    return change


def drop(claim: str) -> Change:
    return lambda world: world.put("claim_lines", [row for row in world.rows("claim_lines") if row["claim_id"] != claim])


def chart(member: str, start: str, end: str) -> Change:
    """A flowsheet with iNO from one time to another."""

    def change(world: World) -> World:
        like = next(row for row in samples("events") if row["member_id"] == member and row["concept"] == "ino")
        return world.put("events", [*world.rows("events"), like | {"start": start, "end": end, "document_id": f"D-late-{start[:10]}"}])

    return change


def uncharted(start: str) -> Change:
    return lambda world: world.put("events", [row for row in world.rows("events") if row["document_id"] != f"D-late-{start}"])


def reading(**values: Any) -> Change:
    return lambda world: replace(world, readings=tuple(sorted(values.items())))


def rules(name: str) -> Change:
    return lambda world: replace(world, rules=name)


def days(number: int) -> Change:
    return lambda world: replace(world, as_of=world.as_of + timedelta(number))


def both(*changes: Change) -> Change:
    def change(world: World) -> World:
        for one in changes:
            world = one(world)
        return world

    return change


def nothing(world: World) -> World:
    return world


LATE_DAY = {"claim_line_start_date": "2026-02-09", "claim_line_end_date": "2026-02-09", "claim_id": "C0101-90", "claim_line_number": "1"}
EARLY_DAY = {"claim_line_start_date": "2026-02-03", "claim_line_end_date": "2026-02-03", "claim_id": "C0101-91", "claim_line_number": "1"}
REPLACED = {
    "claim_id": "C0202-01R",
    "original_claim_id": "C0202-01",
    "frequency_code": "7",
    "received_date": "2026-06-12",
    "paid_amount": "900.00",
}
VOIDED = {"claim_id": "C0206-04V", "original_claim_id": "C0206-04", "frequency_code": "8", "received_date": "2026-08-12"}

# Each night: what is said of it, what changes before it, and what is decided after it (member, finding or none, decision, days until).
Decided = tuple[str, str | None, str, int]
NIGHTS: tuple[tuple[str, Change, tuple[Decided, ...]], ...] = (
    ("the first", nothing, (("S-0202", "C-04", "upheld", 0), ("S-0101", None, "not_pursued", 0))),
    ("the same again", nothing, ()),
    ("a late claim that ends a course later", copy("C0101-02", "5", **LATE_DAY), (("S-0101", "SC-07", "overturned", 0),)),
    ("a chart for it", chart("S-0101", "2026-02-08T13:00-07:00", "2026-02-09T11:00-07:00"), ()),
    ("a late claim that begins it earlier", copy("C0101-02", "1", **EARLY_DAY), (("S-0101", "DQ-17", "accepted_until", 3),)),
    ("a chart for it", chart("S-0101", "2026-02-03T20:00-07:00", "2026-02-04T09:00-07:00"), ()),
    ("a claim replaced at another amount", copy("C0202-01", None, **REPLACED), (("S-0202", "U-01", "records_requested", 0),)),
    ("one day later", days(1), ()),
    ("the first chart of a member", lambda world: world.again("S-0113", "events"), (("S-0113", None, "records_requested", 0),)),
    ("a reading tried", reading(day_limit=10), ()),
    ("and put back", reading(), (("S-0202", "C-04", "overturned", 0),)),
    ("a chart that joins two courses", chart("S-0206", "2026-06-24T17:00-07:00", "2026-06-29T09:00-07:00"), ()),
    ("the same again", nothing, (("S-0206", None, "not_pursued", 0),)),
    ("the chart withdrawn: they come apart", uncharted("2026-06-24"), ()),
    ("a void", copy("C0206-04", None, **VOIDED), ()),
    ("the void withdrawn", drop("C0206-04V"), ()),
    ("three days later", days(3), ()),
    ("a policy revised: a finding says it otherwise", rules("revised"), (("S-0202", "C-04", "upheld", 0),)),
    ("a reading signed at another value in the policy", rules("signed"), ()),
    ("the shipped rules, and a late claim", both(rules("shipped"), drop("C0101-90")), ()),
    ("a member gone from the extract", lambda world: world.without("S-0113", *TABLES), ()),
    ("and back", lambda world: world.again("S-0113", *TABLES), (("S-0113", None, "upheld", 0),)),
    (
        "all dates of a claim were wrong by a year",
        edit("C0113-02", claim_line_start_date="2025-05-22", claim_line_end_date="2025-05-22"),
        (),
    ),
    ("and were mended", lambda world: world.again("S-0113", "claim_lines"), ()),
    ("data and policy on one night", both(rules("revised"), copy("C0202-02", None, claim_id="C0202-99")), ()),
    ("data, reading and day on one night", both(drop("C0202-99"), reading(day_limit=10), days(2)), ()),
    ("everything put back", both(rules("shipped"), reading()), (("S-0202", "C-04", "accepted_until", 1),)),
    ("a day later", days(1), ()),
    ("no chart of anybody", lambda world: world.put("events", []), ()),
    ("all charts again", lambda world: world.put("events", list(samples("events"))), ()),
)


@dataclass
class Season:
    """The worlds of the nights and their audits, each made once."""

    folder: Path
    audits: dict[World, AuditResult] = field(default_factory=dict)

    def worlds(self) -> list[World]:
        world, found = first_world(), []
        for _, change, _ in NIGHTS:
            world = change(world)
            found.append(world)
        return found

    def audit(self, world: World) -> AuditResult:
        if world not in self.audits:
            frames = {
                name: pd.DataFrame(world.rows(name), columns=list(samples(name)[0]), dtype=str) for name, _ in world.tables if samples(name)
            }
            settings = Settings(as_of=world.as_of, readings=dict(world.readings), configs=self.configs(world.rules))
            self.audits[world] = audit(settings, frames=frames)
        return self.audits[world]

    def configs(self, name: str) -> Path:
        """The shipped rules; or C-04 said otherwise; or that, and the day limit at 12 in the policy itself."""
        if name == "shipped":
            return configs_folder()
        folder = self.folder / name
        if not folder.exists():
            shutil.copytree(configs_folder(), folder)
            swap(folder / FINDINGS, "says: iNO past the limit without", "says: Nitric oxide past the limit without")
            if name == "signed":
                swap(folder / POLICY, "day_limit: {value: 14,", "day_limit: {value: 12,")
        return folder

    def replay(self, earlier: World, later: World) -> Replay:
        """Mixtures of two nights; the readings of the policy file are told from its other rules."""

        def replay(mix: Mix) -> Mapping[str, pd.DataFrame]:
            chosen = {cause: later if cause in mix.later else earlier for cause in Cause}
            limit = dict(chosen[Cause.READING].readings).get("day_limit") or (12 if chosen[Cause.READING].rules == "signed" else 14)
            world = replace(
                chosen[Cause.DATA],
                rules=chosen[Cause.POLICY].rules,
                readings=(("day_limit", limit),),
                as_of=chosen[Cause.DAY].as_of,
            )
            return self.audit(world).frames

        return replay

    def told(self, world: World) -> dict[str, Any]:
        """What the manifest of a night tells of what it was made from."""
        values = {one.name: {"value": one.value} for one in self.audit(world).facts.revisions[-1].readings}
        prints = {"inputs": digest(world.tables), "policy": world.rules, "readings": digest(world.readings), "program": "c"}
        return {"fingerprints": prints, "readings": values}

    def night(self, world: World) -> dict[str, Any]:
        return rows_of(self.audit(world).frames)


def swap(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()

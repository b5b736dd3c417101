"""The runs a ledger has recorded, what they were made from, and their chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from auditor.changes import Cause
from auditor.changes.causes import Difference
from auditor.digests import digest_file, digest_values
from auditor.errors import LedgerRefused
from auditor.ledger.nouns import RunRecord
from auditor.ledger.schema import RUNS
from auditor.runs import RunFolder
from auditor.runs.chain import BEFORE_THE_FIRST, next_link
from auditor.runs.fingerprints import Fingerprints
from auditor.runs.folder import MANIFEST


def last_run(connection: Connection) -> RunRecord | None:
    """The run recorded last."""
    return _one(connection, select(RUNS).order_by(RUNS.c.ordinal.desc()).limit(1))


def find_run(connection: Connection, name: str) -> RunRecord | None:
    """The run of that name."""
    return _one(connection, select(RUNS).where(RUNS.c.run == name))


def need_run(connection: Connection, name: str) -> RunRecord:
    """The run of that name; LedgerRefused where none is recorded."""
    found = find_run(connection, name)
    if found is None:
        raise LedgerRefused(f"no run {name} is recorded. `auditor history` lists those that are.")
    return found


def manifest_sha256(run: RunFolder) -> str:
    """SHA-256 of a run's manifest, as it lies on the disk."""
    return digest_file(run.path / MANIFEST).sha256


def all_runs(connection: Connection) -> tuple[RunRecord, ...]:
    """Every run, in the order recorded."""
    return tuple(_record(row) for row in connection.execute(select(RUNS).order_by(RUNS.c.ordinal)).mappings())


def _one(connection: Connection, query: Select[Any]) -> RunRecord | None:
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def _record(row: RowMapping) -> RunRecord:
    return RunRecord(
        **{name: row[name] for name in ("run", "ordinal", "as_of", "recorded_at", "program_version", "values_sha256")},
        **{name: row[name] for name in ("manifest_sha256", "chain_sha256", "counted_cents", "pruned")},
        fingerprints=Fingerprints(*(row[f"{name}_fingerprint"] for name in ("inputs", "policy", "readings", "program"))),
        at_risk_cents=(row["at_risk_low_cents"], row["at_risk_high_cents"]),
    )


def describe_run(run: RunFolder, before: RunRecord | None, now: datetime) -> RunRecord:
    """The record of a published run that follows ``before``."""
    manifest, sha256 = run.manifest, manifest_sha256(run)
    money = manifest["totals_cents"]
    return RunRecord(
        run=run.name,
        ordinal=before.ordinal + 1 if before else 1,
        as_of=date.fromisoformat(manifest["as_of"]),
        recorded_at=now.astimezone(UTC).replace(tzinfo=None),
        program_version=manifest["program_version"],
        fingerprints=fingerprints_of(manifest),
        values_sha256=digest_values(_values(manifest)),
        manifest_sha256=sha256,
        chain_sha256=next_link(before.chain_sha256 if before else BEFORE_THE_FIRST, sha256),
        counted_cents=money["counted_cents"],
        at_risk_cents=(money["at_risk_low_cents"], money["at_risk_high_cents"]),
        pruned=False,
    )


def run_row(record: RunRecord) -> dict[str, Any]:
    """A run as columns."""
    row = asdict(record)
    low, high = row.pop("at_risk_cents")
    prints = {f"{name}_fingerprint": value for name, value in row.pop("fingerprints").items()}
    return row | prints | {"at_risk_low_cents": low, "at_risk_high_cents": high}


def fingerprints_of(manifest: Mapping[str, Any]) -> Fingerprints:
    """Those that a manifest gives; else of what it tells of inputs, revisions, readings and program."""
    given = manifest.get("fingerprints")
    if given:
        return Fingerprints(**given)
    revisions = [{name: value for name, value in one.items() if name != "readings"} for one in manifest["policy_revisions"]]
    inputs = sorted((one["table"], one["sha256"]) for one in manifest["inputs"])
    return Fingerprints(
        inputs=digest_values([manifest["profile"], inputs]),
        policy=digest_values([revisions, [one["sha256"] for one in manifest["reference_releases"]]]),
        readings=digest_values(_values(manifest)),
        program=digest_values(manifest["program_version"]),
    )


def _values(manifest: Mapping[str, Any]) -> list[Any]:
    """The value of each reading of each revision."""
    revisions = [(one["revision"], one["readings"]) for one in manifest["policy_revisions"]]
    return [[name, {reading: told["value"] for reading, told in readings.items()}] for name, readings in revisions]


def difference(earlier: RunRecord, later: RunRecord) -> Difference:
    """What two runs were not made from alike."""
    old, new = earlier.fingerprints, later.fingerprints
    differs = {
        Cause.DATA: old.inputs != new.inputs,
        Cause.POLICY: old.policy != new.policy,
        Cause.READING: earlier.values_sha256 != later.values_sha256 or old.readings != new.readings,
        Cause.DAY: earlier.as_of != later.as_of,
    }
    return Difference(frozenset(cause for cause, one in differs.items() if one), old.program != new.program)

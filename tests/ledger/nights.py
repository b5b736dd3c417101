"""Nights for the ledger: rows of result tables, as frames and as run folders, and what two tellings of a night have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.changes import Changes
from auditor.report.schemas import arrow_schema
from auditor.results import result
from auditor.runs import RunFolder, open_run

Row = dict[str, Any]
Night = dict[str, list[Row]]
TABLES = ("episodes", "lines", "therapy_days", "findings")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
PRINTS = {"inputs": "i", "policy": "p", "readings": "r", "program": "c"}


def frames_of(night: Night) -> dict[str, pd.DataFrame]:
    """The frames of a night; columns that nobody compares are empty."""
    return {name: _table(name, night[name]).to_pandas(types_mapper=pd.ArrowDtype) for name in TABLES}


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = arrow_schema(result(name))
    return pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema=schema)


def rows_of(frames: Mapping[str, pd.DataFrame]) -> Night:
    """The rows of real frames, as the reference reads them."""
    return {name: pa.Table.from_pandas(frames[name], preserve_index=False).to_pylist() for name in TABLES}


def write_run(out: Path, name: str, night: Night, as_of: date = TODAY, **told: Any) -> RunFolder:
    """A run folder with what the ledger reads of one."""
    folder = out / name
    (folder / "tables").mkdir(parents=True)
    for table in TABLES:
        pq.write_table(_table(table, night[table]), folder / "tables" / f"{table}.parquet")
    money = {name: sum(row[name] for row in night["episodes"]) for name in ("at_risk_low_cents", "at_risk_high_cents")}
    inputs = hashlib.sha256(json.dumps(night, default=str, sort_keys=True).encode()).hexdigest()
    manifest = {
        "as_of": as_of.isoformat(),
        "program_version": "0.1.0",
        "fingerprints": PRINTS | {"inputs": inputs} | told.get("fingerprints", {}),
        "policy_revisions": [{"revision": "one", "readings": told.get("readings", {})}],
        "totals_cents": money | {"counted_cents": 0},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "_SUCCESS").touch()
    return open_run(folder)


def told_courses(rows: list[Row]) -> list[tuple[Any, ...]]:
    """What the reference says of courses, to be compared."""
    names = ("change", "kinship", "episode_id", "earlier_ids", "keeps", "what", "dollars", "earlier_dollars")
    return sorted((tuple(_plain(row[name]) for name in names) for row in rows), key=str)


def told_findings(rows: list[Row]) -> list[tuple[Any, ...]]:
    """What the reference says of findings, to be compared."""
    names = ("change", "episode_id", "finding_id", "paragraph", "what", "dollars", "earlier_dollars")
    return sorted((tuple(_plain(row[name]) for name in names) for row in rows), key=str)


def said_courses(changes: Changes) -> list[tuple[Any, ...]]:
    """What the program says of courses, to be compared."""
    found = [
        (one.change, one.kinship, one.episode_id, one.earlier_ids, one.keeps, one.what, one.at_risk_cents, one.earlier_at_risk_cents)
        for one in changes.episodes
    ]
    return sorted((tuple(_plain(value) for value in one) for one in found), key=str)


def said_findings(changes: Changes) -> list[tuple[Any, ...]]:
    """What the program says of findings, to be compared."""
    found = [
        (one.change, one.episode_id, one.finding_id, one.paragraph, one.what, one.at_risk_cents, one.earlier_at_risk_cents)
        for one in changes.findings
    ]
    return sorted((tuple(_plain(value) for value in one) for one in found), key=str)


def _plain(value: Any) -> Any:
    """Lists as tuples, words as text."""
    if isinstance(value, list | tuple):
        return tuple(_plain(one) for one in value)
    return str(value) if isinstance(value, str) else value

"""manifest.json: what was read, under which rules, and what came of it, in one sorted document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from auditor.digests import digest_bytes
from auditor.money import file_dollars
from auditor.policy.model import TREATMENT
from auditor.report.facts import Recipe, RevisionFacts, RunFacts
from auditor.report.overview import money_of
from auditor.report.quantities import QUANTITIES
from auditor.report.sensitivity import sensitivity_summary
from auditor.shelf import Shelf

# What a guideline does not say of itself is left out.
UNSAID = {"treatment": TREATMENT, "notice": None, "read": QUANTITIES}


def manifest(tables: Shelf, facts: RunFacts, sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest as values of JSON; sums of money in cents, and as dollars in text. ``sealed`` are the hashes of what the run holds."""
    money = money_of(tables)
    return {
        "as_of": facts.as_of.isoformat(),
        "program_version": facts.version,
        "profile": facts.profile,
        **({"recipe": _recipe(facts.recipe)} if facts.recipe else {}),
        **({"compared_with": facts.compared_with} if facts.compared_with else {}),
        **({"fingerprints": dict(facts.fingerprints)} if facts.fingerprints else {}),
        "policy_revisions": [_revision(revision) for revision in facts.revisions],
        "inputs": [asdict(file) for file in facts.inputs],
        "not_read": list(facts.not_read),
        "notices": list(facts.notices),
        "masking": facts.masking,
        "reference_releases": [asdict(release) for release in facts.releases],
        "rows_read": {count.table: {name: value for name, value in asdict(count).items() if name != "table"} for count in facts.counts},
        "rows_out": {name: tables.count(name) for name in tables},
        "lines_by_disposition": {total.disposition: {"lines": total.lines, "cents": total.cents} for total in facts.line_totals},
        "totals_cents": money,
        "totals_dollars": {name.removesuffix("_cents"): file_dollars(cents) for name, cents in money.items()},
        "determinations": _determinations(tables),
        **({"sensitivity": sensitivity_summary(facts.sensitivity)} if facts.sensitivity is not None else {}),
        "sealed": sealed,
    }


def manifest_text(tables: Shelf, facts: RunFacts, sealed: Mapping[str, Any]) -> str:
    """The manifest as it is written."""
    return json.dumps(manifest(tables, facts, sealed), sort_keys=True, indent=2, ensure_ascii=False, default=_iso) + "\n"


def _determinations(tables: Shelf) -> dict[str, int]:
    batches = tables.batches("episodes", ["determination"])
    return dict(Counter(str(name) for batch in batches for name in batch.column(0).to_pylist()))


def _recipe(recipe: Recipe) -> dict[str, Any]:
    """What a rerun needs to know; the rules by name and SHA-256, and nothing of where anything lay."""
    return {
        "policy": recipe.policy,
        "profile": recipe.profile,
        "time_zone": recipe.time_zone,
        "readings_set": dict(recipe.readings_set),
        **({"beside": list(recipe.beside)} if recipe.beside else {}),
        **({"sensitivity": recipe.sensitivity} if recipe.sensitivity != "none" else {}),
        "configs": {name: digest_bytes(content).sha256 for name, content in recipe.rules.items()},
    }


def _revision(revision: RevisionFacts) -> dict[str, Any]:
    told = asdict(revision) | {"readings": {reading.name: _reading(asdict(reading)) for reading in revision.readings}}
    return {name: value for name, value in told.items() if name not in UNSAID or value != UNSAID[name]}


def _reading(reading: dict[str, Any]) -> dict[str, Any]:
    return {name: reading[name] for name in ("value", "unit", "why", "question", "signed_by")}


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a manifest")

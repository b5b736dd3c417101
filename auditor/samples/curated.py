"""Makes the curated sample: the four canonical tables of all its members, as an extract would write them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.samples.cases import Case, Row, World, load_cases, load_world
from auditor.samples.chart import chart_rows
from auditor.samples.claims import claim_rows

SEED = 20260101


def make_curated(seed: int = SEED) -> Mapping[str, list[Row]]:
    """Rows of each canonical table by name, every value as text; the same seed gives the same rows."""
    world = load_world()
    cases = load_cases(world)
    return {
        "claim_lines": [row for case in cases for row in claim_rows(case, world, seed)],
        "members": [row for case in cases for row in _member_rows(case, world)],
        "events": [row for case in cases for row in chart_rows(case, world, seed)],
        "authorizations": [row for case in cases for row in _authorization_rows(case)],
    }


def _member_rows(case: Case, world: World) -> list[Row]:
    """One row a birth date on file."""
    known = {"sex": case["sex"]}
    known |= {"mother_member_id": case["mother"], "birth_order": case["order"]} if "mother" in case.entry else {}
    return [{"member_id": case.member_id, "birth_date": world.with_offset(case["at"], born), **known} for born in case.births]


def _authorization_rows(case: Case) -> list[Row]:
    """Approvals on file; their days are counted from the start, as bills are."""
    entries = case.get("authorizations", ())
    return [
        {"member_id": case.member_id, **entry, **{key: case.day(int(entry[key])).isoformat() for key in ("from", "to")}}
        for entry in entries
    ]

"""Of the result tables of a run what the comparison of facilities asks of them, so that it need not hold the rest."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from auditor.providers.plan import Plan
from auditor.providers.values import Frames
from auditor.shelf import Shelf, as_frame

OF_LINES = ("line_key", "episode_id", "first_day", "disposition", "attribution", "facility_npi", "billing_npi")


def asked_frames(shelf: Shelf, plan: Plan) -> Frames:
    """Frames for ``compare_providers``: the columns that the plan asks for, and the paragraphs that it names."""
    questions = [measure.of for measure in plan.measures]
    cents = sorted({one.per_day for one in questions if one.per_day})
    flags = sorted({one.day_flag for one in questions if one.day_flag})
    paragraphs = pa.array(sorted({one.paragraph for one in questions if one.paragraph}), pa.string())
    return {
        "episodes": as_frame(shelf["episodes"]),
        "lines": as_frame(_read(shelf, "lines", (*OF_LINES, *cents))),
        "therapy_days": as_frame(_read(shelf, "therapy_days", ("episode_id", *flags))),
        "criteria": as_frame(_read(shelf, "criteria", ("episode_id", "key", "outcome"), pc.field("key").isin(paragraphs))),
    }


def _read(shelf: Shelf, name: str, columns: tuple[str, ...], kept: pc.Expression | None = None) -> pa.Table:
    """Columns of a table, of the rows that are kept alone; batch by batch, for the table may be large."""
    schema = pa.schema([shelf.schema(name).field(column) for column in columns])
    batches = (pa.Table.from_batches([batch]) for batch in shelf.batches(name, columns))
    rows = [batch if kept is None else batch.filter(kept) for batch in batches]
    return pa.concat_tables(rows) if rows else schema.empty_table()

"""What arrived: files and rows, members, clocks, columns and measurements."""

from __future__ import annotations

from auditor.intake import MENDING, Fault
from auditor.intake.nearest import nearest
from auditor.policy import RuleBook
from auditor.readiness.model import Clock, ColumnFill, FileCount, Measurement, Members, SetAside, UnknownConcept
from auditor.readiness.rows import Laid
from auditor.report.facts import RunFacts

# The columns on which the audit leans though no row must fill them, and what happens where one does not.
LACKS = {
    ("claim_lines", "paid_amount"): "the line carries no dollars, unless the charge is what counts",
    ("claim_lines", "facility_npi"): "no one knows whom to ask for its records",
    ("claim_lines", "line_of_business"): "taken as the policy's reading says, and marked",
    ("claim_lines", "state"): "the most careful route of the plan's states is taken",
    ("claim_lines", "payment_method"): "a line paid within a larger rate looks as if it had dollars of its own",
    ("claim_lines", "claim_type"): "the line is taken as institutional when stays are put together",
    ("claim_lines", "line_description"): "iNO billed under another code is not seen",
    ("claim_lines", "diagnosis_code_1"): "the claim shows no diagnosis",
    ("claim_lines", "received_date"): "the last of several versions of a claim may be mistaken",
    ("members", "birth_date"): "the episode is held: nobody's age is guessed",
    ("events", "facility"): "the row counts, but for no facility",
    ("events", "document_id"): "reports of one day cannot be told apart",
    ("events", "end"): "a start of iNO without an end shows one day only",
}


def file_counts(laid: Laid, facts: RunFacts) -> tuple[FileCount, ...]:
    """Every file that was read, in the order of the tables."""
    records = {(file.name, file.table): file.rows for file in facts.inputs}
    rows = {(row["file"], row["table_name"]): row for row in laid.ask("files")}
    return tuple(
        FileCount(file, table, records.get((file, table), 0), **_where_rows_went(rows.get((file, table), {})))
        for file, table in dict.fromkeys((*records, *rows))
    )


def _where_rows_went(row: dict[str, int]) -> dict[str, int]:
    made, kept, aside = (row.get(name, 0) for name in ("rows", "in_scope", "set_aside"))
    return {"rows": made, "in_scope": kept, "out_of_scope": made - kept - aside, "set_aside": aside}


def set_aside(laid: Laid) -> tuple[SetAside, ...]:
    """Rows set aside, by file, column and reason; most rows first."""
    return tuple(
        SetAside(
            row["file"], row["table_name"], row["column_name"], row["reason"], row["rows"], row["first_row"], _how_to_mend(row["reason"])
        )
        for row in laid.ask("set_aside")
    )


def _how_to_mend(reason: str) -> str:
    return next((MENDING[fault] for fault in Fault if fault.value == reason), "")


def members(laid: Laid) -> Members:
    """Who could be matched with whom."""
    return Members(**laid.ask("members")[0])


def clock(laid: Laid, zone: str | None) -> Clock:
    """How clock times were placed."""
    row = laid.ask("clock")[0]
    by_offset, by_local = row.pop("by_offset"), row.pop("by_local")
    clocked = row["with_clock"] + row["births_with_clock"] > 0
    unplaced = "offset" if by_offset else "local" if by_local or clocked else "none"
    return Clock(zone, "zone" if zone else unplaced, **row)


def column_fills(laid: Laid) -> tuple[ColumnFill, ...]:
    """The columns on which the audit leans, by file; the emptiest first."""
    fills = [
        ColumnFill(
            row["file"], row["table_name"], row["column_name"], row["rows"], row["filled"], LACKS[row["table_name"], row["column_name"]]
        )
        for row in laid.ask("columns")
    ]
    return tuple(sorted(fills, key=lambda fill: (fill.filled / fill.rows, fill.table, fill.file, fill.column)))


def measurements(laid: Laid) -> tuple[Measurement, ...]:
    """Every measurement that the concepts know."""
    return tuple(Measurement(**row) for row in laid.ask("measurements"))


def unknown_concepts(laid: Laid, book: RuleBook) -> tuple[UnknownConcept, ...]:
    """Names that no concept bears, most rows first; what they are is not told, for it may be anything."""
    known = tuple(book.concepts.event_concepts)
    return tuple(
        UnknownConcept(row["file"], row["first_row"], row["rows"], nearest(row["concept"], known)) for row in laid.ask("unknown_concepts")
    )

"""The plain tables of an episode: its days, its findings and its claim lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from auditor.outcomes import OUTCOMES, VERDICTS, Outcome, Verdict
from auditor.report.buckets import BUCKETS, COUNTED
from auditor.report.cases import Row, Rows
from auditor.report.phrases import (
    NOTHING,
    days_between,
    dollars,
    iso_day,
    listed,
    number,
    plain_dollars,
    shorten,
    source_row,
    spaced,
    span,
)
from auditor.report.quantities import DOSE, ENDS, FRACTION, NEED, QUANTITIES, SATURATION
from auditor.report.view import Cell, Grid, Heading

# What a day's chart has of each quantity, as a column.
CHARTED = {
    DOSE: Heading("iNO ppm", "numeric"),
    FRACTION: Heading("FiO₂ %", "numeric"),
    SATURATION: Heading("SpO₂ %", "numeric"),
    NEED: Heading("Oxygen need"),
}


def texts(*names: str) -> tuple[Heading, ...]:
    """Headings of columns of short text."""
    return tuple(Heading(name) for name in names)


def days(*names: str) -> tuple[Heading, ...]:
    """Headings of columns of dates."""
    return tuple(Heading(name, "day") for name in names)


def numbers(*names: str) -> tuple[Heading, ...]:
    """Headings of columns of numbers."""
    return tuple(Heading(name, "numeric") for name in names)


def intervals(*names: str) -> tuple[Heading, ...]:
    """Headings of columns of intervals, which may break between their ends."""
    return tuple(Heading(name, "interval") for name in names)


def wides(*names: str) -> tuple[Heading, ...]:
    """Headings of columns of running text."""
    return tuple(Heading(name, "wide") for name in names)


def total(rows: Iterable[Row], name: str) -> int:
    """The sum of a column of cents."""
    return sum(row[name] or 0 for row in rows)


def used_buckets(rows: Rows) -> list[str]:
    """The buckets that hold dollars in these rows."""
    return [name for name in BUCKETS if any(row[name] for row in rows)]


def bucket_headings(names: Iterable[str]) -> tuple[Heading, ...]:
    """A numeric heading for each bucket."""
    return tuple(Heading(BUCKETS[name].word.capitalize(), "numeric") for name in names)


def _amounts(row: Row, names: Iterable[str]) -> tuple[str, ...]:
    """What is counted, and where it falls; a bucket that has nothing of it is left quiet."""
    return plain_dollars(row[COUNTED] or 0), *(plain_dollars(row[name]) if row[name] else NOTHING for name in names)


def _totals(rows: Rows, names: Iterable[str], before: int) -> tuple[str, ...]:
    sums = (plain_dollars(total(rows, name)) for name in (COUNTED, *names))
    return ("Sum", *[""] * (before - 1), *sums) if rows else ()


def codes_by_day(lines: Rows) -> Mapping[date, tuple[str, ...]]:
    """The service code, else the revenue code, of the lines of each day; a code once, in the order of codes."""
    found: dict[date, set[str]] = {}
    for row in lines:
        code = row["hcpcs_code"] or row["revenue_center_code"]
        for day in range((row["last_day"] - row["first_day"]).days + 1) if code else ():
            found.setdefault(row["first_day"] + timedelta(day), set()).add(shorten(code))
    return {day: tuple(sorted(codes)) for day, codes in found.items()}


def day_grid(rows: Rows, codes: Mapping[date, tuple[str, ...]], quantities: Collection[str] = QUANTITIES) -> Grid:
    """Every day in full: what showed it, what was charted of ``quantities``, what was billed, what decided it, its dollars."""
    names = used_buckets(rows)
    charted = [name for name in CHARTED if name in quantities]
    chart = tuple(CHARTED[name] for name in charted)
    fixed = (*texts("Day"), *days("Date"), *texts("Verdict", "Decided by"), *wides("Shown by"), *chart, *texts("Support", "Billed"))
    return Grid(
        caption="The days, one by one",
        headings=(*fixed, *numbers("Counted $"), *bucket_headings(names)),
        rows=tuple((*_day(row, charted), ", ".join(codes.get(row["day"], ())) or NOTHING, *_amounts(row, names)) for row in rows),
        totals=_totals(rows, names, len(fixed)),
        empty="No therapy days and no billed days.",
        anchors=tuple(f"d-{row['day']}" for row in rows),
    )


def _day(row: Row, charted: Iterable[str]) -> tuple[Cell, ...]:
    flags = {"ventilator": row["ventilated"], "ECMO": row["ecmo"], "approval on file": row["approved"]}
    support = [name for name, flag in flags.items() if flag]
    shown = [row["level"] or "not shown", shorten(listed(row["shown_by"])), f"{number(row['hours'])} h" if row["hours"] is not None else ""]
    return (
        str(row["day_number"] or "billed"),
        iso_day(row["day"]),
        VERDICTS[Verdict(row["verdict"])] if row["verdict"] else NOTHING,
        decided_by(row["verdict"], row["cause"]) + (f" ({row['oxygen_reason']})" if row["oxygen_reason"] else ""),
        ", ".join(word for word in shown if word),
        *(_charted(row, name) for name in charted),
        ", ".join(support) or NOTHING,
    )


def _charted(row: Row, name: str) -> Cell:
    """What a day's chart has of one quantity, from lowest to highest."""
    if name == NEED:
        return OUTCOMES[Outcome(row["oxygen_need"])] if row["oxygen_need"] is not None else NOTHING
    low, high = (row[end] for end in ENDS[name])
    return span(low, high, 100 if name == FRACTION else 1) or NOTHING


def decided_by(verdict: str | None, cause: str | None) -> str:
    """What decides a verdict, in words; nothing to add where it is the verdict itself."""
    return NOTHING if cause is None or cause == verdict else spaced(cause)


def line_grid(lines: Rows, treatment: str) -> Grid:
    """Claim lines with their counted dollars by bucket: claim by claim, day by day."""
    lines = tuple(sorted(lines, key=lambda row: (row["claim_id"], row["first_day"], row["line_key"])))
    names = used_buckets(lines)
    fixed = (
        *wides("Claim line"),
        *texts("Service"),
        *days("Days"),
        *numbers("Units"),
        *wides("Words on the line"),
        *texts(treatment, "Priced by"),
    )
    return Grid(
        caption="Claim lines, and where their dollars fall",
        headings=(*fixed, *numbers("Counted $"), *bucket_headings(names)),
        rows=tuple((*_line(row), *_amounts(row, names)) for row in lines),
        totals=_totals(lines, names, len(fixed)),
        empty="No living claim line belongs to it.",
    )


def claim_line(row: Row) -> str:
    """The claim's number and the line's."""
    return f"{shorten(row['claim_id'])} line {shorten(row['claim_line_number'])}"


def service(row: Row) -> str:
    """The service and revenue code of a line."""
    return " / ".join(shorten(code) for code in (row["hcpcs_code"], row["revenue_center_code"]) if code)


def _line(row: Row) -> tuple[Cell, ...]:
    return (
        f"{claim_line(row)}, {source_row(row)}",
        service(row),
        days_between(row["first_day"], row["last_day"]),
        number(row["units"]) if row["units"] is not None else NOTHING,
        shorten(row["line_description"]) or NOTHING,
        row["attribution"] or NOTHING,
        " / ".join(spaced(word) for word in (row["payment_method"], row["amount_basis"]) if word) or NOTHING,
    )


def loose_line_grid(lines: Rows, there: int) -> Grid:
    """Lines in scope that belong to no episode, with what became of them: the first of as many as there are."""
    return Grid(
        caption="Lines that belong to no episode",
        headings=(
            *texts("Claim and line", "Service"),
            *days("Days"),
            *texts("What became of it", "Replaced by"),
            *numbers("Paid", "Counted"),
            *texts("Row"),
        ),
        rows=tuple(map(_loose_line, lines)),
        note=cut_note(there, len(lines), "lines.csv"),
        empty="Every line in scope belongs to an episode.",
    )


def _loose_line(row: Row) -> tuple[Cell, ...]:
    return (
        claim_line(row),
        service(row),
        days_between(row["first_day"], row["last_day"]),
        spaced(row["disposition"]),
        shorten(row["superseded_by"]) or NOTHING,
        dollars(row["paid_cents"]) if row["paid_cents"] is not None else NOTHING,
        dollars(row[COUNTED] or 0),
        source_row(row),
    )


def cut_note(rows: int, shown: int, file: str, noun: str = "rows") -> str:
    """What is said under a table that does not hold every row."""
    return f"The first {shown:,} of {rows:,} {noun}; all of them are in {file}." if rows > shown else ""

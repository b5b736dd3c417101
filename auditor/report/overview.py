"""The head of the report: its numbers first, then where every row and every dollar went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from auditor.outcomes import DETERMINATIONS, Word
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW, BUCKETS, COUNTED
from auditor.report.cases import Row, Rows
from auditor.report.facts import RevisionFacts, RunFacts
from auditor.report.grids import cut_note, days, numbers, texts, total, wides
from auditor.report.phrases import NOTHING, counted, dollar_interval, dollars, iso_day, listed, shorten, spaced
from auditor.report.report_view import BarPart
from auditor.report.sensitivity import shown_value
from auditor.report.treatments import in_terms, treatments_of
from auditor.report.view import Cell, Figure, Grid, Masthead
from auditor.results import MONEY
from auditor.shelf import Shelf, in_groups

BAR_LENGTH = 1000
MASKED = "Identifiers are tokens. Dates, ages, states and dollars are true: this run is not anonymous."
BALANCED, UNBALANCED = "✓ balances", "✕ does not balance"


def masthead(facts: RunFacts, revisions: Sequence[RevisionFacts] = ()) -> Masthead:
    """The head of every page; of all revisions of the run, where it is not about some of them alone."""
    titles = dict.fromkeys(revision.title for revision in facts.revisions)
    return Masthead(
        title=listed(titles) or "Inhaled nitric oxide, post-service review",
        as_of=iso_day(facts.as_of),
        policies=policy_sentences(revisions or facts.revisions),
        program=f"auditor {facts.version}, profile {facts.profile}",
        masked="" if facts.masking == "none" else MASKED,
        notices=tuple(revision.notice for revision in revisions if revision.notice),
    )


def policy_sentences(revisions: Iterable[RevisionFacts]) -> tuple[str, ...]:
    """Whose guideline each is, which revision, and where it is from."""
    return tuple(map(_policy_sentence, revisions))


def _policy_sentence(revision: RevisionFacts) -> str:
    review = f"; next review due {iso_day(revision.review_by)}" if revision.review_by else ""
    return f"{revision.payer}, revision {revision.revision}{review}. Source: {revision.source}"


def money_of(tables: Shelf) -> dict[str, int]:
    """The sum of every money column of the episodes."""
    names = [column.name for column in MONEY]
    sums = [[pc.sum(column).as_py() or 0 for column in batch.columns] for batch in tables.batches("episodes", names)]
    return dict(zip(names, map(sum, zip(*sums, strict=True)), strict=True)) if sums else dict.fromkeys(names, 0)


def figures(episodes: Rows, money: Mapping[str, int]) -> tuple[Figure, ...]:
    """The four numbers that a reader looks for first."""
    treated = sum(1 for row in episodes if row["therapy_days"])
    return (
        Figure("Dollars audited", dollars(money[COUNTED]), "counted dollars of claim lines in scope"),
        Figure(
            "At risk",
            dollar_interval(money[AT_RISK_LOW], money[AT_RISK_HIGH]),
            "lowest: not supported, or not paid as coded; highest: with all that is open",
        ),
        Figure("Episodes", f"{len(episodes):,}", f"{treated:,} with therapy days"),
        Figure("Therapy days", f"{sum(row['therapy_days'] or 0 for row in episodes):,}", f"distinct days on {treatments_of(episodes)}"),
    )


def guideline_sums(episodes: Rows, facts: RunFacts) -> tuple[str, ...]:
    """Of several guidelines, what each came to by itself; nothing of a single one."""
    titles = {revision.revision: revision.title for revision in facts.revisions}
    told = []
    for title in dict.fromkeys(titles.values()) if len(set(titles.values())) > 1 else ():
        rows = [row for row in episodes if titles.get(row["policy_revision"]) == title]
        at_risk = dollar_interval(total(rows, AT_RISK_LOW), total(rows, AT_RISK_HIGH))
        told.append(f"{title}: {counted(len(rows), 'episode')}, {dollars(total(rows, COUNTED))} audited, {at_risk} at risk.")
    return tuple(told)


def bar(money: Mapping[str, int]) -> tuple[BarPart, ...]:
    """Counted dollars as one bar, in the order of the buckets; none where a bucket is below zero."""
    held = {name: money[name] for name in BUCKETS if money[name]}
    whole = sum(held.values())
    if whole <= 0 or min(held.values()) < 0:
        return ()
    parts, done = [], 0
    for name, cents in held.items():
        begin, done = done, done + cents
        x, end = BAR_LENGTH * begin // whole, BAR_LENGTH * done // whole
        parts.append(BarPart(str(x), str(max(end - x, 1)), BUCKETS[name], dollars(cents)))
    return tuple(parts)


def bucket_grid(money: Mapping[str, int]) -> Grid:
    """Counted dollars by bucket, and whether they sum to what was counted."""
    whole = sum(money[name] for name in BUCKETS)
    return Grid(
        caption="Counted dollars by bucket",
        headings=(*texts("Bucket"), *wides("Meaning"), *numbers("Dollars")),
        rows=tuple((word, word.meaning, dollars(money[name])) for name, word in BUCKETS.items()),
        totals=("Sum", _balance(whole, money[COUNTED], "dollars audited"), dollars(whole)),
    )


def _balance(here: int, there: int, what: str) -> str:
    return f"{BALANCED} with {what}" if here == there else f"{UNBALANCED} with {what}, {dollars(there)}"


def determination_grid(episodes: Rows) -> Grid:
    """Episodes by determination: how many, and their dollars."""
    groups = {name: [row for row in episodes if row["determination"] == name] for name in DETERMINATIONS}
    held = {name: rows for name, rows in groups.items() if rows}
    return Grid(
        caption="Episodes by determination",
        headings=(*texts("Determination"), *wides("Meaning"), *numbers("Episodes", "Counted", "At risk, low", "At risk, high")),
        rows=tuple(_determined(DETERMINATIONS[name], rows) for name, rows in held.items()),
        totals=("Sum", "", *_sums(episodes)),
        empty="No episodes.",
        narrows=tuple(f"determination={name}" for name in held),
    )


def _determined(word: Word, rows: Rows | list[Row]) -> tuple[Cell, ...]:
    said = in_terms(word, treatments_of(rows))
    return said, said.meaning, *_sums(rows)


def _sums(rows: Iterable[Row]) -> tuple[str, ...]:
    rows = list(rows)
    return (f"{len(rows):,}", *(dollars(total(rows, name)) for name in (COUNTED, AT_RISK_LOW, AT_RISK_HIGH)))


def table_grid(facts: RunFacts) -> Grid:
    """Where the rows of every canonical table went."""
    rows = [(count.rows_in, count.in_scope, count.out_of_scope, count.set_aside) for count in facts.counts]
    return Grid(
        caption="Rows read",
        headings=(*texts("Table"), *numbers("Read", "In scope", "Out of scope", "Set aside"), *days("Check")),
        rows=tuple(
            (spaced(count.table), *(f"{number:,}" for number in row), BALANCED if row[0] == sum(row[1:]) else UNBALANCED)
            for count, row in zip(facts.counts, rows, strict=True)
        ),
        totals=("Sum", *(f"{sum(column):,}" for column in zip(*rows, strict=True)), "") if rows else (),
        empty="No table was read.",
    )


def disposition_grid(facts: RunFacts, tables: Shelf, audited: int) -> Grid:
    """What became of the in-scope lines, the dollars the extract has on them, and what of these counts."""
    kept: Counter[str] = Counter()
    for batch in tables.batches("lines", ("disposition", COUNTED)):
        sums = pa.Table.from_batches([batch]).group_by("disposition").aggregate([(COUNTED, "sum")]).to_pydict()
        for disposition, cents in zip(sums["disposition"], sums[f"{COUNTED}_sum"], strict=True):
            kept[disposition] += cents or 0
    whole = sum(kept.values())
    return Grid(
        caption="Claim lines in scope by what became of them",
        headings=(*texts("Disposition"), *numbers("Lines", "On them", "Counted")),
        rows=tuple(
            (spaced(line.disposition), f"{line.lines:,}", dollars(line.cents), dollars(kept.get(line.disposition, 0)))
            for line in facts.line_totals
        ),
        totals=(
            "Sum",
            f"{sum(line.lines for line in facts.line_totals):,}",
            dollars(sum(line.cents for line in facts.line_totals)),
            dollars(whole),
        ),
        note=f"Counted: {_balance(whole, audited, 'dollars audited')}." if facts.line_totals else "",
        empty="No claim line is in scope.",
    )


def notices(facts: RunFacts, tables: Shelf) -> tuple[str, ...]:
    """What a reader must know before the numbers are used."""
    past = [revision for revision in facts.revisions if revision.review_by and revision.review_by < facts.as_of]
    return (
        *dict.fromkeys(revision.notice for revision in facts.revisions if revision.notice),
        *(_past_review(revision, facts.as_of) for revision in past),
        *(_unsigned(revision) for revision in facts.revisions if any(not reading.signed_by for reading in revision.readings)),
        *_reasons(tables),
        *facts.notices,
        *(f"Not read: {shorten(file)}" for file in facts.passed_over),
    )


def _past_review(revision: RevisionFacts, as_of: date) -> str:
    return f"Revision {revision.revision} was due for review on {iso_day(revision.review_by)}; this audit is as of {iso_day(as_of)}."


def _unsigned(revision: RevisionFacts) -> str:
    unsigned = sum(1 for reading in revision.readings if not reading.signed_by)
    return f"Readings of revision {revision.revision} that no one has signed: {unsigned} of {len(revision.readings)}."


def _reasons(tables: Shelf) -> list[str]:
    batches = tables.batches("set_aside", ("table_name", "reason"))
    reasons = Counter(pair for batch in batches for pair in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return [
        f"{counted(rows, 'row')} of {spaced(table)} set aside: {shorten(reason)}"
        for (table, reason), rows in sorted(reasons.items(), key=str)
    ]


def set_aside_grid(tables: Shelf, shown: int, facts: RunFacts) -> Grid:
    """Rows that could not be trusted."""
    first = next(in_groups(tables.batches("set_aside"), shown), None)
    return Grid(
        caption="Rows set aside",
        headings=(*texts("Table", "File"), *numbers("Row"), *texts("Column"), *wides("What is wrong"), *texts("Member")),
        rows=tuple(_set_aside(row, facts) for row in (first.to_pylist() if first else ())),
        note=cut_note(tables.count("set_aside"), shown, "set_aside.csv"),
        empty="Every row could be trusted.",
    )


def _set_aside(row: Row, facts: RunFacts) -> tuple[Cell, ...]:
    return (
        spaced(row["table_name"]),
        shorten(row["source_file"]),
        str(row["source_row"]),
        *(shorten(row[name]) or NOTHING for name in ("column_name", "reason")),
        facts.member(row["member_id"]),
    )


def reading_grid(facts: RunFacts) -> Grid:
    """The choices this audit made where the guideline leaves one."""
    return Grid(
        caption="Readings: the choices the guideline leaves open",
        headings=(*texts("Revision", "Reading", "Value"), *wides("Why"), *texts("Signed by")),
        rows=tuple(
            (
                revision.revision,
                spaced(reading.name),
                shown_value(reading.value, reading.unit),
                reading.why,
                reading.signed_by or "not signed",
            )
            for revision in facts.revisions
            for reading in revision.readings
        ),
        empty="The policy has no readings.",
    )


def input_grid(facts: RunFacts) -> Grid:
    """The files that were read, and their fingerprints."""
    return Grid(
        caption="Files read",
        headings=(*texts("File", "Table"), *numbers("Rows"), *wides("SHA-256")),
        rows=tuple((shorten(file.name), spaced(file.table), f"{file.rows:,}", file.sha256) for file in facts.inputs),
        empty="No file was read.",
    )

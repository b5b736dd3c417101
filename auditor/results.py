"""The result tables of a run: every column once, with its type, its meaning, and the order of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ResultKind = Literal["text", "list", "date", "time", "integer", "number", "cents", "flag", "outcome"]


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result. ``cents`` are whole cents in frames and Parquet and dollars in CSV; ``outcome`` is 0, 1, 2 or 3."""

    name: str
    kind: ResultKind
    meaning: str


@dataclass(frozen=True)
class ResultTable:
    """One result table: what a row is, its columns, and the columns that order it totally."""

    name: str
    row: str
    columns: tuple[ResultColumn, ...]
    order: tuple[str, ...]


def _columns(*rows: tuple[str, ResultKind, str]) -> tuple[ResultColumn, ...]:
    return tuple(ResultColumn(*row) for row in rows)


MONEY = _columns(
    ("counted_cents", "cents", "dollars of lines that count"),
    ("supported_cents", "cents", "on days the record supports"),
    ("not_supported_cents", "cents", "on days the record says fall outside the guideline"),
    ("records_needed_cents", "cents", "on days the record does not settle"),
    ("medical_review_cents", "cents", "on days left to the medical director"),
    ("not_asked_cents", "cents", "of iNO this policy is not asked about"),
    ("linked_cents", "cents", "of lines beside iNO, such as the ventilator; not at risk"),
    ("not_separately_paid_cents", "cents", "of lines paid within a larger rate; not at risk"),
    ("coding_cents", "cents", "of lines that a coding edit does not pay"),
    ("coding_review_cents", "cents", "of lines that a coding edit puts in question"),
    ("at_risk_low_cents", "cents", "not supported, and coding"),
    ("at_risk_high_cents", "cents", "not supported, coding, records needed, medical review, and coding review together"),
)

EPISODES = ResultTable(
    "episodes",
    "one course of therapy, or of listed lines, of one member",
    _columns(
        ("episode_id", "text", "E and twelve letters and digits made from the member, the start and the basis"),
        ("member_id", "text", "the member"),
        ("kind", "text", "therapy or vasoreactivity"),
        ("basis", "text", "charted, billed, marker or billed_only"),
        ("attribution", "text", "confirmed, probable, possible or none: how surely iNO was given"),
        ("line_of_business", "text", "the kind of plan, as taken"),
        ("state", "text", "the state, if given"),
        ("plan", "text", "the plan, if given"),
        ("route", "text", "criteria, case_review or elsewhere: whose rules decide"),
        ("facilities", "list", "where lines and charts say it was given"),
        ("start_day", "date", "first possible day of the start"),
        ("start_last_day", "date", "last possible day of the start"),
        ("start_at", "time", "the start's instant in UTC, where the clock time is known"),
        ("start_clock", "text", "the clock time at the facility when the first therapy day began, where it is known"),
        ("end_day", "date", "last day"),
        ("therapy_days", "integer", "distinct days on iNO"),
        ("billed_days", "integer", "distinct days of its living lines"),
        ("span_days", "integer", "days from first to last"),
        ("elapsed_hours", "number", "hours on iNO, where the record gives both ends of all of it"),
        ("open_end", "flag", "the record does not say when the last segment ended"),
        ("age_days_low", "integer", "age at the start in days, lowest possible"),
        ("age_days_high", "integer", "age at the start in days, highest possible"),
        ("age_years_low", "integer", "age at the start in years, lowest possible"),
        ("age_years_high", "integer", "age at the start in years, highest possible"),
        ("gestational_age_low", "integer", "gestational age at birth in days, lowest of the source shown"),
        ("gestational_age_high", "integer", "gestational age at birth in days, highest of the source shown"),
        ("pathway", "text", "the pathway that decides initiation: the one met, else the one nearest to it"),
        ("initiation", "outcome", "outcome of starting therapy"),
        ("initiation_reason", "text", "why it is unknown"),
        ("continuation", "outcome", "outcome of continuing therapy"),
        ("exclusion", "text", "the exclusion that is documented, if any"),
        ("referred", "flag", "the policy sends the failing criterion to medical review"),
        ("determination", "text", "what the episode comes to"),
        ("next_action", "text", "who does what next"),
        ("documents", "list", "documents that could settle it, fewest first"),
        ("lines", "integer", "living lines that belong to it"),
        ("rows_set_aside", "integer", "rows of this member that could not be trusted"),
        ("policy_revision", "text", "revision of the policy applied"),
    )
    + MONEY,
    ("member_id", "start_day", "basis", "episode_id"),
)

CRITERIA = ResultTable(
    "criteria",
    "one paragraph of the policy for one episode",
    _columns(
        ("episode_id", "text", "the episode"),
        ("ordinal", "integer", "place in the policy's outline"),
        ("key", "text", "the paragraph"),
        ("depth", "integer", "how deep in the outline"),
        ("statement", "text", "the paragraph in our words"),
        ("outcome", "outcome", "0 not met, 1 unknown, 2 met, 3 not applicable"),
        ("reason", "text", "why it is unknown"),
        ("fact", "text", "the fact asked, for a leaf"),
        ("referred", "flag", "its failure goes to medical review"),
    ),
    ("episode_id", "ordinal"),
)

EVIDENCE = ResultTable(
    "evidence",
    "one row of the extract that speaks of one fact of one episode",
    _columns(
        ("episode_id", "text", "the episode"),
        ("fact", "text", "the fact it speaks of"),
        ("stance", "text", "present, absent, range (a number), or none (shows nothing)"),
        ("standing", "text", "inside, outside, imprecise, preliminary, or conflicting: it cannot be true"),
        ("strength", "text", "decides or suggests"),
        ("low", "number", "lowest value it allows"),
        ("high", "number", "highest value it allows"),
        ("what", "text", "the concept or code"),
        ("status", "text", "the status given"),
        ("day", "date", "first possible day of it"),
        ("at", "time", "its instant in UTC, where known"),
        ("document_id", "text", "the document"),
        ("source_table", "text", "claim_lines, members, events"),
        ("source_file", "text", "the file"),
        ("source_row", "integer", "the row in that file"),
    ),
    ("episode_id", "fact", "source_table", "source_file", "source_row", "what", "stance", "standing", "strength", "low", "high"),
)

MEASUREMENTS = ResultTable(
    "measurements",
    "one quantity charted in one hour of one episode: its lowest and highest reading in one file",
    _columns(
        ("episode_id", "text", "the episode"),
        ("quantity", "text", "saturation (percent), fraction (of oxygen inspired), or dose (of iNO, ppm)"),
        ("day", "date", "the day at the facility"),
        ("hour", "integer", "the hour of the facility's clock, 0 to 23; empty for readings without a clock time"),
        ("source_file", "text", "the file they are in"),
        ("readings", "integer", "how many there are"),
    )
    + _columns(("low", "number", "the lowest"), ("low_row", "integer", "its row in the file"))
    + _columns(("high", "number", "the highest"), ("high_row", "integer", "its row in the file")),
    ("episode_id", "quantity", "day", "hour", "source_file"),
)

THERAPY_DAYS = ResultTable(
    "therapy_days",
    "one day of one course: a therapy day, or a day billed for iNO",
    _columns(
        ("episode_id", "text", "the episode"),
        ("day", "date", "the day at the facility"),
        ("day_number", "integer", "number of the therapy day; empty for a day billed only"),
        ("is_therapy_day", "flag", "iNO is shown that day"),
        ("level", "text", "confirmed or probable"),
        ("shown_by", "list", "segment, dose, drug, text, hint"),
        ("charted", "flag", "the chart shows it"),
        ("hours", "number", "hours on iNO that day, where known"),
        ("dose_low", "number", "lowest dose charted, ppm"),
        ("dose_high", "number", "highest dose charted, ppm"),
        ("fio2_low", "number", "lowest oxygen fraction charted"),
        ("fio2_high", "number", "highest oxygen fraction charted"),
        ("spo2_low", "number", "lowest saturation charted, percent"),
        ("spo2_high", "number", "highest saturation charted, percent"),
        ("ventilated", "flag", "ventilation charted or billed that day"),
        ("ecmo", "flag", "ECMO charted or billed that day"),
        ("initiation", "outcome", "initiation as it stands for that day"),
        ("oxygen_need", "outcome", "continued need of oxygen that day"),
        ("oxygen_reason", "text", "why it is unknown"),
        ("past_limit", "flag", "past the day limit"),
        ("approved", "flag", "an approval on file covers it"),
        ("verdict", "text", "supported, not_supported, records_needed, medical_review or not_asked"),
        ("cause", "text", "what decides the verdict"),
    )
    + MONEY[:-2],
    ("episode_id", "day"),
)

LINE_DAYS = ResultTable(
    "line_days",
    "one day's part of one claim line",
    _columns(
        ("line_key", "integer", "the line"),
        ("day", "date", "the day"),
        ("episode_id", "text", "the episode of the line"),
        ("cents", "cents", "the day's part of the line's dollars"),
        ("bucket", "text", "a verdict, linked, or not_separately_paid"),
        ("cause", "text", "what decides it"),
    ),
    ("line_key", "day"),
)

LINES = ResultTable(
    "lines",
    "one claim line in scope, whatever became of it",
    _columns(
        ("line_key", "integer", "number of the line within the run"),
        ("claim_id", "text", "the claim"),
        ("claim_line_number", "text", "the line"),
        ("member_id", "text", "the member"),
        ("hcpcs_code", "text", "service code"),
        ("revenue_center_code", "text", "revenue code"),
        ("first_day", "date", "first day"),
        ("last_day", "date", "last day"),
        ("units", "number", "units billed"),
        ("line_description", "text", "words on the line"),
        ("claim_type", "text", "professional or institutional"),
        ("facility_npi", "text", "facility"),
        ("billing_npi", "text", "biller"),
        ("listed", "flag", "its code is one the guideline lists"),
        ("disposition", "text", "counted, evidence_only, superseded, voided, void, reversed, netted, older_row or duplicate"),
        ("superseded_by", "text", "claim that replaced or voided it"),
        ("attribution", "text", "confirmed, probable, linked or none: how surely the line is iNO"),
        ("episode_id", "text", "its episode"),
        ("payment_method", "text", "how it was priced"),
        ("charge_cents", "cents", "charged"),
        ("allowed_cents", "cents", "allowed"),
        ("paid_cents", "cents", "paid"),
        ("amount_basis", "text", "paid, allowed, charge or none: which amount is counted"),
    )
    + MONEY
    + _columns(("source_file", "text", "the file"), ("source_row", "integer", "the row in that file")),
    ("line_key",),
)

FINDINGS = ResultTable(
    "findings",
    "something someone must act on or know",
    _columns(
        ("episode_id", "text", "the episode; empty for a line that belongs to none"),
        ("finding_id", "text", "the finding's number in the catalogue"),
        ("state", "text", "F documented, U not documented, X conflicting; empty where it has none"),
        ("name", "text", "its name"),
        ("says", "text", "what it says"),
        ("severity", "text", "S1 critical to S4 information"),
        ("action", "text", "who does what next"),
        ("basis", "text", "episode, days, line or none"),
        ("paragraph", "text", "the paragraph of the guideline, or the rule"),
        ("line_key", "integer", "the line, for a finding on a line"),
        ("first_day", "date", "first day it is about"),
        ("last_day", "date", "last day it is about"),
        ("days", "integer", "days it is about"),
        ("at_risk_low_cents", "cents", "dollars it carries; each dollar under one finding"),
        ("at_risk_high_cents", "cents", "dollars it carries, at most"),
        ("evidence", "list", "file and row of what it rests on"),
        ("carc", "text", "suggested claim adjustment reason"),
        ("rarc", "text", "suggested remark"),
        ("policy_revision", "text", "revision of the policy applied"),
    ),
    ("episode_id", "finding_id", "state", "paragraph", "line_key", "first_day"),
)

SET_ASIDE = ResultTable(
    "set_aside",
    "a row that could not be trusted",
    _columns(
        ("table_name", "text", "the canonical table"),
        ("source_file", "text", "the file"),
        ("source_row", "integer", "the row"),
        ("column_name", "text", "the column at fault"),
        ("reason", "text", "what is wrong with it"),
        ("member_id", "text", "the member, where it can be read"),
    ),
    ("table_name", "source_file", "source_row"),
)

PROVIDERS = ResultTable(
    "providers",
    "one measure of one facility, beside everyone's",
    _columns(
        ("facility", "text", "the facility of an episode's first line that names one, else the first charted, else the biller"),
        ("ordinal", "integer", "place of the measure in the plan"),
        ("measure", "text", "what is compared"),
        ("label", "text", "the same in words"),
        ("unit", "text", "share, days or dollars"),
        ("episodes", "integer", "episodes of the facility of which it is known"),
        ("value", "number", "the facility's share or mean, extremes brought in; empty where it has too few episodes"),
        ("peers", "number", "everyone's share or mean"),
        ("low", "number", "lowest value that chance explains for so many episodes"),
        ("high", "number", "highest value that chance explains"),
        ("standing", "text", "within, near (a limit), above, below, or too_few"),
        ("finding_id", "text", "the finding's number in the catalogue, where chance does not explain it"),
    ),
    ("facility", "ordinal"),
)

# Of an episode or a member, and so the same whoever else is audited; and of the whole run.
COLLECTED = (EPISODES, FINDINGS, LINES, THERAPY_DAYS, LINE_DAYS, CRITERIA, EVIDENCE, MEASUREMENTS, SET_ASIDE)
RESULTS = (*COLLECTED, PROVIDERS)


def result(name: str) -> ResultTable:
    """The result table of that name; KeyError if there is none."""
    return {table.name: table for table in RESULTS}[name]

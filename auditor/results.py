"""The result tables of a run: every column once, with its type, its meaning, and the order of its rows."""

from __future__ import annotations

from auditor.result_columns import ResultColumn as ResultColumn
from auditor.result_columns import ResultKind as ResultKind
from auditor.result_columns import ResultTable as ResultTable
from auditor.result_columns import columns as _columns

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
        ("episode_id", "text", "E and twelve letters and digits made from the member, the start and the basis", "episode"),
        ("member_id", "text", "the member", "member"),
        ("kind", "text", "therapy or vasoreactivity", "word"),
        ("basis", "text", "charted, billed, marker or billed_only", "word"),
        ("attribution", "text", "confirmed, probable, possible or none: how surely iNO was given", "word"),
        ("line_of_business", "text", "the kind of plan, as taken", "word"),
        ("state", "text", "the state, if given", "code"),
        ("plan", "text", "the plan, if given", "free text"),
        ("route", "text", "criteria, case_review or elsewhere: whose rules decide", "word"),
        ("facilities", "list", "where lines and charts say it was given", "facility"),
        ("start_day", "date", "first possible day of the start"),
        ("start_last_day", "date", "last possible day of the start"),
        ("start_at", "time", "the start's instant in UTC, where the clock time and its offset or time zone are known"),
        ("start_clock", "text", "the clock time at the facility when the first therapy day began, where it is known", "word"),
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
        ("pathway", "text", "the pathway that decides initiation: the one met, else the one nearest to it", "word"),
        ("initiation", "outcome", "outcome of starting therapy"),
        ("initiation_reason", "text", "why it is unknown", "word"),
        ("continuation", "outcome", "outcome of continuing therapy"),
        ("exclusion", "text", "the exclusion that is documented, if any", "word"),
        ("referred", "flag", "the policy sends the failing criterion to medical review"),
        ("determination", "text", "what the episode comes to", "word"),
        ("next_action", "text", "who does what next", "word"),
        ("documents", "list", "the documents that would settle it, as few as can", "word"),
        ("lines", "integer", "living lines that belong to it"),
        ("rows_set_aside", "integer", "rows of this member that could not be trusted"),
        ("policy_revision", "text", "revision of the policy applied", "word"),
    )
    + MONEY,
    ("member_id", "start_day", "basis", "episode_id"),
)

CRITERIA = ResultTable(
    "criteria",
    "one paragraph of the policy for one episode",
    _columns(
        ("episode_id", "text", "the episode", "episode"),
        ("ordinal", "integer", "place in the policy's outline"),
        ("key", "text", "the paragraph", "word"),
        ("depth", "integer", "how deep in the outline"),
        ("statement", "text", "the paragraph in our words", "word"),
        ("outcome", "outcome", "0 not met, 1 unknown, 2 met, 3 not applicable"),
        ("reason", "text", "why it is unknown", "word"),
        ("fact", "text", "the fact asked, for a leaf", "word"),
        ("referred", "flag", "its failure goes to medical review"),
        ("alone", "flag", "it alone is in the way: were it met, or this exclusion not there, the episode would be supported"),
    ),
    ("episode_id", "ordinal"),
)

SETTLING = ResultTable(
    "settling",
    "one document of the smallest set that would settle one undecided episode",
    _columns(
        ("episode_id", "text", "the episode", "episode"),
        ("place", "integer", "place of the document in the set"),
        ("document", "text", "the document to ask for", "word"),
        ("instead", "list", "documents any of which would do in its place", "word"),
        ("paragraphs", "list", "open paragraphs that it could answer", "word"),
        ("waiting_cents", "cents", "dollars of the episode that wait for the whole set"),
    ),
    ("episode_id", "place"),
)

EVIDENCE = ResultTable(
    "evidence",
    "one row of the extract that speaks of one fact of one episode",
    _columns(
        ("episode_id", "text", "the episode", "episode"),
        ("fact", "text", "the fact it speaks of", "word"),
        ("stance", "text", "present, absent, range (a number), or none (shows nothing)", "word"),
        ("standing", "text", "inside, outside, imprecise, preliminary, or conflicting: it cannot be true", "word"),
        ("strength", "text", "decides or suggests", "word"),
        ("low", "number", "lowest value it allows"),
        ("high", "number", "highest value it allows"),
        ("what", "text", "the concept or code", "word"),
        ("status", "text", "the status given", "word"),
        ("day", "date", "first possible day of it"),
        ("at", "time", "its instant in UTC, where the clock time and its offset or time zone are known"),
        ("clock", "text", "its clock time at the facility, where neither an offset nor a time zone is known", "word"),
        ("document_id", "text", "the document", "document"),
        ("source_table", "text", "claim_lines, members, events", "word"),
        ("source_file", "text", "the file", "file"),
        ("source_row", "integer", "the row in that file"),
    ),
    ("episode_id", "fact", "source_table", "source_file", "source_row", "what", "stance", "standing", "strength", "low", "high"),
)

MEASUREMENTS = ResultTable(
    "measurements",
    "one quantity charted in one hour of one episode: its lowest and highest reading in one file",
    _columns(
        ("episode_id", "text", "the episode", "episode"),
        ("quantity", "text", "saturation (percent), fraction (of oxygen inspired), or dose (of iNO, ppm)", "word"),
        ("day", "date", "the day at the facility"),
        ("hour", "integer", "the hour of the facility's clock, 0 to 23; empty for readings without a clock time"),
        ("source_file", "text", "the file they are in", "file"),
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
        ("episode_id", "text", "the episode", "episode"),
        ("day", "date", "the day at the facility"),
        ("day_number", "integer", "number of the therapy day; empty for a day billed only"),
        ("is_therapy_day", "flag", "iNO is shown that day"),
        ("level", "text", "confirmed or probable", "word"),
        ("shown_by", "list", "segment, dose, drug, text, hint", "word"),
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
        ("oxygen_reason", "text", "why it is unknown", "word"),
        ("past_limit", "flag", "past the day limit"),
        ("approved", "flag", "an approval on file covers it"),
        ("verdict", "text", "supported, not_supported, records_needed, medical_review or not_asked", "word"),
        ("cause", "text", "what decides the verdict", "word"),
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
        ("episode_id", "text", "the episode of the line", "episode"),
        ("cents", "cents", "the day's part of the line's dollars"),
        ("bucket", "text", "a verdict, linked, or not_separately_paid", "word"),
        ("cause", "text", "what decides it", "word"),
    ),
    ("line_key", "day"),
)

LINES = ResultTable(
    "lines",
    "one claim line in scope, whatever became of it",
    _columns(
        ("line_key", "integer", "number of the line within the run"),
        ("claim_id", "text", "the claim", "claim"),
        ("claim_line_number", "text", "the line", "code"),
        ("member_id", "text", "the member", "member"),
        ("hcpcs_code", "text", "service code", "code"),
        ("revenue_center_code", "text", "revenue code", "code"),
        ("first_day", "date", "first day"),
        ("last_day", "date", "last day"),
        ("units", "number", "units billed"),
        ("line_description", "text", "words on the line", "free text"),
        ("claim_type", "text", "professional or institutional", "word"),
        ("facility_npi", "text", "facility", "facility"),
        ("billing_npi", "text", "biller", "facility"),
        ("listed", "flag", "its code is one the guideline lists"),
        ("disposition", "text", "counted, evidence_only, superseded, voided, void, reversed, netted, older_row or duplicate", "word"),
        ("superseded_by", "text", "claim that replaced or voided it", "claim"),
        ("attribution", "text", "confirmed, probable, linked or none: how surely the line is iNO", "word"),
        ("episode_id", "text", "its episode", "episode"),
        ("payment_method", "text", "how it was priced", "word"),
        ("charge_cents", "cents", "charged"),
        ("allowed_cents", "cents", "allowed"),
        ("paid_cents", "cents", "paid"),
        ("amount_basis", "text", "paid, allowed, charge or none: which amount is counted", "word"),
    )
    + MONEY
    + _columns(("source_file", "text", "the file", "file"), ("source_row", "integer", "the row in that file")),
    ("line_key",),
)

FINDINGS = ResultTable(
    "findings",
    "something someone must act on or know",
    _columns(
        ("episode_id", "text", "the episode; empty for a line that belongs to none", "episode"),
        ("finding_id", "text", "the finding's number in the catalogue", "word"),
        ("state", "text", "F documented, U not documented, X conflicting; empty where it has none", "word"),
        ("name", "text", "its name", "word"),
        ("says", "text", "what it says", "word"),
        ("severity", "text", "S1 critical to S4 information", "word"),
        ("action", "text", "who does what next", "word"),
        ("basis", "text", "episode, days, line or none", "word"),
        ("paragraph", "text", "the paragraph of the guideline, or the rule", "word"),
        ("line_key", "integer", "the line, for a finding on a line"),
        ("first_day", "date", "first day it is about"),
        ("last_day", "date", "last day it is about"),
        ("days", "integer", "days it is about"),
        ("at_risk_low_cents", "cents", "dollars it carries; each dollar under one finding"),
        ("at_risk_high_cents", "cents", "dollars it carries, at most"),
        ("evidence", "list", "file and row of what it rests on", "citation"),
        ("carc", "text", "suggested claim adjustment reason", "word"),
        ("rarc", "text", "suggested remark", "word"),
        ("policy_revision", "text", "revision of the policy applied", "word"),
    ),
    ("episode_id", "finding_id", "state", "paragraph", "line_key", "first_day"),
)

SET_ASIDE = ResultTable(
    "set_aside",
    "a row that could not be trusted",
    _columns(
        ("table_name", "text", "the canonical table", "word"),
        ("source_file", "text", "the file", "file"),
        ("source_row", "integer", "the row"),
        ("column_name", "text", "the column at fault", "word"),
        ("reason", "text", "what is wrong with it", "word"),
        ("member_id", "text", "the member, where it can be read", "member"),
    ),
    ("table_name", "source_file", "source_row"),
)

PROVIDERS = ResultTable(
    "providers",
    "one measure of one facility, beside everyone's",
    _columns(
        ("facility", "text", "the facility of an episode's first line that names one, else the first charted, else the biller", "facility"),
        ("ordinal", "integer", "place of the measure in the plan"),
        ("measure", "text", "what is compared", "word"),
        ("label", "text", "the same in words", "word"),
        ("unit", "text", "share, days or dollars", "word"),
        ("episodes", "integer", "episodes of the facility of which it is known; empty where withheld"),
        ("value", "number", "the facility's share or mean, extremes brought in; empty where it has too few episodes"),
        ("peers", "number", "everyone's share or mean"),
        ("low", "number", "lowest value that chance explains for so many episodes"),
        ("high", "number", "highest value that chance explains"),
        ("standing", "text", "within, near (a limit), above, below, too_few, or withheld where the run is masked", "word"),
        ("finding_id", "text", "the finding's number in the catalogue, where chance does not explain it", "word"),
    ),
    ("facility", "ordinal"),
)

# Of an episode or a member, and so the same whoever else is audited; and of the whole run.
COLLECTED = (EPISODES, FINDINGS, LINES, THERAPY_DAYS, LINE_DAYS, CRITERIA, SETTLING, EVIDENCE, MEASUREMENTS, SET_ASIDE)
RESULTS = (*COLLECTED, PROVIDERS)


def result(name: str) -> ResultTable:
    """The result table of that name; KeyError if there is none."""
    return {table.name: table for table in RESULTS}[name]

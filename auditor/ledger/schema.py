"""The ledger's tables: what is remembered from run to run. Members and claim lines stand in it as tokens; times are UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, String, Table, Text

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMES)

# The revision of these tables; auditor/ledger/migrations brings a database there.
HEAD = "second"

# One row: a token of a fixed word, by which another key is known to be another.
KEYS = Table("keys", METADATA, Column("check_token", String(40), primary_key=True))

# One published run. Fingerprints are SHA-256: of the inputs, of the policy and all beside it, of the readings set, and of the program;
# ``values_sha256`` is of the readings in force, whoever set them.
RUNS = Table(
    "runs",
    METADATA,
    Column("run", String(40), primary_key=True),
    Column("ordinal", Integer, nullable=False, unique=True),
    Column("as_of", Date, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("program_version", String(40), nullable=False),
    Column("inputs_fingerprint", String(64), nullable=False),
    Column("policy_fingerprint", String(64), nullable=False),
    Column("readings_fingerprint", String(64), nullable=False),
    Column("program_fingerprint", String(64), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("chain_sha256", String(64), nullable=False),
    Column("values_sha256", String(64), nullable=False),
    Column("counted_cents", BigInteger, nullable=False),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
    Column("pruned", Boolean, nullable=False, default=False),
)

# A course of therapy that keeps its identity from run to run, whatever a run calls it. ``last_run`` has its latest row of run_courses.
COURSES = Table(
    "courses",
    METADATA,
    Column("course", String(40), primary_key=True),
    Column("member_token", String(40), nullable=False, index=True),
    Column("first_run", ForeignKey("runs.run"), nullable=False),
    Column("last_run", ForeignKey("runs.run"), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("merged_into", ForeignKey("courses.course"), nullable=True),
)

# The days of a course when it was last seen, as runs of days that follow each other: by these it is known again.
COURSE_SPANS = Table(
    "course_spans",
    METADATA,
    Column("course", ForeignKey("courses.course"), primary_key=True),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date, nullable=False),
)

# The claim lines of a course when it was last seen, as tokens: by these it is known again when its dates were corrected.
COURSE_LINES = Table(
    "course_lines",
    METADATA,
    Column("course", ForeignKey("courses.course"), primary_key=True),
    Column("line_token", String(40), primary_key=True),
)

# What one run said of one course, where it differs from what was said last. ``earlier_ids`` and ``what`` are lists with commas.
RUN_COURSES = Table(
    "run_courses",
    METADATA,
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("course", ForeignKey("courses.course"), primary_key=True, index=True),
    Column("change", String(10), nullable=False),
    Column("kinship", String(10), nullable=False),
    Column("earlier_ids", Text, nullable=False, default=""),
    Column("earlier_determinations", Text, nullable=False, default=""),
    Column("earlier_low_cents", BigInteger, nullable=False),
    Column("earlier_high_cents", BigInteger, nullable=False),
    Column("keeps", String(40), nullable=True),
    Column("what", Text, nullable=False, default=""),
    Column("episode_id", String(60), nullable=True, index=True),
    Column("kind", String(20), nullable=False),
    Column("basis", String(20), nullable=True),
    Column("determination", String(40), nullable=True),
    Column("next_action", String(40), nullable=True),
    Column("facility", String(40), nullable=True),
    Column("line_of_business", String(40), nullable=True),
    Column("start_day", Date, nullable=True),
    Column("end_day", Date, nullable=True),
    Column("therapy_days", Integer, nullable=False),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
)

# A finding that keeps its identity: its course, its number and its paragraph. It goes along where its course merges or comes apart.
FINDINGS = Table(
    "findings",
    METADATA,
    Column("finding", String(40), primary_key=True),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("finding_id", String(20), nullable=False),
    Column("paragraph", Text, nullable=False),
    Column("first_run", ForeignKey("runs.run"), nullable=False),
    Column("last_run", ForeignKey("runs.run"), nullable=False),
    Column("is_open", Boolean, nullable=False),
)

# What one run said of one finding, where it differs from what was said last; of a resolved finding, what was said last.
# ``why`` lists the causes that are sure, and after a bar those that could not be ruled out.
RUN_FINDINGS = Table(
    "run_findings",
    METADATA,
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("finding", ForeignKey("findings.finding"), primary_key=True, index=True),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("episode_id", String(60), nullable=True),
    Column("change", String(10), nullable=False),
    Column("why", String(80), nullable=False, default=""),
    Column("what", Text, nullable=False, default=""),
    Column("earlier_high_cents", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", String(4), nullable=False),
    Column("action", Text, nullable=False),
    Column("says_sha256", String(64), nullable=False),
    Column("policy_revision", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("first_day", Date, nullable=True),
    Column("last_day", Date, nullable=True),
    Column("days", Integer, nullable=False),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
)

# What a person decided; of the whole course where ``finding`` is empty. A decision that lapsed keeps its row, and why.
DISPOSITIONS = Table(
    "dispositions",
    METADATA,
    Column("disposition", Integer, primary_key=True, autoincrement=True),
    Column("run", ForeignKey("runs.run"), nullable=False),
    Column("episode_id", String(60), nullable=False),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("finding", ForeignKey("findings.finding"), nullable=True, index=True),
    Column("decision", String(20), nullable=False),
    Column("who", String(120), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("until", Date, nullable=True),
    Column("lapsed_run", ForeignKey("runs.run"), nullable=True),
    Column("lapsed_why", String(80), nullable=False, default=""),
)

# A document asked of a facility for one course.
REQUESTS = Table(
    "requests",
    METADATA,
    Column("request", Integer, primary_key=True, autoincrement=True),
    Column("run", ForeignKey("runs.run"), nullable=False),
    Column("episode_id", String(60), nullable=False),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("facility", String(40), nullable=False),
    Column("document", String(200), nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("answered_run", ForeignKey("runs.run"), nullable=True),
)

# One message of one run to one group of recipients, known by its Message-ID; never sent twice once a server may have taken it.
DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("message_id", String(200), primary_key=True),
    Column("run", ForeignKey("runs.run"), nullable=False, index=True),
    Column("recipients", String(80), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_trouble", String(200), nullable=False, default=""),
    Column("updated_at", DateTime, nullable=False),
)

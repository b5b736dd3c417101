"""The ledger's tables: what is remembered from run to run. Members stand in it as tokens; times are UTC."""

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

# One published run. Fingerprints are SHA-256: of the inputs, of the policy's own files, of the readings in force, and of the program.
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
    Column("counted_cents", BigInteger, nullable=False),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
    Column("pruned", Boolean, nullable=False, default=False),
)

# A course of therapy that keeps its identity from run to run, whatever a run calls it.
COURSES = Table(
    "courses",
    METADATA,
    Column("course", String(40), primary_key=True),
    Column("member_token", String(40), nullable=False, index=True),
    Column("first_run", ForeignKey("runs.run"), nullable=False),
    Column("merged_into", ForeignKey("courses.course"), nullable=True),
)

# What one run said of one course.
RUN_COURSES = Table(
    "run_courses",
    METADATA,
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("course", ForeignKey("courses.course"), primary_key=True),
    Column("episode_id", String(40), nullable=True),
    Column("kinship", String(10), nullable=False),
    Column("determination", String(40), nullable=True),
    Column("next_action", String(40), nullable=True),
    Column("facility", String(40), nullable=True),
    Column("line_of_business", String(40), nullable=True),
    Column("start_day", Date, nullable=True),
    Column("end_day", Date, nullable=True),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
)

# A finding that keeps its identity: its course, its number and its paragraph.
FINDINGS = Table(
    "findings",
    METADATA,
    Column("finding", String(40), primary_key=True),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("finding_id", String(20), nullable=False),
    Column("paragraph", String(80), nullable=False),
    Column("first_run", ForeignKey("runs.run"), nullable=False),
)

# What one run said of one finding; a row where it changed or is there, and one when it was resolved.
RUN_FINDINGS = Table(
    "run_findings",
    METADATA,
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("finding", ForeignKey("findings.finding"), primary_key=True),
    Column("change", String(20), nullable=False),
    Column("why", String(80), nullable=False, default=""),
    Column("state", String(4), nullable=False, default=""),
    Column("severity", String(4), nullable=False),
    Column("action", String(40), nullable=False),
    Column("says_sha256", String(64), nullable=False),
    Column("at_risk_low_cents", BigInteger, nullable=False),
    Column("at_risk_high_cents", BigInteger, nullable=False),
)

# What a person decided; of the whole course where ``finding`` is empty. A decision that lapsed keeps its row, and why.
DISPOSITIONS = Table(
    "dispositions",
    METADATA,
    Column("disposition", Integer, primary_key=True, autoincrement=True),
    Column("run", ForeignKey("runs.run"), nullable=False),
    Column("course", ForeignKey("courses.course"), nullable=False, index=True),
    Column("finding", ForeignKey("findings.finding"), nullable=True),
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

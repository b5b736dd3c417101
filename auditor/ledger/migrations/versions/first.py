"""What runs said of courses and findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None


def upgrade() -> None:
    """What runs said of courses and findings."""
    make_keys()
    make_runs()
    make_courses()
    make_course_spans()
    make_course_lines()
    make_run_courses()
    make_findings()
    make_run_findings()


def make_keys() -> None:
    """The table keys."""
    op.create_table(
        "keys",
        sa.Column("check_token", sa.String(40), primary_key=True),
    )


def make_runs() -> None:
    """The table runs."""
    op.create_table(
        "runs",
        sa.Column("run", sa.String(40), primary_key=True),
        sa.Column("ordinal", sa.Integer(), nullable=False, unique=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("program_version", sa.String(40), nullable=False),
        sa.Column("inputs_fingerprint", sa.String(64), nullable=False),
        sa.Column("policy_fingerprint", sa.String(64), nullable=False),
        sa.Column("readings_fingerprint", sa.String(64), nullable=False),
        sa.Column("program_fingerprint", sa.String(64), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("chain_sha256", sa.String(64), nullable=False),
        sa.Column("values_sha256", sa.String(64), nullable=False),
        sa.Column("counted_cents", sa.BigInteger(), nullable=False),
        sa.Column("at_risk_low_cents", sa.BigInteger(), nullable=False),
        sa.Column("at_risk_high_cents", sa.BigInteger(), nullable=False),
        sa.Column("pruned", sa.Boolean(), nullable=False),
    )


def make_courses() -> None:
    """The table courses."""
    op.create_table(
        "courses",
        sa.Column("course", sa.String(40), primary_key=True),
        sa.Column("member_token", sa.String(40), nullable=False),
        sa.Column("first_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("last_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(40), sa.ForeignKey("courses.course"), nullable=True),
    )
    op.create_index("ix_courses_member_token", "courses", ["member_token"])


def make_course_spans() -> None:
    """The table course_spans."""
    op.create_table(
        "course_spans",
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), primary_key=True),
        sa.Column("first_day", sa.Date(), primary_key=True),
        sa.Column("last_day", sa.Date(), nullable=False),
    )


def make_course_lines() -> None:
    """The table course_lines."""
    op.create_table(
        "course_lines",
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), primary_key=True),
        sa.Column("line_token", sa.String(40), primary_key=True),
    )


def make_run_courses() -> None:
    """The table run_courses."""
    op.create_table(
        "run_courses",
        sa.Column("run", sa.String(40), sa.ForeignKey("runs.run"), primary_key=True),
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), primary_key=True),
        sa.Column("change", sa.String(10), nullable=False),
        sa.Column("kinship", sa.String(10), nullable=False),
        sa.Column("earlier_ids", sa.Text(), nullable=False),
        sa.Column("earlier_determinations", sa.Text(), nullable=False),
        sa.Column("earlier_low_cents", sa.BigInteger(), nullable=False),
        sa.Column("earlier_high_cents", sa.BigInteger(), nullable=False),
        sa.Column("keeps", sa.String(40), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.String(60), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("basis", sa.String(20), nullable=True),
        sa.Column("determination", sa.String(40), nullable=True),
        sa.Column("next_action", sa.String(40), nullable=True),
        sa.Column("facility", sa.String(40), nullable=True),
        sa.Column("line_of_business", sa.String(40), nullable=True),
        sa.Column("start_day", sa.Date(), nullable=True),
        sa.Column("end_day", sa.Date(), nullable=True),
        sa.Column("therapy_days", sa.Integer(), nullable=False),
        sa.Column("at_risk_low_cents", sa.BigInteger(), nullable=False),
        sa.Column("at_risk_high_cents", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_run_courses_course", "run_courses", ["course"])
    op.create_index("ix_run_courses_episode_id", "run_courses", ["episode_id"])


def make_findings() -> None:
    """The table findings."""
    op.create_table(
        "findings",
        sa.Column("finding", sa.String(40), primary_key=True),
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), nullable=False),
        sa.Column("finding_id", sa.String(20), nullable=False),
        sa.Column("paragraph", sa.Text(), nullable=False),
        sa.Column("first_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("last_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_findings_course", "findings", ["course"])


def make_run_findings() -> None:
    """The table run_findings."""
    op.create_table(
        "run_findings",
        sa.Column("run", sa.String(40), sa.ForeignKey("runs.run"), primary_key=True),
        sa.Column("finding", sa.String(40), sa.ForeignKey("findings.finding"), primary_key=True),
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), nullable=False),
        sa.Column("episode_id", sa.String(60), nullable=True),
        sa.Column("change", sa.String(10), nullable=False),
        sa.Column("why", sa.String(80), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("earlier_high_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(4), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("says_sha256", sa.String(64), nullable=False),
        sa.Column("policy_revision", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at_risk_low_cents", sa.BigInteger(), nullable=False),
        sa.Column("at_risk_high_cents", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_run_findings_course", "run_findings", ["course"])
    op.create_index("ix_run_findings_finding", "run_findings", ["finding"])

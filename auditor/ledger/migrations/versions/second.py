"""What people decided, what was asked for, and what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "second"
down_revision = "first"


def upgrade() -> None:
    """What people decided, what was asked for, and what was sent."""
    make_dispositions()
    make_requests()
    make_deliveries()


def make_dispositions() -> None:
    """The table dispositions."""
    op.create_table(
        "dispositions",
        sa.Column("disposition", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("episode_id", sa.String(60), nullable=False),
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), nullable=False),
        sa.Column("finding", sa.String(40), sa.ForeignKey("findings.finding"), nullable=True),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("lapsed_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=True),
        sa.Column("lapsed_why", sa.String(80), nullable=False),
    )
    op.create_index("ix_dispositions_course", "dispositions", ["course"])
    op.create_index("ix_dispositions_finding", "dispositions", ["finding"])


def make_requests() -> None:
    """The table requests."""
    op.create_table(
        "requests",
        sa.Column("request", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("episode_id", sa.String(60), nullable=False),
        sa.Column("course", sa.String(40), sa.ForeignKey("courses.course"), nullable=False),
        sa.Column("facility", sa.String(40), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_run", sa.String(40), sa.ForeignKey("runs.run"), nullable=True),
    )
    op.create_index("ix_requests_course", "requests", ["course"])


def make_deliveries() -> None:
    """The table deliveries."""
    op.create_table(
        "deliveries",
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("run", sa.String(40), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("recipients", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_trouble", sa.String(200), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_deliveries_run", "deliveries", ["run"])

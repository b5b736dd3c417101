"""Runs the scripts of ``versions`` on the connection it is given; called by ``auditor.ledger.migrate`` through Alembic."""

from alembic import context

from auditor.ledger.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()

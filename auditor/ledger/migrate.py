"""Brings a database to the tables this program knows, in one transaction; refuses one that is newer, or was left half way."""

from __future__ import annotations

from importlib.resources import as_file, files

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from auditor.errors import LedgerRefused
from auditor.ledger.connect import named
from auditor.ledger.schema import HEAD, KEYS, METADATA
from auditor.tokens import Tokens

VERSIONS = Table("alembic_version", MetaData(), Column("version_num", String(32)))
# The tables that each revision adds, in the order of the revisions.
ADDED = {
    "first": ("keys", "runs", "courses", "course_spans", "course_lines", "run_courses", "findings", "run_findings"),
    "second": ("dispositions", "requests", "deliveries"),
}
CHECKED = ("K", "ledger")


def is_current(connection: Connection) -> bool:
    """Whether the database stands at this program's revision, whole."""
    inspector = inspect(connection)
    if not inspector.has_table(VERSIONS.name) or connection.scalars(select(VERSIONS.c.version_num)).all() != [HEAD]:
        return False
    return not _missing(connection)


def is_new(connection: Connection) -> bool:
    """Whether no ledger was ever made there."""
    return not set(inspect(connection).get_table_names()) & {VERSIONS.name, *METADATA.tables}


def bring_up(connection: Connection) -> None:
    """From whatever revision to this program's; LedgerRefused for a newer one, and for tables that fit no revision."""
    refuse_unfit(connection)
    _upgrade(connection)


def refuse_unfit(connection: Connection) -> None:
    """LedgerRefused for a database that cannot be brought to this program's revision; it is only looked at."""
    there = set(inspect(connection).get_table_names())
    ours = there & set(METADATA.tables)
    found = connection.scalars(select(VERSIONS.c.version_num)).all() if VERSIONS.name in there else []
    ledger = named(connection.engine.url)
    if any(revision not in ADDED for revision in found):
        raise LedgerRefused(f"{ledger} was written by a newer version of this program. Install that version; nothing was changed.")
    revision = found[0] if len(found) == 1 else None
    if len(found) > 1 or ours != _tables_of(revision) or (revision == HEAD and _missing(connection)):
        raise LedgerRefused(
            f"{ledger} was left half way between two revisions, or is another program's. Put back a copy of it, "
            "or name an empty database; nothing was changed."
        )


def knows_key(connection: Connection, tokens: Tokens) -> bool:
    """Whether the ledger was written under this key; False while it was written under none. LedgerRefused for another."""
    found = connection.scalars(select(KEYS.c.check_token)).all()
    if found and tokens.token(*CHECKED) not in found:
        raise LedgerRefused(f"{named(connection.engine.url)} was written under another key. Give the key that it was made with.")
    return bool(found)


def note_key(connection: Connection, tokens: Tokens) -> None:
    """Says under which key the ledger is written."""
    if not knows_key(connection, tokens):
        connection.execute(KEYS.insert().values(check_token=tokens.token(*CHECKED)))


def _tables_of(revision: str | None) -> set[str]:
    """The tables of a revision; none before the first."""
    if revision is None:
        return set()
    revisions = list(ADDED)
    return {table for one in revisions[: revisions.index(revision) + 1] for table in ADDED[one]}


def _missing(connection: Connection) -> set[str]:
    """Columns that this program's revision has and the database does not."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    found = {f"{name}.{column['name']}" for name in METADATA.tables if name in there for column in inspector.get_columns(name)}
    return {f"{table.name}.{column.name}" for table in METADATA.tables.values() for column in table.columns} - found


def _upgrade(connection: Connection, revision: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("auditor.ledger") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

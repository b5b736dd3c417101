"""Keeps, while an audit runs, what it knows under each revision and does not publish."""

from __future__ import annotations

from auditor.engine import Connection, named_queries


def begin_watch(connection: Connection) -> None:
    """Empty tables for what is to be kept."""
    connection.execute(named_queries("watch", "readiness")["begin"])


def watch(connection: Connection) -> None:
    """Keeps what is known of the revision just audited."""
    connection.execute(named_queries("watch", "readiness")["watch"])

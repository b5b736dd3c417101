"""Reads a ledger's chain of manifests, and nothing else of it; the ledger is neither made nor brought up to date."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from auditor.errors import LedgerRefused
from auditor.ledger.connect import SQLITE, read_url
from auditor.ledger.schema import RUNS
from auditor.runs.chain import Link


def read_links(place: str, password: str | None = None) -> tuple[Link, ...]:
    """Every link in the order recorded, of a ledger named by its file or its address, as wherever else a ledger is named.

    LedgerRefused where no ledger can be read there. The address may hold no password.
    """
    address = read_url(place if "://" in place else f"{SQLITE}:///{place}")
    try:
        if address.get_backend_name() == SQLITE and not Path(address.database or "").is_file():
            raise LedgerRefused("--ledger: there is no such file. Name the ledger that the runs were recorded in.")
        engine = create_engine(address.set(password=password) if password else address, hide_parameters=True)
        with engine.connect() as connection:
            rows = connection.execute(select(*(RUNS.c[one.name] for one in fields(Link))).order_by(RUNS.c.ordinal)).all()
        engine.dispose()
    except (SQLAlchemyError, ImportError):
        raise LedgerRefused("--ledger: no ledger can be read there. Is the address right, and its database at work?") from None
    return tuple(Link(*row) for row in rows)

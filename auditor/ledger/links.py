"""Reads a ledger's chain of manifests, and nothing else of it; the ledger is neither made nor brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from auditor.errors import LedgerRefused
from auditor.ledger.schema import RUNS
from auditor.runs.chain import Link


def read_links(url: str, password: str | None = None) -> tuple[Link, ...]:
    """Every link in the order recorded; LedgerRefused where no ledger can be read there. The address may hold no password."""
    try:
        address = make_url(url)
        if address.password is not None:
            raise LedgerRefused("--ledger: a password never stands in the address. Put it into the environment, and leave it out here.")
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            raise LedgerRefused("--ledger: there is no such file. Name the ledger that the runs were recorded in.")
        engine = create_engine(address.set(password=password) if password else address)
        with engine.connect() as connection:
            rows = connection.execute(select(RUNS.c.run, RUNS.c.manifest_sha256, RUNS.c.chain_sha256).order_by(RUNS.c.ordinal)).all()
        engine.dispose()
    except (SQLAlchemyError, ImportError):
        raise LedgerRefused("--ledger: no ledger can be read there. Is the address right, and its database at work?") from None
    return tuple(Link(*row) for row in rows)

"""Keeps which documents were asked of whom, and which came."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, update

from auditor.ledger.decisions import find_course
from auditor.ledger.nouns import Request
from auditor.ledger.runs import need_run
from auditor.ledger.schema import REQUESTS


def ask(connection: Connection, request: Request) -> bool:
    """Keeps a request; False where the document was asked of that facility for that course by the same run."""
    course = _course(connection, request)
    if connection.scalar(select(REQUESTS.c.request).where(_same(course, request))) is not None:
        return False
    connection.execute(REQUESTS.insert().values(course=course, **{name: getattr(request, name) for name in Request.__dataclass_fields__}))
    return True


def answer(connection: Connection, request: Request, run: str) -> None:
    """Notes the run with which the document came."""
    need_run(connection, run)
    connection.execute(update(REQUESTS).where(_same(_course(connection, request), request)).values(answered_run=run))


def _course(connection: Connection, request: Request) -> str:
    return find_course(connection, request.episode_id, need_run(connection, request.run))


def _same(course: str, request: Request) -> Any:
    asked = (REQUESTS.c.run == request.run) & (REQUESTS.c.facility == request.facility) & (REQUESTS.c.document == request.document)
    return asked & (REQUESTS.c.course == course)


def all_requests(connection: Connection) -> tuple[Request, ...]:
    """Every request, in the order kept."""
    return _read(connection, select(REQUESTS))


def requests_of(connection: Connection, course: str) -> tuple[Request, ...]:
    """Those of one course."""
    return _read(connection, select(REQUESTS).where(REQUESTS.c.course == course))


def _read(connection: Connection, query: Select[Any]) -> tuple[Request, ...]:
    return tuple(_request(row) for row in connection.execute(query.order_by(REQUESTS.c.request)).mappings())


def _request(row: RowMapping) -> Request:
    return Request(**{name: row[name] for name in Request.__dataclass_fields__})

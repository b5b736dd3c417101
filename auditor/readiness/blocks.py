"""What dollars wait for: by kind of document, and by facility to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.readiness.model import Ask, DocumentCount
from auditor.readiness.rows import Laid


@dataclass(frozen=True)
class Wait:
    """Episodes that wait for the same documents, which are not here or to be read again; None where the audit names none."""

    documents: frozenset[str | None]
    missing: bool
    episodes: int
    cents: int


def document_counts(laid: Laid) -> tuple[DocumentCount, ...]:
    """Each kind of document that undecided episodes wait for, most blocked dollars first."""
    waits = [
        Wait(frozenset(row["documents"] or (None,)), row["to_send_for"], row["episodes"], row["blocked_cents"])
        for row in laid.ask("documents")
    ]
    order = sorted({document for wait in waits for document in wait.documents}, key=lambda document: _rank(document, waits))
    return tuple(
        DocumentCount(
            document,
            sum(wait.episodes for wait in waits if document in wait.documents),
            sum(wait.cents for wait in waits if document in wait.documents),
            sum(wait.cents for wait in waits if wait.missing and document in wait.documents),
            sum(wait.cents for wait in waits if wait.documents == {document}),
            sum(wait.cents for wait in waits if _last(wait, order) == document),
        )
        for document in order
    )


def _rank(document: str | None, waits: Iterable[Wait]) -> tuple[int, int, str]:
    mine = [wait for wait in waits if document in wait.documents]
    return -sum(wait.cents for wait in mine), -sum(wait.episodes for wait in mine), document or ""


def _last(wait: Wait, order: list[str | None]) -> str | None:
    """The document that completes what these episodes wait for, if documents arrive in this order."""
    return max(wait.documents, key=order.index)


def asks(laid: Laid) -> tuple[Ask, ...]:
    """What to ask of which facility, most dollars first."""
    return tuple(Ask(**row) for row in laid.ask("asks"))

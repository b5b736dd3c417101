"""What came of reviews: of the findings that people upheld or overturned, how many were upheld."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select

from auditor.ledger.nouns import Yield, Yields
from auditor.ledger.schema import COURSES, DISPOSITIONS, FINDINGS, RUN_COURSES
from auditor.review import Decision

NO_FACILITY = "no facility named"


def yields(connection: Connection) -> Yields:
    """By finding and by facility. A decision counts though it lapsed since; of several, the last. Whole episodes are not counted."""
    latest = (RUN_COURSES.c.course == COURSES.c.course) & (RUN_COURSES.c.run == COURSES.c.last_run)
    query = (
        select(FINDINGS.c.finding, FINDINGS.c.finding_id, RUN_COURSES.c.facility)
        .join_from(FINDINGS, COURSES, FINDINGS.c.course == COURSES.c.course)
        .join(RUN_COURSES, latest)
    )
    decided = select(DISPOSITIONS.c.finding, DISPOSITIONS.c.decision).where(DISPOSITIONS.c.finding.is_not(None))
    last = dict(connection.execute(decided.order_by(DISPOSITIONS.c.disposition)).all())
    by_finding: dict[str, list[str | None]] = defaultdict(list)
    by_facility: dict[str, list[str | None]] = defaultdict(list)
    for finding, number, facility in connection.execute(query):
        by_finding[number].append(last.get(finding))
        by_facility[facility or NO_FACILITY].append(last.get(finding))
    return Yields(_yields(by_finding), _yields(by_facility))


def _yields(decided: dict[str, list[str | None]]) -> tuple[Yield, ...]:
    return tuple(_yield(name, decisions) for name, decisions in sorted(decided.items()))


def _yield(name: str, decisions: Iterable[str | None]) -> Yield:
    given = list(decisions)
    upheld, overturned = given.count(Decision.UPHELD), given.count(Decision.OVERTURNED)
    undecided = given.count(None)
    return Yield(name, len(given), upheld + overturned, upheld, overturned, len(given) - upheld - overturned - undecided)

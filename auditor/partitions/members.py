"""Audits a part of the members, leaving to the whole run what only it can refuse or add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.engine import Connection, open_engine
from auditor.intake import Reading, misplaced
from auditor.parts import ClockUse, Part
from auditor.pipeline import Begun, Terms, audit_part, clocks_in_scope, keep_scope, settle_scope


@dataclass(frozen=True)
class Partial:
    """The audit of a part of the members: what was found, what was read, how clock times are written, and who was in scope.

    ``part`` is None where the clock times alone make the whole run one that is refused.
    """

    part: Part | None
    reading: Reading
    clocks: tuple[ClockUse, ...]
    members: tuple[str, ...]


def audit_members(terms: Terms, take_rows: Callable[[Connection], Reading]) -> Partial:
    """Audits what ``take_rows`` brings into a database as part of a larger run; what only the whole run can refuse is left to it."""
    with open_engine(terms.settings.memory, terms.settings.threads, terms.settings.scratch) as connection:
        reading = take_rows(connection)
        begun = Begun(terms, connection, reading, lambda stage: None)
        keep_scope(begun)
        clocks = clocks_in_scope(connection, reading)
        if misplaced(clocks):
            return Partial(None, reading, clocks, ())
        settle_scope(begun)
        part = audit_part(begun)
        members = connection.execute("SELECT member_id FROM scope_members ORDER BY member_id").fetchall()
        return Partial(part, reading, clocks, tuple(name for (name,) in members))

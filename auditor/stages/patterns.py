"""The words that claim lines are searched for, as variables named for the role each pattern plays in the policy."""

from __future__ import annotations

from auditor.engine import Connection
from auditor.policy import Policy, RuleBook
from auditor.policy.model import EXPOSURE_ROLES


def set_patterns(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """Sets ``<role>_has`` and ``<role>_lacks`` for every exposure role that takes a text pattern; to NULL where the policy names none."""
    for role in (role for role, kind in EXPOSURE_ROLES.items() if kind == "pattern"):
        names = policy.exposure.get(role, ())
        pattern = book.patterns[names[-1]] if names else None
        connection.execute(f"SET VARIABLE {role}_has = $words::VARCHAR", {"words": pattern.has if pattern else None})
        connection.execute(f"SET VARIABLE {role}_lacks = $words::VARCHAR", {"words": pattern.lacks if pattern else None})

"""The words that claim lines are searched for, as variables named for the role each pattern plays in the policy."""

from __future__ import annotations

from auditor.engine import Connection
from auditor.policy import Policy, RuleBook


def set_patterns(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """Sets ``<role>_has`` and ``<role>_lacks`` for every exposure role that names a text pattern."""
    for role, names in policy.exposure.items():
        for pattern in (book.patterns[name] for name in names if name in book.patterns):
            connection.execute(f"SET VARIABLE {role}_has = $words::VARCHAR", {"words": pattern.has})
            connection.execute(f"SET VARIABLE {role}_lacks = $words::VARCHAR", {"words": pattern.lacks})

"""The rules of docs/semantics.md a second time, by plain loops over dicts; written without a look at ``auditor/stages``."""

from tests.reference.audit import audit_reference
from tests.reference.rules import RuleBook, read_rules

__all__ = ["RuleBook", "audit_reference", "read_rules"]

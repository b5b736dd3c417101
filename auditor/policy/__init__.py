"""The guideline as data: loads, checks, prints and installs a policy with its concepts, codes and findings."""

from auditor.policy.check import warnings
from auditor.policy.documents import policy_files
from auditor.policy.install import Row, install, install_again, rule_rows, set_limits, set_readings
from auditor.policy.load import load_rule_book, load_variants
from auditor.policy.model import Condition, Consequence, Criterion, Policy, RuleBook
from auditor.policy.outline import outline, outline_text

__all__ = [
    "Condition",
    "Consequence",
    "Criterion",
    "Policy",
    "Row",
    "RuleBook",
    "install",
    "install_again",
    "load_rule_book",
    "load_variants",
    "outline",
    "outline_text",
    "policy_files",
    "rule_rows",
    "set_limits",
    "set_readings",
    "warnings",
]

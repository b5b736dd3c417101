"""What people decided: dispositions of findings and episodes, and how they are read back."""

from auditor.review.dispositions import DECISIONS, Decision, Disposition

__all__ = ["DECISIONS", "Decision", "Disposition"]

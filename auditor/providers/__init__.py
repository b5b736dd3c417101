"""Compares facilities with their peers over a whole run: shares and means with limits of chance, never a rank."""

from auditor.providers.asked import asked_frames
from auditor.providers.compare import compare_providers
from auditor.providers.plan import PLAN_FILE, Plan, load_plan

__all__ = ["PLAN_FILE", "Plan", "asked_frames", "compare_providers", "load_plan"]

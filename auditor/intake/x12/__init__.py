"""Reads X12 claims (837P, 837I) and remittances (835) into canonical claim lines and members."""

from auditor.intake.x12.conversion import convert
from auditor.intake.x12.opening import is_x12

__all__ = ["convert", "is_x12"]

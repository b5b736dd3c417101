"""Reads FHIR R4: bulk exports (NDJSON), bundles and single resources become claim lines, members and events."""

from __future__ import annotations

from auditor.intake.fhir.convert import convert
from auditor.intake.fhir.recognise import doubt_of, is_fhir

__all__ = ["convert", "doubt_of", "is_fhir"]

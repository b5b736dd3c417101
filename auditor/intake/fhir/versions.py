"""Tells R4 from other versions of FHIR by fields that only the others have."""

from __future__ import annotations

from functools import cache
from typing import Any

from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.tree import Tree

AS_TEXT = " (text)"


@cache
def _signs(kind: str) -> tuple[tuple[str, str, str, bool], ...]:
    """Version, field, field within it, and whether only text gives it away."""
    found = []
    for version, kinds in fhir_mapping().other_versions.items():
        for sign in kinds.get(kind, ()):
            outer, _, inner = sign.removesuffix(AS_TEXT).partition(".")
            found.append((version, outer, inner, sign.endswith(AS_TEXT)))
    return tuple(found)


def other_version(kind: str, resource: Tree) -> tuple[str, str] | None:
    """The version a resource is written in, with the field that shows it, where that is not R4."""
    for version, outer, inner, as_text in _signs(kind):
        if outer in resource and _shows(resource[outer], inner, as_text):
            return version, f"{outer}.{inner}" if inner else outer
    return None


def _shows(value: Any, inner: str, as_text: bool) -> bool:
    if inner:
        return any(type(one) is dict and inner in one for one in (value if type(value) is list else [value]))
    return type(value) is str if as_text else True

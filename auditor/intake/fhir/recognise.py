"""Whether a file is FHIR in JSON, by how it begins: an object that says which resource it is."""

from __future__ import annotations

import json
import re

ANYBODYS = ".json"
SUFFIXES = (".json", ".ndjson", ".jsonl")
NAMES_A_RESOURCE = re.compile(rb'"resourceType"\s*:\s*"')
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def doubt_of(head: bytes, name: str, whole: bool) -> str | None:
    """What is wrong with a file that is not FHIR but has such a name; None for JSON of something else. ``whole`` where the start is all."""
    if head.startswith(b"[") and NAMES_A_RESOURCE.search(head):
        return "is a JSON array of resources, which FHIR does not know: write a Bundle, or NDJSON"
    if not name.lower().removesuffix(".gz").endswith(ANYBODYS):
        return "does not begin as FHIR (an object with a resourceType), though its name says so"
    return None if head.startswith((b"{", b"[")) and not (whole and _is_broken(head)) else "is not JSON, or is cut off"


def _is_broken(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False


def is_fhir(head: bytes, name: str) -> bool:
    """By the unpacked start of the file and its name; UTF-16 is recognised, so that reading can refuse it by name."""
    if not name.lower().removesuffix(".gz").endswith(SUFFIXES):
        return False
    for mark in MARKS:
        head = head.removeprefix(mark)
    plain = head.replace(b"\0", b"").lstrip()
    return plain.startswith(b"{") and NAMES_A_RESOURCE.search(plain) is not None

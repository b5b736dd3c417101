"""Whether a file is FHIR in JSON, by how it begins: an object that says which resource it is."""

from __future__ import annotations

import re

SUFFIXES = (".json", ".ndjson", ".jsonl")
NAMES_A_RESOURCE = re.compile(rb'"resourceType"\s*:\s*"')
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_fhir(head: bytes, name: str) -> bool:
    """By the unpacked start of the file and its name; UTF-16 is recognised, so that reading can refuse it by name."""
    if not name.lower().removesuffix(".gz").endswith(SUFFIXES):
        return False
    for mark in MARKS:
        head = head.removeprefix(mark)
    plain = head.replace(b"\0", b"").lstrip()
    return plain.startswith(b"{") and NAMES_A_RESOURCE.search(plain) is not None

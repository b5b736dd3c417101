"""References as keys: the same key for every way of writing that leads to one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs

from auditor.intake.fhir.tree import Tree, part, parts, text

CONTAINED, HISTORY, BUNDLED = "#", "/_history/", "urn:"


def reference_key(reference: Tree, kind: str) -> str | None:
    """The key of what a reference leads to: ``Type/id``, ``urn:…``, ``Type?system|value``; ``#id`` within the resource.

    ``kind`` is the type meant where only an identifier is given. None where it says nothing that could lead anywhere.
    """
    written = text(reference, "reference")
    if written:
        return literal_key(written)
    identifier = part(reference, "identifier")
    return identifier_key(kind, identifier) if identifier else None


def literal_key(written: str) -> str:
    """Of a reference as written: relative, absolute, versioned, conditional, within a bundle or the resource."""
    if (written.count("/") == 1 and "?" not in written) or written.startswith((CONTAINED, BUNDLED)):
        return written
    path, _, query = written.partition("?")
    if query:
        return _conditional_key(path.rsplit("/", 1)[-1], query)
    return "/".join(path.split(HISTORY)[0].rstrip("/").split("/")[-2:])


def _conditional_key(kind: str, query: str) -> str:
    asked = parse_qs(query)
    if "_id" in asked:
        return f"{kind}/{asked['_id'][0]}"
    return f"{kind}?{asked.get('identifier', ['?'])[0]}"


def identifier_key(kind: str, identifier: Tree) -> str | None:
    """The key of a resource known by an identifier, with or without the system it is of."""
    value = text(identifier, "value")
    if not value:
        return None
    system = text(identifier, "system")
    return f"{kind}?{system}|{value}" if system else f"{kind}?{value}"


def own_keys(resource: Tree, full_url: str | None) -> Iterator[str]:
    """Every key that leads to a resource: its type and id, its address in a bundle, its identifiers."""
    kind, name = text(resource, "resourceType"), text(resource, "id")
    if name:
        yield f"{kind}/{name}"
    if full_url:
        yield literal_key(full_url)
    for identifier in parts(resource, "identifier"):
        if value := text(identifier, "value"):
            yield f"{kind}?{text(identifier, 'system') or ''}|{value}"
            yield f"{kind}?{value}"


def own_id(resource: Tree, full_url: str | None) -> str | None:
    """What identifies a resource: its id, else the end of its address in a bundle."""
    return text(resource, "id") or (full_url.rsplit("/", 1)[-1].rsplit(":", 1)[-1] if full_url else None)


def last_part(key: str | None) -> str | None:
    """The id at the end of a key of type and id."""
    return key.rsplit("/", 1)[-1] if key and "/" in key and "?" not in key else None


def look_within(key: str | None, within: Mapping[str, Tree]) -> Tree | None:
    """The contained resource that a key leads to."""
    return within.get(key) if key else None


def self_key(resource: Tree) -> str | None:
    """The type and id of a resource."""
    name = text(resource, "id")
    return f"{text(resource, 'resourceType')}/{name}" if name else None


def last_updated(resource: Tree) -> str | None:
    """When this version of a resource was written, where it says so."""
    return text(part(resource, "meta"), "lastUpdated") if "meta" in resource else None

"""Safe looks into a resource: a field is missing, or of the kind FHIR gives it, or the resource is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.intake.faults import Fault

Tree = Mapping[str, Any]

EMPTY: Tree = {}


class Doubt(Exception):
    """Something in a resource that cannot be trusted: the column or field, and the fault."""

    def __init__(self, column: str, fault: Fault) -> None:
        super().__init__(column)
        self.column = column
        self.fault = fault


def part(tree: Tree, name: str) -> Tree:
    """An object within an object; an empty one where there is none."""
    value = tree.get(name)
    if value is None:
        return EMPTY
    if type(value) is not dict:
        raise Doubt(name, Fault.WRONG_KIND)
    return value


def parts(tree: Tree, name: str) -> list[Tree]:
    """A list of objects; empty where there is none."""
    value = tree.get(name)
    if value is None:
        return []
    if type(value) is not list or any(type(one) is not dict for one in value):
        raise Doubt(name, Fault.WRONG_KIND)
    return value


def text(tree: Tree, name: str) -> str | None:
    """A text or number as text, without blanks around it; None where it is missing or empty."""
    value = tree.get(name)
    if value is None:
        return None
    if type(value) is str:
        return value.strip() or None
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or type(value) is float:
        return plain_number(value)
    raise Doubt(name, Fault.WRONG_KIND)


def plain_number(value: int | float) -> str:
    """A number as people write it: no exponent for what claims and charts hold, no ``.0``."""
    written = str(value)
    return written.removesuffix(".0")


def numbers(tree: Tree, name: str) -> list[int]:
    """A list of whole numbers; empty where there is none."""
    value = tree.get(name)
    if value is None:
        return []
    if type(value) is not list or any(type(one) is not int for one in value):
        raise Doubt(name, Fault.WRONG_KIND)
    return value


def first(values: Iterable[str | None]) -> str | None:
    """The first that is filled."""
    return next((value for value in values if value), None)


def extensions(tree: Tree, url: str) -> Iterator[Tree]:
    """The extensions with that address, the address alone or with a version behind it."""
    for one in parts(tree, "extension"):
        if text(one, "url") == url:
            yield one


def contained(tree: Tree) -> dict[str, Tree]:
    """Resources that lie within the resource, by the reference that leads to them."""
    if "contained" not in tree:
        return {}
    return {f"#{one['id']}": one for one in parts(tree, "contained") if type(one.get("id")) is str}

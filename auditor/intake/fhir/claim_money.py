"""Amounts of a line: which adjudication is the charge, which was allowed, which was paid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from auditor.intake.faults import Fault
from auditor.intake.fhir.codings import Concept, read_concept
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.rows import Cells, Row
from auditor.intake.fhir.tree import Doubt, Tree, part, parts, text


def amounts(item: Tree) -> Cells:
    """Charge, allowed and paid; Doubt where two amounts of one kind differ, or one is not in dollars."""
    told = [(read_concept(part(one, "category")), _amount(one)) for one in parts(item, "adjudication")]
    found = {column: _first_kind(column, told) for column in fhir_mapping().claims.amounts}
    found["charge_amount"] = found.get("charge_amount") or _dollars("charge_amount", part(item, "net"))
    return found


def is_paid_as_whole(resource: Tree, rows: Iterable[Row]) -> bool:
    """Whether money is paid on the claim, and none on any of its lines."""
    if any(row.cells.get("paid_amount") is not None for row in rows):
        return False
    kinds = tuple(kind for kinds in fhir_mapping().claims.amounts["paid_amount"] for kind in kinds)
    totals = [_amount(one) for one in parts(resource, "total") if read_concept(part(one, "category")).says_any(kinds)]
    return any((text(money, "value") or "0") != "0" for money in (*totals, _amount(part(resource, "payment"))))


def _amount(adjudication: Tree) -> Tree:
    return part(adjudication, "amount")


def _first_kind(column: str, told: list[tuple[Concept, Tree]]) -> str | None:
    """The amount of the first kind that is given, kinds that belong together added up."""
    for kinds in fhir_mapping().claims.amounts[column]:
        given = [one for one in (_one(column, kind, told) for kind in kinds) if one is not None]
        if given:
            return given[0] if len(given) == 1 else _sum(column, given)
    return None


def _one(column: str, kind: str, told: list[tuple[Concept, Tree]]) -> str | None:
    given = {value for concept, amount in told if concept.says_any((kind,)) and (value := _dollars(column, amount)) is not None}
    if len(given) > 1:
        raise Doubt(column, Fault.AMOUNTS_DIFFER)
    return next(iter(given), None)


def _dollars(column: str, money: Tree) -> str | None:
    value = text(money, "value")
    currency = text(money, "currency")
    if value is not None and currency is not None and currency not in fhir_mapping().claims.currencies:
        raise Doubt(column, Fault.NOT_DOLLARS)
    return value


def _sum(column: str, values: list[str]) -> str:
    try:
        return str(sum(map(Decimal, values)))
    except InvalidOperation:
        raise Doubt(column, Fault.NOT_MONEY) from None

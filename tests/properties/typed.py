"""Types the text rows of an extract for the reference, in plain Python: what intake does, said a second time."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from auditor.tables import CANONICAL, Column, Table

Row = dict[str, Any]
Extract = dict[str, list[Row]]
FIRST_ROW = 1


def typed(extract: Extract) -> Extract:
    """Every canonical table's rows with typed columns, ``source_file`` and ``source_row`` as a frame's rows get them."""
    return {table.name: _typed_table(table, extract.get(table.name, [])) for table in CANONICAL}


def _typed_table(table: Table, rows: list[Row]) -> list[Row]:
    return [
        {
            **{name: value for column in table.columns for name, value in _typed_column(column, row).items()},
            "source_file": f"frame:{table.name}",
            "source_row": number,
        }
        for number, row in enumerate(rows, FIRST_ROW)
    ]


def _typed_column(column: Column, row: Row) -> Row:
    text = row.get(column.name)
    match column.kind:
        case "date":
            return {column.name: date.fromisoformat(text) if text else None}
        case "time":
            return _typed_time(column.name, text)
        case "integer":
            return {column.name: int(text) if text else None}
        case "number":
            return {column.name: float(text) if text else None}
        case "money":
            return {f"{column.name.removesuffix('_amount')}_cents": int(Decimal(text) * 100) if text else None}
        case "code":
            return {column.name: _plain_code(column.name, text, row) if text else None}
        case _:
            return {column.name: text or None}


def _plain_code(name: str, text: str, row: Row) -> str:
    if name in ("concept", "code_system"):
        return text.lower()
    if name == "frequency_code":
        return text[-1].upper() if len(text) > 2 or (len(text) == 2 and text[0] == "0") else text.upper()
    if name == "revenue_center_code":
        return text.zfill(4)
    if name == "ndc_code" or row.get("code_system") == "ndc":
        text = text.removeprefix("N4").split(" ")[0]
        parts = text.split("-")
        return text if len(parts) != 3 else parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
    is_icd = name.startswith(("diagnosis_code_", "procedure_code_")) or (name == "code" and row.get("code_system", "").startswith("icd"))
    if name.endswith("_code_type"):
        return text.lower()
    return text.upper().replace(".", "") if is_icd else text.upper()


def _typed_time(name: str, text: str | None) -> Row:
    at, local, first, last, zoned = None, None, None, None, None
    if text and re.fullmatch(r"\d{4}", text):
        first, last = date(int(text), 1, 1), date(int(text), 12, 31)
    elif text and re.fullmatch(r"\d{4}-\d{2}", text):
        year, month = map(int, text.split("-"))
        first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    elif text and ":" in text:
        clock = datetime.fromisoformat(text)
        local = clock.replace(tzinfo=None)
        at = clock.astimezone(UTC).replace(tzinfo=None) if clock.tzinfo else local
        first = last = local.date()
        zoned = clock.tzinfo is not None
    elif text:
        first = last = date.fromisoformat(text)
    return {f"{name}_zoned": zoned, f"{name}_at": at, f"{name}_local": local, f"{name}_day": first, f"{name}_last_day": last}

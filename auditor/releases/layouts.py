"""The layouts in which reference files come: how each is known by its header, and how each of its rows is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditor.policy.codes import normal_code
from auditor.releases.release import ADD_ONS, ALL, CODES, HOSPITAL, PAIRS, PRACTITIONER, UNITS

Cells = tuple[str, ...]
Values = tuple[object, ...]

SERVICE = re.compile(r"[0-9A-Z]{5}")
UNITS_WRITTEN = re.compile(r"[0-9]{1,6}")
NO_DATE = ("", "*")
INDICATORS = ("0", "1", "9")
ADJUDICATIONS = ("1", "2", "3")
ADD_ON_TYPES = ("1", "2", "3")
LEFT_TO_THE_PAYER = "CCCCC"
CODE_SYSTEMS = {
    "": "hcpcs",
    "cpt": "hcpcs",
    "hcpcs": "hcpcs",
    "icd10cm": "icd10cm",
    "icd10pcs": "icd10pcs",
    "ndc": "ndc",
    "revenue": "revenue",
}


class RowFault(Exception):
    """Why a row cannot be read."""


@dataclass(frozen=True)
class Layout:
    """One kind of table: its kind, the words that its columns' headings begin with or hold, and what a row of it says.

    ``columns`` names what a row becomes; ``setting`` tells whose claims it is for, from the headings, where they say so.
    """

    kind: str
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    read: Callable[[Cells], Values]
    setting: Callable[[Cells], str | None] = lambda headings: None
    optional: tuple[str, ...] = ()


def plain(heading: str) -> str:
    """A heading without case, blanks and punctuation."""
    return re.sub(r"[^a-z0-9=*]+", "", heading.lower())


def service(cell: str, what: str) -> str:
    """A code of five letters and digits."""
    code = cell.upper().rjust(5, "0") if cell.isdigit() else cell.upper()
    if not SERVICE.fullmatch(code):
        raise RowFault(f"{what} is no code of five letters and digits")
    return code


def one_of(cell: str, words: tuple[str, ...], what: str) -> int:
    """A number out of a few; words after it are only its meaning."""
    found = cell[:1]
    if found not in words or cell[1:2].isdigit():
        raise RowFault(f"{what} is not one of {', '.join(words)}")
    return int(found)


def day(cell: str, what: str) -> date:
    """A date as CMS writes it (20240701, or year and day of the year 2024183), or as people do."""
    try:
        if re.fullmatch(r"\d{8}", cell):
            return datetime.strptime(cell, "%Y%m%d").date()
        if re.fullmatch(r"\d{7}", cell):
            first = date(int(cell[:4]), 1, 1)
            found = first + timedelta(days=int(cell[4:]) - 1)
            if found.year == first.year and found >= first:
                return found
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
            return date.fromisoformat(cell)
        if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", cell):
            return datetime.strptime(cell, "%m/%d/%Y").date()
    except (ValueError, OverflowError):
        pass
    raise RowFault(f"{what} is no date")


def last_day(cell: str, what: str) -> date | None:
    """A date, or none."""
    return None if cell in NO_DATE else day(cell, what)


def in_order(first: date, last: date | None) -> None:
    """Refuses dates that run backwards."""
    if last is not None and last < first:
        raise RowFault("it ends before it begins")


def read_pair(cells: Cells) -> Values:
    """Column 1, column 2, modifier indicator, first and last day."""
    first, last = day(cells[3], "Effective Date"), last_day(cells[4], "Deletion Date")
    in_order(first, last)
    if cells[2] not in NO_DATE:
        raise RowFault("the mark of edits from before 1996 is neither * nor empty")
    return service(cells[0], "Column 1"), service(cells[1], "Column 2"), one_of(cells[5], INDICATORS, "Modifier"), first, last


def read_unit(cells: Cells) -> Values:
    """Code, most units, adjudication indicator."""
    if not re.fullmatch(UNITS_WRITTEN, cells[1]):
        raise RowFault("MUE Values is no whole number of at most six digits")
    return service(cells[0], "HCPCS/CPT Code"), int(cells[1]), one_of(cells[2], ADJUDICATIONS, "MUE Adjudication Indicator")


def read_add_on(cells: Cells) -> Values:
    """Add-on, type, service it goes with, first and last day: the last day of the edit, or of either code."""
    kind = one_of(cells[0], ADD_ON_TYPES, "AOC_Edit_Type")
    first = day(cells[5], "AOC_Edit_EffDT")
    names = ((2, "AOC_DelDT"), (4, "Primary_Code_DelDT"), (6, "AOC_Edit_DelDT"))
    ends = [end for place, name in names if (end := last_day(cells[place], name))]
    main = LEFT_TO_THE_PAYER if cells[3].upper() == LEFT_TO_THE_PAYER else service(cells[3], "Primary_Code")
    if cells[6] not in NO_DATE:
        in_order(first, last_day(cells[6], "AOC_Edit_DelDT"))
    return service(cells[1], "Add-On_Code"), kind, main, first, min(ends, default=None)


def read_listed(cells: Cells) -> Values:
    """Code system, code, first and last day."""
    system = CODE_SYSTEMS.get(plain(cells[3]) if len(cells) > 3 else "")
    if system is None:
        raise RowFault("code system is not one of cpt, hcpcs, icd10cm, icd10pcs, ndc, revenue")
    code = normal_code(system, re.sub(r"[.\s]", "", cells[0]))
    if not re.fullmatch(r"[0-9A-Z-]{2,11}", code):
        raise RowFault("code is empty or no code")
    first, last = day(cells[1], "effective date"), last_day(cells[2], "end date")
    in_order(first, last)
    return system, code, first, last


def unit_setting(headings: Cells) -> str | None:
    """Whose units a table limits, by the heading of its values."""
    told: Mapping[str, str] = {"practitioner": PRACTITIONER, "outpatienthospital": HOSPITAL, "facilityoutpatient": HOSPITAL, "dme": "dme"}
    return next((setting for word, setting in told.items() if word in plain(headings[1])), None)


LAYOUTS = (
    Layout(
        PAIRS,
        ("column1", "column2", "*=inexistence", "effective", "deletion", "modifier", "ptpeditrationale"),
        ("column_1", "column_2", "indicator", "valid_from", "valid_to"),
        read_pair,
    ),
    Layout(
        UNITS,
        ("hcpcscptcode", "*muevalues", "mueadjudicationindicator", "muerationale"),
        ("code", "most", "adjudication"),
        read_unit,
        unit_setting,
    ),
    Layout(
        ADD_ONS,
        (
            "aocedittype",
            "addoncode",
            "aocdeldt",
            "primarycode",
            "primarycodedeldt",
            "aocediteffdt",
            "aoceditdeldt",
            "specialinstructionnotes",
        ),
        ("add_on", "type", "primary_code", "valid_from", "valid_to"),
        read_add_on,
        lambda headings: ALL,
    ),
    Layout(
        CODES,
        ("code", "effectivedate", "enddate"),
        ("code_system", "code", "valid_from", "valid_to"),
        read_listed,
        lambda headings: ALL,
        ("codesystem", "label"),
    ),
)


def fits(heading: str, wanted: str) -> bool:
    """Whether a heading is the one wanted: it begins so, or, for one that begins with *, it holds the words."""
    found = plain(heading)
    if wanted == "*muevalues":
        return found.endswith("muevalues")
    if wanted in ("code", "effectivedate", "enddate"):
        return found == wanted
    return found.startswith(wanted)

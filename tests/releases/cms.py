"""Small files in the layouts in which CMS publishes its quarterly edits; every row is invented or a fact of the shipped table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

NOTICE = "CPT codes, descriptions and other data only are copyright of their owner. All rights reserved."
PAIR_HEADINGS = (
    ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"),
    ("", "", "prior to 1996", "Date", "Date", "0=not allowed", ""),
    ("", "", "", "", "*=no data", "1=allowed", ""),
    ("", "", "", "", "", "9=not applicable", ""),
)
ADD_ON_HEADINGS = (
    *("AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT"),
    *("AOC_Edit_EffDT", "AOC_Edit_DelDT", "Special_Instruction_Notes"),
)
WHY = "Mutually exclusive procedures"
PAIRS = (
    ("94002", "94003", "", "20070101", "*", "0", WHY),
    ("99468", "94002", "", "20090101", "*", "0", "CPT Manual or CMS manual coding instruction"),
    ("99468", "94003", "", "20090101", "20250331", "0", "CPT Manual or CMS manual coding instruction"),
    ("99232", "94002", "", "19960101", "19960101", "9", WHY),
    ("99232", "94002", "*", "19960101", "*", "1", WHY),
)
UNITS = (
    ("94002", "1", "2 Date of Service Edit: Policy", "Code Descriptor / CPT Instruction"),
    ("94799", "3", "3 Date of Service Edit: Clinical", "CMS Workgroup"),
)
ADD_ONS = (
    ("1", "93463", "", "93451", "", "2013091", "", ""),
    ("1", "93463", "", "93530", "2021365", "2013091", "2021365", ""),
    ("2", "99292", "", "CCCCC", "", "2013091", "", "Contractor Defined Primary Codes"),
)
PRACTITIONER_PAIRS = "ccipra-v302r0-f1.TXT"
HOSPITAL_UNITS = "MCR_MUE_OutpatientHospitalServices_Eff_07-01-2024.csv"
PRACTITIONER_UNITS = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
ADD_ON_FILE = "AOC_V2024Q3-MCR.txt"

Row = Iterable[str]


def pair_text(rows: Iterable[Row] = PAIRS, headings: Iterable[Row] = PAIR_HEADINGS) -> str:
    """A text file of pairs: a notice, a heading over four rows, columns parted by tabs."""
    lines = [NOTICE, "", *("\t".join(row) for row in (*headings, *rows))]
    return "\r\n".join(lines) + "\r\n"


def unit_text(rows: Iterable[Row] = UNITS, whose: str = "Practitioner Services") -> str:
    """A CSV file of units: a notice in quotes over several lines, a heading with a line end in it."""
    headings = f'"HCPCS/\nCPT Code",{whose} MUE Values,MUE Adjudication Indicator,MUE Rationale'
    head = f'"{NOTICE}\nThe rest of the notice, with a comma."\n{headings}\n'
    return head + "".join(",".join(row) + "\n" for row in rows)


def add_on_text(rows: Iterable[Row] = ADD_ONS) -> str:
    """A text file of add-ons."""
    return "\n".join([NOTICE, "\t".join(ADD_ON_HEADINGS), *("\t".join(row) for row in rows)]) + "\n"


def flat_add_on_text(rows: Iterable[Row] = ADD_ONS) -> str:
    """The same in fixed columns, without a heading."""
    lines = []
    for kind, added, ends, main, main_ends, begins, edit_ends, note in (tuple(row) for row in rows):
        lines.append(f"{kind}{added}{ends:7}{main:5}{main_ends:7}{begins:7}{edit_ends:7}{note:58}")
    return "\r\n".join(lines) + "\r\n"


def write(folder: Path, name: str, text: str) -> Path:
    """A file of that text, in the encoding CMS uses."""
    path = folder / name
    path.write_bytes(text.encode("cp1252"))
    return path


def write_zip(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    """A zip of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for member, content in members.items():
            out.writestr(member, content)
    path = folder / name
    path.write_bytes(packed.getvalue())
    return path


def write_book(folder: Path, name: str, rows: Iterable[Iterable[object]]) -> Path:
    """A workbook whose cells are numbers where CMS's are."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append([int(cell) if isinstance(cell, str) and cell.isdigit() and cell[0] != "0" else cell or None for cell in row])
    book.save(folder / name)
    return folder / name

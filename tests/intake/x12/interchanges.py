"""Small X12 files put together by tests, and what the reader makes of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from auditor.intake.converted import Conversion
from auditor.intake.found_files import FoundFile
from auditor.intake.x12 import convert
from auditor.tables import canonical

Row = dict[str, object]
PROFESSIONAL, INSTITUTIONAL, PAYMENT = "005010X222A1", "005010X223A2", "005010X221A1"


@dataclass(frozen=True)
class Signs:
    """Delimiters and line ends of a file."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    repetition: str = "^"
    line_end: str = ""


PLAIN = Signs()


def spelled(text: str, signs: Signs) -> str:
    """Segments written with the usual signs, one a line, in other signs."""
    table = str.maketrans({"*": signs.element, ":": signs.component})
    return "".join(line.strip().translate(table) + signs.segment + signs.line_end for line in text.strip().splitlines())


def isa(signs: Signs, version: str, control: str) -> str:
    cells = ("ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{'SENDER':15}", "ZZ", f"{'RECEIVER':15}", "261122", "0600")
    last = (signs.repetition, version, control, "0", "P", signs.component)
    return signs.element.join((*cells, *last)) + signs.segment + signs.line_end


def interchange(*transactions: tuple[str, str], signs: Signs = PLAIN, control: str = "000000001", version: str = "00501") -> str:
    """One interchange: each transaction is its guide and its body, and has a group of its own."""
    parts = [isa(signs, version, control)]
    for number, (guide, body) in enumerate(transactions, start=1):
        kind, group = ("835", "HP") if "X221" in guide or "X091" in guide else ("837", "HC")
        lines = [line for line in body.strip().splitlines() if line.strip()]
        text = [f"GS*{group}*S*R*20261122*0600*{number}*X*{guide}", f"ST*{kind}*{number:04d}*{guide}", *lines]
        text += [f"SE*{len(lines) + 2}*{number:04d}", f"GE*1*{number}"]
        parts.append(spelled("\n".join(text), signs))
    return "".join(parts) + spelled(f"IEA*{len(transactions)}*{control}", signs)


def billing(npi: str = "1999999992", member: str = "M1", filing: str = "CI") -> str:
    """Everything above a claim, of a patient who is the subscriber."""
    return f"""
        HL*1**20*1
        NM1*85*2*BILLER*****XX*{npi}
        REF*EI*991234567
        HL*2*1*22*0
        SBR*P*18*******{filing}
        NM1*IL*1*DOE*JO****MI*{member}
        N4*BOISE*ID*83702
        DMG*D8*20260101*F
        NM1*PR*2*THE PLAN*****PI*P1
    """


def claim(number: str = "C1", lines: str = "", form: str = "21:B:1", total: str = "100") -> str:
    """A claim with its diagnosis and the lines given."""
    return f"CLM*{number}*{total}***{form}*Y*A*Y*Y\nHI*ABK:P2930\n{lines}"


def line(number: int = 1, service: str = "HC:94002", charge: str = "100", day: str = "20260105") -> str:
    return f"LX*{number}\nSV1*{service}*{charge}*UN*1***1\nDTP*472*D8*{day}\n"


def professional(*claims: str, **head: str) -> tuple[str, str]:
    return PROFESSIONAL, billing(**head) + "\n".join(claims)


def institutional(*claims: str, **head: str) -> tuple[str, str]:
    return INSTITUTIONAL, billing(**head) + "\n".join(claims)


def remittance(*claims: str, day: str = "20260301", trace: str = "T1") -> tuple[str, str]:
    """An 835 with these CLP loops."""
    head = f"BPR*I*0*C*ACH************{day}\nTRN*1*{trace}*1999999999\nN1*PR*PLAN\nN1*PE*BILLER*XX*1999999992\nLX*1\n"
    return PAYMENT, head + "\n".join(claims)


@dataclass(frozen=True)
class Read:
    """Canonical rows: lines that are trusted, rows set aside, members; and the conversion itself."""

    lines: list[Row]
    aside: list[Row]
    members: list[Row]
    conversion: Conversion

    @property
    def line(self) -> Row:
        """The only line."""
        [only] = self.lines
        return only

    def amounts(self, column: str = "paid_amount") -> list[object]:
        """One column of the lines."""
        return [row[column] for row in self.lines]


def read(*texts: str | bytes, suffix: str = ".x12") -> Read:
    """Converts files of these contents."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, text in enumerate(texts):
            path = Path(folder) / f"file{number}{suffix}"
            path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
            files.append(FoundFile(path, path.name))
        return read_files(files, Path(folder) / "converted")


def whole(table: str, row: Row) -> Row:
    """The row with every canonical column; a conversion may leave out columns that nothing fills."""
    return {column.name: None for column in canonical(table).columns} | row


def read_files(files: list[FoundFile], folder: Path) -> Read:
    """Converts these files."""
    conversion = convert(files, folder)
    tables = {part.table: [whole(part.table, row) for row in pq.read_table(part.path).to_pylist()] for part in conversion.tables}
    rows = sorted(tables["claim_lines"], key=lambda row: (row["source_file"], row["source_row"]))
    members = sorted(tables["members"], key=lambda row: (row["source_file"], row["source_row"]))
    return Read([row for row in rows if row["fault"] is None], [row for row in rows if row["fault"] is not None], members, conversion)

"""Reads one X12 file from ISA to IEA: claims and remittances to the store, everything else said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile
from auditor.intake.reading import InputFile
from auditor.intake.x12.claims import ClaimReader
from auditor.intake.x12.envelope import Envelope
from auditor.intake.x12.opening import open_x12
from auditor.intake.x12.remittances import RemittanceReader
from auditor.intake.x12.segments import Batch, SegmentReader
from auditor.intake.x12.store import FileStore
from auditor.intake.x12.values import element
from auditor.intake.x12.words import load_words

ENVELOPE = frozenset(("ISA", "GS", "ST", "SE", "GE", "IEA"))
CLAIMS, REMITTANCES, DENTAL = "837", "835", "dental"


@dataclass(frozen=True)
class FileRead:
    """One file after reading: what identifies it, what it holds, and what the user should know of it."""

    file: InputFile
    claims: int
    lines: int
    remits: int
    payments: int
    notices: tuple[str, ...]


def read_file(file: FoundFile, folder: Path, number: int) -> FileRead:
    """Reads a file into Parquet files of the folder that bear its number; ExtractRefused names the segment that cannot be trusted."""
    store = FileStore(folder, number)
    try:
        with open_x12(file) as opened:
            transactions = Transactions(file, store)
            transactions.read(opened.blocks)
            sha256, size = opened.hashed.finish(), opened.hashed.size
    finally:
        store.close()
    feeds = InputFile(file.name, "claim_lines", store.lines + store.services, sha256, size)
    return FileRead(feeds, store.claims, store.lines, store.remits, store.services, tuple(transactions.notices()))


class Transactions:
    """The transactions of one file, each handed to the reader of its kind."""

    def __init__(self, file: FoundFile, store: FileStore) -> None:
        self._file = file
        self._store = store
        self._envelope = Envelope(file.name)
        self._claims = ClaimReader(file.name, store)
        self._remits = RemittanceReader(file.name, store)
        self._reader: ClaimReader | RemittanceReader | None = None
        self._others: Counter[str] = Counter()
        self._version = ""
        self._test = self._read_any = False

    def read(self, blocks: Iterator[str]) -> None:
        """Reads every segment of the file."""
        reader = SegmentReader(self._file.name, blocks)
        for batch in reader.batches():
            self._claims.component = self._remits.component = batch.delimiters.component
            reader.number = self._read_batch(batch, reader.number)
        self._finish()
        self._envelope.end()
        if reader.number == 0:
            raise ExtractRefused(f"{self._file.name}: is empty; take it out of the extract")
        held = _listed(self._others)
        if self._file.explicit and self._others and not self._read_any:
            raise ExtractRefused(f"{self._file.name}, segment 3: holds {held}; only claims (837) and payments (835) are read")

    def _read_batch(self, batch: Batch, number: int) -> int:
        separator, tag = batch.delimiters.element, ""
        takes = self._reader.takes if self._reader is not None else {}
        for text in batch.segments:
            text = text.strip()
            if not text:
                continue
            number += 1
            if "\n" in text or "\r" in text:
                text = " ".join(text.split())
            elements = text.split(separator)
            tag = elements[0]
            if (take := takes.get(tag)) is not None:
                take(number, elements)
            elif tag in ENVELOPE:
                self._turn(tag, number, elements)
                takes = self._reader.takes if self._reader is not None else {}
        if not batch.whole and tag not in ("SE", "GE", "IEA"):
            raise ExtractRefused(f"{self._file.name}, segment {number}: the file ends inside a segment; it was cut off, so copy it again")
        return number

    def _turn(self, tag: str, number: int, elements: Sequence[str]) -> None:
        """An envelope's segment: it ends what is open, and a transaction's header says who reads on."""
        if tag == "SE" and self._reader is not None:
            self._reader.finish()
            self._reader = None
        elif tag != "SE":
            self._finish()
        self._envelope.take(tag, number, elements)
        match tag:
            case "ISA":
                self._test = self._test or element(elements, 15) == "T"
            case "GS":
                self._version = element(elements, 8)
            case "ST":
                self._begin(number, elements)

    def _finish(self) -> None:
        """Ends a transaction that has no trailer of its own."""
        if self._reader is not None:
            self._reader.finish(cut_off=self._envelope.is_open)
            self._reader = None

    def _begin(self, number: int, elements: Sequence[str]) -> None:
        kind, version = element(elements, 1), element(elements, 3) or self._version
        guide = next((guide for mark, guide in load_words().guides.items() if mark in version), "")
        self._read_any = self._read_any or (kind in (CLAIMS, REMITTANCES) and guide != DENTAL)
        if kind == CLAIMS and guide != DENTAL:
            self._claims.begin(guide)
            self._reader = self._claims
        elif kind == REMITTANCES:
            self._remits.begin(number)
            self._reader = self._remits
        else:
            self._others[f"{CLAIMS} {DENTAL}" if kind == CLAIMS else kind] += 1

    def notices(self) -> Iterator[str]:
        """Sentences for the report."""
        name = self._file.name
        if self._others:
            yield f"{name}: not read: {_listed(self._others)}; only claims (837) and payments (835) are."
        for trailer, count in sorted(self._envelope.missing.items()):
            yield f"{name}: {count} {trailer} missing; what follows the last segment may be lost."
        if self._test:
            yield f"{name}: is marked as a test (ISA15)."
        if self._store.notes:
            yield f"{name}: {self._store.notes} claims bear a note on the claim as a whole; it is not taken as the words of each line."
        if self._store.left_out:
            yield f"{name}: {self._store.left_out} codes of a second ICD version on one claim have no column and are not read."
        if self._remits.balance_adjustments:
            yield f"{name}: {self._remits.balance_adjustments} adjustments of a provider's balance (PLB) belong to no claim: not read."


def _listed(others: Counter[str]) -> str:
    return ", ".join(f"{count} × {kind or 'no kind'}" for kind, count in sorted(others.items()))

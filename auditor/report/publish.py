"""Writes a run: everything into a folder beside its place, then one rename, so that a run is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from auditor.changes import Changes
from auditor.changes.files import CHANGES_CSV, changes_text
from auditor.digests import Digest, digest_bytes
from auditor.letters import LETTERS as LETTERS_TABLE
from auditor.letters import REQUESTS as REQUESTS_TABLE
from auditor.places import templates_folder
from auditor.private_files import FILE_MODE, FOLDER_MODE, make_private, sync
from auditor.report.abreast import read_abreast
from auditor.report.build import Edition, Pages, build_report, make_edition
from auditor.report.csv_files import CSV_FILES, open_rows, write_csv, write_rows
from auditor.report.drawer import Drawer, open_drawer
from auditor.report.episode_rows import episode_document
from auditor.report.facilities import facility_page
from auditor.report.facts import RunFacts
from auditor.report.html import Press, make_press
from auditor.report.letters import letter_of
from auditor.report.listing import Listing
from auditor.report.names import EPISODE_NAME
from auditor.report.paragraphs import PARAGRAPHS
from auditor.report.queues import queues_of
from auditor.report.report_view import PageLink
from auditor.report.request_page import request_page
from auditor.report.requests import Requests, request_rows
from auditor.report.results_fingerprint import run_fingerprint
from auditor.report.seal import seal_run
from auditor.report.sensitivity import SENSITIVITY, sensitivity_rows
from auditor.report.sheets import Sheets
from auditor.report.workbook import write_workbook
from auditor.shelf import Shelf

SYNCED_AT_ONCE = 16
REPORT, FACILITIES, WORKBOOK = "report.html", "facilities.html", "worklist.xlsx"
REQUESTS = "requests.html"


# The other pages of a run, as the report names them where they are there.
BESIDE = (
    PageLink(FACILITIES, "Facilities compared"),
    PageLink(REQUESTS, "Records requests"),
    PageLink(WORKBOOK, "Worklist as Excel"),
)


def publish(results: Shelf | Mapping[str, pd.DataFrame], facts: RunFacts, destination: Path, changes: Changes | None = None) -> Path:
    """Writes the run to ``destination``, which must not exist, and returns it; ``changes`` are those since an earlier run.

    ValueError where a frame does not fit its result table; FileExistsError where the run is already there. Nothing is left behind
    by a run that fails.
    """
    if destination.exists():
        raise FileExistsError(f"{destination.name} is already there; a run is never overwritten")
    edition = make_edition(results, facts, changes)
    make_private(destination.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        _write(edition, unfinished)
        _settle(unfinished)
        unfinished.rename(destination)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    sync(destination.parent)
    return destination


def _write(edition: Edition, folder: Path) -> None:
    press = make_press(templates_folder())
    _write_tables(edition.tables, folder)
    _write_text(folder / FACILITIES, press.facilities(facility_page(edition.tables["providers"], edition.facts)))
    with open_drawer() as drawer:
        gathered = _write_episodes(edition, press, drawer, folder)
        _write_requests(gathered.requests, press, folder)
        write_workbook(edition, tuple(gathered.sheets.finish(edition.loose_findings)), folder / WORKBOOK)
    _write_readings(edition, folder)
    if edition.changes is not None:
        _write_text(folder / CHANGES_CSV, changes_text(edition.changes))
    _write_report(edition, gathered.listing, press, folder)
    seal_run(edition, gathered.digests, folder)


def _write_tables(tables: Shelf, folder: Path) -> None:
    (folder / "tables").mkdir()
    for name in tables:
        tables.write(name, folder / "tables" / f"{name}.parquet")
        if name in CSV_FILES:
            write_csv(name, tables, folder)


@dataclass(frozen=True)
class Gathered:
    """What is gathered of episodes one by one, for what is written of them all."""

    listing: Listing
    sheets: Sheets
    requests: Requests
    digests: dict[str, Digest] = field(default_factory=dict)


def _write_episodes(edition: Edition, press: Press, drawer: Drawer, folder: Path) -> Gathered:
    """Everything that is made of each episode by itself, in one reading of the tables: its page, its letter, and what is gathered."""
    book, facts = edition.book, edition.facts
    gathered = Gathered(Listing(book, facts), Sheets(book, run_fingerprint(folder), drawer), Requests(facts, drawer))
    pages = Pages(facts)
    (folder / "episodes").mkdir()
    with open_rows(LETTERS_TABLE, folder) as letters:
        for rows in read_abreast(edition.tables):
            case = book.case(rows)
            told, queues = edition.told(case), queues_of(case.episode, case.findings)
            _write_page(press.episode(pages.page(told)), case.episode_id, folder)
            gathered.digests[case.episode_id] = digest_bytes(episode_document(rows))
            gathered.listing.add(told, queues)
            gathered.sheets.add(told, queues)
            if letter := letter_of(case, gathered.requests.add(case), facts):
                letters.add(letter)
    return gathered


def _write_page(text: str, name: str, folder: Path) -> None:
    if not EPISODE_NAME.fullmatch(name):
        raise ValueError("an episode's name must be E and letters and digits")
    _write_text(folder / "episodes" / f"{name}.html", text)


def _write_requests(requests: Requests, press: Press, folder: Path) -> None:
    """What is sent out."""
    write_rows(REQUESTS_TABLE, request_rows(requests), folder)
    _write_text(folder / REQUESTS, press.requests(request_page(requests)))


def _write_readings(edition: Edition, folder: Path) -> None:
    """What each paragraph alone stops, and what rests on readings."""
    if edition.facts.sensitivity is not None:
        write_rows(SENSITIVITY, sensitivity_rows(edition.facts.sensitivity), folder)
    write_rows(PARAGRAPHS, (asdict(one) for one in edition.single_failures), folder)


def _write_report(edition: Edition, listing: Listing, press: Press, folder: Path) -> None:
    """The report comes after what it leads to."""
    beside = tuple(link for link in BESIDE if (folder / link.href).is_file())
    _write_text(folder / REPORT, press.report(build_report(edition, listing, beside)))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _settle(folder: Path) -> None:
    """Makes everything private, and has it on the disk before the rename shows it; a disk takes many files at once."""
    with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:
        for root, _, files in os.walk(folder):
            paths = [Path(root, file) for file in files]
            for path in paths:
                path.chmod(FILE_MODE)
            list(pool.map(sync, paths))
            os.chmod(root, FOLDER_MODE)
            sync(Path(root))

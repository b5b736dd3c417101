"""Writes a run: everything into a folder beside its place, then one rename, so that a run is there whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.changes import Changes
from auditor.changes.files import CHANGES_CSV, changes_text
from auditor.places import templates_folder
from auditor.report.build import Edition, build_pages, build_report, make_edition
from auditor.report.csv_files import CSV_FILES, write_csv
from auditor.report.facilities import facility_page
from auditor.report.facts import RunFacts
from auditor.report.html import make_press
from auditor.report.manifest import manifest_text
from auditor.report.workbook import write_workbook

FOLDER_MODE, FILE_MODE = 0o700, 0o600
EPISODE_NAME = re.compile(r"E[A-Za-z0-9]{1,40}")
REPORT, FACILITIES, WORKBOOK, MANIFEST, SUCCESS = "report.html", "facilities.html", "worklist.xlsx", "manifest.json", "_SUCCESS"


def publish(frames: Mapping[str, pd.DataFrame], facts: RunFacts, destination: Path, changes: Changes | None = None) -> Path:
    """Writes the run to ``destination``, which must not exist, and returns it; ``changes`` are those since an earlier run.

    ValueError where a frame does not fit its result table; FileExistsError where the run is already there. Nothing is left behind
    by a run that fails.
    """
    if destination.exists():
        raise FileExistsError(f"{destination.name} is already there; a run is never overwritten")
    edition = make_edition(frames, facts)
    destination.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        _write(edition, unfinished)
        if changes is not None:
            _write_text(unfinished / CHANGES_CSV, changes_text(changes))
        _settle(unfinished)
        unfinished.rename(destination)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _sync(destination.parent)
    return destination


def _write(edition: Edition, folder: Path) -> None:
    _write_tables(edition.tables, folder)
    _write_pages(edition, folder)
    write_workbook(edition.book, edition.queues, edition.facts, folder / WORKBOOK)
    _write_text(folder / MANIFEST, manifest_text(edition.tables, edition.facts))
    _write_text(folder / SUCCESS, "")


def _write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    (folder / "tables").mkdir()
    for name, table in tables.items():
        write_parquet(table, folder / "tables" / f"{name}.parquet")
        if name in CSV_FILES:
            write_csv(name, table, folder)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes one result table; every option that could change its bytes is fixed here."""
    pq.write_table(
        table,
        path,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        row_group_size=1_000_000,
        store_schema=True,
    )


def _write_pages(edition: Edition, folder: Path) -> None:
    press = make_press(templates_folder())
    report = build_report(edition)
    _write_text(folder / REPORT, press.report(report))
    _write_text(folder / FACILITIES, press.facilities(facility_page(edition.tables["providers"], edition.facts)))
    (folder / "episodes").mkdir()
    for page in build_pages(edition, report):
        name = page.episode.episode_id
        if not EPISODE_NAME.fullmatch(name):
            raise ValueError("an episode's name must be E and letters and digits")
        _write_text(folder / "episodes" / f"{name}.html", press.episode(page))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _settle(folder: Path) -> None:
    """Makes everything private, and has it on the disk before the rename shows it."""
    for root, _, files in os.walk(folder):
        for file in files:
            os.chmod(Path(root, file), FILE_MODE)
            _sync(Path(root, file))
        os.chmod(root, FOLDER_MODE)
        _sync(Path(root))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

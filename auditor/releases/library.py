"""The folder of installed releases: a file is checked first, then appears whole by one rename; a bad one changes nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from auditor.errors import ReferenceRefused
from auditor.releases.open_tables import open_table
from auditor.releases.read import ReadTable, read_table
from auditor.releases.release import (
    ADD_ONS,
    ALL,
    CODES,
    EDITION,
    HOSPITAL,
    KINDS,
    PAIRS,
    PART,
    PRACTITIONER,
    SETTINGS,
    UNITS,
    Hints,
    Quarter,
    Release,
    read_quarter,
)

FACTS, ROWS = "release.json", "rows.parquet"
INCOMING = ".incoming-"
FIRST_CODE = {PAIRS: 0, UNITS: 0, ADD_ONS: 0, CODES: 1}
DATE_FIELDS = ("first_day", "last_day")


def add_file(path: Path, library: Path, hints: Hints | None = None, replace_other: bool = False) -> Release:
    """Checks a file and installs it. ReferenceRefused leaves what is installed as it was."""
    hints = hints or Hints()
    table = open_table(path)
    read = read_table(table)
    release = describe(path, table.name, read, hints)
    installed = {one.name: one for one in installed_releases(library)}
    same = installed.get(release.name)
    if same and same.sha256 == release.sha256:
        return same
    if same and not replace_other:
        raise ReferenceRefused(
            f"{path.name}: {release.kind} of {release.version} are installed from {same.file} with other content. "
            "Add --replace to exchange them."
        )
    refuse_shared_pairs(path.name, release, read, [one for one in installed.values() if one.name != release.name], library)
    install(release, read, library)
    return release


def describe(path: Path, table_name: str, read: ReadTable, hints: Hints) -> Release:
    """What the file is, by its content, its name and what its user says."""
    told = f"{table_name} {path.name} {read.notice}"
    kind = read.layout.kind
    quarter = _quarter(hints.quarter, told)
    if quarter is None and kind != CODES:
        raise ReferenceRefused(f"{path.name}: neither its name nor its heading says which quarter it is of. Say it: --quarter 2024Q3.")
    days = [row[-2:] for row in read.rows] if kind != UNITS else []
    firsts = [first for first, _ in days if isinstance(first, date)]
    ends = [last for _, last in days]
    codes = sorted(str(row[FIRST_CODE[kind]]) for row in read.rows)
    part = PART.search(table_name) or PART.search(path.name)
    return Release(
        kind=kind,
        setting=_setting(path, kind, told, read, hints),
        version=hints.version or _version(path, table_name, quarter),
        part=f"f{part[1]}" if part and kind == PAIRS else "",
        first_day=min(firsts) if firsts else _first_day(quarter),
        last_day=quarter.last_day
        if quarter and kind != CODES
        else None
        if None in ends
        else max(end for end in ends if isinstance(end, date)),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        file=path.name,
        rows=len(read.rows),
        lowest=codes[0],
        highest=codes[-1],
    )


def _quarter(given: str | None, told: str) -> Quarter | None:
    quarter = read_quarter(given) if given else None
    if given and quarter is None:
        raise ReferenceRefused("--quarter takes a year and a quarter, for example 2024Q3.")
    return quarter or read_quarter(told)


def _first_day(quarter: Quarter | None) -> date:
    assert quarter, "only a plan's list has no quarter, and its rows have dates"
    return quarter.first_day


def _version(path: Path, table_name: str, quarter: Quarter | None) -> str:
    if quarter is None:
        return path.stem
    edition = EDITION.search(table_name) or EDITION.search(path.name)
    return f"{quarter} v{edition[1]}.{edition[2]} r{edition[3]}" if edition else str(quarter)


def _setting(path: Path, kind: str, told: str, read: ReadTable, hints: Hints) -> str:
    """Whose claims the file is for."""
    named = told.lower().replace(" ", "")
    guessed = read.setting or next(
        (
            one
            for word, one in (("ccipra", PRACTITIONER), ("ccioph", HOSPITAL), ("practitioner", PRACTITIONER), ("hospital", HOSPITAL))
            if word in named
        ),
        None,
    )
    setting = guessed if kind in (ADD_ONS, CODES) else hints.setting or guessed
    if setting not in (*SETTINGS, ALL):
        if setting:
            raise ReferenceRefused(f"{path.name}: is for {setting} suppliers, whose claims are not audited here.")
        raise ReferenceRefused(
            f"{path.name}: neither its name nor its heading says whose claims it is for. Say it: --setting practitioner."
        )
    return str(setting)


def refuse_shared_pairs(name: str, release: Release, read: ReadTable, others: list[Release], library: Path) -> None:
    """Refuses a part that holds an edit which another part of its release holds already."""
    import pyarrow.parquet as parquet

    if release.kind != PAIRS:
        return
    mine = {row[:2] + row[3:4] for row in read.rows}
    for other in others:
        if (other.kind, other.setting, other.version) == (release.kind, release.setting, release.version):
            try:
                held = parquet.read_table(library / other.name / ROWS).to_pydict()
                shared = mine & set(zip(held["column_1"], held["column_2"], held["valid_from"], strict=True))
            except (OSError, ValueError, KeyError) as fault:
                raise damaged(other) from fault
            if shared:
                raise ReferenceRefused(
                    f"{name}: {len(shared)} of its rows are in {other.file} too, which is installed. Is it the right part?"
                )


def install(release: Release, read: ReadTable, library: Path) -> None:
    """Writes the release beside its place, then moves it there in one step."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        library.mkdir(parents=True, exist_ok=True)
        outer = Path(mkdtemp(prefix=INCOMING, dir=library))
        # mkdtemp's own folder is for its maker alone; others read the library too
        incoming = outer / release.name
        try:
            incoming.mkdir()
            columns = list(zip(*read.rows, strict=True))
            parquet.write_table(
                pa.table({name: pa.array(values) for name, values in zip(read.layout.columns, columns, strict=True)}), incoming / ROWS
            )
            (incoming / FACTS).write_text(json.dumps(asdict(release), default=str, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            place = library / release.name
            if place.exists():
                outgoing = Path(mkdtemp(prefix=INCOMING, dir=library))
                place.rename(outgoing / place.name)
                incoming.rename(place)
                shutil.rmtree(outgoing)
            else:
                incoming.rename(place)
        finally:
            shutil.rmtree(outer, ignore_errors=True)
    except OSError as fault:
        raise ReferenceRefused(
            f"the reference folder cannot be written ({fault.strerror}). Choose another with --reference-dir."
        ) from fault


def installed_releases(library: Path | None) -> tuple[Release, ...]:
    """Every installed file, in the order of kind, setting, version and part; none where there is no folder."""
    if library is None or not library.is_dir():
        return ()
    found = [_load(path) for path in library.glob(f"*/{FACTS}") if not path.parent.name.startswith(".")]
    return tuple(sorted(found, key=lambda release: (release.kind, release.setting, release.version, release.part)))


def damaged(release: Release) -> ReferenceRefused:
    """What is said of an installed release whose rows cannot be read."""
    return ReferenceRefused(
        f"{release.name}/{ROWS}: cannot be read; the installed release is damaged. "
        f"Remove the folder {release.name} from the reference folder, and add {release.file} again."
    )


def _load(path: Path) -> Release:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        release = Release(**(written | {name: date.fromisoformat(written[name]) for name in DATE_FIELDS if written[name]}))
        if release.kind not in KINDS:
            raise ValueError(release.kind)
        return release
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise ReferenceRefused(f"{path.parent.name}/{path.name}: cannot be read. Remove the folder, and add the file again.") from fault

"""What of the extract has arrived, and whether it is whole: markers, temporary names, and files that stand still between two looks."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.nightly.settings import FILE, ExtractPart


@dataclass(frozen=True, order=True)
class Arrived:
    """One file as a look found it: its size, when it was last written, and which file on the disk it is."""

    path: Path
    size: int
    written_ns: int
    node: int

    @property
    def written(self) -> float:
        """When it was last written, in seconds since 1970."""
        return self.written_ns / 1e9


@dataclass(frozen=True)
class Look:
    """What one look found: the files of the extract, and sentences on why they cannot be whole yet. No sentence names a file."""

    files: tuple[Arrived, ...]
    doubts: tuple[str, ...]

    @property
    def newest(self) -> float:
        """When the newest file was last written, in seconds since 1970; 0 where there is none."""
        return max((file.written for file in self.files), default=0.0)


def look(extract: ExtractPart) -> Look:
    """The files that the settings name, as the intake lists them (hidden files are passed over), without markers."""
    found = {path: _arrived(path) for path in _listed(extract.paths)}
    listed = {path: arrived for path, arrived in found.items() if arrived is not None}
    markers = {path for path in listed if _is_marker(path, extract.marker)}
    hidden = {path: _arrived(path) for path in _markers_wanted(listed.keys() - markers, extract.marker)}
    files = tuple(sorted(listed[path] for path in listed.keys() - markers))
    return Look(files, (*_lost_links(path for path in found if path not in listed), *_doubts(extract, files, hidden)))


def _listed(paths: Iterable[str]) -> Iterator[Path]:
    for text in paths:
        path = Path(text)
        if path.is_dir():
            yield from (file for file in path.iterdir() if not file.name.startswith("."))
        else:
            yield from (Path(file) for file in ([text] if path.is_file() else glob.glob(text)) if not Path(file).name.startswith("."))


def _arrived(path: Path) -> Arrived | None:
    """The file as it is now; None for what is no file, or went away in between."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Arrived(path, found.st_size, found.st_mtime_ns, found.st_ino) if path.is_file() else None


def _lost_links(paths: Iterable[Path]) -> Iterator[str]:
    """What leads nowhere is part of the extract, on a disk that is not there, and no file to pass over."""
    if lost := sum(1 for path in paths if path.is_symlink() and not path.exists()):
        yield f"{lost} link{'s' if lost > 1 else ''} to a file that is not there"


def _is_marker(path: Path, marker: str | None) -> bool:
    return marker is not None and fnmatchcase(path.name, marker.replace(FILE, "?*"))


def _markers_wanted(files: Iterable[Path], marker: str | None) -> set[Path]:
    """The marker of each folder, or with ``{file}`` of each file."""
    return {path.parent / marker.replace(FILE, path.name) for path in files} if marker else set()


def _doubts(extract: ExtractPart, files: tuple[Arrived, ...], markers: dict[Path, Arrived | None]) -> Iterator[str]:
    if not files:
        yield "no file is there"
    temporary = [file for file in files if any(fnmatchcase(file.path.name, pattern) for pattern in extract.temporary)]
    if temporary:
        yield f"{_files(len(temporary))} with a temporary name: someone is still writing"
    for pattern in extract.expect:
        if not any(fnmatchcase(file.path.name, pattern) for file in files):
            yield f"no file of the name {pattern}"
    if missing := sum(1 for marker in markers.values() if marker is None):
        yield f"{missing} marker{'s' if missing > 1 else ''} ({extract.marker}) not there"
    if late := sum(1 for file in files if (marker := _marker_of(file, extract.marker, markers)) and marker.written_ns < file.written_ns):
        yield f"{_files(late)} written after the marker ({extract.marker})"


def _marker_of(file: Arrived, marker: str | None, markers: dict[Path, Arrived | None]) -> Arrived | None:
    return markers.get(file.path.parent / marker.replace(FILE, file.path.name)) if marker else None


def moved(before: Look, after: Look) -> str:
    """What changed between two looks, in a sentence; empty where every file stood still."""
    changed = len({file.path for file in set(before.files) ^ set(after.files)})
    return f"{_files(changed)} changed while we looked" if changed else ""


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


@dataclass(frozen=True)
class Hashed:
    """The files of one look with the SHA-256 of each, by the names that the intake gives them."""

    looked: Look
    hashes: tuple[tuple[str, str], ...]


def hash_look(looked: Look) -> Hashed:
    """Reads every file once. OSError where one went away."""
    names = [file.path.name for file in looked.files]
    return Hashed(looked, tuple(sorted((_name(file.path, names), _sha256(file.path)) for file in looked.files)))


def _name(path: Path, names: list[str]) -> str:
    return path.name if names.count(path.name) == 1 else f"{path.resolve().parent.name}/{path.name}"


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

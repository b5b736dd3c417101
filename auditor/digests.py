"""SHA-256 of files and folders, and the lists of them that `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LISTED = re.compile(r"([0-9a-f]{64})  ([^\\\r\n]+)")


@dataclass(frozen=True, slots=True)
class Digest:
    """What identifies the content of a file: its SHA-256 in hex, and its size in bytes."""

    sha256: str
    bytes: int


def digest_bytes(content: bytes) -> Digest:
    """The digest of a content in hand."""
    return Digest(hashlib.sha256(content).hexdigest(), len(content))


def digest_values(values: object) -> str:
    """SHA-256 in hex of values of JSON, whatever order their names are in; what JSON has no word for is taken as text."""
    return digest_bytes(json.dumps(values, default=str, sort_keys=True).encode()).sha256


def digest_file(path: Path) -> Digest:
    """The digest of a file, read in pieces."""
    with path.open("rb") as content:
        return Digest(hashlib.file_digest(content, "sha256").hexdigest(), content.tell())


def plain_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder by its name from there, sorted; links and devices are no files."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*"))
    yield from sorted((name, path) for name, path in found if path.is_file() and not path.is_symlink())


def odd_things(folder: Path) -> list[str]:
    """What lies below a folder and is neither a plain file nor a folder that holds something: links, devices, empty folders."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not (path.is_file() or (path.is_dir() and any(path.iterdir())))
    )


def list_text(digests: Mapping[str, Digest]) -> str:
    """One line a file: its SHA-256, two blanks, its name; in the order of the names."""
    return "".join(f"{list_line(name, digests[name].sha256)}\n" for name in sorted(digests))


def list_line(name: str, sha256: str) -> str:
    """The line of one file."""
    return f"{sha256}  {name}"


def read_list(text: str) -> dict[str, str]:
    """SHA-256 by name; ValueError for a text that ``list_text`` would not write."""
    lines = [LISTED.fullmatch(line) for line in text.removesuffix("\n").split("\n")] if text else []
    found = {line[2]: line[1] for line in lines if line}
    if len(found) != len(lines) or text != "".join(f"{list_line(name, found[name])}\n" for name in sorted(found)):
        raise ValueError("not a list of SHA-256 and names in order")
    return found

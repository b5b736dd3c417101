"""Files that are whole or not there, and for their owner alone, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

FOLDER_MODE, FILE_MODE, READABLE_MODE = 0o700, 0o600, 0o644


def make_private(folder: Path) -> Path:
    """The folder, made with its parents where it is missing; each one made is for its owner alone."""
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            path.mkdir(mode=FOLDER_MODE, exist_ok=True)
            path.chmod(FOLDER_MODE)
    return folder


def write_whole(path: Path, text: str, mode: int = FILE_MODE) -> None:
    """Writes the text beside its place, and moves it there in one step once it is on the disk."""
    handle, beside = mkstemp(prefix=f".{path.name}.", dir=make_private(path.parent))
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def append_line(path: Path, line: str) -> None:
    """Adds a line to a log, which may have been moved away in between (rotation is left to the system)."""
    make_private(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    try:
        os.fchmod(handle, FILE_MODE)
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def write_content(path: Path, content: bytes) -> None:
    """The same for bytes."""
    handle, beside = mkstemp(prefix=f".{path.name}.", dir=make_private(path.parent))
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(handle, FILE_MODE)
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise

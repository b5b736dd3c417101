"""Files that are whole or not there, and for their owner alone, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

FOLDER_MODE, FILE_MODE = 0o700, 0o600
# For what monitors read, where the settings open it to others.
OPEN_FOLDER_MODE, READABLE_MODE = 0o755, 0o644


def make_private(folder: Path, mode: int = FOLDER_MODE) -> Path:
    """The folder, made with its parents where it is missing; each one made is for its owner alone, unless ``mode`` says otherwise."""
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            path.mkdir(mode=mode, exist_ok=True)
            path.chmod(mode)
    return folder


def write_whole(path: Path, content: str | bytes, mode: int = FILE_MODE) -> None:
    """Writes beside its place, private from the first byte, and moves it there in one step; then file and name are on the disk."""
    handle, beside = mkstemp(prefix=f".{path.name}.", dir=make_private(path.parent))
    try:
        with open(handle, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Returns when a file's content, or the names of a folder, are on the disk: no power cut brings back what was there before."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, line: str) -> None:
    """Adds a line to a log, which may have been moved away in between (rotation is left to the system)."""
    make_private(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    try:
        os.fchmod(handle, FILE_MODE)
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)

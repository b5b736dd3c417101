"""Reads the bytes of one file without the database: what the tests of damage do a thousand times."""

from __future__ import annotations

import tempfile
from pathlib import Path

from auditor.intake.found_files import FoundFile
from auditor.intake.x12.reading import FileRead, read_file


def read_bytes(content: bytes) -> FileRead:
    """Reads a file of these bytes; ExtractRefused where it cannot be trusted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.x12"
        path.write_bytes(content)
        return read_file(FoundFile(path, path.name), Path(folder), 0)

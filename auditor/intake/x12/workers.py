"""Reads several large files at once, each in a process of its own: Python reads one file on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile
from auditor.intake.reading import InputFile
from auditor.intake.x12.reading import FileRead, read_file

# a process takes half a second to start, in which some megabytes are read
WORTH_A_PROCESS = 16 << 20


def read_files(files: Sequence[FoundFile], folder: Path) -> list[FileRead]:
    """Every file read into the folder, in order; ExtractRefused for the first that cannot be trusted."""
    large = sum(_size(file) >= WORTH_A_PROCESS for file in files)
    if large < 2:
        return [read_file(file, folder, number) for number, file in enumerate(files)]
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        return list(cores.map(_read_apart, files, [folder] * len(files), range(len(files))))


def _size(file: FoundFile) -> int:
    return file.path.stat().st_size if file.path.is_file() else 0


def _read_apart(file: FoundFile, folder: Path, number: int) -> FileRead:
    """The file read by ``python -m auditor.intake.x12.workers``, which a program that calls us needs no guard for."""
    asked = json.dumps([str(file.path), file.name, file.explicit, str(folder), number])
    command = [sys.executable, "-m", "auditor.intake.x12.workers"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{file.name}: its reader failed\n{done.stderr}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise ExtractRefused(answer["refused"])
    return FileRead(**{**answer, "file": InputFile(**answer["file"]), "notices": tuple(answer["notices"])})


def main() -> None:
    """Reads the file that is asked for on the standard input, and answers on the standard output."""
    path, name, explicit, folder, number = json.loads(sys.stdin.read())
    try:
        answer = asdict(read_file(FoundFile(Path(path), name, explicit), Path(folder), number))
    except ExtractRefused as refusal:
        answer = {"refused": str(refusal)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Builds the specimen: the report on ``data_samples``, as ``reports/specimen/`` holds it. ``python -m tests.specimen`` rebuilds it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor import Settings, audit
from auditor.places import samples_folder
from auditor.report import publish

SPECIMEN = Path(__file__).resolve().parents[1] / "reports" / "specimen"
AS_OF = date(2026, 11, 22)
KEPT = ("report.html", "facilities.html", "manifest.json", "episodes.csv", "findings.csv", "days.csv", "set_aside.csv")


def build(folder: Path) -> Path:
    """A run on the samples, in a new folder below ``folder``."""
    result = audit(Settings(paths=(samples_folder(),), as_of=AS_OF))
    return publish(result.frames, result.facts, folder / "specimen")


def main() -> None:
    """Replaces the committed specimen."""
    with TemporaryDirectory() as scratch:
        run = build(Path(scratch))
        SPECIMEN.mkdir(exist_ok=True)
        for name in KEPT:
            shutil.copyfile(run / name, SPECIMEN / name)


if __name__ == "__main__":
    main()

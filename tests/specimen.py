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
# One page of each determination of a course on iNO; the report leads to the pages of others too, which a run of one's own has.
EPISODES = ("Ed96e7b286481", "Eebf661e0fe8f", "Ef5f75b5ca87e", "Ec41721443b0f", "E0aab5467d19c")
PAGES = ("report.html", "facilities.html", "requests.html", *(f"episodes/{name}.html" for name in EPISODES))
KEPT = (*PAGES, "manifest.json", "episodes.csv", "findings.csv", "days.csv", "set_aside.csv", "letters.csv")


def build(folder: Path) -> Path:
    """A run on the samples, in a new folder below ``folder``."""
    result = audit(Settings(paths=(samples_folder(),), as_of=AS_OF))
    return publish(result.frames, result.facts, folder / "specimen")


def main() -> None:
    """Replaces the committed specimen."""
    with TemporaryDirectory() as scratch:
        run = build(Path(scratch))
        (SPECIMEN / "episodes").mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            shutil.copyfile(run / name, SPECIMEN / name)


if __name__ == "__main__":
    main()

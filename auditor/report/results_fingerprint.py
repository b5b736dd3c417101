"""What a run is known by wherever its folder is moved: its results, not its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

TABLES = ("episodes", "findings", "lines", "therapy_days")
LETTERS = 20


def run_fingerprint(run: Path) -> str:
    """R and twenty hex digits of the result tables below ``run``: the same for a run repeated, another for other results."""
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(hashlib.sha256((run / "tables" / f"{name}.parquet").read_bytes()).digest())
    return "R" + digest.hexdigest()[:LETTERS]

"""Reads a YAML file as any other program would, by the quick reader where PyYAML was built with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_plain(path: Path) -> Any:
    """What the file holds."""
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)

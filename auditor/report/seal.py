"""Closes a run: the rules it went by, hashes of all it holds, the manifest that stands for them, and where its inputs lay.

`_SUCCESS` holds the hashes of manifest.json and origin.json, the manifest those of files.sha256 and episodes.sha256, and files.sha256
those of every other file: no byte of a run stands alone. The manifest tells of content alone, so that the same inputs give the same
manifest wherever they lie; origin.json tells where they lay and what program was at work, and is the only file that does.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auditor.digests import Digest, digest_bytes, digest_file, list_line, list_text, plain_files
from auditor.merkle import merkle_root
from auditor.report.build import Edition
from auditor.report.facts import Recipe
from auditor.report.manifest import manifest_text

RULES, FILES, EPISODES, MANIFEST, ORIGIN, SUCCESS = (
    "configs",
    "files.sha256",
    "episodes.sha256",
    "manifest.json",
    "origin.json",
    "_SUCCESS",
)
CLOSING = (FILES, MANIFEST, ORIGIN, SUCCESS)
# What else may change a byte of a page, a table or a workbook.
LIBRARIES = ("duckdb", "jinja2", "numpy", "pandas", "pyarrow", "xlsxwriter")


def seal_run(edition: Edition, episodes: Mapping[str, Digest], folder: Path) -> None:
    """Writes the closing files; nothing may be written into the folder after them. ``episodes`` are the digests of their documents."""
    recipe = edition.facts.recipe
    if recipe:
        write_rules(recipe, folder / RULES)
    _write(folder / EPISODES, list_text(episodes))
    files = {name: digest_file(path) for name, path in plain_files(folder)}
    _write(folder / FILES, list_text(files))
    sealed = {"files": listed(FILES, files), "episodes": listed(EPISODES, episodes)}
    _write(folder / MANIFEST, manifest_text(edition.tables, edition.facts, sealed))
    if recipe:
        _write(folder / ORIGIN, origin_text(recipe))
    closed = {name: digest_file(folder / name) for name in (MANIFEST, ORIGIN) if (folder / name).exists()}
    _write(folder / SUCCESS, list_text(closed))


def write_rules(recipe: Recipe, folder: Path) -> None:
    """The configs a run went by, as they were, so that a run under them can be repeated when they have changed."""
    for name, content in recipe.rules.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def listed(name: str, digests: Mapping[str, Digest]) -> dict[str, Any]:
    """What the manifest says of a list: how many it names, their bytes, and the hash of the list and of the tree over its lines."""
    text = list_text(digests)
    return {
        "list": name,
        "count": len(digests),
        "bytes": sum(digest.bytes for digest in digests.values()),
        "sha256": digest_bytes(text.encode()).sha256,
        "merkle_root": merkle_root([list_line(each, digests[each].sha256) for each in sorted(digests)]),
    }


def origin_text(recipe: Recipe) -> str:
    """Where the inputs lay, and what was at work."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    told = {
        "places": {name: str(path) for name, path in recipe.places.items()},
        "reference": str(recipe.reference) if recipe.reference else None,
        "versions": versions,
    }
    return json.dumps(told, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

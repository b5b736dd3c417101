"""Is a run what it was when it was published? Every hash is taken again, and whatever is missing, added or altered is named."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.digests import digest_file, list_line, odd_things, plain_files, read_list
from auditor.errors import SettingsRefused
from auditor.merkle import merkle_root
from auditor.report.seal import EPISODES, FILES, MANIFEST, ORIGIN, SUCCESS
from auditor.runs.chain import Link, first_broken

CLOSING = {SUCCESS, MANIFEST, FILES}
LISTS = {"files": FILES, "episodes": EPISODES}


@dataclass(frozen=True)
class Verified:
    """What became of a run since it was published: names of its files, and sentences of the ledger's chain.

    ``manifest_sha256`` is of the manifest as it lies there now; empty where there is none.
    """

    run: str
    files: int
    missing: tuple[str, ...]
    added: tuple[str, ...]
    altered: tuple[str, ...]
    manifest_sha256: str
    chain: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing is missing, added or altered, and the ledger agrees."""
        return not (self.missing or self.added or self.altered or self.chain)


def is_run(folder: Path) -> bool:
    """Whether a run lies there, or what is left of one."""
    return any((folder / name).exists() for name in CLOSING)


def verify_run(folder: Path) -> Verified:
    """Takes every hash of a run again. SettingsRefused where no run lies there, or one from before runs were closed with hashes."""
    found = dict(plain_files(folder))
    if not found.keys() & CLOSING:
        raise SettingsRefused(f"{folder.name}: no run lies here. Name the folder of a run, such as runs/2026-11-22-001.")
    if SUCCESS in found and FILES not in found and not found[SUCCESS].read_bytes():
        raise SettingsRefused(
            f"{folder.name}: this run was published before runs kept hashes of their files; there is nothing to check it by."
        )
    taken = {name: digest_file(path).sha256 for name, path in found.items()}
    closed = _list_at(found.get(SUCCESS)) or {}
    files = _list_at(found.get(FILES)) or {}
    promised = {**files, **closed}
    wanted = {*promised, *CLOSING}
    return Verified(
        run=folder.name,
        files=len(taken),
        missing=tuple(sorted(wanted - taken.keys())),
        added=tuple(sorted({*(taken.keys() - wanted), *odd_things(folder)})),
        altered=tuple(sorted({*_unlike(promised, taken), *_unfit(found)})),
        manifest_sha256=taken.get(MANIFEST, ""),
    )


def _unlike(promised: Mapping[str, str], taken: Mapping[str, str]) -> set[str]:
    return {name for name, sha256 in taken.items() if promised.get(name, sha256) != sha256}


def _unfit(found: Mapping[str, Path]) -> set[str]:
    """Lists that cannot be read or do not agree with the manifest, and what closes the run without naming the manifest."""
    manifest = _manifest_at(found.get(MANIFEST))
    wrong = {name for name in (FILES, EPISODES, SUCCESS) if name in found and _list_at(found[name]) is None}
    if MANIFEST in found and manifest is None:
        wrong.add(MANIFEST)
    closed = _list_at(found.get(SUCCESS))
    if closed is not None and not {MANIFEST} <= closed.keys() <= {MANIFEST, ORIGIN}:
        wrong.add(SUCCESS)
    if manifest is not None:
        sealed = manifest.get("sealed", {})
        wrong |= {name for part, name in LISTS.items() if name in found and not _agrees(found[name], sealed.get(part, {}))}
    return wrong


def _agrees(path: Path, told: Mapping[str, Any]) -> bool:
    lines = _list_at(path)
    if lines is None or digest_file(path).sha256 != told.get("sha256"):
        return False
    return merkle_root([list_line(name, lines[name]) for name in sorted(lines)]) == told.get("merkle_root")


def _list_at(path: Path | None) -> dict[str, str] | None:
    try:
        return read_list(path.read_text(encoding="utf-8")) if path else None
    except ValueError:
        return None


def _manifest_at(path: Path | None) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_bytes()) if path else None
    except ValueError:
        return None
    return told if isinstance(told, dict) and isinstance(told.get("sealed", {}), dict) else None


def missing_runs(names: Collection[str], links: Sequence[Link]) -> tuple[Verified, ...]:
    """Runs that the ledger knows and retention has not removed, and that are not among the folders of these names."""
    gone = "the ledger knows this run, and retention did not remove it: its folder is gone"
    lost = (link for link in links if link.run not in names and not link.pruned)
    return tuple(Verified(link.run, 0, (), (), (), "", (gone,)) for link in lost)


def chain_troubles(run: str, manifest_sha256: str, links: Sequence[Link]) -> tuple[str, ...]:
    """What the ledger's chain says against a run: its own links, and the manifest it remembers of the run."""
    broken = first_broken(links)
    recorded = next((link for link in links if link.run == run), None)
    troubles = []
    if broken:
        troubles.append(f"the ledger's chain does not hold from the run {broken} on: the ledger was altered")
    if recorded is None:
        troubles.append("the ledger has no record of this run")
    elif recorded.manifest_sha256 != manifest_sha256:
        troubles.append("the ledger remembers another manifest of this run: the run was altered after it was recorded, or exchanged")
    return tuple(troubles)

"""Is a pack what it was when it was sealed? Needs the file alone, and no network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.digests import digest_bytes, list_line, read_list
from auditor.errors import NotTheSame
from auditor.merkle import Step, climb
from auditor.packs.archive import decrypt, pack_bytes, read_pack
from auditor.packs.names import MANIFEST, PAGE, POLICY_FILE, PROOF, RESULTS, SUMS
from auditor.report.seal import EPISODES, FILES

# Which root of the manifest each tie leads to.
ROOTS = {FILES: "files", EPISODES: "episodes"}
TIED = (PAGE, POLICY_FILE, RESULTS)


@dataclass(frozen=True)
class PackChecked:
    """What became of a pack: names of its files that are not what they were, or sentences of the whole.

    ``manifest_sha256`` is of the manifest in it, to be compared with that of the run or the ledger. ``run`` is the pack's own name.
    """

    run: str
    of_run: str
    files: int
    altered: tuple[str, ...]
    manifest_sha256: str
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing was altered, and the ledger agrees."""
        return not (self.missing or self.added or self.altered or self.chain)


def verify_pack(path: Path, password: str | None = None) -> PackChecked:
    """Takes every hash of a pack again. SettingsRefused for an encrypted pack without its password."""
    content = decrypt(path.read_bytes(), password)
    try:
        contents = read_pack(content)
        wrong = (*_wrong(contents), *(() if pack_bytes(contents) == content else ("bytes between the files",)))
        of_run = str(json.loads(contents[PROOF])["run"])
    except NotTheSame as fault:
        return PackChecked(path.name, "", 0, (str(fault).rstrip("."),), "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return PackChecked(path.name, "", len(contents), (PROOF,), "")
    return PackChecked(path.name, of_run, len(contents), wrong, digest_bytes(contents[MANIFEST]).sha256)


def _wrong(contents: dict[str, bytes]) -> tuple[str, ...]:
    listed = read_list(contents[SUMS].decode())
    taken = {name: digest_bytes(content).sha256 for name, content in contents.items() if name != SUMS}
    unlike = {name for name in taken.keys() | listed.keys() if taken.get(name) != listed.get(name)}
    return tuple(sorted({*unlike, *_untied(contents, taken)}))


def _untied(contents: dict[str, bytes], taken: dict[str, str]) -> Iterator[str]:
    """What does not hang on the manifest as the proof says; the names in a tie are the episode's own."""
    proof: dict[str, Any] = json.loads(contents[PROOF])
    manifest: dict[str, Any] = json.loads(contents[MANIFEST])
    if proof["manifest_sha256"] != taken[MANIFEST] or proof["inputs"] != _inputs(manifest):
        yield PROOF
    if set(proof["ties"]) != set(TIED) or proof["ties"][RESULTS]["name"] != proof["episode"]:
        yield PROOF
    for name, tie in proof["ties"].items():
        root = manifest["sealed"][ROOTS[tie["list"]]]["merkle_root"]
        steps = [Step(**step) for step in tie["path"]]
        if climb(list_line(tie["name"], taken[name]), steps) != root:
            yield name


def _inputs(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: file[name] for name in ("name", "table", "rows", "bytes", "sha256")} for file in manifest["inputs"]]

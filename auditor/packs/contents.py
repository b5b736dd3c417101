"""What a sealed pack of one episode holds: page, results, source rows, policy, the run's manifest, and the proof that ties them to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow.parquet as pq

from auditor.digests import digest_bytes, list_line, list_text, read_list
from auditor.errors import AuditorError, NotTheSame
from auditor.guidelines import load_books
from auditor.merkle import merkle_path
from auditor.packs.names import MANIFEST, PAGE, POLICY, POLICY_FILE, PROOF, README, RESULTS, SOURCE, SUMS
from auditor.packs.readme import readme_text
from auditor.packs.source_rows import course_of, read_source_rows
from auditor.policy import Policy, RuleBook, outline_text
from auditor.report.episode_rows import OF_EPISODES, episode_document
from auditor.report.names import EPISODE_NAME
from auditor.report.seal import EPISODES, FILES, RULES
from auditor.runs import RunFolder
from auditor.runs.recorded import kept_rules
from auditor.settings import Settings

Contents = dict[str, bytes]


def pack_contents(run: RunFolder, episode: str, settings: Settings | None) -> Contents:
    """The files of a pack by name. ``settings`` read the run's inputs again; without them the pack holds no source rows.

    The run and its inputs have been verified by the caller. AuditorError where the run has no such episode.
    """
    results = _results(run, episode)
    rules, revision = _governing(run, results["episodes"][0]["policy_revision"])
    contents: Contents = {
        PAGE: (run.path / "episodes" / f"{episode}.html").read_bytes(),
        RESULTS: episode_document(results),
        POLICY: outline_text(rules, revision).encode(),
        POLICY_FILE: (run.path / RULES / revision.file).read_bytes(),
        MANIFEST: (run.path / MANIFEST).read_bytes(),
    }
    if settings:
        contents[SOURCE] = read_source_rows(settings, course_of(results))
    contents[PROOF] = _proof(run, episode, f"{RULES}/{revision.file}", contents)
    contents[README] = readme_text(run, episode, contents).encode()
    contents[SUMS] = list_text({name: digest_bytes(content) for name, content in contents.items()}).encode()
    return contents


def _results(run: RunFolder, episode: str) -> Mapping[str, list[dict[str, Any]]]:
    if not EPISODE_NAME.fullmatch(episode):
        raise AuditorError("EPISODE: expected E and letters and digits, as in episodes.csv of the run.")
    found = {
        name: pq.read_table(run.path / "tables" / f"{name}.parquet", filters=[("episode_id", "=", episode)]).to_pylist()
        for name in OF_EPISODES
    }
    if not found["episodes"]:
        raise AuditorError(f"{run.name} has no episode {episode}. episodes.csv of the run lists them all.")
    return found


def _governing(run: RunFolder, name: str | None) -> tuple[RuleBook, Policy]:
    """The rules of the guideline that judged, and the revision that governed; the first one before it began."""
    books = load_books(kept_rules(run))
    found = ((book, policy) for book in books for policy in book.policies if policy.revision == name)
    return next(found, (books[0], books[0].policies[0]))


def _proof(run: RunFolder, episode: str, policy_file: str, contents: Contents) -> bytes:
    """Each file that the run vouches for: its line in a list of the run, and the way from there to the root in the manifest."""
    ties = {
        PAGE: _tie(run, FILES, f"episodes/{episode}.html"),
        POLICY_FILE: _tie(run, FILES, policy_file),
        RESULTS: _tie(run, EPISODES, episode),
    }
    told = {
        "run": run.name,
        "episode": episode,
        "manifest_sha256": digest_bytes(contents[MANIFEST]).sha256,
        "ties": ties,
        "inputs": [{name: file[name] for name in ("name", "table", "rows", "bytes", "sha256")} for file in run.manifest["inputs"]],
    }
    for name, tie in ties.items():
        if tie["sha256"] != digest_bytes(contents[name]).sha256:
            raise NotTheSame(f"{run.name}: {name} is not what the run has listed; `auditor verify` says what was altered.")
    return (json.dumps(told, sort_keys=True, indent=2) + "\n").encode()


def _tie(run: RunFolder, which: str, name: str) -> dict[str, Any]:
    listed = read_list((run.path / which).read_text(encoding="utf-8"))
    names = sorted(listed)
    path = merkle_path([list_line(each, listed[each]) for each in names], names.index(name))
    return {"list": which, "name": name, "sha256": listed[name], "path": [asdict(step) for step in path]}

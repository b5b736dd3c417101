"""The chain of manifests: each run's link is made of the link before it, so that no earlier run can be exchanged unnoticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

BEFORE_THE_FIRST = ""


@dataclass(frozen=True)
class Link:
    """What the ledger remembers of one recorded run; both hashes are hex text. Retention has removed the folder of a ``pruned`` one."""

    run: str
    manifest_sha256: str
    chain_sha256: str
    pruned: bool = False


def next_link(previous: str, manifest_sha256: str) -> str:
    """The link after ``previous`` (``BEFORE_THE_FIRST`` where there is none): SHA-256 of both, as text, one after the other."""
    return hashlib.sha256(f"{previous}{manifest_sha256}".encode("ascii")).hexdigest()


def first_broken(links: Iterable[Link]) -> str | None:
    """The run at which a ledger's chain, in the order recorded, no longer follows from what is before it; None where all of it does."""
    previous = BEFORE_THE_FIRST
    for link in links:
        if link.chain_sha256 != next_link(previous, link.manifest_sha256):
            return link.run
        previous = link.chain_sha256
    return None

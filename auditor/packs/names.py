"""The names of what a pack holds, in the order they lie in it; nothing else may."""

from __future__ import annotations

README, PAGE, RESULTS, SOURCE, POLICY, POLICY_FILE, MANIFEST, PROOF, SUMS = (
    "README.txt",
    "page.html",
    "results.json",
    "source_rows.json",
    "policy.md",
    "policy.yaml",
    "manifest.json",
    "proof.json",
    "SHA256SUMS",
)
ORDER = (README, PAGE, RESULTS, SOURCE, POLICY, POLICY_FILE, MANIFEST, PROOF, SUMS)
MAY_BE_MISSING = (SOURCE,)

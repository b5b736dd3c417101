"""README.txt of a pack: in plain words what is in it, and how to check it with and without the program."""

from __future__ import annotations

from auditor.digests import digest_bytes
from auditor.packs.names import MANIFEST, PAGE, POLICY, POLICY_FILE, PROOF, RESULTS, SOURCE, SUMS
from auditor.runs import RunFolder

ABOUT = {
    PAGE: "the page of the episode, as the run published it; opens in any browser",
    RESULTS: "every result row of the episode; money in cents, instants in UTC where they are known",
    SOURCE: "the rows of the extract behind it, by file and number, as they were read; chart rows of its days among them",
    POLICY: "the policy's paragraphs in our words, with every reading",
    POLICY_FILE: "the policy file that the run went by",
    MANIFEST: "the run's manifest: versions, readings, inputs with SHA-256, totals, and the roots of its hash trees",
    PROOF: "how page, results and policy file hang on the manifest; and the inputs with their SHA-256",
    SUMS: "SHA-256 of every file above",
}
TEXT = """\
Episode {episode} of the run {run}, made by auditor {version}.

It holds health information of a person: keep it as you keep the chart.

What is here
{files}

How to check it
  with the program      auditor verify {episode}.zip
                        It needs no network. It takes every hash again, follows the proof from page, results and policy
                        file up to the manifest, and compares the file byte for byte with what the program would write.
  without it            sha256sum -c SHA256SUMS        (in the folder it was unpacked to)
  against the run       The SHA-256 of manifest.json is
                        {manifest}
                        The run's folder has the same, and so has the ledger, where one is kept. If they agree, nothing here
                        was changed after the run was recorded. Ask whoever keeps the ledger, not whoever sent this file.
  against the inputs    Each file in proof.json is named with the SHA-256 that the whole of it had when it was read.
{without_rows}
The auditor flags and people decide: nothing here is a denial, and no medical advice.
"""
WITHOUT_ROWS = "\nThis pack was made without the rows of the extract.\n"


def readme_text(run: RunFolder, episode: str, contents: dict[str, bytes]) -> str:
    """The text for one pack."""
    files = "\n".join(f"  {name:<20}{about}" for name, about in ABOUT.items() if name in contents or name in (PROOF, SUMS))
    return TEXT.format(
        episode=episode,
        run=run.name,
        version=run.manifest["program_version"],
        files=files,
        manifest=digest_bytes(contents[MANIFEST]).sha256,
        without_rows="" if SOURCE in contents else WITHOUT_ROWS,
    )

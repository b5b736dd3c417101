"""``python fuzz_reader.py SEEDS -runs=N``: atheris looks for bytes that the X12 reader neither reads nor refuses."""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found, unused-ignore]

with atheris.instrument_imports(include=["auditor.intake.x12"]):
    from damage import read_bytes

    from auditor.errors import ExtractRefused


def survive(content: bytes) -> None:
    """Any other error than a refusal stops the search."""
    try:
        read_bytes(content)
    except ExtractRefused:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, survive)
    atheris.Fuzz()

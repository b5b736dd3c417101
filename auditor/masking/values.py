"""What becomes of one value of each kind of column when a run is masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from auditor.result_columns import Holds
from auditor.tables import CANONICAL
from auditor.tokens import Tokens

Masked = Callable[[str], str]

# The letters before a token; two kinds that share a value never share a token.
LETTERS: Mapping[Holds, str] = {
    "member": "M",
    "claim": "C",
    "episode": "E",
    "document": "D",
    "facility": "P",
    "file": "F",
    "free text": "T",
    "code": "K",
}
# A service code, a revenue code, a state, a line's number: so short that nothing but a code fits.
CODE = re.compile(r"[A-Z0-9]{1,5}")
# Names of the extract contract, such as claim_lines.csv, say nothing of anyone; what another name says, nobody knows.
ENDING = re.compile(r"(?:\.(?:csv|txt|tsv|psv|parquet|xlsx|xls|ods|json|ndjson|837|835|x12|edi|gz|zip))+$", re.IGNORECASE)
PLAIN_NAMES = frozenset(table.name for table in CANONICAL)
CITATION = re.compile(r"(?s)(.*) row (\d+)")


def masked_values(tokens: Tokens) -> Mapping[Holds, Masked]:
    """For every kind of column, what stands in place of a value."""

    def token(holds: Holds) -> Masked:
        return lambda value: tokens.token(LETTERS[holds], value)

    def file(name: str) -> str:
        ending = ENDING.search(name)
        stem = name[: ending.start()] if ending else name
        return name if stem in PLAIN_NAMES else tokens.token(LETTERS["file"], name) + (ending[0].lower() if ending else "")

    def citation(text: str) -> str:
        cited = CITATION.fullmatch(text)
        return f"{file(cited[1])} row {cited[2]}" if cited else token("free text")(text)

    def code(text: str) -> str:
        return text if CODE.fullmatch(text) else token("code")(text)

    named: tuple[Holds, ...] = ("member", "claim", "episode", "document", "facility", "free text")
    return {"word": str, "code": code, "file": file, "citation": citation, **{holds: token(holds) for holds in named}}

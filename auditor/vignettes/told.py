"""What vignettes show of a policy, in plain words for a terminal, and as values for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.outcomes import OUTCOMES
from auditor.policy import Policy
from auditor.report.phrases import counted, listed
from auditor.vignettes.coverage import Proof
from auditor.vignettes.run import Answer


@dataclass(frozen=True)
class Told:
    """A policy, its vignettes' answers, and what they prove of each paragraph."""

    policy: Policy
    answers: tuple[Answer, ...]
    proofs: tuple[Proof, ...]

    @property
    def failing(self) -> tuple[Answer, ...]:
        """Those of which the audit says something else."""
        return tuple(one for one in self.answers if not one.holds)

    @property
    def unconfirmed(self) -> tuple[Answer, ...]:
        """Those that nobody stands behind yet."""
        return tuple(one for one in self.answers if not one.vignette.is_confirmed)

    @property
    def unproved(self) -> tuple[Proof, ...]:
        """Paragraphs of which some outcome is proved by none."""
        return tuple(proof for proof in self.proofs if proof.missing)

    @property
    def shares(self) -> tuple[int, int]:
        """How many outcomes of paragraphs are proved, of how many."""
        return sum(len(proof.by) - len(proof.missing) for proof in self.proofs), sum(len(proof.by) for proof in self.proofs)

    @property
    def is_whole(self) -> bool:
        """Whether all of it holds, is confirmed, and leaves nothing unproved."""
        return not (self.failing or self.unconfirmed or self.unproved)


def told_lines(told: Told, suggested: str = "") -> Iterator[str]:
    """The report for a terminal; ``suggested`` says what was written, where it was."""
    for answer in told.failing:
        yield f"✕ {answer.vignette.file}, line {answer.vignette.line}: {answer.vignette.title}{_under(answer)}"
        yield from (f"    {said}" for said in answer.differs)
    for answer in told.unconfirmed:
        yield f"? {answer.vignette.file}, line {answer.vignette.line}: {answer.vignette.title}"
        yield "    nobody has confirmed it; read it, and take `unconfirmed` out when it is right"
    for proof in told.unproved:
        yield f"– {proof.key} {proof.statement}"
        yield f"    no vignette shows that it decides alone when {listed([OUTCOMES[one].word for one in proof.missing])}"
    proved, of = told.shares
    holding = sum(answer.holds for answer in told.answers)
    yield (
        f"{told.policy.name}, revision {told.policy.revision}: {holding:,} of {counted(len(told.answers), 'vignette')} hold; "
        f"{proved:,} of {of:,} outcomes of {counted(len(told.proofs), 'paragraph')} are proved ({_percent(proved, of)})"
    )
    if suggested or told.unproved:
        yield suggested or "`auditor policy test --suggest FILE` writes vignettes for what is missing, for a person to read and confirm."


def _under(answer: Answer) -> str:
    return "".join(f" [{name}: {value}]" for name, value in answer.vignette.readings)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole}%" if whole else "nothing to prove"


def told_values(told: Told) -> dict[str, Any]:
    """The same for a program."""
    proved, of = told.shares
    return {
        "policy": told.policy.name,
        "revision": told.policy.revision,
        "vignettes": len(told.answers),
        "failing": [_answer_values(one) for one in told.failing],
        "unconfirmed": [_answer_values(one) for one in told.unconfirmed],
        "proved": proved,
        "of": of,
        "paragraphs": [
            {"key": proof.key, "statement": proof.statement} | {OUTCOMES[o].word: list(names) for o, names in proof.by.items()}
            for proof in told.proofs
        ],
    }


def _answer_values(answer: Answer) -> dict[str, Any]:
    one = answer.vignette
    return {
        "vignette": one.name,
        "file": one.file,
        "line": one.line,
        "title": one.title,
        "readings": dict(one.readings),
        "differs": list(answer.differs),
    }

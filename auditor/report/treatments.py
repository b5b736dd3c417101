"""What the guideline that judged an episode is about, and the words of its determination in that guideline's terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from auditor.outcomes import DETERMINATIONS, Determination, Word
from auditor.policy.model import TREATMENT
from auditor.report.cases import Row
from auditor.report.facts import RunFacts

# How the words of outcomes.py say the treatment of a guideline that does not name its own.
LONG_NAME = "inhaled nitric oxide"


def treatments(facts: RunFacts) -> Mapping[str | None, str]:
    """What each revision of the run is about."""
    return {revision.revision: revision.treatment for revision in facts.revisions}


def named(episode: Row, by_revision: Mapping[str | None, str]) -> Row:
    """The episode with its treatment, where it is not the usual one."""
    treatment = by_revision.get(episode["policy_revision"], TREATMENT)
    return episode if treatment == TREATMENT else {**episode, "treatment": treatment}


def treatment_of(episode: Row) -> str:
    """What the guideline that judged it is about."""
    return str(episode.get("treatment", TREATMENT))


def treatments_of(episodes: Iterable[Row]) -> str:
    """The same of several: one after the other."""
    return " or ".join(sorted({treatment_of(episode) for episode in episodes}, key=lambda one: (one != TREATMENT, one))) or TREATMENT


def determination_of(episode: Row) -> Word:
    """The word of its determination."""
    return in_terms(DETERMINATIONS[Determination(episode["determination"])], treatment_of(episode))


def in_terms(word: Word, treatment: str) -> Word:
    """A word that says what the guideline is about."""
    if treatment == TREATMENT:
        return word
    return replace(word, word=say(word.word, treatment), meaning=say(word.meaning, treatment))


def say(text: str, treatment: str) -> str:
    """A text of ours in terms of another treatment."""
    return text if treatment == TREATMENT else text.replace(LONG_NAME, treatment).replace(TREATMENT, treatment)

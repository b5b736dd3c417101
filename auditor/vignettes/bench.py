"""Tests a policy by its vignettes: finds them, runs them, says what they prove, and has what is missing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import AuditorError, SettingsRefused
from auditor.places import configs_folder
from auditor.policy import RuleBook, load_rule_book, policy_files
from auditor.policy.documents import POLICIES
from auditor.settings import Settings
from auditor.vignettes.coverage import cover
from auditor.vignettes.files import Vignette, read_lexicon, read_vignettes
from auditor.vignettes.run import Say, run_vignettes
from auditor.vignettes.suggest import Suggestion, suggest, suggested_text
from auditor.vignettes.told import Told

VIGNETTES = "vignettes"


@dataclass(frozen=True)
class Asked:
    """What is asked of a test: ``quick`` leaves out what is told under other readings, ``suggest`` has the missing vignettes made."""

    quick: bool = False
    suggest: bool = False


def run_policy(policy: str, folder: Path | None, asked: Asked, say: Say) -> tuple[Told, tuple[Suggestion, ...]]:
    """A policy by its vignettes. SettingsRefused where there are none, or policy or vignettes cannot be read."""
    settings = Settings(policy=policy)
    book = load_rule_book(policy, settings.configs)
    vignettes = find_vignettes(book, folder or vignettes_folder(policy, book))
    answers = run_vignettes([one for one in vignettes if not (asked.quick and one.readings)], settings, say)
    told = Told(book.policies[-1], answers, cover(book.policies[-1], answers))
    return told, suggest(book, told.proofs, answers, settings) if asked.suggest else ()


def find_vignettes(book: RuleBook, folder: Path) -> Sequence[Vignette]:
    """The vignettes of a folder. SettingsRefused where it holds none."""
    vignettes = read_vignettes(folder, read_lexicon(book))
    if not vignettes:
        raise SettingsRefused(f"{folder.name}: no vignette is there. Write one in {folder}, as docs/vignettes.md tells it.")
    return vignettes


def vignettes_folder(policy: str, book: RuleBook) -> Path:
    """``POLICY/vignettes`` beside the policy's file."""
    beside = next(path for name, path in policy_files(policy, configs_folder()).items() if name.startswith(f"{POLICIES}/"))
    return beside.parent / book.policies[-1].name / VIGNETTES


def write_suggested(suggestions: Sequence[Suggestion], path: Path) -> None:
    """The suggestions as a file of vignettes; AuditorError where it is there already or cannot be written."""
    if path.exists():
        raise AuditorError(f"--suggest: {path.name} is there already. Name a new file, so that nothing a person wrote is lost.")
    try:
        path.write_text(suggested_text(suggestions), encoding="utf-8", newline="\n")
    except OSError as fault:
        raise AuditorError(f"--suggest: {path.name} cannot be written ({fault.strerror}). Choose another place.") from fault

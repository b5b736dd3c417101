"""Tests a policy by its vignettes: finds and runs them, says what they prove and which mutants they notice, writes what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import AuditorError, SettingsRefused
from auditor.outcomes import OUTCOMES
from auditor.places import configs_folder
from auditor.policy import RuleBook, load_rule_book, policy_files
from auditor.report.phrases import counted, listed
from auditor.settings import Settings
from auditor.vignettes.coverage import Outline, cover
from auditor.vignettes.files import EQUIVALENT, Vignette, read_lexicon, read_vignettes
from auditor.vignettes.mutation import read_equivalent, survivors
from auditor.vignettes.run import Say, run_vignettes
from auditor.vignettes.suggest import Suggestion, missing_steps, suggest, suggested_text
from auditor.vignettes.told import Told
from auditor.workbench.mutants import mutants

VIGNETTES = "vignettes"


@dataclass(frozen=True)
class Asked:
    """What is asked of a test: ``quick`` leaves out what is told under other readings, ``suggest`` has the missing vignettes made."""

    quick: bool = False
    suggest: bool = False


def run_policy(policy: str, folder: Path | None, asked: Asked, say: Say) -> tuple[Told, tuple[Suggestion, ...]]:
    """A policy by its vignettes. SettingsRefused where none are there and none are to be made, or policy or vignettes cannot be read."""
    settings = Settings(policy=policy)
    book = load_rule_book(policy, settings.configs)
    home = folder or vignettes_folder(policy, book)
    vignettes = read_vignettes(home, read_lexicon(book)) if asked.suggest else find_vignettes(book, home)
    answers = run_vignettes([one for one in vignettes if not (asked.quick and one.readings)], settings, say)
    told = Told(book.policies[-1], answers, cover(book.policies[-1], answers))
    return told, suggest(book, told.proofs, answers, settings) if asked.suggest else ()


@dataclass(frozen=True)
class Mutated:
    """How many mutants were made, those that no vignette notices, and those that are known to change nothing, by name with the reason.

    ``strangers`` are names of the latter list that no mutant has, or that a vignette notices after all.
    """

    made: int
    unnoticed: tuple[str, ...]
    equivalent: Mapping[str, str]
    strangers: tuple[str, ...]

    @property
    def lines(self) -> Iterator[str]:
        """The same for a terminal."""
        yield from (f"✕ no vignette notices: {name}" for name in self.unnoticed)
        yield from (f"✕ {EQUIVALENT} names what is no mutant, or what a vignette notices: {name}" for name in self.strangers)
        yield from (f"– changes nothing: {name}. {why}" for name, why in self.equivalent.items())
        noticed = self.made - len(self.unnoticed) - len(self.equivalent)
        rest = f"{len(self.equivalent):,} change nothing, {len(self.unnoticed):,} survive"
        yield f"{counted(self.made, 'mutant')}: {noticed:,} noticed, {rest}"

    @property
    def values(self) -> dict[str, object]:
        """The same for a program."""
        return {
            "mutants": self.made,
            "unnoticed": list(self.unnoticed),
            "equivalent": dict(self.equivalent),
            "strangers": list(self.strangers),
        }


def mutate_policy(policy: str, folder: Path | None, say: Say) -> Mutated:
    """Every mutant of a policy, and what its vignettes notice. SettingsRefused where policy or vignettes cannot be read."""
    settings = Settings(policy=policy)
    book = load_rule_book(policy, settings.configs)
    home = folder or vignettes_folder(policy, book)
    made = tuple(mutants(book.policies[-1]))
    stories = [one for one in find_vignettes(book, home) if one.is_confirmed]
    left = {mutant.name for mutant in survivors(made, stories, settings, say)}
    known = read_equivalent(home)
    return Mutated(
        made=len(made),
        unnoticed=tuple(mutant.name for mutant in made if mutant.name in left - known.keys()),
        equivalent={mutant.name: known[mutant.name] for mutant in made if mutant.name in left & known.keys()},
        strangers=tuple(sorted(known.keys() - left)),
    )


def find_vignettes(book: RuleBook, folder: Path) -> Sequence[Vignette]:
    """The vignettes of a folder. SettingsRefused where it holds none."""
    vignettes = read_vignettes(folder, read_lexicon(book))
    if not vignettes:
        raise SettingsRefused(f"{folder.name}: no vignette is there. Write one in {folder}, as docs/vignettes.md tells it.")
    return vignettes


def vignettes_folder(policy: str, book: RuleBook) -> Path:
    """``POLICY/vignettes`` beside the policy's file."""
    revision, *_ = policy_files(policy, configs_folder()).values()
    return revision.parent / book.policies[-1].name / VIGNETTES


def refuse_written(path: Path) -> None:
    """AuditorError where a file is there already."""
    if path.exists():
        raise AuditorError(f"--suggest: {path.name} is there already. Name a new file, so that nothing a person wrote is lost.")


def suggested_line(told: Told, made: Sequence[Suggestion], path: Path) -> str:
    """What was written, and what no story was found for."""
    wanted = [(proof.key, outcome) for proof in told.unproved for outcome in proof.missing]
    shown = {step for one in made for step in one.proves}
    open_ = {step[:2] for step in missing_steps(told.proofs, told.answers, Outline(told.policy)) if step not in shown}
    left = [one for one in wanted if one in open_]
    open_words = listed([f"{key} {OUTCOMES[outcome].word}" for key, outcome in left])
    found = f"{path.name}: {counted(len(made), 'story', 'stories')} to read and confirm, for {len(wanted) - len(left):,} of "
    return f"{found}{counted(len(wanted), 'outcome')} that no vignette proves." + (f" No story proves: {open_words}." if left else "")


def write_suggested(suggestions: Sequence[Suggestion], path: Path) -> None:
    """The suggestions as a file of vignettes; AuditorError where it cannot be written."""
    try:
        path.write_text(suggested_text(suggestions), encoding="utf-8", newline="\n")
    except OSError as fault:
        raise AuditorError(f"--suggest: {path.name} cannot be written ({fault.strerror}). Choose another place.") from fault

"""Runs vignettes through the audit: those that share an extract are read once, and judged under each set of readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from auditor.pipeline import begin
from auditor.policy import RuleBook, load_variants
from auditor.results import CRITERIA, EPISODES, FINDINGS, LINES, SET_ASIDE, SETTLING, THERAPY_DAYS
from auditor.settings import Settings
from auditor.vignettes.batch import Batch
from auditor.vignettes.comparison import OF_FINDINGS, differences, speaks_of
from auditor.vignettes.files import Readings, Vignette, write_extract
from auditor.vignettes.outgoing import OF_LETTERS, send_out
from auditor.workbench.sensitivity import set_otherwise
from auditor.workbench.trials import Look, try_books

Frames = Mapping[str, pd.DataFrame]
Say = Callable[[str], None]
COMPARED = (EPISODES, FINDINGS, LINES, THERAPY_DAYS, CRITERIA, SETTLING, SET_ASIDE)
WITHOUT_FINDINGS = tuple(table for table in COMPARED if table is not FINDINGS)


@dataclass(frozen=True)
class Answer:
    """One vignette beside what the audit says of it: how they differ, in plain words, and the result tables of its batch."""

    vignette: Vignette
    differs: tuple[str, ...]
    frames: Batch

    @property
    def holds(self) -> bool:
        """Whether the audit says what the vignette expects."""
        return not self.differs


def run_vignettes(vignettes: Sequence[Vignette], settings: Settings, say: Say = lambda told: None) -> tuple[Answer, ...]:
    """Every vignette's answer, in the order given. SettingsRefused for a policy or words of a vignette that cannot be used."""
    frames: dict[tuple[tuple[str, str], Readings], Frames] = {}
    for extract, group in by_extract(vignettes).items():
        for readings, found in audit_group(group, settings, say):
            frames[extract, readings] = found
    for place, sent in sent_out(vignettes, settings):
        frames[place] = {**frames[place], **sent}
    batches = {place: Batch(tables) for place, tables in frames.items()}
    return tuple(answer(one, batches[one.extract, one.readings]) for one in vignettes)


def sent_out(vignettes: Iterable[Vignette], settings: Settings) -> Iterator[tuple[tuple[tuple[str, str], Readings], Frames]]:
    """What is sent out of those vignettes that speak of it, by extract and readings."""
    groups: dict[tuple[tuple[str, str], Readings], list[Vignette]] = defaultdict(list)
    for one in vignettes:
        if speaks_of(one, OF_LETTERS):
            groups[one.extract, one.readings].append(one)
    for (extract, readings), group in groups.items():
        yield (extract, readings), send_out(group, settings_of(group[0], under(settings, readings)))


def answer(vignette: Vignette, batch: Batch) -> Answer:
    """A vignette beside the result tables of its batch."""
    return Answer(vignette, tuple(differences(vignette, batch)), batch)


def by_extract(vignettes: Iterable[Vignette]) -> dict[tuple[str, str], list[Vignette]]:
    """Vignettes that can be read as one extract."""
    groups: dict[tuple[str, str], list[Vignette]] = defaultdict(list)
    for vignette in vignettes:
        groups[vignette.extract].append(vignette)
    return dict(sorted(groups.items()))


def audit_group(group: Sequence[Vignette], settings: Settings, say: Say) -> Iterator[tuple[Readings, Frames]]:
    """The result tables of one extract under each set of readings that its vignettes are asked under.

    Findings take longest, so they are looked for under other readings only where a vignette speaks of them.
    """
    with TemporaryDirectory() as folder, begin(settings_of(group[0], settings, write_extract(group, Path(folder))), None, say) as begun:
        for tables, asked in ((COMPARED, asked_with_findings(group, True)), (WITHOUT_FINDINGS, asked_with_findings(group, False))):
            parts: dict[int | None, list[Frames]] = defaultdict(list)
            if asked or tables is COMPARED:
                try_books(begun, load_asked(settings, asked), collector(parts), tables)
            if tables is COMPARED:
                yield (), joined(parts[None])
            yield from ((readings, joined(parts[place])) for place, readings in enumerate(asked))


def asked_with_findings(group: Iterable[Vignette], spoken_of: bool) -> list[Readings]:
    """The sets of readings other than the policy's under which some vignette speaks of findings, or none does."""
    asked: dict[Readings, bool] = {}
    for one in group:
        if one.readings:
            asked[one.readings] = asked.get(one.readings, False) or speaks_of(one, OF_FINDINGS)
    return sorted((readings for readings, speaks in asked.items() if speaks is spoken_of), key=str)


def load_asked(settings: Settings, asked: Iterable[Readings]) -> list[RuleBook]:
    """The policy under each set of readings."""
    return load_variants(settings.policy, settings.configs, (set_otherwise(settings, readings) for readings in asked))


def under(settings: Settings, readings: Readings) -> Settings:
    """The settings with some readings set otherwise."""
    return settings.model_copy(update={"readings": set_otherwise(settings, readings)})


def collector(parts: dict[int | None, list[Frames]]) -> Look:
    """Keeps what each book came to, revision by revision."""
    return lambda place, found: parts[place].append(found)


def settings_of(vignette: Vignette, settings: Settings, *extract: Path) -> Settings:
    """The settings of a batch: the policy's own, and the time zone and day that its vignettes share."""
    own = {"paths": extract, "time_zone": vignette.time_zone or None, "as_of": date.fromisoformat(vignette.as_of)}
    return settings.model_copy(update=own)


def joined(parts: Sequence[Frames]) -> Frames:
    """The results of all revisions together."""
    return parts[0] if len(parts) == 1 else {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}

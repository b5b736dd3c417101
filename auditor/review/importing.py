"""Takes the decisions of a worklist into a store: all of them, or none and the reason of each row that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from auditor.errors import WorklistRefused
from auditor.report.phrases import counted
from auditor.report.results_fingerprint import run_fingerprint
from auditor.review.columns import DECISION, FILLED_IN, KEY_RUN, KEYS, UNTIL, WHEN, WHY
from auditor.review.dispositions import Disposition
from auditor.review.entries import NotUnderstood, read_day, read_decision, what_is_wrong
from auditor.review.sheet_rows import Place, SheetRow, read_rows, texts
from auditor.review.store import DispositionStore
from auditor.runs.folder import SUCCESS, RunFolder, open_run, run_folders

Subject = tuple[str, str, str | None, str | None]
SHOWN = 50


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be taken, and why."""

    place: Place
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}."


@dataclass(frozen=True)
class Taken:
    """A decision and the row it stands on."""

    place: Place
    disposition: Disposition

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return subject_of(self.disposition)


@dataclass(frozen=True)
class KnownRun:
    """A run that a row may be about: its name, and every subject of a decision in it."""

    name: str
    subjects: frozenset[tuple[str, str | None, str | None]]


@dataclass(frozen=True)
class Imported:
    """What an import came to: decisions new to the store, those it held already, rows left undecided, and rows refused."""

    added: tuple[Disposition, ...]
    held: int
    undecided: int
    refused: tuple[Refusal, ...]


def subject_of(one: Disposition) -> Subject:
    """The run, episode, finding and paragraph that a decision is about."""
    return one.run, one.episode_id, one.finding_id, one.paragraph


def import_worklist(path: Path, runs: Path, store: DispositionStore, today: date) -> Imported:
    """Reads a worklist and says what it holds; nothing is kept yet, see ``keep``. ``runs`` is a run's folder, or a folder of runs."""
    rows = read_rows(path)
    decided = [row for row in rows if row.filled(DECISION, WHY, UNTIL)]
    known = known_runs(runs, {str(row.cells.get(KEY_RUN)) for row in decided})
    taken: list[Taken] = []
    refused: list[Refusal] = []
    for row in decided:
        try:
            taken.append(Taken(row.place, _disposition(row, known, today)))
        except NotUnderstood as fault:
            refused.append(Refusal(row.place, str(fault)))
    agreed, conflicts = _without_conflicts(taken)
    held = store.all()
    fresh, outdated = _without_outdated(agreed, held)
    added = tuple(dict.fromkeys(one.disposition for one in fresh if one.disposition not in set(held)))
    found = sorted([*refused, *conflicts, *outdated], key=lambda one: _order(one.place))
    return Imported(added, len({one.disposition for one in fresh}) - len(added), len(rows) - len(decided), tuple(found))


def keep(imported: Imported, store: DispositionStore, keep_good: bool) -> None:
    """Keeps the new decisions; with refused rows only if the good ones are to be kept. WorklistRefused names every refused row."""
    if not imported.refused or keep_good:
        store.add(imported.added)
    if imported.refused:
        kept = f"{counted(len(imported.added), 'good row')} kept" if keep_good else "nothing was kept"
        told = [f"{counted(len(imported.refused), 'row')} of the worklist cannot be taken; {kept}. Mend them and import it again."]
        told += [f"  {refusal}" for refusal in imported.refused[:SHOWN]]
        told += [f"  and {len(imported.refused) - SHOWN} more"] if len(imported.refused) > SHOWN else []
        raise WorklistRefused("\n".join(told))


def known_runs(runs: Path, wanted: Iterable[str]) -> Mapping[str, KnownRun]:
    """The runs below a folder, or that one run, by fingerprint, where a row asks for them; of runs that are the same, the first."""
    folders = (open_run(runs),) if (runs / SUCCESS).exists() else run_folders(runs)
    if not folders:
        raise WorklistRefused(f"--runs: {runs.name} holds no finished run. Name the run that the worklist is of, or the folder of runs.")
    asked, found = set(wanted), dict[str, RunFolder]()
    for folder in folders:
        if (fingerprint := run_fingerprint(folder.path)) in asked:
            found.setdefault(fingerprint, folder)
    return {fingerprint: KnownRun(folder.name, _subjects(folder)) for fingerprint, folder in found.items()}


def _subjects(run: RunFolder) -> frozenset[tuple[str, str | None, str | None]]:
    episodes = {(str(name), None, None) for name in run.frame("episodes")["episode_id"]}
    named = run.frame("findings")[["episode_id", "finding_id", "paragraph"]].dropna(subset=["episode_id"]).astype(object)
    findings = ((str(episode), str(finding), str(paragraph)) for episode, finding, paragraph in named.itertuples(index=False))
    return frozenset({*episodes, *findings})


def _disposition(row: SheetRow, known: Mapping[str, KnownRun], today: date) -> Disposition:
    """The row's decision; NotUnderstood says what stands against it."""
    run, episode, finding, paragraph = texts(row, KEYS)
    if not run or not episode:
        raise NotUnderstood("a decision stands where the hidden columns say nothing; move it to the row it is about")
    if run not in known:
        raise NotUnderstood("it is of another run than those at --runs; name the run whose worklist this is")
    if (episode, finding, paragraph) not in known[run].subjects:
        raise NotUnderstood("the run holds no such episode or finding; its hidden columns were changed, so use a fresh worklist.xlsx")
    if not row.filled(DECISION):
        raise NotUnderstood(f"{WHY} or {UNTIL} is filled and {DECISION} is empty; choose a decision, or empty them")
    decision = read_decision(row.cells[DECISION])
    if not row.filled(WHEN):
        raise NotUnderstood(f"{WHEN} is empty; write the day it was decided, as in 2026-11-22")
    who, _, why, _ = (text or "" for text in texts(row, FILLED_IN[1:]))
    until = read_day(row.cells[UNTIL], UNTIL) if row.filled(UNTIL) else None
    entry = Disposition(known[run].name, episode, finding, paragraph, decision, who, read_day(row.cells[WHEN], WHEN), why, until)
    if wrong := what_is_wrong(entry, today):
        raise NotUnderstood(wrong)
    return entry


def _without_conflicts(taken: Iterable[Taken]) -> tuple[list[Taken], list[Refusal]]:
    """Decisions on which all rows about the same agree, and a refusal for each row of those on which they do not."""
    groups: dict[Subject, list[Taken]] = {}
    for one in taken:
        groups.setdefault(one.subject, []).append(one)
    agreed, refused = [], []
    for group in groups.values():
        if len({one.disposition for one in group}) == 1:
            agreed.append(group[0])
            continue
        places = [one.place for one in group]
        refused += [
            Refusal(place, f"it differs from {_listed(places, place)}, which is about the same; make them agree, or empty one")
            for place in places
        ]
    return agreed, refused


def _listed(places: list[Place], but: Place) -> str:
    return " and ".join(str(place) for place in places if place != but)


def _without_outdated(agreed: Iterable[Taken], held: tuple[Disposition, ...]) -> tuple[list[Taken], list[Refusal]]:
    """An old sheet must not bring back a decision that another has replaced since, nor be passed over in silence."""
    latest = {subject_of(one): one for one in held}
    past = {one for one in held if latest[subject_of(one)] != one}
    why = "it was kept before, and another decision about the same since; empty the row, or give it a new day or reason"
    agreed = list(agreed)
    return [one for one in agreed if one.disposition not in past], [Refusal(one.place, why) for one in agreed if one.disposition in past]


def _order(place: Place) -> tuple[int, int]:
    return int(place.sheet.split()[1]), place.row

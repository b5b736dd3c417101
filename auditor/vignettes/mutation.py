"""Which mutants of a policy its vignettes notice: each is judged over their extracts, and a vignette that differs has noticed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from auditor.pipeline import begin
from auditor.policy import Policy, RuleBook, load_variants
from auditor.result_columns import ResultTable
from auditor.settings import Settings
from auditor.vignettes.batch import Batch
from auditor.vignettes.comparison import differences
from auditor.vignettes.files import EQUIVALENT, Readings, Vignette, write_extract
from auditor.vignettes.run import COMPARED, WITHOUT_FINDINGS, Frames, Say, by_extract, settings_of, under
from auditor.workbench.mutants import Mutant
from auditor.workbench.sensitivity import set_otherwise
from auditor.workbench.trials import try_books
from auditor.yaml_lines import read_text_yaml

# Columns that say whose a row is.
OWNERS = ("episode_id", "line_key", "member_id")
Row = tuple[str, ...]


def survivors(mutants: Sequence[Mutant], vignettes: Sequence[Vignette], settings: Settings, say: Say) -> tuple[Mutant, ...]:
    """The mutants that no vignette notices, in their order.

    The largest batch is asked first, and its findings, which take longest, only of what survives the rest.
    """
    left = list(mutants)
    for place, (readings, told) in enumerate(batches(vignettes, settings)):
        for tables in (WITHOUT_FINDINGS, COMPARED) if place == 0 else (COMPARED,):
            left = _unnoticed(left, told, under(settings, readings), say, tables)
    return tuple(left)


def batches(vignettes: Sequence[Vignette], settings: Settings) -> Iterator[tuple[Readings, list[Vignette]]]:
    """Vignettes that are judged together, and their readings; the largest extract first."""
    for group in sorted(by_extract(vignettes).values(), key=len, reverse=True):
        for readings in asked_under(group, settings):
            yield readings, [one for one in group if one.readings == readings]


def asked_under(group: Sequence[Vignette], settings: Settings) -> Iterator[Readings]:
    """The sets of readings to ask under: the policy's own first, and those that switch paragraphs on which it does not ask."""
    [book] = load_variants(settings.policy, settings.configs, [settings.readings])
    switches = {condition.fact for _, condition in book.policies[-1].conditions() if condition.constant is not None}
    found = {one.readings for one in group}
    yield from sorted((one for one in found if {name for name, _ in one} <= switches), key=lambda one: (len(one), str(one)))


def _unnoticed(left: list[Mutant], told: Sequence[Vignette], settings: Settings, say: Say, tables: Sequence[ResultTable]) -> list[Mutant]:
    if not left or not told:
        return left
    books = mutated(left, settings)
    noticed: set[int] = set()
    own: list[Known] = []

    def look(place: int | None, found: Frames) -> None:
        if place is None:
            own[:] = [known(found)]
        elif notices(told, found, own[0]):
            noticed.add(place)

    with TemporaryDirectory() as folder, begin(settings_of(told[0], settings, write_extract(told, Path(folder))), None, say) as begun:
        try_books(begun, books, look, tables)
    return [mutant for place, mutant in enumerate(left) if place not in noticed]


@dataclass(frozen=True)
class Known:
    """What an audit under the policy's own rules came to: its tables, the rows of each as words, and of whom its keys speak."""

    frames: Batch
    rows: Mapping[str, frozenset[Row]]
    people: Mapping[str, str]


def known(frames: Frames) -> Known:
    """An audit to compare others with."""
    return Known(Batch(frames), {name: rows_of(frame) for name, frame in frames.items()}, people_of(frames))


def rows_of(frame: pd.DataFrame) -> frozenset[Row]:
    """The rows of a table as words, each with its owner first: an episode, a line, or a member."""
    owners = [name for name in OWNERS if name in frame]
    return frozenset(frame[[*owners, *frame.columns.difference(owners)]].astype(str).itertuples(index=False, name=None))


def people_of(frames: Frames) -> dict[str, str]:
    """The member of each episode and line, and each member's own id."""
    kept = ((frames[name], key) for name, key in (("episodes", "episode_id"), ("lines", "line_key")))
    owners = {str(owner): str(member) for frame, key in kept for owner, member in zip(frame[key], frame["member_id"], strict=True)}
    return {**owners, **{member: member for member in owners.values()}}


def notices(told: Sequence[Vignette], found: Frames, own: Known) -> bool:
    """Whether a vignette comes out otherwise that held before; of whom the audit says something else, first where most tables do."""
    moved = moved_people(found, own)
    asked = sorted((one for one in told if one.member in moved), key=lambda one: -moved[one.member])
    batch = Batch(found)
    return any(breaks(one, batch) and not breaks(one, own.frames) for one in asked)


def breaks(vignette: Vignette, batch: Batch) -> bool:
    """Whether the audit says otherwise than the vignette."""
    return any(True for _ in differences(vignette, batch))


def moved_people(found: Frames, own: Known) -> Counter[str]:
    """Of each member of whom two audits say something else, in how many tables they do."""
    changed = [name for name, frame in found.items() if not frame.equals(own.frames[name])]
    people = {**own.people, **people_of(found)} if changed else {}
    moved: Counter[str] = Counter()
    for name in changed:
        owners = {row[place] for row in rows_of(found[name]) ^ own.rows[name] for place in range(len(OWNERS))}
        moved.update({people[owner] for owner in owners if owner in people})
    return moved


def mutated(mutants: Sequence[Mutant], settings: Settings) -> list[RuleBook]:
    """The rule book of each mutant."""
    changed = ([(mutant.reading, mutant.value)] if mutant.value is not None else [] for mutant in mutants)
    overrides = [set_otherwise(settings, readings) for readings in changed]
    books = load_variants(settings.policy, settings.configs, overrides)
    return [replace(book, policies=_latest(book, mutant)) for book, mutant in zip(books, mutants, strict=True)]


def _latest(book: RuleBook, mutant: Mutant) -> tuple[Policy, ...]:
    return (*book.policies[:-1], mutant.of(book.policies[-1]))


def read_equivalent(folder: Path) -> Mapping[str, str]:
    """Mutants that come to the same for every record, by name, with the reason; none where the folder names none."""
    path = folder / EQUIVALENT
    return read_text_yaml(path) if path.is_file() else {}

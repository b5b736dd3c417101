"""Of all ways to settle an episode, the sets of fewest documents, and which of them is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.settling.terms import Family

Documents = frozenset[str]


@dataclass(frozen=True)
class Choice:
    """The set that is asked for, in order, and for each document the others that would do in its place."""

    documents: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def smallest_sets(ways: Family) -> frozenset[Documents]:
    """Every set of fewest documents; none where no documents could settle it."""
    sets = {term.documents for term in ways}
    fewest = min((len(each) for each in sets), default=0)
    return frozenset(each for each in sets if len(each) == fewest)


def choose(sets: Collection[Documents], order: Sequence[str], answered: Mapping[str, Collection[str]]) -> Choice:
    """The set that answers most open paragraphs, then the one whose documents come first in ``order``.

    ``answered`` are the open paragraphs that each document could answer.
    """
    if not sets:
        return Choice()
    places = {document: place for place, document in enumerate(order)}

    def rank(each: Documents) -> tuple[int, list[int]]:
        paragraphs = {key for document in each for key in answered.get(document, ())}
        return -len(paragraphs), sorted(places[document] for document in each)

    best = min(sets, key=rank)
    listed = tuple(sorted(best, key=places.__getitem__))
    instead = {
        document: tuple(other for other in order if other not in best and (best - {document}) | {other} in sets) for document in listed
    }
    return Choice(listed, instead)

"""Families of ways to get an answer: which documents must come, and what they may say, combined without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What one subject may come to: values of its answer, None where it is not answered; at least one must be left.
Values = frozenset[str | float | None]


@dataclass(frozen=True)
class Term:
    """One way: all of ``documents`` come, and each subject named comes to one of its ``values``."""

    documents: frozenset[str] = frozenset()
    values: Mapping[str, Values] = field(default_factory=dict)

    def asks_no_more_than(self, other: Term) -> bool:
        """Whether this way is open wherever the other is."""
        return self.documents <= other.documents and all(
            name in other.values and other.values[name] <= values for name, values in self.values.items()
        )


# The ways to one end, none of them more demanding than another: any of them will do.
Family = tuple[Term, ...]
ALWAYS: Family = (Term(),)
NEVER: Family = ()


def one_of(documents: Iterable[str], subject: str | None = None, values: Values = frozenset()) -> Family:
    """Any one of these documents, saying that the subject has one of these values."""
    said = {subject: values} if subject is not None else {}
    return tuple(Term(frozenset((document,)), said) for document in sorted(documents))


def any_of(families: Iterable[Family]) -> Family:
    """Ways to at least one of these ends."""
    return _leanest(term for family in families for term in family)


def all_of(families: Iterable[Family]) -> Family:
    """Ways to all of these ends at once, where no subject must come to two things."""
    ways = ALWAYS
    for family in families:
        ways = _leanest(both for one in ways for other in family if (both := _together(one, other)))
    return ways


def _together(one: Term, other: Term) -> Term | None:
    """Both ways at once; None where they contradict each other."""
    values = dict(one.values)
    for name, allowed in other.values.items():
        values[name] = values.get(name, allowed) & allowed
        if not values[name]:
            return None
    return Term(one.documents | other.documents, values)


def _leanest(terms: Iterable[Term]) -> Family:
    """The terms without those that ask more than another does."""
    kept: list[Term] = []
    for term in sorted(terms, key=lambda each: (len(each.documents), len(each.values))):
        if not any(other.asks_no_more_than(term) for other in kept):
            kept = [other for other in kept if not term.asks_no_more_than(other)]
            kept.append(term)
    return tuple(kept)

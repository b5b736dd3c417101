"""The fewest answers that settle a paragraph: every smallest set of facts, shown or ruled out, that makes it met, or not met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from auditor.outcomes import Outcome
from auditor.policy.model import Condition, Criterion
from auditor.workbench.cells import Region

# One answer: a fact, and the word that the record would have to say of it.
Answer = tuple[str, str]
Way = frozenset[Answer]
Ways = frozenset[Way]

NONE: Ways = frozenset()
OF_ITSELF: Ways = frozenset({frozenset()})
OPPOSITE = {"present": "absent", "absent": "present"}


@dataclass(frozen=True)
class Question:
    """A policy's outline in one region. ``without`` is a paragraph left out, as if it had not been written."""

    criteria: Mapping[str, Criterion]
    region: Region
    without: str | None = None
    _known: dict[tuple[str, Outcome], Ways | None] = field(default_factory=dict, compare=False)

    def ways(self, key: str, outcome: Outcome) -> Ways | None:
        """The smallest sets of answers that make a paragraph met or not met; None where it is not asked in this region."""
        if (key, outcome) not in self._known:
            self._known[key, outcome] = self._find(self.criteria[key], outcome)
        return self._known[key, outcome]

    def _find(self, criterion: Criterion, outcome: Outcome) -> Ways | None:
        if criterion.key == self.without or not self._is_asked(criterion.applies_when):
            return None
        if criterion.same_as:
            return self.ways(criterion.same_as, outcome)
        if criterion.condition:
            return self._answers(criterion.condition, outcome)
        found = [ways for member in criterion.members if (ways := self.ways(member.key, outcome)) is not None]
        every = (criterion.kind == "all_of") == (outcome is Outcome.MET)
        return (all_together(found) if every else smallest(way for ways in found for way in ways)) if found else None

    def _is_asked(self, condition: Condition | None) -> bool:
        if condition is None:
            return True
        return self._truth(condition) if condition.constant is None else condition.constant

    def _truth(self, condition: Condition) -> bool:
        return condition.fact not in self.region.axes or self.region.holds(condition)

    def _answers(self, condition: Condition, outcome: Outcome) -> Ways:
        met = outcome is Outcome.MET
        if condition.constant is not None or condition.fact in self.region.axes:
            holds = condition.constant if condition.constant is not None else self.region.holds(condition)
            return OF_ITSELF if holds is met else NONE
        word = str(condition.value)
        return frozenset({frozenset({(condition.fact, word if met else OPPOSITE.get(word, f"not {word}"))})})


def all_together(parts: Iterable[Ways]) -> Ways:
    """Ways that settle every part at once; answers that contradict each other are no way."""
    found: Ways = OF_ITSELF
    for ways in parts:
        found = smallest(one | other for one in found for other in ways if agree(one | other))
    return found


def agree(way: Way) -> bool:
    """Whether no fact has two answers."""
    return len({fact for fact, _ in way}) == len(way)


def smallest(ways: Iterable[Way]) -> Ways:
    """Those that hold no other."""
    kept: list[Way] = []
    for way in sorted(set(ways), key=by_size):
        if not any(other <= way for other in kept):
            kept.append(way)
    return frozenset(kept)


def shortest(ways: Iterable[Way]) -> Way:
    """The smallest of them, and the first of those by name."""
    return min(ways, key=by_size)


by_size: Callable[[Way], tuple[int, list[Answer]]] = lambda way: (len(way), sorted(way))  # noqa: E731

"""Dollars of few episodes: which rows of a table keep theirs, so that no amount of one person can be read or reckoned from it."""

from __future__ import annotations

from collections.abc import Sequence


def shown_rows(counts: Sequence[int], least: int) -> tuple[bool, ...]:
    """Which rows may show dollars, by their numbers of episodes; a total over all rows is taken to stand beside them.

    A row of fewer than ``least`` episodes may not, unless it has none. The hidden rows together must hold as many, or the total
    less the rest would tell: so the smallest of the others are hidden too.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < least}
    others = sorted((place for place, count in enumerate(counts) if count >= least), key=lambda place: (counts[place], place))
    while hidden and others and sum(counts[place] for place in hidden) < least:
        hidden.add(others.pop(0))
    return tuple(place not in hidden for place in range(len(counts)))

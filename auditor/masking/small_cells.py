"""Withholds small cells of the comparison of facilities, and as many others as keep them from being had by subtraction."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditor.outcomes import Standing

# What a reader could count of a facility: for each facility, some numbers of episodes.
Counts = Mapping[str, tuple[int, ...]]
BLANK = ("episodes", "value", "low", "high", "finding_id")


def withhold_small(providers: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """The table ``providers`` without any number of episodes from 1 to below ``smallest``, whether shown or had by subtraction.

    A facility with too few episodes is withheld throughout. Of the others a measure is withheld where its share stands for few
    episodes, or leaves few, or few of its episodes are undecided. Whatever is withheld is never alone, and together never few.
    """
    if providers.empty:
        return providers
    most = {str(name): (int(count),) for name, count in providers.groupby("facility")["episodes"].max().items()}
    throughout = _together(most, {name for name, counts in most.items() if _few(counts, smallest)}, smallest)
    parts = [_withhold(measure, most, throughout, smallest) for _, measure in providers.groupby("measure", sort=False)]
    return pd.concat(parts).sort_index()


def _withhold(measure: pd.DataFrame, most: Counts, throughout: set[str], smallest: int) -> pd.DataFrame:
    counts = {str(row["facility"]): _counts(row, most) for row in measure.to_dict("records")}
    hidden = throughout & set(counts) | {name for name, told in counts.items() if _few(told, smallest)}
    hidden = _together(counts, hidden, smallest)
    everyone = _of_everyone(measure)
    if _few(everyone, smallest):
        hidden = set(counts)
    rows = measure["facility"].isin(hidden)
    told = measure.mask(measure.columns.isin(BLANK) & rows.to_numpy()[:, None]) if hidden else measure
    told = told.assign(standing=measure["standing"].mask(rows, Standing.WITHHELD.value))
    return told.assign(peers=float("nan")) if _few(everyone, smallest) else told


def _counts(row: Mapping[object, object], most: Counts) -> tuple[int, ...]:
    """Episodes known, those not known, and of a share those it stands for and those it leaves."""
    known = _whole(row["episodes"])
    shares = _parts(row["value"], known) if row["unit"] == "share" else ()
    return known, most[str(row["facility"])][0] - known, *shares


def _of_everyone(measure: pd.DataFrame) -> tuple[int, ...]:
    first = measure.iloc[0]
    return _parts(first["peers"], int(measure["episodes"].sum())) if first["unit"] == "share" else ()


def _parts(share: object, known: int) -> tuple[int, ...]:
    if not isinstance(share, float) or share != share:
        return 0, 0
    stands_for = round(share * known)
    return stands_for, known - stands_for


def _whole(value: object) -> int:
    return int(str(value))


def _few(counts: tuple[int, ...], smallest: int) -> bool:
    return any(0 < count < smallest for count in counts)


def _together(counts: Counts, hidden: set[str], smallest: int) -> set[str]:
    """``hidden`` and the smallest others, until no total less what is shown tells of one facility or of few episodes."""
    hidden = set(hidden)
    rest = sorted(set(counts) - hidden, key=lambda name: (counts[name], name))
    while hidden and rest and (len(hidden) == 1 or _few(_sums(counts, hidden), smallest)):
        hidden.add(rest.pop(0))
    return hidden


def _sums(counts: Counts, names: set[str]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(counts[name] for name in names), strict=True))

"""Masks a run before anything of it is written: its result tables, and what is said of it besides.

Dates, ages, amounts and words stay as they are, so that every verdict and dollar is that of the unmasked run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from auditor.masking.small_cells import withhold_small
from auditor.masking.values import Masked, masked_values
from auditor.result_columns import Holds, ResultColumn, ResultTable
from auditor.results import PROVIDERS, RESULTS
from auditor.tokens import Tokens

if TYPE_CHECKING:
    from auditor.report.facts import RunFacts
    from auditor.report.sensitivity import Tried

STAYS = "Dates, ages, states and amounts stand as they are, so this run is not anonymous: keep it as you keep records."
LASTING = (
    f"Identifiers are masked by tokens under a lasting key: the same token is the same member, claim or facility in every run. {STAYS}"
)
PASSING = f"Identifiers are masked by tokens under a key made for this run and kept nowhere: they hold within this run only. {STAYS}"


@dataclass(frozen=True)
class Mask:
    """How a run is masked. ``lasting`` says whether the key outlives the run, so that tokens agree from run to run."""

    tokens: Tokens
    lasting: bool = True


def mask_run(
    frames: Mapping[str, pd.DataFrame], facts: RunFacts, mask: Mask, smallest_cell: int
) -> tuple[dict[str, pd.DataFrame], RunFacts]:
    """The same run with tokens for identifiers; facilities of fewer episodes than ``smallest_cell`` without their counts.

    ValueError where a column of text does not say what it holds.
    """
    values = masked_values(mask.tokens)
    masked = {table.name: _mask_table(table, frames[table.name], values) for table in RESULTS}
    masked[PROVIDERS.name] = withhold_small(masked[PROVIDERS.name], smallest_cell)
    return masked, _mask_facts(facts, mask, _file_names(frames, facts), values["file"])


def _mask_table(table: ResultTable, frame: pd.DataFrame, values: Mapping[Holds, Masked]) -> pd.DataFrame:
    held = [column for column in table.columns if column.kind in ("text", "list")]
    return frame.assign(**{column.name: _mask_column(table, column, frame[column.name], values) for column in held})


def _mask_column(table: ResultTable, column: ResultColumn, cells: pd.Series, values: Mapping[Holds, Masked]) -> pd.Series:
    if column.holds is None:
        raise ValueError(f"results.py: {table.name}.{column.name} does not say what it holds, so it cannot be masked")
    if column.holds == "word":
        return cells
    made = values[column.holds]
    if column.kind == "list":
        listed = [None if cell is None else [made(item) for item in cell] for cell in cells.astype(object)]
        return pd.Series(listed, index=cells.index, dtype=cells.dtype)
    stands = {value: made(value) for value in cells.dropna().unique()}
    return pd.Series([stands.get(cell) for cell in cells.astype(object)], index=cells.index, dtype=cells.dtype)


def _file_names(frames: Mapping[str, pd.DataFrame], facts: RunFacts) -> tuple[str, ...]:
    """Every file that the run can name, longest first, so that no name is replaced within another."""
    sources = (frames[table.name][column.name].dropna().unique() for table in RESULTS for column in table.columns if column.holds == "file")
    names = {file.name for file in facts.inputs} | set(facts.not_read) | {str(name) for found in sources for name in found}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _mask_facts(facts: RunFacts, mask: Mask, names: Iterable[str], masked: Masked) -> RunFacts:
    def say(text: str) -> str:
        for name in names:
            text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", lambda found: masked(found[0]), text)
        return text

    return replace(
        facts,
        sensitivity=_mask_tried(facts.sensitivity, mask),
        inputs=tuple(replace(file, name=masked(file.name)) for file in facts.inputs),
        not_read=facts.unread_as(say),
        notices=(LASTING if mask.lasting else PASSING, *(say(notice) for notice in facts.notices)),
        masking="lasting key" if mask.lasting else "key of this run",
        recipe=replace(facts.recipe, places={}) if facts.recipe else None,
    )


def _mask_tried(tried: tuple[Tried, ...] | None, mask: Mask) -> tuple[Tried, ...] | None:
    made = masked_values(mask.tokens)["episode"]
    if tried is None:
        return None
    return tuple(replace(one, flips=tuple(replace(flip, episode_id=made(flip.episode_id)) for flip in one.flips)) for one in tried)

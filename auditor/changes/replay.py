"""Which inputs, policy, readings and day a replay takes of which run, and what a replay is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.changes.model import Cause

if TYPE_CHECKING:
    import pandas as pd

# What can be taken of either run; the earlier program cannot be run again, and what remains is the program.
FACTORS = (Cause.DATA, Cause.POLICY, Cause.READING, Cause.DAY)


@dataclass(frozen=True)
class Mix:
    """What a replay takes of the later run; the rest it takes of the earlier one.

    ``data``: the input files and how they are read. ``policy``: the policy, all configs beside it, and reference releases. ``reading``:
    the values of readings. ``day``: the day the report speaks from.
    """

    later: frozenset[Cause] = field(default_factory=frozenset)


# Audits a mixture in memory and gives its result frames; None where something of the earlier run is no longer to be had.
Replay = Callable[[Mix], "Mapping[str, pd.DataFrame] | None"]

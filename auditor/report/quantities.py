"""What of a day's chart an episode shows: what its guideline reads day by day, and whatever else was charted."""

from __future__ import annotations

from auditor.outcomes import Outcome
from auditor.policy.model import Policy
from auditor.report.cases import Row, Rows

DOSE, FRACTION, SATURATION, NEED = "dose", "fraction", "saturation", "need"
QUANTITIES = (DOSE, FRACTION, SATURATION, NEED)
ENDS = {DOSE: ("dose_low", "dose_high"), FRACTION: ("fio2_low", "fio2_high"), SATURATION: ("spo2_low", "spo2_high")}


def quantities_read(policy: Policy) -> tuple[str, ...]:
    """The dose, where a dose shows the treatment; oxygen and saturation, where a paragraph is asked each day."""
    daily = any(criterion.kind == "each_day" for criterion in policy.walk())
    read = {DOSE: bool(policy.exposure.get("doses")), FRACTION: daily, SATURATION: daily, NEED: daily}
    return tuple(name for name in QUANTITIES if read[name])


def quantities_shown(days: Rows, read: tuple[str, ...]) -> tuple[str, ...]:
    """What is read, and what any day has of the others; in the usual order."""
    return tuple(name for name in QUANTITIES if name in read or any(_charted(row, name) for row in days))


def _charted(row: Row, name: str) -> bool:
    if name == NEED:
        return row["oxygen_need"] not in (None, Outcome.NOT_APPLICABLE)
    return any(row[end] is not None for end in ENDS[name])

"""One row a facility and measure: its episodes, its value, everyone's, and whether chance explains the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from auditor.outcomes import Standing
from auditor.providers.limits import Pool, limits, make_pool, tails
from auditor.providers.plan import Measure, Plan
from auditor.providers.values import Frames, measure_values, therapy_episodes
from auditor.results import PROVIDERS


def compare_providers(frames: Frames, plan: Plan, readings: Mapping[str, object]) -> pd.DataFrame:
    """The result table ``providers``, by facility and measure in the plan's order.

    ``frames`` are result frames of a run; ``readings`` the policy's values by name. Episodes without a facility are compared with,
    as part of the pool, but stand in no row.
    """
    episodes = therapy_episodes(frames)
    rows = [
        row
        for place, measure in enumerate(plan.measures)
        # a guideline that has no such limit has nothing that ends on it
        if measure.of.ends_on is None or measure.of.ends_on in readings
        for row in _rows(episodes["facility"], measure_values(frames, episodes, measure.of, readings), (place, measure), plan)
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in PROVIDERS.columns])
    return table.sort_values(list(PROVIDERS.order), ignore_index=True)


def _rows(facility: pd.Series, values: pd.Series, measure: tuple[int, Measure], plan: Plan) -> Iterator[dict[str, object]]:
    known = values[values.notna()]
    if known.empty:
        return
    place, asked = measure
    if asked.unit != "share":
        known = known.clip(*known.quantile((1 - plan.kept, plan.kept)))
    pool = make_pool(known.to_numpy(np.float64))
    head = {"ordinal": place, "measure": asked.key, "label": asked.label, "unit": asked.unit, "peers": round(float(known.mean()), 6)}
    for name, own in known.groupby(facility.reindex(known.index)):
        row = {**head, "facility": name, "episodes": len(own), "standing": Standing.TOO_FEW.value}
        if len(own) >= plan.minimum_episodes:
            row |= _standing(pool, own.to_numpy(np.float64), plan)
        yield row | {"finding_id": asked.finding if row["standing"] in (Standing.ABOVE, Standing.BELOW) else None}


def _standing(pool: Pool, own: np.ndarray, plan: Plan) -> dict[str, object]:
    low, high = limits(pool, len(own), plan.limit)
    below, above = tails(pool, own)
    beyond, near = (1 - plan.limit) / 2, (1 - plan.alert) / 2
    inside = Standing.NEAR if min(below, above) < near else Standing.WITHIN
    standing = Standing.BELOW if below < beyond else Standing.ABOVE if above < beyond else inside
    return {"value": round(float(own.mean()), 6), "low": low, "high": high, "standing": standing.value}

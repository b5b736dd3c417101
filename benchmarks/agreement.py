"""Whether what an analyst's script answers is what the audit says, episode by episode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

KEY = ["member_id", "start_day"]
NUMBERS = ("therapy_days", "age_days", "gestational_age")
BUCKETS = ("supported", "not_supported", "records_needed", "medical_review", "not_asked", "linked")
ANSWERED = ("determination", *NUMBERS, *(f"{bucket}_cents" for bucket in BUCKETS))
AUDITED = {"age_days": "age_days_low", "gestational_age": "gestational_age_low"}
NOT_ASKED = 3
# Of the audit's results, what is compared.
COMPARED = {
    "episodes": ("episode_id", *KEY, *(AUDITED.get(name, name) for name in ANSWERED)),
    "criteria": ("episode_id", "key", "outcome"),
}


def agree(tables: Mapping[str, pd.DataFrame], answers: pd.DataFrame) -> list[str]:
    """What differs between result tables of the audit and the answers of a script, a sentence each; empty where they agree.

    Compared are the episodes by member and first day, ``ANSWERED``, and every paragraph of the guideline that is a column of the answers.
    """
    asked = [name for name in answers.columns if name.startswith("I")]
    ours = plain(audited(tables, asked), asked)
    theirs = plain(answers, asked)
    both = ours.add_suffix(" of the audit").join(theirs, how="inner")
    missing = [(len(ours) - len(both), "the script does not have"), (len(theirs) - len(both), "the audit does not have")]
    return [*(f"{count} episodes that {who}" for count, who in missing if count), *differences(both, [*ANSWERED, *asked])]


def audited(tables: Mapping[str, pd.DataFrame], asked: list[str]) -> pd.DataFrame:
    """The audit's episodes with the outcomes of the paragraphs beside them."""
    episodes, criteria = tables["episodes"], tables["criteria"]
    leaves = criteria[criteria["key"].isin(asked)].pivot(index="episode_id", columns="key", values="outcome")
    named = episodes.drop(columns=list(AUDITED), errors="ignore").rename(columns={there: here for here, there in AUDITED.items()})
    return named.join(leaves, on="episode_id")


def plain(rows: pd.DataFrame, asked: list[str]) -> pd.DataFrame:
    """Rows by episode, in types that can be compared; an empty number is -1, and an outcome that is empty is not asked."""
    texts = pd.DataFrame({"determination": rows["determination"].astype(object)})
    numbers = rows[[name for name in ANSWERED if name != "determination"]].astype("float64").fillna(-1).astype("int64")
    outcomes = rows.reindex(columns=asked).astype("float64").fillna(NOT_ASKED).astype("int64")
    index = pd.MultiIndex.from_arrays([rows["member_id"].astype(object), pd.to_datetime(rows["start_day"])], names=KEY)
    return pd.concat([texts, numbers, outcomes], axis=1).set_axis(index)


def differences(both: pd.DataFrame, names: list[str]) -> Iterator[str]:
    """For each column how many episodes differ, and the pair of values that is most frequent among them."""
    for name in names:
        ours, theirs = both[f"{name} of the audit"], both[name]
        differ = ours != theirs
        if differ.any():
            pairs = (ours[differ].astype(str) + ", not " + theirs[differ].astype(str)).value_counts()
            yield f"{name}: {int(differ.sum())} of {len(both)} episodes differ, most often {pairs.index[0]}"

"""Replays mixtures of two runs in memory: the inputs, rules, readings and day of either, by the present program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.audits import audit
from auditor.changes import Cause, Mix, Replay
from auditor.errors import AuditorError, SettingsRefused
from auditor.guidelines import load_books
from auditor.runs import RunFolder
from auditor.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

# Which settings are of which factor; memory and threads decide nothing.
SETTINGS_OF = {
    Cause.DATA: ("paths", "profile", "time_zone"),
    Cause.POLICY: ("policy", "configs", "reference"),
    Cause.DAY: ("as_of",),
}
Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """What a run was made from: the settings that find it now, and the SHA-256 of its input files."""

    settings: Settings
    inputs: tuple[str, ...]

    @classmethod
    def of_run(cls, run: RunFolder, settings: Settings) -> Source:
        """The source of a published run, whose inputs ``settings`` finds, if they are there still."""
        return cls(settings, tuple(sorted(one["sha256"] for one in run.manifest["inputs"])))


def replay_between(earlier: Source, later: Source) -> Replay:
    """Replays mixtures of two runs; None for one whose inputs are gone or are others now, or whose readings do not fit its policy."""

    def replay(mix: Mix) -> Mapping[str, pd.DataFrame] | None:
        wanted = (later if Cause.DATA in mix.later else earlier).inputs
        try:
            result = audit(_mixed(earlier.settings, later.settings, mix))
        except (AuditorError, OSError):
            return None
        return result.frames if tuple(sorted(file.sha256 for file in result.facts.inputs)) == wanted else None

    return replay


def _mixed(earlier: Settings, later: Settings, mix: Mix) -> Settings:
    taken = {name: getattr(later if cause in mix.later else earlier, name) for cause, names in SETTINGS_OF.items() for name in names}
    rules, readings = (later if cause in mix.later else earlier for cause in (Cause.POLICY, Cause.READING))
    return later.model_copy(update=taken | {"readings": _readings(rules, readings)})


def _readings(rules: Settings, readings: Settings) -> Mapping[str, Any]:
    """What must be set for the rules of one run to be read as the other reads its own."""
    if rules is readings:
        return rules.readings
    own, other = _values(rules, {}), _values(readings, readings.readings)
    wanted = {
        revision: values | {name: value for name, value in other.get(revision, {}).items() if name in values}
        for revision, values in own.items()
    }
    overrides = {name: value for revision, values in wanted.items() for name, value in values.items() if value != own[revision][name]}
    if _values(rules, overrides) != wanted:
        raise SettingsRefused("a reading has another value in each revision, and cannot be set for one of them.")
    return overrides


def _values(settings: Settings, overrides: Mapping[str, Any]) -> Values:
    """The value of every reading, by revision."""
    books = load_books(settings.model_copy(update={"readings": overrides}))
    return {policy.revision: {name: one.value for name, one in policy.readings.items()} for book in books for policy in book.policies}

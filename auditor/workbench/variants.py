"""One extract audited under several sets of rules: it is read once, and every audit after the first begins from what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from auditor.audits import audit_again
from auditor.guidelines import load_whole
from auditor.pipeline import AuditResult, Begun, Progress, begin
from auditor.policy import RuleBook
from auditor.settings import Settings

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Rules:
    """A policy, and the readings set otherwise than it says. ``name`` is what people call it."""

    name: str
    policy: str
    readings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """An extract in hand, ready to be audited under any rules. Audits of the same rules are the same, whatever came between."""

    begun: Begun

    def audit(self, rules: Rules) -> AuditResult:
        """The audit under these rules. SettingsRefused for a policy or reading that cannot be used."""
        return audit_again(self.begun, self.load(rules))

    def load(self, rules: Rules) -> RuleBook:
        """The rules, checked."""
        return load_rules(rules, self.begun.settings)


def load_rules(rules: Rules, settings: Settings) -> RuleBook:
    """The rules, checked against the configs of these settings. SettingsRefused for a policy or reading that cannot be used."""
    return load_whole(rules.policy, settings.configs, rules.readings)


@contextmanager
def take_to_bench(settings: Settings, frames: Frames | None = None, progress: Progress | None = None) -> Iterator[Bench]:
    """Reads an extract (``settings.paths``, or ``frames`` in memory) once; it is gone when the caller is done."""
    with begin(settings, frames, progress) as begun:
        yield Bench(begun)

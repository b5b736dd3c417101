"""The whole audit, top to bottom: the only file that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.collect import Collected, collect, gather_facts
from auditor.engine import Connection, open_engine, run_sql
from auditor.intake import Extract, Reading, check_clocks, open_extract, refuse_damage
from auditor.policy import Policy, RuleBook, install, load_rule_book, set_readings
from auditor.results import RESULTS
from auditor.settings import Settings
from auditor.stages.findings import find
from auditor.stages.judge import judge
from auditor.stages.patterns import set_patterns

if TYPE_CHECKING:
    import pandas as pd

    from auditor.report import RunFacts

Progress = Callable[[str], None]

BEFORE_JUDGING = (
    "final_lines",
    "statements",
    "exposure",
    "episodes",
    "doubts",
    "ages",
    "derived",
    "evidence",
    "routing",
    "leaf_outcomes",
    "oxygen_days",
)
AFTER_JUDGING = ("dollars", "results")


@dataclass(frozen=True)
class AuditResult:
    """What an audit found: result frames by the names of ``results.py``, and what is known of the run besides.

    ``nothing_to_audit`` says that the extract held no listed service and no sign of iNO.
    """

    frames: Mapping[str, pd.DataFrame]
    facts: RunFacts

    @property
    def nothing_to_audit(self) -> bool:
        """No line in scope and no iNO on any chart."""
        return self.frames["episodes"].empty and self.frames["lines"].empty


def audit(settings: Settings, frames: Mapping[str, pd.DataFrame] | None = None, progress: Progress | None = None) -> AuditResult:
    """Audits an extract on disk (``settings.paths``) or in memory (``frames``: canonical table to DataFrame).

    Raises SettingsRefused for a policy or profile, ExtractRefused for a file that cannot be trusted.
    """
    say = progress or (lambda stage: None)
    book = load_rule_book(settings.policy, settings.configs, settings.readings)
    with open_engine(settings.memory, settings.threads) as connection:
        say("reading the extract")
        reading = take_in(connection, book, Extract(settings.paths, settings.profile, settings.time_zone, frames))
        parts = [audit_revision(connection, book, policy, say) for policy in book.policies]
        say("gathering results")
        return AuditResult(merge(parts), gather_facts(connection, book, settings, reading))


def take_in(connection: Connection, book: RuleBook, extract: Extract) -> Reading:
    """From files to the canonical tables of the members in scope; bad rows set aside and counted."""
    reading = open_extract(connection, extract)
    prepare(connection, book, book.policies[-1])
    with refuse_damage(file.name for file in reading.files):
        run_sql(connection, "scope")
        run_sql(connection, "identities")
        if reading.time_zone is None:
            check_clocks(connection)
    return reading


def audit_revision(connection: Connection, book: RuleBook, policy: Policy, say: Progress) -> Collected:
    """Everything after intake, under one revision of the policy; results of the courses that it governs."""
    prepare(connection, book, policy)
    for stage in BEFORE_JUDGING:
        say(stage.replace("_", " "))
        run_sql(connection, stage)
    say("judging")
    judge(connection, book, policy)
    for stage in AFTER_JUDGING:
        say(stage)
        run_sql(connection, stage)
    say("findings")
    find(connection)
    return collect(connection, book, policy)


def prepare(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """The rules of a revision, as tables and variables that SQL can read."""
    install(connection, book, policy)
    set_readings(connection, policy)
    set_patterns(connection, book, policy)
    run_sql(connection, "macros")


def merge(parts: list[Collected]) -> dict[str, pd.DataFrame]:
    """Results of all revisions together, each table in its own order."""
    import pandas as pd

    merged = {}
    for table in RESULTS:
        frames = [part[table.name] for part in parts if len(part[table.name])] or [parts[0][table.name]]
        merged[table.name] = (
            frames[0] if len(frames) == 1 else pd.concat(frames).sort_values(list(table.order), ignore_index=True, kind="stable")
        )
    return merged

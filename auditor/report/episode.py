"""One episode as its page shows it."""

from __future__ import annotations

from datetime import timedelta

from auditor.outcomes import DETERMINATIONS, VERDICTS, Determination, Verdict
from auditor.policy.model import TREATMENT
from auditor.report.buckets import BUCKETS, COUNTED
from auditor.report.cases import Case, Row
from auditor.report.facts import RevisionFacts
from auditor.report.findings import information_grid, work_grid
from auditor.report.grids import codes_by_day, day_grid, line_grid
from auditor.report.outline import outline
from auditor.report.phrases import (
    counted,
    days_between,
    dollar_interval,
    dollars,
    iso_day,
    iso_minute,
    listed,
    number,
    shorten,
    spaced,
    span,
)
from auditor.report.quantities import QUANTITIES, quantities_shown
from auditor.report.queues import next_words
from auditor.report.rationale import rationale_clauses
from auditor.report.references import view_clause
from auditor.report.strip import Marks, legend, strips
from auditor.report.treatments import say, treatment_of
from auditor.report.trend import draw_trend, moments_of
from auditor.report.view import EpisodeView

BASES = {
    "charted": "shown by the chart",
    "billed": "shown by claims only",
    "marker": "shown by a procedure code, without days",
    "billed_only": "billed, and not shown to be iNO",
}
TITLES = {"marker": "Course", "billed_only": "Listed lines"}
IMPROVEMENT, DAY_LIMIT = "improvement_window_h", "day_limit"


def view_episode(case: Case, revision: RevisionFacts | None) -> EpisodeView:
    """Everything an episode page says."""
    episode = case.episode
    exclusions = revision.exclusions if revision else ()
    clauses = rationale_clauses(case, exclusions)
    cited = frozenset(cite.key for clause in clauses for cite in clause.cites if cite.kind == "evidence")
    codes = codes_by_day(case.lines)
    marks = _marks(episode, revision)
    shown = quantities_shown(case.days, revision.read if revision else QUANTITIES)
    return EpisodeView(
        episode_id=case.episode_id,
        title=episode_title(episode),
        member=shorten(episode["member_id"]),
        determination=DETERMINATIONS[Determination(episode["determination"])],
        at_risk=episode_at_risk(episode),
        next_action=next_words(episode),
        rationale=tuple(map(view_clause, clauses)),
        facts=tuple(_facts(episode)),
        strips=strips(case.days, marks, codes, shown),
        legend=legend(case.days),
        days=day_grid(case.days, codes, shown),
        trend=draw_trend(case.measurements, case.days, moments_of(episode, case.days, marks.improvement_hours, marks.day_limit), shown),
        outline=outline(case, exclusions, cited),
        findings=work_grid(case.findings),
        information=information_grid(case.findings),
        lines=line_grid(case.lines, treatment_of(episode)),
        documents=tuple(shorten(document) for document in episode["documents"] or ()),
        decisions=tuple(VERDICTS[verdict].word for verdict in Verdict if verdict != Verdict.NOT_ASKED),
    )


def episode_title(episode: Row) -> str:
    """What the episode is, and from when."""
    return f"{_noun(episode)} from {iso_day(episode['start_day'])}"


def _noun(episode: Row) -> str:
    if episode["kind"] == "vasoreactivity":
        return "Vasoreactivity test"
    return TITLES.get(episode["basis"], "Therapy")


def episode_at_risk(episode: Row) -> str:
    """The dollars of an episode at risk, from lowest to highest."""
    return dollar_interval(episode["at_risk_low_cents"] or 0, episode["at_risk_high_cents"] or 0)


def _marks(episode: Row, revision: RevisionFacts | None) -> Marks:
    hours, limit = (revision.reading(name) if revision else None for name in (IMPROVEMENT, DAY_LIMIT))
    days = str(limit.value) if limit else ""
    if hours is None:
        return Marks(day_limit=days)
    return Marks(episode["start_day"] + timedelta(hours=float(str(hours.value))), str(hours.value), days)


def _facts(episode: Row) -> list[tuple[str, str]]:
    said = [
        ("Member", shorten(episode["member_id"])),
        ("Age at start", age_at_start(episode)),
        ("Gestational age", _gestation(episode)),
        ("Start", _start(episode)),
        ("Last day", iso_day(episode["end_day"]) + (", end not recorded" if episode["open_end"] else "")),
        ("Length", _length(episode)),
        ("Facilities", shorten(listed(episode["facilities"]))),
        ("Plan", ", ".join(shorten(episode[name]) for name in ("line_of_business", "state", "plan") if episode[name])),
        ("Route", spaced(episode["route"])),
        (treatment_of(episode), f"{episode['attribution']}; {_basis(episode)}"),
        ("Dollars", _dollars(episode)),
        ("Claim lines", counted(episode["lines"] or 0, "line")),
        ("Rows set aside", counted(episode["rows_set_aside"] or 0, "row") if episode["rows_set_aside"] else ""),
        ("Policy revision", episode["policy_revision"] or "none in force"),
    ]
    return [(name, value) for name, value in said if value]


def _gas(episode: Row) -> str:
    return "gas" if treatment_of(episode) == TREATMENT else treatment_of(episode)


def _basis(episode: Row) -> str:
    return say(BASES.get(episode["basis"], spaced(episode["basis"])), treatment_of(episode))


def _start(episode: Row) -> str:
    days = days_between(episode["start_day"], episode["start_last_day"])
    instant = iso_minute(episode["start_at"])
    if episode["start_clock"]:
        return f"{days} {episode['start_clock']} at the facility" + (f" ({instant})" if instant else "")
    return f"{days} ({instant})" if instant else days


def _dollars(episode: Row) -> str:
    parts = ", ".join(f"{word.word} {dollars(episode[name])}" for name, word in BUCKETS.items() if episode[name])
    return f"{dollars(episode[COUNTED] or 0)} counted{': ' if parts else ''}{parts}"


def age_at_start(episode: Row) -> str:
    """Days of a newborn, else completed years."""
    if episode["age_days_low"] is None and episode["age_days_high"] is None:
        return "not known"
    if episode["age_years_high"]:
        return f"{span(episode['age_years_low'], episode['age_years_high'])} years"
    return counted_span(episode["age_days_low"], episode["age_days_high"], "day")


def counted_span(low: int | None, high: int | None, noun: str) -> str:
    """A number or a range with its noun."""
    return f"{span(low, high)} {noun if low == high == 1 else noun + 's'}"


def _gestation(episode: Row) -> str:
    ends = [f"{days // 7} w {days % 7} d" for days in (episode["gestational_age_low"], episode["gestational_age_high"]) if days is not None]
    return " to ".join(dict.fromkeys(ends))


def _length(episode: Row) -> str:
    hours, span_days = episode["elapsed_hours"], episode["span_days"]
    parts = [
        counted(episode["therapy_days"] or 0, "therapy day"),
        *([f"{span_days} from first to last"] if span_days else []),
        counted(episode["billed_days"] or 0, "day") + " billed",
    ]
    return "; ".join([*parts, f"{number(hours)} hours on {_gas(episode)}"] if hours is not None else parts)

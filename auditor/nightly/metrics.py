"""Metrics of a night in the Prometheus text format, for the node exporter's folder of text files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.nightly.account import Account
from auditor.nightly.heartbeat import seconds_of
from auditor.outcomes import Determination
from auditor.version import VERSION

CENTS = 100


@dataclass(frozen=True)
class Metric:
    """One family of samples, each with its labels; all are gauges."""

    name: str
    help: str
    samples: tuple[tuple[dict[str, str], float], ...]


def metrics_text(account: Account, last_success: str | None) -> str:
    """All metrics; those of the newest run are there even if this night made none."""
    return "".join(_lines(metric, account.name) for metric in (*_night(account, last_success), *_run(account)) if metric.samples)


def _night(account: Account, last_success: str | None) -> Iterator[Metric]:
    succeeded = account.ended.timestamp() if account.good else seconds_of(last_success) if last_success else None
    yield _one("night_last_success_timestamp_seconds", "When a night last went well.", succeeded)
    yield _one("night_end_timestamp_seconds", "When the last night ended, well or not.", account.ended.timestamp())
    yield _one("night_exit_code", "What the last night ended with; see the page on exit codes.", float(account.exit_code))
    yield _one("night_mails_undelivered", "Messages that are not known to have arrived.", account.undelivered)
    yield _one("night_runs_pruned", "Runs that the last night removed by retention.", len(account.pruned))
    yield _one("night_clock_behind_seconds", "How far the clock is behind the newest run.", account.clock_behind)
    yield Metric(
        "night_stage_seconds",
        "How long each stage of the last night took.",
        _by("stage", {k: round(v, 3) for k, v in account.seconds.items()}),
    )


def _run(account: Account) -> Iterator[Metric]:
    manifest: Mapping[str, Any] = account.manifest
    if not manifest.keys() >= {"totals_cents", "rows_read", "determinations"}:
        return
    totals, rows = manifest["totals_cents"], manifest["rows_read"]
    yield Metric("run_info", "The newest run.", (({"run": account.latest, "version": VERSION}, 1.0),))
    yield Metric(
        "run_rows_read", "Rows read, by canonical table.", _by("table", {name: counts["rows_in"] for name, counts in rows.items()})
    )
    yield Metric(
        "run_rows_set_aside", "Rows that could not be trusted.", _by("table", {name: counts["set_aside"] for name, counts in rows.items()})
    )
    yield Metric(
        "run_episodes",
        "Episodes, by what they come to.",
        _by("determination", {word.value: manifest["determinations"].get(word.value, 0) for word in Determination}),
    )
    yield Metric(
        "run_dollars_at_risk",
        "Dollars at risk: low and high.",
        _by("bound", {b: totals[f"at_risk_{b}_cents"] / CENTS for b in ("low", "high")}),
    )
    yield Metric("run_findings", "Findings, by what became of them since the run before.", _by("change", account.findings))


def _one(name: str, text: str, value: float | None) -> Metric:
    return Metric(name, text, () if value is None else (({}, value),))


def _by(label: str, values: Mapping[str, float]) -> tuple[tuple[dict[str, str], float], ...]:
    return tuple(({label: name}, value) for name, value in sorted(values.items()))


def _lines(metric: Metric, night: str) -> str:
    name = f"auditor_{metric.name}"
    samples = "".join(f"{name}{{{_labels({'night': night, **labels})}}} {_number(value)}\n" for labels, value in metric.samples)
    return f"# HELP {name} {metric.help}\n# TYPE {name} gauge\n{samples}"


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    return repr(int(value)) if float(value).is_integer() else repr(float(value))

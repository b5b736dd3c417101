"""``auditor explain``: why one episode came to what it came to, as a tree for a terminal or as values for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.text import Text
from rich.tree import Tree

from auditor.errors import AuditorError
from auditor.outcomes import ACTIONS, VERDICTS, Action, Verdict, Word
from auditor.report.branches import Branch, branches
from auditor.report.buckets import BUCKETS, TOTALS
from auditor.report.cases import Case, Row, Rows, labelled
from auditor.report.day_ranges import DayRange, day_ranges
from auditor.report.episode import episode_at_risk
from auditor.report.evidence import evidence_by_fact
from auditor.report.findings import finding_name, rank
from auditor.report.grids import decided_by
from auditor.report.outline import outline
from auditor.report.phrases import NOTHING, counted, days_between, dollar_interval, dollars, iso_day, shorten, spaced
from auditor.report.queues import next_words
from auditor.report.rationale import rationale, rationale_clauses
from auditor.report.treatments import determination_of, named
from auditor.report.view import CriterionNode
from auditor.yaml_lines import read_yaml

STYLES = {"good": "green", "bad": "red", "open": "yellow", "review": "magenta", "quiet": "dim"}


def read_case(run: Path, episode_id: str) -> Case:
    """One episode of a published run. AuditorError if the run has none of that name, or is no run."""
    if not (run / "tables" / "episodes.parquet").is_file():
        raise AuditorError(f"{run.name} is not a run: it has no tables/episodes.parquet. Give the folder that report.html lies in.")
    episodes = tuple(named(episode, _treatments(run)) for episode in _rows(run, "episodes", episode_id))
    if not episodes:
        raise AuditorError(f"{run.name} has no episode {shorten(episode_id)}. episodes.csv of the run lists them all.")
    names = ("criteria", "evidence", "therapy_days", "findings", "lines", "measurements")
    criteria, evidence, *rest = (_rows(run, name, episode_id) for name in names)
    return Case(episodes[0], criteria, labelled(evidence, _labels(run)), *rest)


def _labels(run: Path) -> dict[str, str]:
    """People's words for each concept, from the configs that the run went by; none where it has no copy of them."""
    path = run / "configs" / "concepts.yaml"
    written = read_yaml(path, path.name)["event_concepts"] if path.is_file() else {}
    return {name: concept["label"] for name, concept in written.items()}


def _rows(run: Path, name: str, episode_id: str) -> Rows:
    table = pq.read_table(run / "tables" / f"{name}.parquet", filters=[("episode_id", "=", episode_id)])
    return tuple(table.to_pylist())


def _exclusions(run: Path, case: Case) -> frozenset[str]:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    applied = [revision for revision in manifest["policy_revisions"] if revision["revision"] == case.episode["policy_revision"]]
    return frozenset(key for revision in applied for key in revision["exclusions"])


def _treatments(run: Path) -> Mapping[str | None, str]:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    return {revision["revision"]: revision["treatment"] for revision in manifest["policy_revisions"] if "treatment" in revision}


def explain_tree(run: Path, episode_id: str) -> Tree:
    """The episode as a tree: its paragraphs with their evidence, its days, its findings, its dollars."""
    case = read_case(run, episode_id)
    exclusions = _exclusions(run, case)
    tree = Tree(_headline(case))
    tree.add(Text(rationale(case, exclusions)))
    for part in outline(case, exclusions):
        place = tree.add(_paragraph(part.head) if part.head else Text(part.title, style="bold"))
        _grow(place, (*part.pathways, *part.members))
    _section(tree, "Days", (_day_range(days) for days in day_ranges(case.days)))
    _section(tree, "Findings", (_finding(row) for row in sorted(case.findings, key=rank)))
    _section(tree, "Dollars", _dollars(case.episode))
    _section(tree, "What would settle it", (Text(shorten(document)) for document in case.episode["documents"] or ()))
    return tree


def _word(word: Word) -> Text:
    return Text(f"{word.symbol} {word.word}", style=STYLES[word.tone])


def _headline(case: Case) -> Text:
    episode = case.episode
    word = _word(determination_of(episode))
    told = f"  {episode_at_risk(episode)} at risk  next: {next_words(episode)}"
    return Text.assemble((case.episode_id, "bold"), f"  {spaced(episode['kind'])} from {iso_day(episode['start_day'])}  ", word, told)


def _section(tree: Tree, title: str, items: Iterable[Text]) -> None:
    found = list(items)
    if found:
        place = tree.add(Text(title, style="bold"))
        for item in found:
            place.add(item)


def _grow(tree: Tree, nodes: Iterable[CriterionNode]) -> None:
    for node in nodes:
        place = tree.add(_paragraph(node))
        for line in node.evidence:
            place.add(Text(f"{line.side}: {line.what}, {line.details}; {line.source}", style="dim"))
        if node.evidence_note:
            place.add(Text(node.evidence_note, style="dim"))
        _grow(place, node.members)


def _paragraph(node: CriterionNode) -> Text:
    note = f" ({node.note})" if node.note else ""
    return Text.assemble(_word(node.outcome), "  ", (node.key, "bold"), f" {node.statement}{note}")


def _day_range(days: DayRange) -> Text:
    word = _word(VERDICTS[Verdict(days.verdict)]) if days.verdict else Text("no verdict")
    numbers = {str(number) for number in (days.first_number, days.last_number) if number}
    named = f"day {'–'.join(sorted(numbers, key=int))}" if numbers else "billed"
    cause = decided_by(days.verdict, days.cause)
    why = "" if cause == NOTHING else f"by {cause}, "
    when = f"{named}, {days_between(days.first_day, days.last_day)}  "
    return Text.assemble(when, word, f"  {why}{counted(days.days, 'day')}, {dollars(days.counted_cents)}")


def _finding(row: Row) -> Text:
    amount = dollar_interval(row["at_risk_low_cents"] or 0, row["at_risk_high_cents"] or 0)
    told = f" {shorten(row['name'])}: {shorten(row['says'])} ({shorten(row['paragraph'])}; {amount}; {ACTIONS[Action(row['action'])]})"
    return Text.assemble((f"{row['severity']} {finding_name(row)}", "bold"), told)


def _dollars(episode: Row) -> Iterable[Text]:
    for name, word in BUCKETS.items():
        if episode[name]:
            yield Text.assemble(_word(word), f"  {dollars(episode[name])}")


def explain_data(run: Path, episode_id: str) -> dict[str, Any]:
    """The episode as values of JSON: dates in ISO 8601, sums in cents, outcomes by their words."""
    case = read_case(run, episode_id)
    evidence = evidence_by_fact(case.evidence)
    told = {
        "episode": case.episode,
        "rationale": rationale(case, _exclusions(run, case)),
        "rationale_clauses": [asdict(clause) for clause in rationale_clauses(case, _exclusions(run, case))],
        "criteria": [_branch_dict(root, evidence) for root in branches(case.criteria)],
        "days": [asdict(days) for days in day_ranges(case.days)],
        "findings": list(case.findings),
        "lines": list(case.lines),
        "dollars_cents": {name.removesuffix("_cents"): case.episode[name] for name in (*BUCKETS, *TOTALS)},
    }
    return {name: _plain(value) for name, value in told.items()}


def _branch_dict(branch: Branch, evidence: Mapping[str, Rows]) -> dict[str, Any]:
    return {
        "key": branch.key,
        "statement": branch.row["statement"],
        "outcome": branch.outcome.name.lower(),
        "reason": branch.row["reason"],
        "referred": branch.referred,
        "evidence": evidence.get(branch.row["fact"] or "", []),
        "criteria": [_branch_dict(member, evidence) for member in branch.members],
    }


def _plain(value: Any) -> Any:
    """The value with its dates as text."""
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value

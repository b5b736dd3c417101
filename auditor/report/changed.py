"""What changed since an earlier run: how many of each kind, and every episode that differs, with before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from auditor.changes import CHANGES, Change, Changes, EpisodeChange, FindingChange, Kinship
from auditor.outcomes import DETERMINATIONS, Determination, Word
from auditor.report.grids import numbers, texts, wides
from auditor.report.phrases import NOTHING, counted, dollar_interval, listed
from auditor.report.report_view import ChangedEpisode, ChangeSection
from auditor.report.view import Grid
from auditor.report.worklist import page_of

KINSHIPS = {
    Kinship.SAME: "",
    Kinship.NEW: "",
    Kinship.GONE: "is in the earlier run alone",
    Kinship.MERGED: "merged from {}",
    Kinship.SPLIT: "split from {}",
}


def change_section(changes: Changes, inside: Collection[str], shown: int) -> ChangeSection:
    """The section; ``inside`` are the episodes whose cards the report holds, ``shown`` how many changed episodes it lists."""
    found = findings_by_episode(changes.findings)
    differing = [episode for episode in changes.episodes if episode.change != Change.UNCHANGED or _differs(found.get(_name(episode)))]
    differing.sort(key=_weight)
    return ChangeSection(
        earlier=changes.earlier,
        counts=_counts(changes),
        episodes=tuple(_episode(episode, found.get(_name(episode), Counter()), inside) for episode in differing[:shown]),
        note=f"The first {shown:,} of {len(differing):,} changed episodes by dollars at risk." if len(differing) > shown else "",
    )


def _counts(changes: Changes) -> Grid:
    episodes, findings = Counter(one.change for one in changes.episodes), Counter(one.change for one in changes.findings)
    return Grid(
        caption="Episodes and findings by change",
        headings=(*texts("Change"), *wides("Meaning"), *numbers("Episodes", "Findings")),
        rows=tuple((word, word.meaning, f"{episodes[change]:,}", f"{findings[change]:,}") for change, word in CHANGES.items()),
        totals=("Sum", "of both runs", f"{len(changes.episodes):,}", f"{len(changes.findings):,}"),
    )


def findings_by_episode(findings: Iterable[FindingChange]) -> dict[str | None, Counter[Change]]:
    """How many findings of each episode came to what."""
    found: dict[str | None, Counter[Change]] = {}
    for finding in findings:
        found.setdefault(finding.episode_id, Counter())[finding.change] += 1
    return found


def _name(episode: EpisodeChange) -> str | None:
    return episode.episode_id or next(iter(episode.earlier_ids), None)


def _differs(findings: Counter[Change] | None) -> bool:
    return any(change != Change.UNCHANGED for change in findings or ())


def _weight(episode: EpisodeChange) -> tuple[int, str]:
    return -max(episode.at_risk_cents[1], episode.earlier_at_risk_cents[1]), _name(episode) or ""


def _episode(episode: EpisodeChange, findings: Counter[Change], inside: Collection[str]) -> ChangedEpisode:
    name = episode.episode_id
    href = f"#{name}" if name in inside else page_of(name) if name else ""
    return ChangedEpisode(
        change=CHANGES[episode.change],
        episode_id=_name(episode) or NOTHING,
        href=href,
        kinship=KINSHIPS[episode.kinship].format(counted(len(episode.earlier_ids), "episode") + f": {listed(episode.earlier_ids)}"),
        before=tuple(map(_determination, dict.fromkeys(episode.earlier_determinations))),
        after=_determination(episode.determination) if episode.determination else None,
        at_risk_before=dollar_interval(*episode.earlier_at_risk_cents) if episode.earlier_ids else NOTHING,
        at_risk_after=dollar_interval(*episode.at_risk_cents) if name else NOTHING,
        findings=", ".join(f"{findings[change]:,} {word.word}" for change, word in CHANGES.items() if findings[change]) or NOTHING,
    )


def _determination(name: str) -> Word:
    return DETERMINATIONS[Determination(name)]

"""An episode in short: what it is, why it came to what it came to, what is open, and what to do; its page says the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from auditor.outcomes import OUTCOMES, VERDICTS, Outcome, Verdict
from auditor.report.cases import Case, Row
from auditor.report.day_cells import day_cells
from auditor.report.episode import age_at_start, episode_at_risk, episode_title
from auditor.report.facts import RevisionFacts
from auditor.report.findings import WORK, finding_name, rank
from auditor.report.phrases import counted, listed, shorten
from auditor.report.queues import next_words
from auditor.report.rationale import deciding_paragraphs, rationale
from auditor.report.report_view import Card, CardParagraph
from auditor.report.treatments import determination_of
from auditor.report.worklist import business_of, page_of

PARAGRAPHS_SHOWN, FINDINGS_SHOWN = 5, 4


def make_card(case: Case, revision: RevisionFacts | None) -> Card:
    """The card of one episode."""
    episode = case.episode
    exclusions = revision.exclusions if revision else ()
    deciding = deciding_paragraphs(case, exclusions)
    paragraphs = tuple(row for row in deciding if row["fact"]) or deciding
    more = len(paragraphs) - PARAGRAPHS_SHOWN
    return Card(
        episode_id=case.episode_id,
        href=page_of(case.episode_id),
        member=shorten(episode["member_id"]),
        title=episode_title(episode),
        facts=_facts(episode),
        determination=determination_of(episode),
        at_risk=episode_at_risk(episode),
        next_action=next_words(episode),
        rationale=rationale(case, exclusions),
        cells=day_cells(case.days),
        paragraphs=tuple(_paragraph(row, exclusions) for row in paragraphs[:PARAGRAPHS_SHOWN]),
        paragraphs_note=f"and {counted(more, 'more paragraph')}" if more > 0 else "",
        findings=tuple(_findings(case)),
        documents=tuple(shorten(document) for document in episode["documents"] or ()),
    )


def _facts(episode: Row) -> str:
    said = (
        counted(episode["therapy_days"] or 0, "therapy day"),
        f"age {age_at_start(episode)}",
        business_of(episode),
        shorten(listed(episode["facilities"])),
    )
    return " · ".join(part for part in said if part)


def _paragraph(row: Row, exclusions: Collection[str]) -> CardParagraph:
    """A paragraph in the tone it has here: an exclusion that is met is bad, a failure that is referred is for review."""
    word = OUTCOMES[Outcome(row["outcome"])]
    if row["key"] in exclusions:
        word = replace(word, tone=OUTCOMES[Outcome.NOT_MET].tone)
    elif row["referred"]:
        word = replace(word, tone=VERDICTS[Verdict.MEDICAL_REVIEW].tone)
    return CardParagraph(row["key"], word, shorten(row["statement"]), f"({row['reason']})" if row["reason"] else "")


def _findings(case: Case) -> list[str]:
    """The gravest findings that ask for something, each name once, and how many are left out."""
    work = sorted((row for row in case.findings if row["action"] in WORK), key=rank)
    names = list(dict.fromkeys(f"{finding_name(row)} {shorten(row['name'])}" for row in work))
    more = len(names) - FINDINGS_SHOWN
    return [*names[:FINDINGS_SHOWN], f"and {more:,} more"] if more > 0 else names

"""Records requests: for each provider, the documents that would settle its undecided episodes, most dollars first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from auditor.letters import RETURN_ADDRESS, LetterPlan
from auditor.outcomes import REASONS, UNDECIDED, Action, Reason
from auditor.report.asks import questions
from auditor.report.cases import Case, Casebook, Row, Rows, rows_by_episode
from auditor.report.facts import RunFacts
from auditor.report.phrases import listed
from auditor.report.queues import RECORDS, asks_for_records, queues_of
from auditor.report.treatments import determination_of, say, treatment_of

LIVING = ("counted", "evidence_only")
WHETHER_GIVEN = "Was inhaled nitric oxide given at all, and if so, from when to when?"


@dataclass(frozen=True)
class Request:
    """One undecided episode that documents would settle, and who is asked for them."""

    case: Case
    settling: Rows
    providers: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """Dollars, in cents, that wait for all of its documents."""
        return self.settling[0]["waiting_cents"] or 0


@dataclass(frozen=True)
class Unasked:
    """An episode that is undecided, or lies in the queue of records requests, and for which nobody is asked; and why."""

    case: Case
    why: str


def find_requests(book: Casebook, settling: pa.Table) -> tuple[Request, ...]:
    """Every undecided episode that documents would settle, also where a nurse reads meanwhile; not one that is held."""
    places = rows_by_episode(settling)
    asked = (book.case(row, charted=False) for row in book.episodes if asks_for_records(row))
    return tuple(Request(case, rows, providers_of(case)) for case in asked if (rows := places.of(case.episode_id)))


def find_unasked(book: Casebook, requests: Iterable[Request]) -> tuple[Unasked, ...]:
    """The others that are undecided or in the queue of records requests, so that request or reason is told of each."""
    asked = {request.case.episode_id for request in requests}
    rows = (row for row in book.episodes if row["episode_id"] not in asked)
    open_ones = (book.case(row, charted=False) for row in rows if _is_looked_for(row, book.findings.of(row["episode_id"])))
    return tuple(Unasked(case, why_unasked(case)) for case in open_ones)


def _is_looked_for(episode: Row, findings: Rows) -> bool:
    return episode["determination"] in UNDECIDED or RECORDS in queues_of(episode, findings)


def open_reason(episode: Row) -> str:
    """Why starting is undecided, in words."""
    reason = episode["initiation_reason"]
    return REASONS[Reason(reason)] if reason in set(Reason) else "the record does not settle it"


def why_unasked(case: Case) -> str:
    """Why nobody is asked for records of an episode."""
    episode = case.episode
    if episode["next_action"] == Action.HOLD:
        held = " ".join(dict.fromkeys(row["says"] for row in case.findings if row["action"] == Action.HOLD))
        then = f" Once they are mended, this may be asked for: {listed(episode['documents'])}." if episode["documents"] else ""
        return f"Held until our own data are mended. {held}{then}".strip()
    if episode["determination"] in UNDECIDED:
        return f"No further document would settle it: {open_reason(episode)}. A nurse reads what we hold."
    word = determination_of(episode).word
    led = [row for row in case.findings if row["action"] == Action.REQUEST_RECORDS]
    said = " ".join(dict.fromkeys(f"{row['finding_id']}: {row['says']}" for row in led))
    return f"It is decided ({word}), and no document of the course would change that. Whoever billed can say more of this: {said}"


def providers_of(case: Case) -> tuple[str, ...]:
    """Every facility that holds records of the course; where none is named, the biller of its first line that names one."""
    if case.episode["facilities"]:
        return tuple(case.episode["facilities"])
    billers = [row["billing_npi"] for row in sorted(case.lines, key=lambda row: (row["first_day"], row["line_key"])) if row["billing_npi"]]
    return tuple(billers[:1]) or ("",)


def by_provider(requests: Iterable[Request]) -> list[tuple[str, list[Request]]]:
    """The requests of each provider, both by the dollars that wait, then by name."""
    found: dict[str, list[Request]] = {}
    for request in requests:
        for provider in request.providers:
            found.setdefault(provider, []).append(request)
    for asked in found.values():
        asked.sort(key=lambda each: (-each.waiting, each.case.episode["member_id"], each.case.episode_id))
    return sorted(found.items(), key=lambda pair: (-sum(each.waiting for each in pair[1]), pair[0]))


def request_rows(requests: Iterable[Request], facts: RunFacts) -> Iterator[Row]:
    """The rows of requests.csv."""
    plan = facts.letters
    shared: Row = {"return_address": "\n".join(plan.return_address), "missing": missing_address(plan)}
    for provider_rank, (provider, asked) in enumerate(by_provider(requests), 1):
        for episode_rank, request in enumerate(asked, 1):
            ranks = {"provider_rank": provider_rank, "provider": provider, "episode_rank": episode_rank}
            others = [name for name in request.providers if name != provider]
            for row in document_rows(request, facts):
                yield {**ranks, **row, **shared, "also_asked": others}


def document_rows(request: Request, facts: RunFacts) -> Iterator[Row]:
    """One row a document of one request, without the provider."""
    episode = request.case.episode
    due, basis = due_day(facts, episode["policy_revision"])
    for row in request.settling:
        yield {
            "episode_id": episode["episode_id"],
            "member_id": episode["member_id"],
            "first_day": episode["start_day"],
            "last_day": episode["end_day"] or episode["start_day"],
            "claims": claims_of(request.case),
            "place": row["place"],
            "document": row["document"],
            "send": facts.letters.documents.get(row["document"], ""),
            "instead": row["instead"],
            "paragraphs": row["paragraphs"],
            "must_show": questions(request.case.criteria, facts.letters, row["paragraphs"])
            or [say(WHETHER_GIVEN, treatment_of(request.case.episode))],
            "waiting_cents": row["waiting_cents"],
            "due_day": due,
            "due_basis": basis,
        }


def claims_of(case: Case) -> list[str]:
    """The claims of the lines that still stand, in order."""
    return sorted({row["claim_id"] for row in case.lines if row["disposition"] in LIVING})


def due_day(facts: RunFacts, revision: str | None) -> tuple[date | None, str]:
    """The day by which to answer, and where the days come from; None where neither the plan nor the policy says how many."""
    within, known = facts.letters.answer_within, facts.revision(revision)
    reading = known.reading(within) if known and isinstance(within, str) else None
    days = within if isinstance(within, int) else (reading.value if reading else None)
    if not isinstance(days, int | float):
        return None, ""
    return facts.as_of + timedelta(days=int(days)), f"{int(days)} days: {facts.letters.answer_citation}"


def missing_address(plan: LetterPlan) -> list[str]:
    """The slot of the return address by its name in words, where the plan has not filled it."""
    return [] if plan.return_address else [RETURN_ADDRESS]

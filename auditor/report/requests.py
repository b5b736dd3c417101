"""Records requests: for each provider, the documents that would settle its undecided episodes, most dollars first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from auditor.letters import RETURN_ADDRESS, LetterPlan
from auditor.outcomes import ACTIONS, REASONS, UNDECIDED, Action, Reason
from auditor.report.asks import questions
from auditor.report.buckets import AT_RISK_HIGH
from auditor.report.cases import Case, Row, Rows
from auditor.report.drawer import Drawer
from auditor.report.episode import episode_title
from auditor.report.facts import RunFacts
from auditor.report.phrases import listed
from auditor.report.queues import RECORDS, asks_for_records, queues_of
from auditor.report.treatments import determination_of, say, treatment_of

LIVING = ("counted", "evidence_only")
WHETHER_GIVEN = "Was inhaled nitric oxide given at all, and if so, from when to when?"
UNASKED_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Request:
    """One undecided episode that documents would settle, and who is asked for them; ``place`` is where its documents are put away.

    ``waiting`` are the dollars, in cents, that wait for all of them; ``meanwhile`` is what is done on our side, where that is more than
    to wait.
    """

    episode_id: str
    member_id: str
    providers: tuple[str, ...]
    waiting: int
    revision: str | None
    treatment: str
    meanwhile: str
    place: int


@dataclass(frozen=True, slots=True)
class Unasked:
    """An episode that is undecided, or lies in the queue of records requests, and for which nobody is asked; and why."""

    at_risk: int
    episode_id: str
    member_id: str
    title: str
    why: str


class Requests:
    """The requests of a run, added case by case: every undecided episode that documents would settle, also where a nurse reads meanwhile.

    Not one that is held. Of the others that are undecided or in the queue of records requests it keeps those of most dollars at risk,
    and their number, so that request or reason is told.
    """

    def __init__(self, facts: RunFacts, drawer: Drawer) -> None:
        self.facts = facts
        self.asked: list[Request] = []
        self.open_ones = 0
        self._drawer = drawer
        self._unasked: list[Unasked] = []

    def add(self, case: Case) -> Rows:
        """Adds what is asked of an episode, and gives the documents; none where nobody is asked."""
        if asks_for_records(case.episode) and case.settling:
            rows = tuple(document_rows(case, self.facts))
            self.asked.append(request_of(case, self._drawer.put(rows)))
            return rows
        if case.episode["determination"] in UNDECIDED or RECORDS in queues_of(case.episode, case.findings):
            self._keep(unasked_of(case))
        return ()

    def documents(self, request: Request) -> Rows:
        """The documents of a request."""
        return tuple(self._drawer.get(request.place))

    @property
    def unasked(self) -> list[Unasked]:
        """Those for which nobody is asked, most dollars at risk first, as many as are kept."""
        return sorted(self._unasked, key=lambda one: (-one.at_risk, one.episode_id))[:UNASKED_KEPT]

    def _keep(self, one: Unasked) -> None:
        self.open_ones += 1
        self._unasked.append(one)
        if len(self._unasked) > 2 * UNASKED_KEPT:
            self._unasked = self.unasked


def request_of(case: Case, place: int) -> Request:
    """The request for one episode."""
    episode, action = case.episode, Action(case.episode["next_action"])
    return Request(
        episode_id=case.episode_id,
        member_id=episode["member_id"],
        providers=providers_of(case),
        waiting=case.settling[0]["waiting_cents"] or 0,
        revision=episode["policy_revision"],
        treatment=treatment_of(episode),
        meanwhile="" if action is Action.REQUEST_RECORDS else f"{ACTIONS[action]}: {open_reason(episode)}",
        place=place,
    )


def unasked_of(case: Case) -> Unasked:
    """An episode for which nobody is asked."""
    episode = case.episode
    return Unasked(episode[AT_RISK_HIGH] or 0, case.episode_id, episode["member_id"], episode_title(episode), why_unasked(case))


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
        asked.sort(key=lambda each: (-each.waiting, each.member_id, each.episode_id))
    return sorted(found.items(), key=lambda pair: (-sum(each.waiting for each in pair[1]), pair[0]))


def request_rows(requests: Requests) -> Iterator[Row]:
    """The rows of requests.csv."""
    plan = requests.facts.letters
    shared: Row = {"return_address": "\n".join(plan.return_address), "missing": missing_address(plan)}
    for provider_rank, (provider, asked) in enumerate(by_provider(requests.asked), 1):
        for episode_rank, request in enumerate(asked, 1):
            ranks = {"provider_rank": provider_rank, "provider": provider, "episode_rank": episode_rank}
            others = [name for name in request.providers if name != provider]
            for row in requests.documents(request):
                yield {**ranks, **row, **shared, "also_asked": others}


def document_rows(case: Case, facts: RunFacts) -> Iterator[Row]:
    """One row a document that would settle an episode, without the provider."""
    episode = case.episode
    due, basis = due_day(facts, episode["policy_revision"])
    for row in case.settling:
        yield {
            "episode_id": episode["episode_id"],
            "member_id": episode["member_id"],
            "first_day": episode["start_day"],
            "last_day": episode["end_day"] or episode["start_day"],
            "claims": claims_of(case),
            "place": row["place"],
            "document": row["document"],
            "send": facts.letters.documents.get(row["document"], ""),
            "instead": row["instead"],
            "paragraphs": row["paragraphs"],
            "must_show": questions(case.criteria, facts.letters, row["paragraphs"]) or [say(WHETHER_GIVEN, treatment_of(episode))],
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

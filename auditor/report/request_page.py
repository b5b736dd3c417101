"""The page of records requests: a section a provider, fit to be printed and sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.outcomes import ACTIONS, Action
from auditor.policy.model import TREATMENT
from auditor.report.episode import episode_title
from auditor.report.facts import RevisionFacts, RunFacts
from auditor.report.overview import masthead, policy_sentences
from auditor.report.phrases import NOTHING, counted, days_between, dollars, iso_day, listed, shorten
from auditor.report.requests import Request, Unasked, by_provider, document_rows, due_day, open_reason
from auditor.report.treatments import LONG_NAME, treatment_of
from auditor.report.view import Masthead
from auditor.report.worklist import page_of

NOT_NAMED = "Provider not named in the extract"
NO_DAYS = "The days to answer are not set in configs/letters.yaml."
NO_ADDRESS = "The return address is not filled in: write it into configs/letters.yaml before this is sent."


@dataclass(frozen=True)
class AskedDocument:
    """One document: its name, what to send, what would do instead, and what it is asked for."""

    name: str
    send: str
    instead: str
    shows: tuple[str, ...]


@dataclass(frozen=True)
class AskedEpisode:
    """One member's course in a request. ``waiting`` and ``meanwhile`` are for us, and are left out on paper."""

    title: str
    waiting: str
    meanwhile: str
    facts: tuple[tuple[str, str], ...]
    documents: tuple[AskedDocument, ...]


@dataclass(frozen=True)
class NotAsked:
    """An episode for which nobody is asked, and why. It is for us, and is left out on paper."""

    href: str
    title: str
    why: str


@dataclass(frozen=True)
class AskedProvider:
    """The request to one provider. ``waiting`` is for us, and is left out on paper; ``policies`` are those that it is asked under."""

    anchor: str
    name: str
    about: str
    policies: tuple[str, ...]
    courses: str
    waiting: str
    due: str
    episodes: tuple[AskedEpisode, ...]


@dataclass(frozen=True)
class RequestPage:
    """All requests of a run. ``address`` is empty, and ``not_ready`` says so, until the plan fills it in."""

    masthead: Masthead
    summary: str
    address: tuple[str, ...]
    contact: str
    not_ready: str
    due_basis: str
    providers: tuple[AskedProvider, ...]
    not_asked: tuple[NotAsked, ...]


def request_page(requests: Sequence[Request], unasked: Iterable[Unasked], facts: RunFacts) -> RequestPage:
    """The page, providers with most dollars waiting first, and episodes for which nobody is asked."""
    sections = by_provider(requests)
    waiting = sum(request.waiting for request in requests)
    plan = facts.letters
    return RequestPage(
        masthead=masthead(facts),
        summary=f"{counted(len(requests), 'episode')} and {dollars(waiting)} wait for records of {counted(len(sections), 'provider')}.",
        address=tuple(shorten(line) for line in plan.return_address),
        contact=shorten(plan.contact),
        not_ready="" if plan.return_address else NO_ADDRESS,
        due_basis=_due_basis(requests, facts),
        providers=tuple(_provider(place, name, asked, facts) for place, (name, asked) in enumerate(sections, 1)),
        not_asked=tuple(_not_asked(one) for one in unasked),
    )


def _not_asked(unasked: Unasked) -> NotAsked:
    case = unasked.case
    title = f"Member {shorten(case.episode['member_id'])}, {episode_title(case.episode)}"
    return NotAsked(page_of(case.episode_id), title, shorten(unasked.why))


def _provider(place: int, name: str, asked: Sequence[Request], facts: RunFacts) -> AskedProvider:
    waiting = sum(request.waiting for request in asked)
    return AskedProvider(
        anchor=f"provider-{place}",
        name=shorten(name) or NOT_NAMED,
        about=" and ".join(sorted({_treatment(request) for request in asked})),
        policies=policy_sentences(_revisions(asked, facts) or facts.revisions),
        courses=counted(len(asked), "course of treatment", "courses of treatment"),
        waiting=dollars(waiting),
        due=_due(asked, facts),
        episodes=tuple(_episode(request, name, facts) for request in asked),
    )


def _revisions(asked: Iterable[Request], facts: RunFacts) -> list[RevisionFacts]:
    names = {request.case.episode["policy_revision"] for request in asked}
    return [revision for revision in facts.revisions if revision.revision in names]


def _treatment(request: Request) -> str:
    """What the courses are of; a gas by the short name that letters.yaml uses."""
    one = treatment_of(request.case.episode)
    return f"{LONG_NAME} (“the gas”)" if one == TREATMENT else one


def _due(asked: Iterable[Request], facts: RunFacts) -> str:
    """The day by which to answer; the earliest, where revisions of the policy differ."""
    days = [day for day, _ in _due_days(asked, facts) if day]
    return iso_day(min(days)) if days else NO_DAYS


def _due_basis(requests: Iterable[Request], facts: RunFacts) -> str:
    """Where the days to answer come from."""
    return "; ".join(sorted({basis for _, basis in _due_days(requests, facts) if basis})) or NO_DAYS


def _due_days(requests: Iterable[Request], facts: RunFacts) -> list[tuple[date | None, str]]:
    return [due_day(facts, request.case.episode["policy_revision"]) for request in requests]


def _meanwhile(request: Request) -> str:
    """What is done on our side while the request is out, where that is more than to wait."""
    action = Action(request.case.episode["next_action"])
    return "" if action is Action.REQUEST_RECORDS else f"{ACTIONS[action]}: {open_reason(request.case.episode)}"


def _episode(request: Request, provider: str, facts: RunFacts) -> AskedEpisode:
    rows = list(document_rows(request, facts))
    first, others = rows[0], [name for name in request.providers if name != provider]
    told = (
        ("Dates", days_between(first["first_day"], first["last_day"])),
        ("Claims", shorten(listed(first["claims"])) or NOTHING),
        ("Also asked", shorten(listed(others))),
        ("Our reference", first["episode_id"]),
    )
    return AskedEpisode(
        title=f"Member {shorten(first['member_id'])}",
        waiting=dollars(request.waiting),
        meanwhile=_meanwhile(request),
        facts=tuple(pair for pair in told if pair[1]),
        documents=tuple(
            AskedDocument(
                name=shorten(row["document"]),
                send=shorten(row["send"]),
                instead=shorten(", or ".join(row["instead"])),
                shows=tuple(shorten(text) for text in row["must_show"]),
            )
            for row in rows
        ),
    )

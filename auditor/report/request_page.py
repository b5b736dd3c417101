"""The page of records requests: a section a provider, fit to be printed and sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.policy.model import TREATMENT
from auditor.report.cases import Rows
from auditor.report.facts import RevisionFacts, RunFacts
from auditor.report.grids import cut_note
from auditor.report.overview import masthead, policy_sentences
from auditor.report.phrases import NOTHING, counted, days_between, dollars, iso_day, listed, shorten
from auditor.report.requests import Request, Requests, Unasked, by_provider, due_day
from auditor.report.treatments import LONG_NAME
from auditor.report.view import Masthead
from auditor.report.worklist import page_of

COURSES_SHOWN = 3000
REQUESTS_CSV, EVERY_EPISODE = "requests.csv", "worklist.xlsx"
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
    """The request to one provider. ``waiting`` is for us, and is left out on paper; ``policies`` are those that it is asked under.

    ``note`` says that not every course stands here, where that is so.
    """

    anchor: str
    name: str
    about: str
    policies: tuple[str, ...]
    courses: str
    waiting: str
    due: str
    episodes: tuple[AskedEpisode, ...]
    note: str


@dataclass(frozen=True)
class RequestPage:
    """The requests of a run. ``address`` is empty, and ``not_ready`` says so, until the plan fills it in.

    ``cut`` and ``not_asked_cut`` say what does not stand here, where a browser could not hold it all.
    """

    masthead: Masthead
    summary: str
    address: tuple[str, ...]
    contact: str
    not_ready: str
    due_basis: str
    providers: tuple[AskedProvider, ...]
    cut: str
    not_asked: tuple[NotAsked, ...]
    not_asked_cut: str


def request_page(requests: Requests) -> RequestPage:
    """The page, providers with most dollars waiting first, and episodes for which nobody is asked."""
    facts, plan = requests.facts, requests.facts.letters
    sections = by_provider(requests.asked)
    waiting, episodes = dollars(sum(request.waiting for request in requests.asked)), counted(len(requests.asked), "episode")
    shown = tuple(_providers(sections, requests))
    unasked = requests.unasked
    return RequestPage(
        masthead=masthead(facts),
        summary=f"{episodes} and {waiting} wait for records of {counted(len(sections), 'provider')}.",
        address=tuple(shorten(line) for line in plan.return_address),
        contact=shorten(plan.contact),
        not_ready="" if plan.return_address else NO_ADDRESS,
        due_basis=_due_basis(requests.asked, facts),
        providers=shown,
        cut=cut_note(len(sections), len(shown), REQUESTS_CSV, "providers by dollars waiting"),
        not_asked=tuple(_not_asked(one) for one in unasked),
        not_asked_cut=cut_note(requests.open_ones, len(unasked), EVERY_EPISODE, "episodes by dollars at risk"),
    )


def _not_asked(one: Unasked) -> NotAsked:
    return NotAsked(page_of(one.episode_id), f"Member {shorten(one.member_id)}, {one.title}", shorten(one.why))


def _providers(sections: Iterable[tuple[str, Sequence[Request]]], requests: Requests) -> Iterator[AskedProvider]:
    """A section a provider, until the page holds as many courses as a browser should."""
    room = COURSES_SHOWN
    for place, (name, asked) in enumerate(sections, 1):
        if room > 0:
            yield _provider(f"provider-{place}", name, asked, room, requests)
        room -= len(asked)


def _provider(anchor: str, name: str, asked: Sequence[Request], room: int, requests: Requests) -> AskedProvider:
    facts, waiting = requests.facts, sum(request.waiting for request in asked)
    return AskedProvider(
        anchor=anchor,
        name=shorten(name) or NOT_NAMED,
        about=" and ".join(sorted({_treatment(request) for request in asked})),
        policies=policy_sentences(_revisions(asked, facts) or facts.revisions),
        courses=counted(len(asked), "course of treatment", "courses of treatment"),
        waiting=dollars(waiting),
        due=_due(asked, facts),
        episodes=tuple(_episode(request, name, requests.documents(request)) for request in asked[:room]),
        note=cut_note(len(asked), room, REQUESTS_CSV, "courses by dollars waiting"),
    )


def _revisions(asked: Iterable[Request], facts: RunFacts) -> list[RevisionFacts]:
    names = {request.revision for request in asked}
    return [revision for revision in facts.revisions if revision.revision in names]


def _treatment(request: Request) -> str:
    """What the courses are of; a gas by the short name that letters.yaml uses."""
    return f"{LONG_NAME} (“the gas”)" if request.treatment == TREATMENT else request.treatment


def _due(asked: Iterable[Request], facts: RunFacts) -> str:
    """The day by which to answer; the earliest, where revisions of the policy differ."""
    days = [day for day, _ in _due_days(asked, facts) if day]
    return iso_day(min(days)) if days else NO_DAYS


def _due_basis(requests: Iterable[Request], facts: RunFacts) -> str:
    """Where the days to answer come from."""
    return "; ".join(sorted({basis for _, basis in _due_days(requests, facts) if basis})) or NO_DAYS


def _due_days(requests: Iterable[Request], facts: RunFacts) -> list[tuple[date | None, str]]:
    return [due_day(facts, request.revision) for request in requests]


def _episode(request: Request, provider: str, rows: Rows) -> AskedEpisode:
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
        meanwhile=request.meanwhile,
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

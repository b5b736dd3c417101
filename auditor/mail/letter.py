"""Writes what a message says: first as one frozen view, then as a page with its style in every element, and as plain text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.changes import CHANGES, Change
from auditor.mail.notices import notices_of
from auditor.mail.settings import NOT_GIVEN, MailGroup, MailSettings
from auditor.mail.tables import LEFT_OUT, Discretion, tables_of
from auditor.mail.told import Told
from auditor.mail.view import MailView
from auditor.report.phrases import counted, dollar_interval, dollars, spaced
from auditor.report.queues import QUEUES
from auditor.report.view import Figure
from auditor.runs import RunFolder
from auditor.version import VERSION

STYLE, PAGE, PLAIN = "mail.css", "mail.html", "mail.txt"
WEB = re.compile(r"https?://[^\s\"'<>]+", re.ASCII)
FLAGS = "auditor flags, people decide. Nothing here is a denial, and questions of medical necessity end with the medical director."
NO_MEMBER_DATA = "This message holds no member data."
TEXT_WITHOUT = "The text of this message holds no member data; what is attached does."
ENCRYPTED = "This message was encrypted for you. Keep it so when you answer or pass it on."


@dataclass(frozen=True)
class Occasion:
    """What a message is about: a run, told to a group. ``place`` is a link or path to the run.

    ``attached`` says whether files go with it, and ``enclosed`` what is said of them, ``troubles`` what went wrong.
    """

    run: RunFolder
    group: MailGroup
    told: Told
    place: str
    attached: bool
    enclosed: str
    troubles: tuple[str, ...]

    @property
    def encrypted(self) -> bool:
        """Whether nobody but the recipient reads the text."""
        return self.group.protection == "smime"


def view_of(settings: MailSettings, occasion: Occasion) -> MailView:
    """Everything that one message says."""
    told, run = occasion.told, occasion.run
    shows_all = occasion.encrypted or settings.show_dollars_of_few_episodes_without_encryption
    discretion = Discretion(1 if shows_all else settings.few_episodes)
    news = news_of(told)
    return MailView(
        subject=_subject(settings, occasion, news),
        preheader=", ".join(f"{queue.queue.name} {len(queue.entries):,}" for queue in told.queues if queue.entries),
        eyebrow=f"Run {run.name} · as of {run.manifest['as_of']}",
        title=news[:1].upper() + news[1:],
        scope=_scope(occasion.group),
        nothing=""
        if told.entries or told.changes
        else "There is nothing to audit here: no episode is in the part that this group is told of.",
        troubles=occasion.troubles,
        figures=_figures(told, discretion),
        tables=tuple(tables_of(told, discretion)) if told.entries or told.changes else (),
        notices=notices_of(run.manifest),
        href=occasion.place if WEB.fullmatch(occasion.place) else "",
        place=occasion.place,
        enclosed=occasion.enclosed,
        footer=(FLAGS, _holds(occasion), f"auditor {VERSION}"),
    )


def trouble_view(settings: MailSettings, day: str, troubles: tuple[str, ...], run: str = "", late: bool = False) -> MailView:
    """A message of a night without a run, or of one that could not be ended after its run was published.

    ``late`` where another night sends it.
    """
    stands = "It is whole. The next night does what was left to do: it is recorded and told of then, if it was not."
    scope = "This message could not be sent that night; what later nights did is told in messages of their own."
    return MailView(
        subject=f"{settings.subject_prefix}: run {run} made, night not ended" if run else f"{settings.subject_prefix}: no run on {day}",
        preheader=troubles[0],
        eyebrow=f"Night of {day}",
        title=f"Run {run} was made; the night could not be ended" if run else "No run was made",
        scope=scope if late else stands if run else "The last complete run still stands.",
        nothing="",
        troubles=troubles,
        figures=(),
        tables=(),
        notices=(),
        href="",
        place="",
        enclosed="",
        footer=(NO_MEMBER_DATA, f"auditor {VERSION}"),
    )


def _subject(settings: MailSettings, occasion: Occasion, news: str) -> str:
    """Subjects are never encrypted: there, the run alone is named."""
    trouble = "trouble, " if occasion.troubles else ""
    told = "" if occasion.encrypted else f": {news}"
    return f"{settings.subject_prefix}: {trouble}run {occasion.run.name}{told}"


def news_of(told: Told) -> str:
    """What changed, in a few words."""
    if told.changes is None:
        return f"{counted(len(told.entries), 'episode')}, first run"
    episodes = Counter(one.change for one in told.changes)
    return _counts("episode", episodes) or _counts("finding", told.findings) or "nothing changed"


def _counts(noun: str, of: Counter[Change]) -> str:
    """How many of something each change befell; empty where all is as it was."""
    changed = [(of[change], word.word) for change, word in CHANGES.items() if of[change] and change is not Change.UNCHANGED]
    return ", ".join(f"{number:,} {word}" if place else f"{counted(number, noun)} {word}" for place, (number, word) in enumerate(changed))


def _holds(occasion: Occasion) -> str:
    if occasion.encrypted:
        return ENCRYPTED
    return TEXT_WITHOUT if occasion.attached else NO_MEMBER_DATA


def _scope(group: MailGroup) -> str:
    names = {queue.key: queue.name for queue in QUEUES}
    businesses = ", ".join(spaced(name) if name != NOT_GIVEN else "not given" for name in group.lines_of_business)
    queues = ", ".join(names[key] for key in group.queues)
    return f"Lines of business: {businesses or 'all'}. Queues: {queues or 'all'}."


def _figures(told: Told, discretion: Discretion) -> tuple[Figure, ...]:
    few = discretion.hides_total(len(told.entries))
    low, high, audited = (sum(getattr(entry, name) for entry in told.entries) for name in ("low", "high", "counted"))
    return (
        Figure(
            "At risk",
            LEFT_OUT if few else dollar_interval(low, high),
            "lowest: not supported, or not paid as coded; highest: with all that is open",
        ),
        Figure("Dollars audited", LEFT_OUT if few else dollars(audited), ""),
        Figure("Episodes", f"{len(told.entries):,}", ""),
        Figure("Days on iNO", LEFT_OUT if few else f"{sum(entry.therapy_days for entry in told.entries):,}", ""),
    )


@dataclass(frozen=True)
class Written:
    """A message's two bodies."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Pen:
    """Writes messages from one folder of templates. Whatever is not there is an error; the page is escaped, plain text is not."""

    pages: Environment
    plain: Environment
    style: Markup

    def write(self, view: MailView) -> Written:
        """The message as a page and as text."""
        import css_inline

        inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        page = inliner.inline(self.pages.get_template(PAGE).render(mail=view, style=self.style))
        return Written(view.subject, page, self.plain.get_template(PLAIN).render(mail=view))


def make_pen(folder: Path) -> Pen:
    """A pen for the templates in ``folder``."""
    pages, plain = (
        Environment(
            loader=FileSystemLoader(folder),
            autoescape=escapes,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        for escapes in (True, False)
    )
    return Pen(pages, plain, Markup((folder / STYLE).read_text(encoding="utf-8").strip()))

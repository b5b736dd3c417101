"""Makes the messages of the rows that are owed: each run is read once, each letter is written once for all of its group."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from urllib.parse import quote

from auditor.ledger.deliveries import Deliveries, DeliveryRow, DeliveryState
from auditor.mail.certificates import read_certificate
from auditor.mail.enclosures import enclose, too_large
from auditor.mail.entries import Entries, entries_of
from auditor.mail.letter import Occasion, Pen, Written, make_pen, view_of
from auditor.mail.message import Envelope, compose, recipient_of
from auditor.mail.office import Desk
from auditor.mail.rounds import Parcel
from auditor.mail.settings import MailGroup
from auditor.mail.told import Compared, tell
from auditor.places import templates_folder
from auditor.runs import RunFolder
from auditor.runs.names import RUN_NAME

AGAIN = "`auditor mail {run} --again {group}` sends it again."
MISSED = {
    DeliveryState.UNCERTAIN: f"The message of run {{run}} may not have reached you: the server's answer was lost. {AGAIN}",
    DeliveryState.REFUSED: f"The message of run {{run}} did not reach you: the mail server refused it. {AGAIN}",
}


@dataclass(frozen=True)
class Reading:
    """One run as messages count it, beside the one before."""

    run: RunFolder
    entries: Entries
    compared: Compared | None


@dataclass(frozen=True)
class Draft:
    """One message to be written: which run, to which group, to whom, and known by what id."""

    row: DeliveryRow
    run: RunFolder
    group: MailGroup
    address: str


@dataclass(frozen=True)
class Drafts:
    """The letters of one delivery. ``troubles`` of the night are said in each; ``readings`` keeps the runs that were read."""

    desk: Desk
    troubles: tuple[str, ...]
    readings: dict[str, Reading] = field(default_factory=dict)

    def parcel(self, row: DeliveryRow) -> Parcel | None:
        """The message of a row; None where its group, its address or its run is gone."""
        group, run = self.desk.settings.group(row.group), self._run(row.run)
        address = next((one for one in group.to if recipient_of(one) == row.recipient), None) if group else None
        if group is None or address is None or run is None:
            return None
        draft = Draft(row, run, group, address)
        return Parcel(row.message_id, address, f"run {row.run} to {address}", lambda largest: self.write(draft, largest))

    def concerns(self, run: RunFolder, group: MailGroup) -> bool:
        """Whether a group is told of a run: an episode of its part is there, or was in the run before; or it wants to hear all the same.

        Of a run that cannot be read it is told; that is found out when the message is written.
        """
        if group.hears_of_nothing:
            return True
        try:
            reading = self._reading(run)
        except (OSError, ValueError, KeyError):
            return True
        told = tell(group, reading.entries, reading.compared)
        return bool(told.entries or told.changes)

    def write(self, draft: Draft, largest: int) -> bytes:
        """The bytes of a message; without its attachments, and saying so, where these would make it too large.

        SettingsRefused where it cannot be protected as the settings ask.
        """
        settings, group = self.desk.settings, draft.group
        certificate = (
            read_certificate(settings.certificate(draft.address), draft.address, self.desk.at()) if group.protection == "smime" else None
        )
        envelope = Envelope(draft.address, draft.row.message_id, self.desk.at(), certificate)
        files, note = enclose(draft.run, group, self.desk.secrets)
        content = compose(settings, self._say(draft, bool(files), note), files, envelope)
        if not files or len(content) <= largest:
            return content
        return compose(settings, self._say(draft, False, too_large(len(content), largest)), (), envelope)

    def read(self, draft: Draft) -> Written:
        """What a message says, as its reader sees it."""
        files, note = enclose(draft.run, draft.group, self.desk.secrets)
        return self._say(draft, bool(files), note)

    def _say(self, draft: Draft, attached: bool, enclosed: str) -> Written:
        reading = self._reading(draft.run)
        occasion = Occasion(
            run=draft.run,
            group=draft.group,
            told=tell(draft.group, reading.entries, reading.compared),
            place=self._place(draft.run),
            attached=attached,
            enclosed=enclosed,
            troubles=(*self.troubles, *missed(Deliveries(self.desk.store), draft.row)),
        )
        return self._pen.write(view_of(self.desk.settings, occasion))

    @cached_property
    def _pen(self) -> Pen:
        return make_pen(templates_folder())

    def _place(self, run: RunFolder) -> str:
        """The link to a run, else its path."""
        link = self.desk.settings.link
        return link.replace("{run}", quote(run.name)) if link else str(run.path)

    def _reading(self, run: RunFolder) -> Reading:
        if run.name not in self.readings:
            now, changes = entries_of(run), self.desk.changes(run)
            earlier = self._run(changes.earlier) if changes else None
            before = entries_of(earlier) if earlier else None
            self.readings[run.name] = Reading(run, now, Compared(changes, now, before) if changes and changes.earlier else None)
        return self.readings[run.name]

    def _run(self, name: str) -> RunFolder | None:
        """A run by its name; None where its folder is gone. One that is there and not whole is found out when it is read."""
        path = self.desk.runs / name
        return RunFolder(path) if RUN_NAME.fullmatch(name) and path.is_dir() else None


def missed(deliveries: Deliveries, row: DeliveryRow) -> tuple[str, ...]:
    """What this recipient may have missed since the last message that arrived: each run whose message was refused, or may be lost."""
    earlier = [one for one in deliveries.rows() if one.recipient == row.recipient and one.group == row.group and one.ordinal < row.ordinal]
    since = list(takewhile(lambda one: one.state is not DeliveryState.SENT, reversed(earlier)))
    return tuple(MISSED[one.state].format(run=one.run, group=one.group) for one in reversed(since) if one.state in MISSED)

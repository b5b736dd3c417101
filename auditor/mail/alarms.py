"""Messages of nights that made no run. They wait in a small file beside the runs, for the ledger may be what is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from auditor.ledger.deliveries import DeliveryState
from auditor.mail.books import STATES
from auditor.mail.letter import make_pen, trouble_view
from auditor.mail.message import Envelope, compose, local_of
from auditor.mail.notices import night_troubles
from auditor.mail.office import Delivered, Desk, came_to
from auditor.mail.rounds import Parcel, Post, send_all
from auditor.mail.transaction import Outcome
from auditor.outcomes import ExitCode
from auditor.places import templates_folder
from auditor.private_files import write_whole

ALARMS = ".alarms.json"
# How long what was sent is remembered, so that the same trouble of one day is told once.
REMEMBERED = timedelta(days=7)
UNWRITTEN = "what became of the messages of nights without a run cannot be written down, and they may be sent again"
UNREAD = f"{ALARMS} in the folder of runs cannot be read; messages of nights without a run that waited in it are lost"


@dataclass(frozen=True)
class Alarm:
    """One message to one recipient: that the night of ``day`` ended with the exit code ``trouble``, after ``run`` if it has a name."""

    message_id: str
    address: str
    day: str
    trouble: int
    run: str
    state: DeliveryState = DeliveryState.OWED


@dataclass
class AlarmBook:
    """The alarms of one folder of runs, whose lock the caller holds; each step is on the disk before the next.

    A disk that is full does not keep an alarm from being sent: then ``troubles`` says that it may be sent twice.
    """

    path: Path
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.alarms = {alarm.message_id: alarm for alarm in self._read()}

    def _read(self) -> Iterator[Alarm]:
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            yield from [Alarm(**one | {"state": DeliveryState(one["state"])}) for one in told]
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError):
            self.troubles.append(UNREAD)

    def owe(self, alarms: list[Alarm], today: date) -> None:
        """Adds those that are not there yet, and forgets what is settled and long past."""
        oldest = (today - REMEMBERED).isoformat()
        kept = {name: one for name, one in self.alarms.items() if one.state is DeliveryState.OWED or one.day >= oldest}
        self._keep({alarm.message_id: alarm for alarm in alarms} | kept)

    def abandon(self) -> int:
        """Messages whose sender was killed while sending are uncertain from now on; how many."""
        lost = [alarm for alarm in self.alarms.values() if alarm.state is DeliveryState.SENDING]
        if lost:
            self._keep(self.alarms | {one.message_id: replace(one, state=DeliveryState.UNCERTAIN) for one in lost})
        return len(lost)

    def owed(self) -> tuple[Alarm, ...]:
        """Those that wait to be sent, earliest first."""
        waiting = (alarm for alarm in self.alarms.values() if alarm.state is DeliveryState.OWED)
        return tuple(sorted(waiting, key=lambda one: (one.day, one.message_id)))

    def begin(self, parcel: Parcel) -> bool:
        """Written down as being sent."""
        self._set(parcel, DeliveryState.SENDING)
        return True

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        """What became of it."""
        self._set(parcel, STATES[outcome.fate])

    def _set(self, parcel: Parcel, state: DeliveryState) -> None:
        self._keep(self.alarms | {parcel.message_id: replace(self.alarms[parcel.message_id], state=state)})

    def _keep(self, alarms: dict[str, Alarm]) -> None:
        changed, self.alarms = alarms != self.alarms, alarms
        if not changed:
            return
        try:
            if alarms:
                write_whole(self.path, json.dumps([asdict(alarms[name]) for name in sorted(alarms)], indent=1) + "\n")
            else:
                self.path.unlink(missing_ok=True)
        except OSError:
            self.troubles.append(UNWRITTEN)


def tell_trouble(desk: Desk, trouble: ExitCode, run: str = "") -> Delivered:
    """A short message to every recipient that a night made no run, or made this one and could not go on, and why.

    The same trouble of one day is told once. What could not be sent is owed. The ledger is not asked.
    """
    day = desk.at().date().isoformat()
    addresses = dict.fromkeys(address for group in desk.settings.groups for address in group.to)
    names = {address: f"{local_of(f'night {int(trouble)}', run, day, address)}@{desk.settings.domain}" for address in addresses}
    return _deliver(desk, [Alarm(name, address, day, int(trouble), run) for address, name in names.items()])


def deliver_alarms(desk: Desk) -> Delivered:
    """Sends what is still owed of nights without a run."""
    return _deliver(desk, [])


def alarms_owed(desk: Desk) -> int:
    """How many of these messages wait to be sent."""
    return len(_book(desk).owed())


def _book(desk: Desk) -> AlarmBook:
    return AlarmBook(desk.runs / ALARMS)


def _deliver(desk: Desk, alarms: list[Alarm]) -> Delivered:
    book = _book(desk)
    abandoned = book.abandon()
    book.owe(alarms, desk.at().date())
    parcels = [_parcel(desk, alarm) for alarm in book.owed()]
    tally = send_all(Post(desk.settings, desk.secrets, desk.pause), parcels, book) if parcels else None
    troubles = tuple(dict.fromkeys(book.troubles))
    return came_to(tally, abandoned, len(book.owed()), troubles)


def _parcel(desk: Desk, alarm: Alarm) -> Parcel:
    return Parcel(alarm.message_id, alarm.address, f"no run on {alarm.day}, to {alarm.address}", lambda largest: _write(desk, alarm))


def _write(desk: Desk, alarm: Alarm) -> bytes:
    now = desk.at()
    late = alarm.day != now.date().isoformat()
    view = trouble_view(desk.settings, alarm.day, night_troubles((ExitCode(alarm.trouble),)), alarm.run, late)
    return compose(desk.settings, make_pen(templates_folder()).write(view), (), Envelope(alarm.address, alarm.message_id, now))

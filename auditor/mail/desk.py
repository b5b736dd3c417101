"""The mail of runs: what is owed, what was sent, and what to do about what was not."""

from __future__ import annotations

from auditor.errors import SettingsRefused
from auditor.ledger.deliveries import Deliveries, DeliveryRow, DeliveryState
from auditor.mail.books import LedgerBook, NoBook
from auditor.mail.drafts import Drafts
from auditor.mail.letter import Written, make_pen, trouble_view
from auditor.mail.message import Envelope, compose, local_of
from auditor.mail.notices import night_troubles
from auditor.mail.office import Delivered, Desk
from auditor.mail.rounds import Parcel, Post, Tally, send_all
from auditor.mail.settings import MailGroup
from auditor.mail.transaction import Fate
from auditor.mistakes import did_you_mean
from auditor.outcomes import ExitCode
from auditor.places import templates_folder
from auditor.report.phrases import counted
from auditor.runs import RunFolder

ABANDONED = "its sender was stopped while sending; whether it arrived is not known"
GONE = "nobody is there to get it: the group, the address, or the run's folder is gone"


def message_ids(desk: Desk, run: RunFolder, group: MailGroup) -> tuple[str, ...]:
    """The ids of a recorded run's messages to a group, in the order of its recipients; SettingsRefused for a run not recorded."""
    manifest = Deliveries(desk.store).run_of(run.name)
    if manifest is None:
        raise SettingsRefused(f"{run.name}: the ledger does not know this run. `auditor nightly` records the runs it makes.")
    return tuple(f"{local_of(manifest, run.name, group.name, address)}@{desk.settings.domain}" for address in group.to)


def owe(desk: Desk, run: RunFolder) -> int:
    """Notes in the ledger that every group is owed a message of this recorded run; how many are new. May be called again.

    SettingsRefused where the ledger does not know the run.
    """
    deliveries = Deliveries(desk.store)
    groups = desk.settings.groups
    return sum(deliveries.owe(run.name, group.name, message_ids(desk, run, group), desk.now) for group in groups)


def deliver_pending(desk: Desk, troubles: tuple[ExitCode, ...] = (), only: RunFolder | None = None) -> Delivered:
    """Sends what is owed, of one run or of all. ``troubles`` of the night are said in every message.

    The caller holds the lock of the folder of runs: a message that another process is just sending would be called uncertain.
    """
    deliveries = Deliveries(desk.store)
    abandoned = deliveries.abandon_sending(ABANDONED, desk.now)
    rows = deliveries.rows(DeliveryState.OWED, run=only.name if only else None)
    return _deliver(desk, rows, night_troubles(troubles), abandoned)


def deliver_again(desk: Desk, run: RunFolder, group: str) -> Delivered:
    """Sends a run's message to a group again, because a person asked for it, whatever became of it before."""
    if desk.settings.group(group) is None:
        names = (one.name for one in desk.settings.groups)
        raise SettingsRefused(f"--again: [mail] has no such group.{did_you_mean(group, names)}")
    owe(desk, run)
    deliveries = Deliveries(desk.store)
    abandoned = deliveries.abandon_sending(ABANDONED, desk.now)
    deliveries.force(run.name, group, desk.now)
    rows = tuple(row for row in deliveries.rows(DeliveryState.OWED, run=run.name) if row.group == group)
    return _deliver(desk, rows, (), abandoned)


def runs_owed(desk: Desk) -> frozenset[str]:
    """Names of runs whose folder is still needed for a message; retention leaves them."""
    return frozenset(row.run for row in Deliveries(desk.store).rows(DeliveryState.OWED))


def messages_owed(desk: Desk) -> int:
    """How many messages wait to be sent."""
    return len(Deliveries(desk.store).rows(DeliveryState.OWED))


def tell_trouble(desk: Desk, trouble: ExitCode, run: str = "") -> Delivered:
    """A short message to every recipient that a night made no run, or made this one and could not go on, and why.

    Nothing of it is recorded, and what could not be sent is not owed: the caller calls it once a night. The ledger is not asked.
    """
    day = desk.now.date().isoformat()
    written = make_pen(templates_folder()).write(trouble_view(desk.settings, day, night_troubles((trouble,)), run))
    addresses = dict.fromkeys(address for group in desk.settings.groups for address in group.to)
    parcels = [_trouble_parcel(desk, written, day, address) for address in addresses]
    return _came_to(send_all(Post(desk.settings, desk.secrets, desk.pause), parcels, NoBook()), 0, None)


def _trouble_parcel(desk: Desk, written: Written, day: str, address: str) -> Parcel:
    message_id = f"{local_of(written.subject, day, written.text, address)}@{desk.settings.domain}"
    content = compose(desk.settings, written, (), Envelope(address, message_id, desk.now))
    return Parcel(message_id, address, f"no run on {day}, to {address}", lambda largest: content)


def _deliver(desk: Desk, rows: tuple[DeliveryRow, ...], troubles: tuple[str, ...], abandoned: int) -> Delivered:
    """Sends these rows; those that nobody is there to get are refused."""
    deliveries, drafts = Deliveries(desk.store), Drafts(desk, troubles)
    parcels, nobody = [], []
    for row in rows:
        parcel = drafts.parcel(row)
        if parcel is None:
            deliveries.settle(row.message_id, DeliveryState.REFUSED, GONE, desk.now)
            nobody.append(f"run {row.run} to group {row.group}: {GONE}")
        else:
            parcels.append(parcel)
    tally = send_all(Post(desk.settings, desk.secrets, desk.pause), parcels, LedgerBook(deliveries, desk.now))
    tally.troubles |= {sentence: sentence for sentence in nobody}
    tally.fates[Fate.REFUSED] += len(nobody)
    if abandoned:
        tally.troubles[ABANDONED] = f"{counted(abandoned, 'message')}: {ABANDONED}"
    return _came_to(tally, abandoned, len(deliveries.rows(DeliveryState.OWED)))


def _came_to(tally: Tally, abandoned: int, owed: int | None) -> Delivered:
    unsent = len(tally.waiting) + len(tally.stuck)
    return Delivered(
        sent=tally.fates[Fate.SENT],
        owed=unsent if owed is None else owed,
        refused=tally.fates[Fate.REFUSED],
        uncertain=tally.fates[Fate.UNCERTAIN] + abandoned,
        troubles=tuple(dict.fromkeys(tally.troubles.values())),
    )

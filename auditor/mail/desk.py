"""The mail of runs: what is owed, what was sent, and what to do about what was not."""

from __future__ import annotations

from auditor.errors import SettingsRefused
from auditor.ledger.deliveries import Deliveries, DeliveryRow, DeliveryState
from auditor.mail.alarms import alarms_owed, deliver_alarms
from auditor.mail.books import LedgerBook
from auditor.mail.drafts import Drafts
from auditor.mail.message import local_of
from auditor.mail.office import Delivered, Desk, came_to
from auditor.mail.rounds import Post, send_all
from auditor.mail.settings import MailGroup
from auditor.mail.transaction import Fate
from auditor.mistakes import did_you_mean
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
    """Notes in the ledger that every group which the run concerns is owed a message of it; how many are new. May be called again.

    SettingsRefused where the ledger does not know the run.
    """
    drafts = Drafts(desk, ())
    return sum(_owe(desk, run, group) for group in desk.settings.groups if drafts.concerns(run, group))


def _owe(desk: Desk, run: RunFolder, group: MailGroup) -> int:
    return Deliveries(desk.store).owe(run.name, group.name, message_ids(desk, run, group), desk.at())


def deliver_pending(desk: Desk, troubles: tuple[str, ...] = (), only: RunFolder | None = None) -> Delivered:
    """Sends what is owed, of one run, or of all runs and of nights that made none. ``troubles`` of the night are said in every message.

    The caller holds the lock of the folder of runs: a message that another process is just sending would be called uncertain.
    """
    deliveries = Deliveries(desk.store)
    abandoned = deliveries.abandon_sending(ABANDONED, desk.at())
    rows = deliveries.rows(DeliveryState.OWED, run=only.name if only else None)
    delivered = _deliver(desk, rows, troubles, abandoned)
    return delivered if only else delivered.and_also(deliver_alarms(desk))


def deliver_again(desk: Desk, run: RunFolder, group: str) -> Delivered:
    """Sends a run's message to a group again, because a person asked for it, whatever became of it before."""
    asked = desk.settings.group(group)
    if asked is None:
        names = (one.name for one in desk.settings.groups)
        raise SettingsRefused(f"--again: [mail] has no such group.{did_you_mean(group, names)}")
    _owe(desk, run, asked)
    deliveries = Deliveries(desk.store)
    abandoned = deliveries.abandon_sending(ABANDONED, desk.at())
    deliveries.force(run.name, group, desk.at())
    rows = tuple(row for row in deliveries.rows(DeliveryState.OWED, run=run.name) if row.group == group)
    return _deliver(desk, rows, (), abandoned)


def runs_owed(desk: Desk) -> frozenset[str]:
    """Names of runs whose folder is still needed for a message; retention leaves them."""
    return frozenset(row.run for row in Deliveries(desk.store).rows(DeliveryState.OWED))


def messages_owed(desk: Desk) -> int:
    """How many messages wait to be sent."""
    return len(Deliveries(desk.store).rows(DeliveryState.OWED)) + alarms_owed(desk)


def _deliver(desk: Desk, rows: tuple[DeliveryRow, ...], troubles: tuple[str, ...], abandoned: int) -> Delivered:
    """Sends these rows; those that nobody is there to get are refused."""
    deliveries, drafts = Deliveries(desk.store), Drafts(desk, troubles)
    parcels, nobody = [], []
    for row in rows:
        parcel = drafts.parcel(row)
        if parcel is None:
            deliveries.settle(row.message_id, DeliveryState.REFUSED, GONE, desk.at())
            nobody.append(f"run {row.run} to group {row.group}: {GONE}")
        else:
            parcels.append(parcel)
    tally = send_all(Post(desk.settings, desk.secrets, desk.pause), parcels, LedgerBook(deliveries, desk.at))
    tally.troubles |= {sentence: sentence for sentence in nobody}
    tally.fates[Fate.REFUSED] += len(nobody)
    if abandoned:
        tally.troubles[ABANDONED] = f"{counted(abandoned, 'message')}: {ABANDONED}"
    return came_to(tally, abandoned, len(deliveries.rows(DeliveryState.OWED)))

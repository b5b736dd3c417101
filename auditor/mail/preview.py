"""Writes the messages of a run to a folder for looking at, and sends nothing."""

from __future__ import annotations

from pathlib import Path

from auditor.ledger.deliveries import DeliveryRow, DeliveryState
from auditor.mail.desk import message_ids
from auditor.mail.drafts import Draft, Drafts
from auditor.mail.office import Desk
from auditor.mail.rounds import MEGABYTE
from auditor.private_files import write_whole
from auditor.runs import RunFolder


def preview(desk: Desk, run: RunFolder, folder: Path) -> tuple[Path, ...]:
    """For each group the message to its first recipient, as it would be sent (.eml), and its page (.html), whatever seals it."""
    drafts, written = Drafts(desk, ()), []
    for group in desk.settings.groups:
        message_id = message_ids(desk, run, group)[0]
        row = DeliveryRow(message_id, run.name, 0, group.name, DeliveryState.OWED, 0, "")
        draft = Draft(row, run, group, group.to[0])
        eml, page = (folder / f"{run.name}.{group.name}.{kind}" for kind in ("eml", "html"))
        write_whole(eml, drafts.write(draft, int(desk.settings.largest_message_mb * MEGABYTE)))
        write_whole(page, drafts.read(draft).html)
        written += [eml, page]
    return tuple(written)

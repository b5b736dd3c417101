"""The files that go with a message, and what is said of them. They hold member data."""

from __future__ import annotations

from auditor.mail.passwords import check_strength
from auditor.mail.protect import Enclosure, seal_archive
from auditor.mail.settings import MailGroup
from auditor.runs import RunFolder
from auditor.secrets import FetchSecret

FILES = {
    "report": ("report.html", "text/html"),
    "worklist": ("worklist.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
MEGABYTE = 1_000_000


def enclose(run: RunFolder, group: MailGroup, secrets: FetchSecret) -> tuple[tuple[Enclosure, ...], str]:
    """A group's attachments, protected as it asks unless the whole message will be, and a sentence about them."""
    named = [FILES[one] for one in FILES if one in group.attach]
    files = tuple(Enclosure(f"{run.name}-{name}", kind, (run.path / name).read_bytes()) for name, kind in named)
    told = " and ".join(file.name for file in files)
    if not files:
        return (), ""
    if group.zip_password is not None:
        password = check_strength(secrets(group.zip_password), group.name)
        archive = seal_archive(f"{run.name}.zip", files, password)
        return (archive,), f"Attached: {archive.name}, which holds {told}, encrypted. Its password reaches you another way."
    if group.protection == "none":
        return files, f"Attached: {told}. They are not encrypted, as the settings ask."
    return files, f"Attached: {told}."


def too_large(size: int, largest: int) -> str:
    """What is said where attachments were left out."""
    return (
        f"Nothing is attached: the message would have had {size / MEGABYTE:.1f} MB, and at most {largest / MEGABYTE:.1f} MB may be sent. "
        "Read the report where it lies."
    )

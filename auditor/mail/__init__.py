"""E-mail of a run: counts, dollars and what changed, to those who work on them; no member data unless encrypted."""

from auditor.mail.alarms import ALARMS, tell_trouble
from auditor.mail.desk import deliver_again, deliver_pending, messages_owed, owe, runs_owed
from auditor.mail.office import Delivered, Desk
from auditor.mail.preview import preview
from auditor.mail.settings import MailGroup, MailSettings

__all__ = [
    "ALARMS",
    "Delivered",
    "Desk",
    "MailGroup",
    "MailSettings",
    "deliver_again",
    "deliver_pending",
    "messages_owed",
    "owe",
    "preview",
    "runs_owed",
    "tell_trouble",
]

"""The ``[mail]`` section of nightly.toml: which server, who gets what, and how it is protected. It never holds a password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from auditor.report.queues import QUEUES
from auditor.secrets import SecretPlace
from auditor.tables import LINES_OF_BUSINESS

NOT_GIVEN = "not_given"
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}")
GROUP_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
LINKS = ("https://", "http://", "file://")
LEAST_PARTS = "a mail address such as desk@plan.example, in ASCII"
LONGEST_ADDRESS = 254

Security = Literal["starttls", "smtps", "none"]
Protection = Literal["smime", "zip", "none"]
WhenEmpty = Literal["send", "skip"]
Attachment = Literal["report", "worklist"]


def _address(text: str) -> str:
    if len(text) > LONGEST_ADDRESS or not ADDRESS.fullmatch(text) or ".." in text:
        raise ValueError(f"expected {LEAST_PARTS}")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line of printable text")
    return text


def _link(text: str) -> str:
    _one_line(text)
    if "{" in text.replace("{run}", "") or "}" in text.replace("{run}", ""):
        raise ValueError("the only name it may hold in braces is {run}")
    if not text.startswith(LINKS):
        raise ValueError(f"expected a link that begins with {', '.join(LINKS)}; without one the run's path is told")
    return text


def _host(text: str) -> str:
    if not HOST.fullmatch(text) or text.count(":") == 1:  # an address of IPv6 has two or more
        raise ValueError("expected the name of a mail server, without a port")
    return text


def _group_name(text: str) -> str:
    if not GROUP_NAME.fullmatch(text):
        raise ValueError("expected at most 40 small letters, digits, hyphens and underscores")
    return text


def _queue(text: str) -> str:
    known = tuple(queue.key for queue in QUEUES)
    if text not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    return text


def _line_of_business(text: str) -> str:
    known = (*LINES_OF_BUSINESS, NOT_GIVEN)
    if text not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    return text


Address = Annotated[str, AfterValidator(_address)]
OneLine = Annotated[str, AfterValidator(_one_line), Field(max_length=200)]
Link = Annotated[str, AfterValidator(_link), Field(max_length=500)]


class Part(BaseModel):
    """A piece of the settings: frozen, refusing keys it does not know, and never echoing what was written."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class MailGroup(Part):
    """Who gets one message of each run, and about what.

    ``lines_of_business`` and ``queues`` that are empty mean all; ``not_given`` stands for episodes without a line of business.
    A group told of a part gets no message of a run that has nothing of it, and had nothing the run before, unless ``when_empty`` says so.
    Attachments hold the whole run: a group told of a part of it gets them only where the settings say so in so many words.
    """

    name: Annotated[str, AfterValidator(_group_name)]
    to: tuple[Address, ...] = Field(min_length=1)
    lines_of_business: tuple[Annotated[str, AfterValidator(_line_of_business)], ...] = ()
    queues: tuple[Annotated[str, AfterValidator(_queue)], ...] = ()
    when_empty: WhenEmpty | None = None
    attach: tuple[Attachment, ...] = ()
    protection: Protection = "none"
    zip_password: SecretPlace | None = None
    attach_member_data_without_encryption: bool = False
    attach_the_whole_run_to_a_group_told_of_a_part: bool = False

    @property
    def is_told_all(self) -> bool:
        """Whether it hears of every episode."""
        return not self.lines_of_business and not self.queues

    @property
    def hears_of_nothing(self) -> bool:
        """Whether it gets a message even where there is nothing to tell."""
        return self.is_told_all if self.when_empty is None else self.when_empty == "send"

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if len({address.lower() for address in self.to}) != len(self.to):
            raise ValueError("an address stands in it twice")
        if self.attach and self.protection == "none" and not self.attach_member_data_without_encryption:
            raise ValueError(
                "attachments hold member data: set protection to smime or zip, or attach_member_data_without_encryption = true"
            )
        if self.attach and not self.is_told_all and not self.attach_the_whole_run_to_a_group_told_of_a_part:
            raise ValueError(
                "attachments hold the whole run, and this group is told of a part of it: "
                "leave them out, or set attach_the_whole_run_to_a_group_told_of_a_part = true"
            )
        if (self.protection == "zip") != (self.zip_password is not None):
            raise ValueError('protection = "zip" and zip_password go together: give both or neither')
        if self.protection == "zip" and not self.attach:
            raise ValueError('protection = "zip" protects attachments: say which in attach')
        return self


class MailSettings(Part):
    """How mail is sent. Files named by a relative path lie beside the settings; ``beside`` makes them whole.

    ``timeout_seconds`` is how long any answer may take, and ``patience_seconds`` the answer about a whole message, which servers
    may take ten minutes over. ``tries`` are rounds of one delivery; the pause between them begins with ``first_pause_seconds`` and doubles.
    Dollars of fewer than ``few_episodes`` episodes are not shown in a message that is not encrypted.
    """

    server: Annotated[str, AfterValidator(_host)]
    port: int | None = Field(None, ge=1, le=65535)
    security: Security = "starttls"
    send_without_encryption_of_the_connection: bool = False
    ca_file: Path | None = None
    user: OneLine | None = None
    password: SecretPlace | None = None
    sender: Address = Field(alias="from")
    reply_to: Address | None = None
    subject_prefix: OneLine = "auditor"
    link: Link | None = None
    groups: tuple[MailGroup, ...] = Field(min_length=1)
    certificates: Mapping[Address, Path] = Field(default_factory=dict)
    largest_message_mb: float = Field(20, gt=0, le=1000)
    timeout_seconds: float = Field(30, gt=0, le=600)
    patience_seconds: float = Field(600, gt=0, le=3600)
    tries: int = Field(4, ge=1, le=20)
    first_pause_seconds: float = Field(10, ge=0, le=600)
    few_episodes: int = Field(11, ge=1)
    show_dollars_of_few_episodes_without_encryption: bool = False

    @property
    def port_used(self) -> int:
        """The port given, else the usual one of the security."""
        return self.port or {"starttls": 587, "smtps": 465, "none": 25}[self.security]

    @property
    def domain(self) -> str:
        """The domain of the sender: who we say we are, and where our message ids belong."""
        return self.sender.rpartition("@")[2]

    def group(self, name: str) -> MailGroup | None:
        """The group of that name, if there is one."""
        return next((group for group in self.groups if group.name == name), None)

    def certificate(self, address: str) -> Path:
        """The certificate of an address, whose upper and lower case are one; KeyError where it has none."""
        return {one.lower(): path for one, path in self.certificates.items()}[address.lower()]

    def beside(self, folder: Path) -> MailSettings:
        """The same, with files of relative paths taken from ``folder``."""
        certificates = {address: folder / path for address, path in self.certificates.items()}
        return self.model_copy(update={"certificates": certificates, "ca_file": folder / self.ca_file if self.ca_file else None})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.security == "none" and not self.send_without_encryption_of_the_connection:
            raise ValueError(
                'security = "none" sends in the clear: use starttls or smtps, or set send_without_encryption_of_the_connection = true'
            )
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together: give both or neither")
        if self.user is not None and self.security == "none":
            raise ValueError("a password is never sent over a connection without encryption: use starttls or smtps")
        names = [group.name for group in self.groups]
        if len(set(names)) != len(names):
            raise ValueError("two groups have one name")
        return self._certified()

    def _certified(self) -> Self:
        held = {address.lower() for address in self.certificates}
        for group in self.groups:
            if group.protection == "smime" and any(address.lower() not in held for address in group.to):
                raise ValueError(f"group {group.name} is protected by smime, and certificates has none for one of its addresses")
        return self

"""A real mail server for tests, with STARTTLS, SMTPS and authentication, which counts what it took and fails as it is told to."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "auditor", "correct-horse-9-Battery"
ACCEPTED = "250 taken"


@dataclass
class Conduct:
    """How the server behaves: answers by stage (``rcpt``, ``data``), which may end the connection or hang instead."""

    rcpt: Callable[[str, int], str] = lambda address, times: "250 fine"
    data: Callable[[str, int], str] = lambda address, times: ACCEPTED
    quit: str = ""
    body: str = ""
    starttls: bool = True
    ehlo: str = ""
    size: int = 33_554_432


DIE, HANG, TAKE_AND_DIE, TAKE_AND_HANG = "die", "hang", "take and die", "take and hang"


@dataclass
class Took:
    """What the server has: every message it took responsibility for, by recipient."""

    messages: list[tuple[str, bytes]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    logins: int = 0
    commands: list[str] = field(default_factory=list)

    @property
    def count(self) -> Counter[str]:
        return Counter(recipient for recipient, _ in self.messages)


class Handler:
    """The hooks of aiosmtpd."""

    def __init__(self, took: Took, conduct: Conduct) -> None:
        self.took, self.conduct = took, conduct

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        session.host_name = hostname
        await self._do(server, self.conduct.ehlo)
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        self.took.asked[f"rcpt {address}"] += 1
        answer = self.conduct.rcpt(address, self.took.asked[f"rcpt {address}"])
        await self._do(server, answer)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        self.took.asked[f"data {address}"] += 1
        answer = self.conduct.data(address, self.took.asked[f"data {address}"])
        if answer.startswith(("250", "take")):
            self.took.messages.append((address, envelope.original_content or b""))
        await self._do(server, answer.removeprefix("take and "))
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._do(server, self.conduct.quit)
        return "221 bye"

    async def _do(self, server: SMTP, what: str) -> None:
        if what == DIE:
            abort(server)
            await asyncio.sleep(3600)
        if what == HANG:
            await asyncio.sleep(3600)


def abort(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


class Server(SMTP):
    """aiosmtpd, which can also die in the midst of a message."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.conduct.body != DIE:
            await super().smtp_DATA(arg)
            return
        self.event_handler.took.asked["bodies"] += 1
        await self.push("354 go on")
        await self._reader.readexactly(200)
        abort(self)
        await asyncio.sleep(3600)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        self.event_handler.took.commands.append("STARTTLS")
        await super().smtp_STARTTLS(arg)


@contextmanager
def served(make: Callable[[], SMTP], context: ssl.SSLContext | None) -> Iterator[int]:
    """Runs a server in a thread, at the port yielded."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = loop.create_server(make, "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(20)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def mail_server(took: Took, conduct: Conduct, context: ssl.SSLContext | None, security: str = "starttls") -> Iterator[int]:
    """A server at a port of this machine."""

    def log_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        took.logins += 1
        good = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    made: dict[str, Any] = {"hostname": "mail.plan.example", "data_size_limit": conduct.size, "enable_SMTPUTF8": False}
    if context is not None:
        made |= {"authenticator": log_in, "auth_required": True, "auth_require_tls": security != "none"}
    if security == "starttls" and conduct.starttls:
        made |= {"tls_context": context, "require_starttls": True}
    if security == "smtps":
        made |= {"auth_require_tls": False}
    handler = Handler(took, conduct)
    from_the_start = context if security == "smtps" else None
    with served(lambda: Server(handler, **made), from_the_start) as port:
        yield port

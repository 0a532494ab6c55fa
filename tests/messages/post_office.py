"""A mail server of our own on 127.0.0.1, real but for its answers, which a test can choose."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from flask import Flask

from app.config import Settings
from tests.serving import free_port

CERTIFICATE = Path(__file__).with_name("mail-server.pem")  # for 127.0.0.1, of no use elsewhere
SENDER = "乡约 <village@xiangyue.example>"


@dataclass
class PostOffice:
    """What arrived, in order. `to_recipient` and `to_data` say what the server answers; None: it takes the mail."""

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    to_recipient: Callable[[str], str | None] = lambda _address: None
    to_data: Callable[[EmailMessage], str | None] = lambda _mail: None

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refused = self.to_recipient(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        refused = self.to_data(mail)
        if refused:
            return refused
        self.arrived.append(mail)
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.arrived]

    def settings(self, app: Flask) -> Settings:
        """The settings of that application, with mail through this server."""
        known: Settings = app.config["SETTINGS"]
        return replace(known, smtp_url=self.url, mail_from=SENDER)


@contextmanager
def post_office(*, over_tls: bool = False, passwords: dict[str, str] | None = None) -> Iterator[PostOffice]:
    """Open the server, on a free port, until the end of the block."""
    office = PostOffice()
    options: dict[str, Any] = {"enable_SMTPUTF8": False}
    if over_tls:
        options["tls_context"] = server_context()
        options["require_starttls"] = True
    if passwords is not None:
        options["authenticator"] = lambda _server, _session, _envelope, _way, login: AuthResult(
            success=passwords.get(login.login.decode()) == login.password.decode(), handled=False
        )
        options["auth_required"], options["auth_require_tls"] = over_tls, over_tls
    office.port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting_context() -> ssl.SSLContext:
    """One that knows the certificate of this server, and nobody else's."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def plain_part(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def html_part(mail: EmailMessage) -> str:
    return str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]

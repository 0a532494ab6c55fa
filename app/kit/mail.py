"""E-mail: one letter as plain text and simple HTML, and the way to a mail server. Knows no domain."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

TIMEOUT = 20.0  # seconds, for each step of the talk with the server
PORTS = {"smtp": 587, "smtps": 465}
MOST_BROKEN = 3  # connections that broke off one after the other; then the server is taken to be out of reach


@dataclass(frozen=True)
class Server:
    """Where mail goes out. `tls` from the first byte, `starttls` before a word is said, or `plain` on this machine."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]
    name: str = ""
    password: str = ""

    @classmethod
    def at(cls, url: str) -> Server:
        """From `smtps://name:password@host:465`, or `smtp://...`, which turns to TLS but for this very machine."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        here = host in ("127.0.0.1", "::1", "localhost")
        return cls(
            host,
            parts.port or PORTS[parts.scheme],
            "tls" if parts.scheme == "smtps" else "plain" if here else "starttls",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


@dataclass(frozen=True)
class Letter:
    """One mail as people read it; `leave_url` is where its reader ends such mail."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    leave_url: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of a letter. `later`: try again; `refused`: never; `by_address`: there is no such mailbox."""

    kind: Literal["sent", "later", "refused"]
    said: str = ""
    by_address: bool = False


class OutOfReach(Exception):
    """No mail can be sent through this server now; the text says why, without names or passwords."""


def compose(letter: Letter, *, sender: str, at: datetime) -> EmailMessage:
    """The mail as it travels. Every header is one line: what people typed cannot add another (CWE-93)."""
    name, address = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=_one_line(name), addr_spec=address)
    mail["To"] = Address(addr_spec=letter.to)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{letter.message_id}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notices in return
    if letter.leave_url:
        mail["List-Unsubscribe"] = f"<{letter.leave_url}>"
    mail.set_content(letter.text, cte="base64")
    mail.add_alternative(letter.html, subtype="html", cte="base64")
    mail["Content-Language"] = letter.language  # last, or it would be taken for the first part's own
    return mail


def _one_line(text: str) -> str:
    """Without line ends and other signs that are not for reading."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


@contextmanager
def post_office(server: Server, *, context: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    """A connection to the server that opens with the first letter and is closed at the end."""
    office = PostOffice(server, context or ssl.create_default_context())
    try:
        yield office
    finally:
        office.close()


class PostOffice:
    """Hands letters to the mail server, over one connection as long as it stands."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._server, self._context = server, context
        self._line: smtplib.SMTP | None = None
        self._broken = 0

    def hand_in(self, mail: EmailMessage) -> Answer:
        """Send one mail. Raises `OutOfReach` when that says nothing about the mail itself."""
        line = self._line or self._connect()
        try:
            line.send_message(mail)
        except smtplib.SMTPRecipientsRefused as no:
            ((code, _said),) = no.recipients.values()
            return self._refused(code, by_address=True)
        except smtplib.SMTPSenderRefused as no:
            self.close()
            raise OutOfReach(f"the server does not take our sender ({no.smtp_code})") from no
        except smtplib.SMTPResponseException as no:
            return self._refused(no.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            self.close()  # it broke off in the middle: the server may have the letter, so it keeps its pause
            self._broken += 1
            return Answer("later", type(error).__name__)
        self._broken = 0
        return Answer("sent")

    def _refused(self, code: int, *, by_address: bool = False) -> Answer:
        self._broken = 0
        if code == 421:  # the server is closing the connection
            self.close()
        if code < 500:
            return Answer("later", f"SMTP {code}")
        return Answer("refused", f"SMTP {code}", by_address)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if self._broken >= MOST_BROKEN:
            raise OutOfReach(f"the connection to {server.host}:{server.port} breaks off again and again")
        try:
            if server.security == "tls":
                line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=self._context)
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
            self._line = line
            if server.security == "starttls":
                line.starttls(context=self._context)
            if server.name:
                line.login(server.name, server.password)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            said = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise OutOfReach(f"{type(error).__name__}{said} at {server.host}:{server.port}") from error
        return line

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

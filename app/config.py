"""Every setting of the house: typed, named, read once from the environment.

Tests pass values; nothing else in the program looks at the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"

Env = Literal["demo", "production", "test"]

DEMO_SECRET = "demo-only-secret-never-in-production"  # noqa: S105 - production refuses it


class BadSettings(Exception):
    """The program must not start like this; the text names the variable and what to put there."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One set of values for one process.

    `database_url` is any SQLAlchemy URL for SQLite or PostgreSQL. `base_url` is the address people type; links on
    paper and in QR codes start with it. `password_memory` is Argon2's memory in KiB: tests lower it, nobody else.
    `smtp_url` is the mail server that `flask tick` sends through, `mail_from` its sender; without one no mail is sent.
    """

    env: Env = "demo"
    database_url: str = f"sqlite:///{INSTANCE / 'xiangyue.sqlite'}"
    secret_key: str = DEMO_SECRET
    timezone: str = "Asia/Shanghai"
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    debug: bool = False
    password_memory: int = 19_456
    password_rounds: int = 2
    lock_wait_seconds: float = 10.0
    smtp_url: str = field(default="", repr=False)  # it may hold a password
    mail_from: str = ""

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_url)

    @property
    def over_tls(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or "127.0.0.1"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check the settings. Raises `BadSettings` for a value that cannot be right."""
        env = environ.get("XIANGYUE_ENV", "demo")
        if env not in get_args(Env):
            raise BadSettings(f"XIANGYUE_ENV is {env!r}; it must be demo, production or test.")
        port = environ.get("PORT", "8000")
        settings = cls(
            env=cast(Env, env),
            database_url=plain_url(environ.get("DATABASE_URL", cls.database_url)),
            secret_key=environ.get("SECRET_KEY", DEMO_SECRET if env != "production" else ""),
            timezone=environ.get("XIANGYUE_TIMEZONE", cls.timezone),
            base_url=environ.get("XIANGYUE_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            trusted_proxies=int(environ.get("XIANGYUE_TRUSTED_PROXIES", "0")),
            debug=environ.get("FLASK_DEBUG", "") not in ("", "0", "false"),
            smtp_url=environ.get("XIANGYUE_SMTP_URL", ""),
            mail_from=environ.get("XIANGYUE_MAIL_FROM", ""),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse a production that is not one (security F8), and half-set mail. Raises `BadSettings`."""
        self._check_mail()
        if self.env == "production":
            if len(self.secret_key) < 32 or self.secret_key == DEMO_SECRET:
                raise BadSettings("SECRET_KEY is missing or shorter than 32 characters; set a long random one.")
            if self.debug:
                raise BadSettings("FLASK_DEBUG is on; switch it off in production.")
            if not self.over_tls:
                raise BadSettings("XIANGYUE_BASE_URL must begin with https:// in production.")
            if self.trusted_proxies < 1:
                # Else everybody comes from one address, and one guesser would slow the sign-in of the whole village.
                raise BadSettings("XIANGYUE_TRUSTED_PROXIES is 0; set how many proxies stand before the program.")
        elif not self.over_tls and self.host not in ("127.0.0.1", "localhost", "::1"):
            raise BadSettings("XIANGYUE_BASE_URL is plain http on a public address; use https or 127.0.0.1.")

    def _check_mail(self) -> None:
        if not self.smtp_url:
            return
        try:
            parts = urlsplit(self.smtp_url)
            known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known:
            raise BadSettings("XIANGYUE_SMTP_URL must be smtp://name:password@host:587 or smtps://...:465.")
        if "@" not in parseaddr(self.mail_from)[1]:
            raise BadSettings("XIANGYUE_MAIL_FROM is missing; set the address that mail is sent from.")


def plain_url(url: str) -> str:
    """Accept the usual spellings of a PostgreSQL address and name the driver that is installed."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url

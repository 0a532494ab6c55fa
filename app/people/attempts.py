"""Slowing down those who guess: wrong passwords and codes are counted in the database, so that all workers see them.

Nobody is ever locked out: waits grow, end by themselves, and an address that many residents share gets far more room.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Response, current_app, request
from flask_babel import ngettext

from app.kit import clock, db
from app.kit.refusal import N_, Refusal, refusal
from app.people import operations, queries
from app.people.names import is_phone, plain_phone
from app.people.rules import FREE_FROM_ADDRESS, wait_after


def attempt_keys(what: str, name: str | None) -> tuple[str, str]:
    """Keyed digests of the account and of the address that a try comes from; without a name only the address counts.

    A telephone number counts as one, however many ways it is typed.
    """
    address = _digest(what, "address", str(request.remote_addr))
    if name is None:
        return "", address
    phone = plain_phone(name) or ""
    return _digest(what, "name", phone if is_phone(phone) else name.lower()), address


def _digest(what: str, kind: str, value: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{what}:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def longest_wait(keys: tuple[str, str]) -> timedelta:
    """How long this account, or this address, waits before the next try; zero when it need not."""
    at = clock.now()
    account, address = keys
    waits = [timedelta(0)]
    for key, free in ((account, None), (address, FREE_FROM_ADDRESS)):
        if key:
            count, last_at = queries.failures(key, at=at)
            waits.append(wait_after(count, last_at, now=at, **({"free": free} if free else {})))
    return max(waits)


def note_failure(keys: tuple[str, str]) -> None:
    """Count this try once the refused request is undone."""
    at = clock.now()
    db.afterwards(lambda: operations.note_failure(*(key for key in keys if key), at=at))


def too_fast(wait: timedelta) -> Refusal:
    minutes = max(1, round(wait.total_seconds() / 60))
    said = ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return refusal(
        N_("Too many tries in a short time. Please wait %(wait)s and try again; your account is not locked."),
        status=429,
        wait=said,
    )


def slowed(answer: Response, wait: timedelta) -> Response:
    """Say in the header, too, when to come back."""
    answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return answer

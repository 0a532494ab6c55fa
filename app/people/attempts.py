"""Slowing down those who guess: wrong passwords and codes are counted in the database, so that all workers see them.

Nobody is ever locked out: waits grow, end by themselves, and an address that many residents share gets far more room.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

from flask import Response, current_app, request
from flask_babel import ngettext

from app.kit import clock, db
from app.kit.refusal import N_, Refusal, refusal
from app.people import operations
from app.people.names import is_phone, plain_phone
from app.people.rules import FREE_ATTEMPTS, FREE_FROM_ADDRESS

_COUNTED = "xiangyue.attempt"


def limits(what: str, name: str | None) -> dict[str, int]:
    """How many failures are free for the account and for the address that a try comes from, under keyed digests.

    A telephone number counts as one, however many ways it is typed. Without a name only the address counts.
    """
    address = {_digest(what, "address", str(request.remote_addr)): FREE_FROM_ADDRESS}
    if name is None:
        return address
    phone = plain_phone(name) or ""
    return {_digest(what, "name", phone if is_phone(phone) else name.lower()): FREE_ATTEMPTS} | address


def own_limit(what: str, resident_id: int, free: int) -> dict[str, int]:
    """As `limits`, for what only somebody who is signed in can guess at."""
    return {_digest(what, "name", str(resident_id)): free}


def _digest(what: str, kind: str, value: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{what}:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def begin(free: Mapping[str, int]) -> timedelta:
    """Count this try, before the secret is looked at; or how long it waits, and then it does not count.

    That is a short transaction of its own: nothing may have been written before, and no lock is held afterwards. A
    request that is replayed is one try.
    """
    if _COUNTED in request.environ:
        return timedelta(0)
    db.rollback()
    with db.transaction():
        wait, counted = operations.begin_attempt(free, at=clock.now())
    if not wait:
        request.environ[_COUNTED] = counted
    return wait


def forgive() -> None:
    """This try was no wrong guess: once the request is over, it no longer counts."""
    counted = request.environ[_COUNTED]
    db.afterwards(lambda: operations.forgive_attempt(counted))


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

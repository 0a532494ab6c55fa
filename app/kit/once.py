"""The same form sent twice acts once: request ids, kept for ever beside what they did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, ask, built_once, insert_into
from app.kit.refusal import N_, Refused, refusal

_current: ContextVar[str | None] = ContextVar("id of the form that is carried out", default=None)


def current() -> str | None:
    """Which form is being carried out: "form:17:2f4c…", of person 17; None for what no form asked for.

    What it leads to is marked with it. The prefix keeps ids that people send apart from those that the house makes.
    """
    return _current.get()


class RequestDone(Base):
    """One request id of one person, a digest of what it asked, and the id of what came of it."""

    __tablename__ = "requests_done"

    who: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    result_id: Mapped[int | None]
    at: Mapped[datetime]


def do(request_id: str, *, who: int, content: Mapping[str, Any], act: Callable[[], int | None]) -> int | None:
    """Act, unless this id acted already; answers with the id of the result either way.

    A second request with the same id waits for the first one at the primary key. Raises `Refused` when the id
    stands for other content.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    claim = ask(_claim(), who=who, request_id=request_id, digest=digest, at=clock.now())
    if claim.first() is None:
        earlier = ask(_EARLIER, whose=who, which=request_id).one()
        if earlier.digest != digest:
            raise Refused(
                refusal(N_("This form was already used for something else. Open the page again and repeat the step."))
            )
        kept: int | None = earlier.result_id
        return kept
    token = _current.set(f"form:{who}:{request_id}")
    try:
        result_id = act()
    finally:
        _current.reset(token)
    ask(_RESULT, whose=who, which=request_id, result=result_id)
    return result_id


@built_once
def _claim() -> Any:
    return insert_into(RequestDone.__table__).on_conflict_do_nothing().returning(RequestDone.who)


_REQUESTS: Any = RequestDone.__table__
_MINE = _REQUESTS.c.who == bindparam("whose"), _REQUESTS.c.request_id == bindparam("which")
_EARLIER = select(_REQUESTS.c.digest, _REQUESTS.c.result_id).where(*_MINE)
_RESULT = update(_REQUESTS).where(*_MINE).values(result_id=bindparam("result"))

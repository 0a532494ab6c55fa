"""Written proxies, in open ballots only: staff saw the signed paper, and the holder votes for the elector."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.ballots import channels, rules
from app.ballots.channel_models import Proxy
from app.ballots.events import ProxyRegistered
from app.ballots.operations.casting import Cast
from app.ballots.operations.entering import (
    Elector,
    elector_of,
    enter,
    note,
    refuse_staff,
    refuse_voter,
    standing,
)
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import N_, refuse_if
from app.people import queries as people
from app.people.rules import Person

audit.describe("ballots.register_proxy", N_("registered a written proxy"))
audit.describe("ballots.end_proxy", N_("ended a written proxy"))
audit.describe("ballots.proxy", N_("voted by written proxy"))
audit.describe("holder", N_("holder:"))


def register_proxy(
    question_id: int, roll_entry_id: int, *, holder_id: int, by: Person, at: datetime, voter_id: int | None = None,
    upload_id: int | None = None,
) -> Proxy:  # fmt: skip
    """Write down a signed proxy, before closing. `voter_id` is the adult who signed for a household.

    One stands for each elector, and each holder has one in a ballot. `upload_id` is a picture of the paper. Announces
    `ProxyRegistered`.
    """
    elector = elector_of(question_id, roll_entry_id, voter_id=voter_id)
    refuse_staff(elector, by, at, early=True)
    granter, holder, on = refuse_voter(elector, at), people.person(holder_id), clock.local(at).date()
    refuse_if(channels.holder_refusal(holder, granter_id=granter.id, by=by, on=on))
    assert holder is not None
    given, held = _stands(Proxy.roll_entry_id == roll_entry_id), _stands(
        Proxy.question_id == question_id, Proxy.holder_id == holder_id
    )  # fmt: skip
    refuse_if(channels.taken_refusal(given=given, held=held))
    proxy = Proxy(
        question_id=question_id, roll_entry_id=roll_entry_id, holder_id=holder_id, granted_by=granter.id,
        registered_by=by.id, registered_at=at, upload_id=upload_id,
    )  # fmt: skip
    db.session.add(proxy)
    db.session.flush()
    note("register_proxy", elector, by=by, at=at, holder=holder.full_name)
    announce(
        ProxyRegistered(
            proxy_id=proxy.id, question_id=question_id, roll_entry_id=roll_entry_id, granter_id=granter.id,
            holder_id=holder_id, closes_at=elector.question.closes_at, at=at,
        )
    )  # fmt: skip
    return proxy


def end_proxy(proxy_id: int, *, by: Person, at: datetime) -> None:
    """End a proxy before closing: who gave it does, or staff. A vote cast by it stays until it is contested."""
    found = db.session.execute(select(*_FACTS).where(Proxy.id == proxy_id)).one_or_none()
    refuse_if(channels.nothing_waits() if found is None else None)
    assert found is not None
    elector = elector_of(found.question_id, found.roll_entry_id, voter_id=found.granted_by)
    question = elector.question
    refuse_if(channels.end_refusal(by, granted_by=found.granted_by, place_path=question.place_path))
    refuse_if(channels.time_refusal(opens_at=question.opens_at, closes_at=question.closes_at, at=at, early=True))
    refuse_if(channels.nothing_waits() if not end_standing(elector, by=by, at=at, proxy_id=proxy_id) else None)


def end_standing(elector: Elector, *, by: Person, at: datetime, proxy_id: int | None = None) -> bool:
    """End the proxy of a locked elector, should one stand; whether one did."""
    these = [Proxy.roll_entry_id == elector.entry.id, Proxy.ended_at.is_(None)]
    these += [Proxy.id == proxy_id] if proxy_id is not None else []
    ended = db.session.execute(update(Proxy).where(*these).values(ended_at=at, ended_by=by.id))
    if not ended.rowcount:  # type: ignore[attr-defined]
        return False
    note("end_proxy", elector, by=by, at=at)
    return True


def vote_by_proxy(question_id: int, roll_entry_id: int, *, choice: str, by: Person, at: datetime) -> Cast:
    """Vote for the elector whose proxy one holds, or change that vote. It gives way to every vote of their own.

    Announces `VoteCast` and `VoteEntered`; the elector can contest it.
    """
    signed = select(Proxy.granted_by).where(Proxy.roll_entry_id == roll_entry_id, Proxy.ended_at.is_(None))
    granted_by = db.session.scalar(signed.where(Proxy.holder_id == by.id))
    elector = elector_of(question_id, roll_entry_id, voter_id=granted_by)
    question, on = elector.question, clock.local(at).date()
    # Asked again after the lock: it may have been ended meanwhile.
    still = _stands(Proxy.roll_entry_id == roll_entry_id, Proxy.holder_id == by.id, Proxy.granted_by == granted_by)
    refuse_if(None if still and by.is_verified and by.is_of_age(on) else channels.no_proxy())
    refuse_if(
        rules.vote_refusal(
            phase=rules.phase(question.opens_at, question.closes_at, at), opens_at=question.opens_at,
            closes_at=question.closes_at, electorate="person", person=by, on_roll=True, taken=False, on=on,
        )
    )  # fmt: skip
    refuse_voter(elector, at)
    stood = standing(elector, "proxy")
    note("proxy", elector, by=by, at=at)
    return enter(elector, choice=choice, channel="proxy", by=by.id, at=at, first=not stood)


_FACTS: tuple[Any, ...] = (Proxy.question_id, Proxy.roll_entry_id, Proxy.granted_by)


def _stands(*which: Any) -> bool:
    return db.session.scalar(select(Proxy.id).where(*which, Proxy.ended_at.is_(None))) is not None

"""How somebody wants to be told by e-mail, and where."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, select, update

from app.kit.db import db, insert_into, locked
from app.kit.refusal import Refused, refuse_if
from app.messages import queries, rules
from app.messages.models import AddressClaim, Choice, Mail
from app.messages.rules import Way
from app.people.models import Resident
from app.people.rules import Person


def choose_ways(ways: Mapping[str, Way], *, resident_id: int) -> None:
    """From now on these kinds come by mail in these ways; what was told before stays as it is."""
    rows = [
        {"resident_id": resident_id, "kind": kind, "way": way} for kind, way in ways.items() if rules.switchable(kind)
    ]
    if not rows:
        return
    query = insert_into(Choice).values(rows)
    db.session.execute(
        query.on_conflict_do_update(index_elements=[Choice.resident_id, Choice.kind], set_={"way": query.excluded.way})
    )


def claim_address(address: str, *, by: Person, at: datetime) -> AddressClaim:
    """Somebody names an address: digits go there, and nothing else until they are typed. Raises `Refused`."""
    db.session.execute(locked(select(Resident.id).where(Resident.id == by.id)))  # two clicks count one after the other
    own, of_address = queries.claims_lately(resident_id=by.id, address=address, at=at)
    refuse_if(rules.claim_refusal(own=own, of_address=of_address))
    claim = AddressClaim(
        resident_id=by.id, address=address, nonce=secrets.token_hex(16), made_at=at,
        expires_at=at + rules.DIGITS_STAND,
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()
    db.session.add(Mail(resident_id=by.id, address=address, claim_id=claim.id, due_at=at, next_try_at=at))
    return claim


def confirm_address(typed: str, *, key: bytes, by: Person, at: datetime) -> None:
    """The digits arrived: from now on mail goes to that address. Raises `Refused` when they do not fit."""
    db.session.execute(locked(select(Resident.id).where(Resident.id == by.id)))
    claim = queries.claim_under_way(by.id, at=at)
    if claim is None or not hmac.compare_digest(rules.digits(key, claim.nonce, claim.address).encode(), typed.encode()):
        raise Refused(rules.wrong_digits())
    claim.confirmed_at = at
    resident = db.session.get_one(Resident, by.id)
    resident.email, resident.email_confirmed_at = claim.address, at


def forget_address(resident_id: int) -> None:
    """No mail at all any more: the address leaves the house, with the digits under way and what waits to be sent."""
    resident = db.session.get_one(Resident, resident_id)
    resident.email = resident.email_confirmed_at = None
    state = case((Mail.state == "waiting", "dropped"), else_=Mail.state)
    db.session.execute(update(Mail).where(Mail.resident_id == resident_id).values(state=state, address=""))
    # The row stays, or sending digits to strangers could begin anew; of the address it keeps nothing.
    mine = AddressClaim.resident_id == resident_id
    db.session.execute(update(AddressClaim).where(mine).values(address="", nonce=""))

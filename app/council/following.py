"""What follows from a decision: residents object to the resolution, staff write down who does what by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import literal, or_, select

from app.council import operations, resolutions, rules
from app.council.operations.holding import locked_topic
from app.council.queries import AnyRow
from app.kit.db import db
from app.kit.refusal import Refused, refuse_if
from app.kit.words import Words
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.notices.models import Objection
from app.people.models import Resident, Role
from app.people.rules import Person
from app.places.models import Place
from app.promises import operations as promises
from app.promises.models import Promise

# Who may be named to look after something promised.
HELPERS = ("staff", "street", "grid", "leader", "organiser", "supervisor", "council")


def object_to(topic_id: int, line_key: str, *, text: Words, by: Person, at: datetime) -> Objection:
    """Object to one point of a topic's resolution. A ballot that has closed is written down first."""
    operations.write_result(locked_topic(topic_id), at=at)
    notice = notice_queries.notice_of(resolutions.subject(topic_id), at)
    if notice is None:
        raise Refused(rules.nothing_on_notice())
    return notices.object_to(notice.id, line_key, text=text, by=by, at=at)


def promise(
    topic_id: int, *, what: Words, owner: Words, owner_id: int | None, due_on: date, by: Person, at: datetime
) -> Promise:
    """Write down who does what by when, while the topic is being carried out."""
    topic = locked_topic(topic_id)
    who = rules.who_is(by, place_path=topic.place_path, proposer_id=topic.proposer_id)
    refuse_if(rules.promise_refusal(topic.state, who))
    return promises.make(
        subject=resolutions.subject(topic_id), what=what, owner=owner, owner_id=owner_id, due_on=due_on,
        place_id=topic.place_id, place_path=topic.place_path, href=f"/topics/{topic_id}", by_id=by.id, at=at,
    )  # fmt: skip


def helpers(place_path: str) -> Sequence[AnyRow]:
    """Who could look after something at this place: holders of a role there, below or above: id, names, role."""
    near = or_(Place.path.startswith(place_path, autoescape=True), literal(place_path).startswith(Place.path))
    return db.session.execute(
        select(Resident.id, Resident.family_name, Resident.given_name, Role.role)
        .join(Role, Role.resident_id == Resident.id)
        .join(Place, Place.id == Role.place_id)
        .where(near, Role.role.in_(HELPERS), Role.ended_at.is_(None), Resident.disabled_at.is_(None))
        .order_by(Role.role, Resident.id)
        .limit(100)
    ).all()

"""Reads of requests. What came by itself at its instant is decided at reading, whether or not it was written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.grid.escalation import OPEN, WAITING_TO_CLOSE, Standing, stands
from app.grid.models import UNFINISHED, Department, Request, RequestChange, RequestFollower, RequestPhoto
from app.grid.rules import HANDLERS, LEVEL_ROLES, READERS, Facts, first_level
from app.kit.db import db
from app.kit.tasks import Waiting
from app.people.models import Household, Resident, Role
from app.people.rules import Anyone, Person
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]

_Reporter, _Handler, _Goal = aliased(Resident), aliased(Resident), aliased(Request)
_Community = aliased(Place)


def level_now(at: datetime) -> ColumnElement[str]:
    """The level at which a request stands at that moment, as `escalation.stands` says it of one."""
    is_open = Request.state.in_(OPEN)
    return case(
        (and_(is_open, Request.level != "street", Request.due_community_at <= at), "street"),
        (and_(is_open, Request.level == "grid", Request.due_grid_at <= at), "community"),
        else_=Request.level,
    )


def state_now(at: datetime) -> ColumnElement[str]:
    """The state at that moment: closed without a rating, or waiting at the next level."""
    return case(
        (and_(Request.state.in_(WAITING_TO_CLOSE), Request.closes_at <= at), "closed"),
        (and_(Request.state.in_(("assigned", "handling")), level_now(at) != Request.level), "received"),
        else_=Request.state,
    )


def standing(row: Any, at: datetime) -> Standing:
    """Where a request stands at that moment; `row` has its columns."""
    return stands(kept_standing(row), at)


def kept_standing(row: Any) -> Standing:
    due = {"grid": row.due_grid_at, "community": row.due_community_at, "street": row.due_street_at}
    return Standing(row.state, row.level, due, row.closes_at)


def follows(resident_id: int | None) -> ColumnElement[bool]:
    mine = RequestFollower.request_id == Request.id, RequestFollower.resident_id == (resident_id or 0)
    return exists().where(*mine)


def request_visible_to(reader: Anyone, request_id: int) -> AnyRow | None:
    """A request with what its page says; None when there is none, or it is private and not this reader's.

    A private one is seen by its reporter, whoever handles at its place at any level, and the supervisors there.
    """
    reach = [Request.place_path.startswith(path, autoescape=True) for path in reader.reaches(*READERS)]
    seen = or_(Request.is_public, Request.reporter_id == (reader.id or 0), *reach)
    followers = select(func.count()).where(RequestFollower.request_id == Request.id).scalar_subquery()
    return db.session.execute(
        select(
            *Request.__table__.columns,
            Place.name.label("place"), Place.kind.label("place_kind"), _Community.name.label("community"),
            _Community.committee.label("committee"), Department.name.label("department"),
            _Reporter.household_id.label("reporter_household"),
            _Reporter.family_name.label("reporter_family_name"), _Reporter.given_name.label("reporter_given_name"),
            _Handler.family_name.label("handler_family_name"), _Handler.family_name_en.label("handler_family_name_en"),
            _Goal.number.label("goal_number"), _Goal.title.label("goal_title"), _Goal.is_public.label("goal_is_public"),
            followers.label("followers"), follows(reader.id).label("followed"),
        )
        .join(Place, Place.id == Request.place_id)
        .outerjoin(_Community, _Community.id == Request.community_id)
        .outerjoin(_Reporter, _Reporter.id == Request.reporter_id)
        .outerjoin(_Handler, _Handler.id == Request.handler_id)
        .outerjoin(Department, Department.id == Request.department_id)
        .outerjoin(_Goal, _Goal.id == Request.linked_to)
        .where(Request.id == request_id, seen)
    ).one_or_none()  # fmt: skip


def facts(row: Any, at: datetime) -> Facts:
    """What rules ask of a request, as it stands at that moment."""
    now = standing(row, at)
    moved = now.level != row.level
    return Facts(
        state=now.state, level=now.level, lowest=first_level(row.place_kind), place_path=row.place_path,
        reporter_id=row.reporter_id, reporter_household=row.reporter_household,
        handler_id=None if moved else row.handler_id, resolved_by=row.resolved_by,
        department_waits=row.reply_due_at is not None and not moved,
    )  # fmt: skip


def history(request_id: int) -> Sequence[AnyRow]:
    """Every change, oldest first, with the family name of who made it and the department that was called."""
    return db.session.execute(
        select(
            RequestChange.number, RequestChange.at, RequestChange.action, RequestChange.from_state,
            RequestChange.to_state, RequestChange.from_level, RequestChange.to_level, RequestChange.capacity,
            RequestChange.why, RequestChange.by_id, Resident.family_name, Resident.family_name_en,
            Department.name.label("department"),
        )
        .outerjoin(Resident, Resident.id == RequestChange.by_id)
        .outerjoin(Department, Department.id == RequestChange.department_id)
        .where(RequestChange.request_id == request_id)
        .order_by(RequestChange.number)
    ).all()  # fmt: skip


def photos(request_id: int) -> Sequence[AnyRow]:
    return db.session.execute(
        select(RequestPhoto.id, RequestPhoto.upload_id, RequestPhoto.at)
        .where(RequestPhoto.request_id == request_id)
        .order_by(RequestPhoto.id)
    ).all()


def handlers(level: str, place_path: str) -> Sequence[AnyRow]:
    """Whoever handles requests of that place at that level: id and names."""
    return db.session.execute(
        select(Resident.id, Resident.family_name, Resident.given_name, Resident.household_id)
        .join(Role, Role.resident_id == Resident.id)
        .join(Place, Place.id == Role.place_id)
        .where(Role.role == LEVEL_ROLES[level], Role.ended_at.is_(None), Resident.disabled_at.is_(None))
        .where(literal(place_path).startswith(Place.path))
        .order_by(Role.id)
        .limit(60)
    ).all()


def departments(street_id: int) -> Sequence[AnyRow]:
    query = select(Department.id, Department.key, Department.name).where(Department.street_id == street_id)
    return db.session.execute(query.order_by(Department.id)).all()


def request_by_number(number: str, street_id: int) -> int | None:
    return db.session.scalar(select(Request.id).where(Request.number == number, Request.street_id == street_id))


def places_to_report_for(person: Person) -> Sequence[AnyRow]:
    """Where something may be reported: grids, compounds and communities of the street, in the order of the map."""
    home = f"/{person.street_id}/" if person.is_verified else None
    street = person.path[: person.path.index(home) + len(home)] if home and home in person.path else None
    paths = [*([street] if street else []), *person.reaches(*HANDLERS)]
    within = [Place.path.startswith(path, autoescape=True) for path in paths]
    kinds = Place.kind.in_(("community", "village", "compound", "hamlet", "grid"))
    query = select(Place.id, Place.kind, Place.name, Place.path).where(kinds, or_(false(), *within))
    return db.session.execute(query.order_by(Place.path).limit(400)).all()


def grids_of(path: str) -> Sequence[AnyRow]:
    """The grids of a place, for filters: code, name."""
    query = select(Place.code, Place.name).where(Place.kind == "grid", Place.path.startswith(path, autoescape=True))
    return db.session.execute(query.order_by(Place.code).limit(100)).all()


def followers(request_id: int) -> list[int]:
    """Everybody who is to hear of a request besides its reporter."""
    query = select(RequestFollower.resident_id).where(RequestFollower.request_id == request_id)
    return list(db.session.scalars(query.order_by(RequestFollower.resident_id)))


def due_now(at: datetime) -> Sequence[int]:
    """Requests that went up or closed by themselves and are not written down yet, in the order of their ids."""
    moved = and_(Request.state.in_(OPEN), level_now(at) != Request.level)
    closed = and_(Request.state.in_(WAITING_TO_CLOSE), Request.closes_at <= at)
    due = select(Request.id).where(text(UNFINISHED), or_(moved, closed))
    return db.session.scalars(due.order_by(Request.id)).all()


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """What waits for this person, most urgent first: kind is request_assign, request_handle or request_assess."""
    return [
        Waiting(row.kind, row.title, f"/requests/{row.id}", row.state_since, row.due_at)
        for row in waiting_for(person, at)
    ]


def waiting_for(person: Person, at: datetime, *, limit: int = 50) -> Sequence[AnyRow]:
    """What waits for this person: to be taken on at their levels, in their hands, or to be assessed; most urgent first.

    `due_at` is when the time of its level is over, or when a rated one closes by itself.
    """
    level, state = level_now(at), state_now(at)
    here = [
        and_(level == one, Request.place_path.startswith(path, autoescape=True))
        for one, role in LEVEL_ROLES.items()
        for path in person.reaches(role)
    ]
    watched = [Request.place_path.startswith(path, autoescape=True) for path in person.reaches("supervisor")]
    waits = and_(state.in_(("received", "reopened")), or_(false(), *here))
    mine = and_(Request.handler_id == person.id, state.in_(("assigned", "handling")))
    rated = and_(state == "rated", or_(false(), *watched), Request.resolved_by != person.id)
    not_own = or_(Request.reporter_id.is_(None), Request.reporter_id != person.id)
    due = case((level == "grid", Request.due_grid_at), (level == "community", Request.due_community_at),
               else_=Request.due_street_at)  # fmt: skip
    kind = case((state == "rated", "request_assess"), (mine, "request_handle"), else_="request_assign")
    return db.session.execute(
        select(
            Request.id, Request.number, Request.title, Request.category, Request.state_since, Request.promised_at,
            Place.name.label("place"), state.label("state_now"), level.label("level_now"), kind.label("kind"),
            case((state == "rated", Request.closes_at), else_=due).label("due_at"),
        )
        .join(Place, Place.id == Request.place_id)
        .where(text(UNFINISHED), or_(waits, mine, rated), not_own)
        .order_by(case((state == "rated", 1), else_=0), due, Request.id)
        .limit(limit)
    ).all()  # fmt: skip


def household_of(resident_id: int | None) -> int | None:
    return db.session.scalar(
        select(Household.id).join(Resident, Resident.household_id == Household.id).where(Resident.id == resident_id)
    )

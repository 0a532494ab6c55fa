"""The front page, for visitors, residents and staff, and my page."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from app.home import queries
from app.home.rules import part_of_day
from app.home.views.blueprint import bp
from app.home.views.work import KINDS
from app.kit import access, clock
from app.kit.pages import page
from app.kit.refusal import N_
from app.kit.say import days_left, full_day
from app.people.rules import ROLES
from app.rankings.rules import rise
from app.rankings.telling import household_name, period_words, rise_words

# How a decision is stamped: two by two characters in Chinese.
SEALS = {
    "carried": (N_("Vote carried"), "done"),
    "not_carried": (N_("Vote not carried"), "no"),
    "no_quorum": (N_("Too few took part"), "no"),
}
WITHOUT_BALLOT = (N_("Agreed"), "done")
FINISHED = (N_("Carried out"), "done")

# Pages of staff, leaders, organisers and merchants; each person sees the doors that open to them.
DOORS = (
    ("home.work", "list-checks", N_("Work list"), N_("what waits for you as staff or leader")),
    ("rewards.counter", "stamp", N_("Redemption counter"), N_("hand over what was ordered")),
    ("grid.desk", "wrench", N_("Requests at my level"), N_("to take on, to handle, to assess")),
    ("cases.desk", "bell", N_("Reminders and deductions"), N_("to give, to look at, to decide")),
    ("claims.entering", "list-checks", N_("Enter a deed for a household"), N_("what a check or a look-round showed")),
    ("disclosures.desk", "file-text", N_("Disclosures to write"), N_("drafts, countersignatures, questions")),
    ("rewards.manage", "gift", N_("Rewards and stock"), N_("prices, limits, what is on the shelf")),
    ("activities.new", "calendar-plus", N_("Plan an activity"), N_("with shifts, places and a check-in")),
    ("people.households", "house", N_("Households"), N_("invitation codes to print")),
    ("people.residents", "users-round", N_("Residents"), N_("addresses to confirm, roles, accounts")),
    ("people.audit_log", "book-open-text", N_("Audit log"), N_("what staff did, when and to what")),
)


@bp.get("/")
@access.anyone
def index() -> Response:
    at = clock.now()
    if not current_user.is_authenticated:
        return _for_visitor(at)
    if not current_user.is_verified and current_user.is_staff:
        return _for_office(at)
    return _for_resident(at)


def _for_visitor(at: datetime) -> Response:
    return page(
        "home/visitor.html",
        street=queries.street_for(current_user, at),
        topics=queries.discussed(current_user, at),
        published=queries.published(current_user, at),
        coming=queries.coming(current_user, at),
        household_name=household_name,
        period_words=period_words,
        rise=rise,
    )


def _for_resident(at: datetime) -> Response:
    mine = queries.open_for(current_user, at)
    quarter = queries.quarter_of(current_user, at)
    return page(
        "home/resident.html",
        greeting=greeting(at),
        today=full_day(clock.local(at).date()),
        mine=mine,
        quarter=quarter,
        rise_words=rise_words(quarter.rise, quarter.period) if quarter else "",
        coming=() if mine.number else queries.coming(current_user, at, limit=2),
        decided=queries.decided(current_user, at),
        seal=seal,
        days_left=days_left,
        at=at,
    )


def _for_office(at: datetime) -> Response:
    """Staff who work here without living here: their place, what waits, what was decided."""
    tasks = queries.tasks(current_user, at)
    return page(
        "home/office.html",
        greeting=greeting(at),
        today=full_day(clock.local(at).date()),
        place=queries.place_of_work(current_user),
        tasks=tasks[:3],
        number=len(tasks),
        kinds=KINDS,
        decided=queries.decided(current_user, at),
        coming=queries.coming(current_user, at),
        seal=seal,
        at=at,
    )


@bp.get("/me")
@access.signed_in
def me() -> Response:
    at = clock.now()
    return page(
        "home/me.html",
        figures=queries.figures(current_user, at),
        mine=queries.open_for(current_user, at),
        roles=[_(ROLES[name]) for name in sorted(current_user.role_names) if name in ROLES],
        doors=[door for door in DOORS if opens(door[0])],
    )


def opens(endpoint: str) -> bool:
    """Whether that page opens to whoever asks."""
    door = access.door_of(endpoint)
    return door is not None and door.opens_to(current_user)


def greeting(at: datetime) -> str:
    """张秀英，下午好. The template puts the name in, marked with its language."""
    return {
        "morning": N_("Good morning, %(name)s"),
        "noon": N_("Good day, %(name)s"),
        "afternoon": N_("Good afternoon, %(name)s"),
        "evening": N_("Good evening, %(name)s"),
        "night": N_("Good evening, %(name)s"),
    }[part_of_day(at)]


def seal(state: str, outcome: str | None) -> tuple[str, str]:
    """The stamp of a decision, and its tone."""
    if state == "closed" and outcome in (None, "carried"):
        words, tone = FINISHED
    else:
        words, tone = SEALS.get(outcome or "", WITHOUT_BALLOT)
    return _(words), tone

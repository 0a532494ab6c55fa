"""Pages of the whole house: the front page, my page, the work list of staff, open data. They never write."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from flask import Blueprint, Response, request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from app.home import queries
from app.home.rules import WORKERS, part_of_day
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.open_data import data_sets
from app.kit.pages import page
from app.kit.refusal import N_
from app.kit.say import days_left
from app.people.rules import ROLES
from app.rankings.rules import rise
from app.rankings.telling import household_name, period_words, rise_words

bp = Blueprint("home", __name__)

# How a decision is stamped: two by two characters in Chinese.
SEALS = {
    "carried": (N_("Vote carried"), "done"),
    "not_carried": (N_("Vote not carried"), "no"),
    "no_quorum": (N_("Too few took part"), "no"),
}
WITHOUT_BALLOT = (N_("Agreed"), "done")
FINISHED = (N_("Carried out"), "done")

# What stands on the work list: the thing to do, its button, its picture.
KINDS = {
    "address": (N_("Confirm an address"), N_("Confirm this address"), "house"),
    "accept": (N_("A new topic waits to be taken up"), N_("Take it up or say why not"), "messages-square"),
    "ballot": (N_("Under discussion"), N_("Prepare the vote"), "vote"),
    "record": (N_("The vote has closed"), N_("Publish the result"), "stamp"),
    "carry_out": (N_("Decided, to be carried out"), N_("Say what happens next"), "flag"),
    "review": (N_("An activity waits for approval"), N_("Approve or send back"), "calendar-heart"),
    "hours": (N_("Hours to confirm"), N_("Confirm the hours"), "clock"),
}
ROOMS = {"people": N_("Addresses"), "topics": N_("Topics"), "activities": N_("Activities")}

# Pages of staff, leaders, organisers and merchants; each person sees the doors that open to them.
DOORS = (
    ("home.work", "list-checks", N_("Work list"), N_("what waits for you as staff or leader")),
    ("rewards.counter", "stamp", N_("Redemption counter"), N_("hand over what was ordered")),
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
        today=today_words(at),
        mine=mine,
        quarter=quarter,
        rise_words=rise_words(quarter.rise, quarter.period) if quarter else "",
        coming=() if mine.number else queries.coming(current_user, at, limit=2),
        decided=queries.decided(current_user, at),
        seal=seal,
        works=works(),
        days_left=days_left,
        at=at,
    )


def _for_office(at: datetime) -> Response:
    """Staff who work here without living here: their place, what waits, what was decided."""
    tasks = queries.tasks(current_user, at)
    return page(
        "home/office.html",
        greeting=greeting(at),
        today=today_words(at),
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
        works=works(),
    )


@bp.get("/work")
@access.role(*WORKERS)
def work() -> Response:
    at = clock.now()
    tasks = queries.tasks(current_user, at)
    room = request.args.get("room")
    room = room if room in ROOMS else None
    return page(
        "home/work.html",
        tasks=[task for task in tasks if room in (None, task.room)],
        number=len(tasks),
        by_room=Counter(task.room for task in tasks),
        room=room,
        rooms=ROOMS,
        kinds=KINDS,
        roles=[_(ROLES[name]) for name in sorted(current_user.role_names) if name in ROLES],
        next_deadline=None if tasks else queries.next_deadline(current_user, at),
        at=at,
    )


@bp.get("/open-data")
@access.anyone
def open_data() -> Response:
    return page("home/open_data.html", data_sets=data_sets())


def opens(endpoint: str) -> bool:
    """Whether that page opens to whoever asks."""
    door = access.door_of(endpoint)
    return door is not None and door.opens_to(current_user)


def works() -> bool:
    """Whether somebody has a work list."""
    return bool(current_user.role_names & frozenset(WORKERS))


def greeting(at: datetime) -> str:
    """张秀英，下午好. The template puts the name in, marked with its language."""
    return {
        "morning": N_("Good morning, %(name)s"),
        "noon": N_("Good day, %(name)s"),
        "afternoon": N_("Good afternoon, %(name)s"),
        "evening": N_("Good evening, %(name)s"),
        "night": N_("Good evening, %(name)s"),
    }[part_of_day(at)]


def today_words(at: datetime) -> str:
    """11月18日 周三; Wednesday 18 November."""
    return str(format_date(clock.local(at).date(), "EEEE d MMMM" if language() == "en" else "M月d日 EEE"))


def seal(state: str, outcome: str | None) -> tuple[str, str]:
    """The stamp of a decision, and its tone."""
    if state == "closed" and outcome in (None, "carried"):
        words, tone = FINISHED
    else:
        words, tone = SEALS.get(outcome or "", WITHOUT_BALLOT)
    return _(words), tone

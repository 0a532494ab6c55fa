"""What several rooms know about one person or place, gathered for one page. Every read is another room's own query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.activities import queries as activities
from app.agreements import queries as agreements
from app.ballots import waiting as ballots
from app.cases import waiting as cases
from app.claims import neighbours
from app.claims import waiting as claims
from app.council import queries as council
from app.disclosures import queries as disclosed
from app.disclosures import waiting as disclosures
from app.grid import directory
from app.grid import figures as grid_figures
from app.grid import queries as grid
from app.home.rules import Task, home_path, home_place_id, in_order
from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.meetings import queries as meetings
from app.notices import lists as notices
from app.people import queries as people
from app.people.rules import Anyone, Person
from app.places import queries as places
from app.places.models import Place
from app.points import queries as points
from app.promises import queries as promises
from app.rankings import queries as rankings
from app.rankings.queries import Board, Field, Shown
from app.rankings.rules import Standing, Star, nearest_star, rise, stars
from app.rewards import queries as rewards

Rows = Sequence[Any]

LINE = 60  # signs
YEAR = timedelta(days=365)
ROOMS_WITH_TASKS: tuple[tuple[str, Callable[[Person, datetime], Sequence[Any]]], ...] = (
    ("ballots", ballots.tasks_for),
    ("agreements", agreements.tasks_for),
    ("claims", claims.tasks_for),
    ("disclosures", disclosures.tasks_for),
    ("requests", grid.tasks_for),
    ("cases", cases.tasks_for),
    ("meetings", meetings.tasks_for),
    ("notices", notices.tasks_for),
    ("promises", promises.tasks_for),
)


@dataclass(frozen=True)
class Open:
    """What is open for one person now."""

    votes: Rows = ()
    shifts: Rows = ()
    orders: Rows = ()
    asked: Rows = ()

    @property
    def number(self) -> int:
        return len(self.votes) + len(self.shifts) + len(self.orders) + len(self.asked)


@dataclass(frozen=True)
class Quarter:
    """A household's running quarter: its place in the group, its stars, its places over time."""

    period: Period
    place: Field
    own: Shown
    stars: Sequence[Star]
    history: Sequence[tuple[Period, Standing | None]]

    @property
    def nearest(self) -> Star | None:
        return nearest_star(self.stars)

    @property
    def rise(self) -> int | None:
        return rise(self.own.standing.place, self.own.before)


@dataclass(frozen=True)
class Street:
    """What a visitor sees of the street."""

    name: Words | None
    intro: Words | None
    period: Period
    board: Board | None
    place: Field | None


def open_for(person: Person, at: datetime) -> Open:
    """Votes not cast yet, shifts to come, orders to collect, deeds to confirm; nothing without a confirmed address."""
    if not person.is_verified:
        return Open()
    votes, shifts = council.open_for_me(person, at, 3), activities.my_shifts(person, at, limit=3)
    return Open(votes, shifts, rewards.waiting_orders(person, at), neighbours.waiting_for(person))


def quarter_of(person: Person, at: datetime) -> Quarter | None:
    """How the household stands in its group this quarter; None without a confirmed household."""
    if not person.is_verified or person.household_id is None:
        return None
    period = period_of(clock.local(at).date(), "quarter")
    _, place = rankings.fields_for(person, None)
    own = rankings.own_standing(person, place, period, at=at) if place else None
    if place is None or own is None:
        return None
    earned = rankings.by_heading([person.household_id], period)[person.household_id]
    waits = rankings.open_in([person.household_id], period)[person.household_id]
    return Quarter(period, place, own, stars(earned, waits), rankings.history(place, period, person.household_id))


def decided(person: Anyone, at: datetime) -> Rows:
    return council.lately_decided(home_path(person), at, 4)


def discussed(person: Anyone, at: datetime) -> Rows:
    return council.being_discussed(home_path(person), at, 4)


def published(person: Anyone, at: datetime) -> Rows:
    """What was disclosed last."""
    return disclosed.lately(home_path(person), at, 3)


def coming(person: Anyone, at: datetime, *, limit: int = 3) -> Rows:
    return activities.coming_up(home_path(person), at, limit=limit)


def place_of_work(person: Anyone) -> Words | None:
    """The name of the place that staff without a household work for."""
    place_id = home_place_id(person)
    place = places.place(place_id) if place_id else None
    return place.name if place else None


def street_for(person: Anyone, at: datetime) -> Street:
    """The street, and the top of its list by consent."""
    period = period_of(clock.local(at).date(), "quarter")
    street = places.the_street()
    if street is None:
        return Street(None, None, period, None, None)
    _, place = rankings.fields_for(person, street.code)
    board = rankings.board(place, period, at=at) if place else None
    return Street(street.name, street.intro, period, board, place)


def figures(person: Person, at: datetime) -> tuple[points.Balances, int] | None:
    """Honour, points and minutes; None without a confirmed household."""
    if not person.is_verified or person.household_id is None:
        return None
    balances, minutes, _since = points.figures(person.household_id, person.id, at=at)
    return balances, minutes


def tasks(person: Person, at: datetime) -> list[Task]:
    """Everything that waits for this member of staff, the oldest deadline first."""
    found: list[Task] = []
    for row in people.waiting_for_verification(person):
        who = f"{row.family_name}{row.given_name} · {row.claimed_door}"
        found.append(Task("people", "address", who, f"/residents/{row.id}", None))
    waiting = council.waiting_for_staff(person, at)
    found += [Task("topics", row.waits_for, row.title, f"/topics/{row.id}", row.since) for row in waiting]
    for one in activities.waiting_for_staff(person, at):
        page = f"/activities/{one.activity_id}" + (f"/desk?shift={one.shift_id}" if one.shift_id else "")
        found.append(Task("activities", one.kind, one.title, page, one.since, one.number))
    for room, waiting_for in ROOMS_WITH_TASKS:
        found += [
            Task(room, task.kind, shortened(task.title), task.href, task.since, due_at=task.due_at)
            for task in waiting_for(person, at)
        ]
    return in_order(found)


def shortened(title: Words | str) -> Words | str:
    """A title of a line's length: of a question the title is its whole text."""
    if isinstance(title, str):
        return title if len(title) <= LINE else f"{title[:LINE]}…"
    return Words(**{name: str(shortened(text)) for name, text in title.as_dict().items()})


def next_deadline(person: Person, at: datetime) -> datetime | None:
    """When the next vote closes where this person works or lives: the next thing that will need somebody."""
    closing = [row.closes_at for row in council.being_discussed(home_path(person), at, 50) if row.closes_at]
    return min((moment for moment in closing if moment > at), default=None)


@dataclass(frozen=True)
class Front:
    """What everybody may know of one community: the front page that hangs on its wall."""

    place: Place
    topics: Rows
    agreements: Sequence[tuple[Any, Any]]  # each with its version in force
    disclosures: Rows
    requests: grid_figures.Figures | None
    grids: Rows
    period: Period
    board: Board
    coming: Rows


def front_of(code: str, reader: Anyone, at: datetime) -> Front | None:
    """The front page of a community or village; None for other places. Ten statements."""
    place = places.place_by_code(code)
    if place is None or place.kind not in places.COMMUNITY_KINDS:
        return None
    period = period_of(clock.local(at).date(), "quarter")
    field = Field(place.id, place.kind, place.code, place.name)
    return Front(
        place=place,
        topics=council.being_discussed(place.path, at, 4),
        agreements=_in_force(place.path, reader, at),
        disclosures=disclosed.lately(place.path, at, 4),
        requests=grid_figures.whole(path=place.path, since=at - YEAR),
        grids=directory.grids(place.path),
        period=period,
        board=rankings.board(field, period, at=at),
        coming=activities.coming_up(place.path, at, limit=3),
    )


def _in_force(path: str, reader: Anyone, at: datetime) -> list[tuple[Any, Any]]:
    rows = agreements.agreements(path=path, reader=reader, at=at, after=None).rows
    versions = agreements.versions_of([row.id for row in rows], at)
    in_force = ((row, agreements.in_force(versions.get(row.id, []))) for row in rows)
    return [(row, version) for row, version in in_force if version is not None]

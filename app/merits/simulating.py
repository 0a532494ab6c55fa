"""Trying a draft on last quarter: ask for it, go through the deeds page by page, keep what came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import and_, func, insert, or_, select, update

from app.kit import audit, background, clock
from app.kit.db import afterwards, db, one_at_a_time
from app.kit.periods import period_of
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import line_rules, queries, trial_rules
from app.merits.models import Award, Deed, SimulatedHousehold, Simulation
from app.merits.replaying import Fact, Replay
from app.merits.rules import Done, Earned
from app.people.models import Household
from app.people.rules import Person
from app.places.models import Place

PAGE = 2_000  # deeds between two signs of life
FORGOTTEN = timedelta(minutes=2)  # without a sign of life somebody else takes it over
_WEEK = timedelta(days=7)
_LONG = ("year", "ever", "balance", "award")  # windows that hold what was earned before a quarter


def simulate(
    documents: Sequence[Mapping[str, Any]], *, place: Place, title: Words, by: Person, at: datetime,
    set_by: str | None = None, href: str | None = None,
) -> Simulation:  # fmt: skip
    """Ask for a trial of these lines over the last full quarter. Raises `Refused` for lines that may not be published.

    One at a time at each place: a trial takes a core of the machine for a while.
    """
    refuse_if(trial_rules.simulate_refusal(by, place_path=place.path))
    for document in documents:
        refuse_if(line_rules.line_refusal(document))
    one_at_a_time(f"simulate:{place.id}")
    running = select(Simulation.id).where(Simulation.place_id == place.id, Simulation.finished_at.is_(None))
    refuse_if(trial_rules.running_refusal(db.session.scalar(running.limit(1)) is not None))
    quarter = period_of(clock.local(at).date(), "quarter").previous
    simulation = Simulation(
        place_id=place.id, place_path=place.path, title=title, href=href, set_by=set_by, lines=list(documents),
        starts=quarter.starts, ends=quarter.ends, by_id=by.id, asked_at=at,
    )  # fmt: skip
    db.session.add(simulation)
    db.session.flush()
    audit.note("merits.simulate", f"simulation:{simulation.id}", actor_id=by.id, at=at, place_id=place.id)
    return simulation


def start(simulation_id: int) -> None:
    """Have it gone through beside the pages, as soon as the request that asked for it is written."""
    settings = current_app.config["SETTINGS"]
    afterwards(partial(background.start, settings, "simulate", str(simulation_id)))


def waiting(at: datetime) -> list[int]:
    """Trials that nobody works on: asked for a while ago, or left by whoever began."""
    seen = func.coalesce(Simulation.seen_at, Simulation.asked_at)
    query = select(Simulation.id).where(Simulation.finished_at.is_(None), seen <= at - FORGOTTEN)
    return list(db.session.scalars(query.order_by(Simulation.id)))


def take(simulation_id: int, *, at: datetime) -> bool:
    """Begin a trial, from its start; False when it is done or somebody works on it."""
    idle = or_(Simulation.seen_at.is_(None), Simulation.seen_at <= at - FORGOTTEN)
    taken: Any = db.session.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id, Simulation.finished_at.is_(None), idle)
        .values(seen_at=at, done=0, deeds=None)
        .returning(Simulation.id)
    )
    return taken.first() is not None


def replay_for(simulation: Simulation) -> Replay:
    """Both tariffs at the beginning of the quarter, with their windows as full as they were."""
    replay = Replay(simulation.lines, instead_of=simulation.set_by, starts=simulation.starts)
    replay.remember(_earned_before(simulation))
    return replay


def count_deeds(simulation: Simulation) -> int:
    return db.session.scalar(select(func.count(Deed.id)).where(*_deeds_of(simulation))) or 0


def facts(simulation: Simulation, *, after: tuple[datetime, int] | None) -> list[tuple[tuple[datetime, int], Fact]]:
    """The next page of deeds in the order of their confirmation, each with its key."""
    page = select(Deed.__table__).where(*_deeds_of(simulation)).order_by(Deed.announced_at, Deed.id).limit(PAGE)
    if after is not None:
        at, number = after
        page = page.where(or_(Deed.announced_at > at, and_(Deed.announced_at == at, Deed.id > number)))
    return [((row.announced_at, row.id), _fact(row)) for row in db.session.execute(page)]


def go_through(simulation: Simulation, *, at: datetime) -> None:
    """The whole trial at once, for a loader that is alone."""
    replay, done, after = replay_for(simulation), 0, None
    while page := facts(simulation, after=after):
        replay.go_on(fact for _, fact in page)
        done, after = done + len(page), page[-1][0]
    finish(simulation, replay, done=done, at=at)


def note_progress(simulation_id: int, *, deeds: int, done: int, at: datetime) -> None:
    """A sign of life; `done` of so many deeds were gone through."""
    values = {"deeds": deeds, "done": min(done, deeds), "seen_at": at}
    db.session.execute(update(Simulation).where(Simulation.id == simulation_id).values(values))


def finish(simulation: Simulation, replay: Replay, *, done: int, at: datetime) -> bool:
    """Keep what came out, once: whoever was taken for dead and comes back later changes nothing."""
    there = Household.joined_on < clock.local(simulation.ends).date(), Place.path.startswith(simulation.place_path)
    home = Place.id == Household.group_id
    households = db.session.scalar(select(func.count(Household.id)).join(Place, home).where(*there)) or 0
    rows = [one | {"simulation_id": simulation.id} for one in replay.households()]
    finished: Any = db.session.execute(
        update(Simulation)
        .where(Simulation.id == simulation.id, Simulation.finished_at.is_(None))
        .values(deeds=done, done=done, seen_at=at, finished_at=at, result=replay.result(max(households, len(rows))))
        .returning(Simulation.id)
    )
    if finished.first() is None:
        return False
    for start in range(0, len(rows), PAGE):
        db.session.connection().execute(insert(SimulatedHousehold.__table__), rows[start : start + PAGE])  # type: ignore[arg-type]
    return True


def _deeds_of(simulation: Simulation) -> tuple[Any, ...]:
    """Deeds of households of the place in the quarter, that did happen."""
    return (
        Deed.effective_at >= simulation.starts, Deed.effective_at < simulation.ends, Deed.undone_at.is_(None),
        Deed.household_id.is_not(None), Deed.place_path.startswith(simulation.place_path, autoescape=True),
    )  # fmt: skip


def _fact(row: Any) -> Fact:
    known = {name: getattr(row, name) for name in Done.__dataclass_fields__}
    return Fact(Done(**known), row.household_id, row.place_path)


def _earned_before(simulation: Simulation) -> Iterator[tuple[Fact, Earned]]:
    """Awards of the week before the quarter, and all earlier ones under lines that look further back."""
    in_force = queries.all_lines(simulation.place_path, clock.local(simulation.starts).date())[0]
    caps = {code: [cap.window for cap in line.caps] for code, line in in_force.items()}
    caps |= {one["code"]: [cap["window"] for cap in one["caps"]] for one in simulation.lines}
    long = [code for code, windows in caps.items() if set(windows) & set(_LONG)]
    stored = Award.minutes > 0 if any("balance" in windows for windows in caps.values()) else Award.id < 0
    columns: tuple[Any, ...] = (
        *Deed.__table__.columns, Award.honour, Award.points, Award.minutes.label("granted_minutes"), Award.served,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .join(Award, Award.because == Deed.because)
        .where(
            Deed.effective_at < simulation.starts, Award.undone_at.is_(None),
            or_(Deed.effective_at >= simulation.starts - _WEEK, Award.code.in_(long), stored),
            Deed.place_path.startswith(simulation.place_path, autoescape=True),
        )
        .execution_options(yield_per=PAGE)
    )  # fmt: skip
    for row in rows:
        yield _fact(row), Earned(row.honour, row.points, row.granted_minutes, row.served)

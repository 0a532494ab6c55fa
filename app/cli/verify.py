"""flask verify: compute again what is kept beside its rows, the ledger above all, and name the first that is off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.activities import proof as activities
from app.agreements import proof as agreements
from app.ballots import proof as ballots
from app.cases import proof as cases
from app.claims import proof as claims
from app.cli import heads
from app.cli.keeping.writing import look_at_one_moment
from app.council import proof as council
from app.disclosures import proof as disclosures
from app.grid import proof as grid
from app.home import proof as home
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import Busy, db, replayed, transaction
from app.kit.proof import Fault, FaultsFound, breaking_off
from app.meetings import proof as meetings
from app.merits import proof as merits
from app.points import proof as points
from app.points import sealed
from app.promises import proof as promises
from app.rewards import proof as rewards

ROOMS = (
    sealed, points, merits, claims, cases, rewards, ballots, council, agreements, activities, meetings, promises, grid,
    disclosures, home,
)  # fmt: skip


LOOKS: list[Callable[[], Iterator[Fault]]] = [look for room in ROOMS for look in getattr(room, "LOOKS", (room.faults,))]


def _counted(noted: Sequence[heads.Noted], found: list[Fault]) -> tuple[dict[str, int], heads.Noted | None]:
    """How much there is to look at, and the newest head; of those that were noted, what is not there is a fault."""
    counts: dict[str, int] = {}
    newest = None
    with breaking_off(found, "reading", "counts"), transaction(writing=False):
        for room in ROOMS:
            counts |= room.counts()
        found += heads.unknown(noted)
        newest = heads.newest()
    return counts, newest


def _faults() -> list[Fault]:
    """What the rooms find, in their order. Two processes look, each at what nobody has begun with."""
    # They are copies of this one, and a connection must not be shared.
    db.session.remove()
    db.engine.dispose()
    found: list[Fault] = []
    with breaking_off(found, "reading", "looks"), ProcessPoolExecutor(2, mp_context=get_context("fork")) as both:
        for faults in both.map(_looked_at, range(len(LOOKS))):
            found += faults
    return found


def _looked_at(number: int) -> list[Fault]:
    """What one look finds, all of it as of one moment, up to where it breaks off."""
    look, found = LOOKS[number], list[Fault]()
    with breaking_off(found, "reading", f"{look.__module__}.{look.__name__}"), transaction(writing=False):
        look_at_one_moment()
        for fault in look():
            found.append(fault)  # one by one: what was found before it breaks off stays found
    return found


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs instead of people.")
@click.option("--head", "printed", multiple=True, help="The head of a seal that was printed: the journal must have it.")
@click.option(
    "--heads", "file", type=heads.FILE, help="Where heads are noted: each must be there, then the last is added."
)
@with_appcontext
def verify(as_json: bool, printed: tuple[str, ...], file: Path | None) -> None:
    """Check balances, holds, seals, awards, orders, stock, rolls and more; exit with 1 at any fault.

    Administrators find a message about faults in their inbox, once.
    """
    noted = heads.read(file) if file else []
    unknown: list[Fault] = []
    found: list[Fault] = []
    counts, newest = _counted(noted, found)
    with breaking_off(unknown, "reading", "heads"), transaction(writing=False):
        unknown += sealed.unknown(printed)
    found += _faults()
    faults = found + unknown
    if as_json:
        click.echo(json.dumps({"ok": not faults, "counts": counts, "faults": [asdict(fault) for fault in faults]}))
    else:
        click.echo("Looked at " + ", ".join(f"{number:,} {name}" for name, number in counts.items()) + ".")
        for fault in faults:
            click.echo(f"{fault.invariant} does not hold at {fault.where}: {fault.says}")
        click.echo("Not everything is in order." if faults else "Everything is in order.")
    if found:  # a head that was typed wrongly is nobody else's matter
        _tell(found)
    if faults:
        raise SystemExit(1)
    if file and newest and newest not in noted:
        heads.note(file, newest)
        if not as_json:
            where = file if noted else f"{file}, which held none before"
            click.echo(f"Noted in {where}: seal {newest.seal} of {newest.day}.")


def _tell(faults: list[Fault]) -> None:
    """Let the administrators know. What cannot be told must not hide what was found."""
    try:
        replayed(lambda: announce(FaultsFound(faults, clock.now())))
    except (DBAPIError, Busy):
        click.echo("The administrators could not be told: the database took no message.", err=True)

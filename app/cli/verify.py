"""flask verify: compute again what is kept beside its rows, the ledger above all, and name the first that is off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

import click
from flask.cli import with_appcontext

from app.activities import proof as activities
from app.agreements import proof as agreements
from app.ballots import proof as ballots
from app.cases import proof as cases
from app.claims import proof as claims
from app.council import proof as council
from app.disclosures import proof as disclosures
from app.grid import proof as grid
from app.home import proof as home
from app.kit.db import db, take_your_time, transaction
from app.kit.proof import Fault
from app.meetings import proof as meetings
from app.merits import proof as merits
from app.points import proof as points
from app.points import sealed
from app.promises import proof as promises
from app.rewards import proof as rewards

ROOMS = (
    points, sealed, merits, claims, cases, rewards, ballots, council, agreements, activities, meetings, promises, grid,
    disclosures, home,
)  # fmt: skip


LOOKS: list[Callable[[], Iterator[Fault]]] = [look for room in ROOMS for look in getattr(room, "LOOKS", (room.faults,))]


def _faults() -> list[Fault]:
    """What the rooms find, in their order. Two processes look, each at what nobody has begun with."""
    # They are copies of this one, and a connection must not be shared.
    db.session.remove()
    db.engine.dispose()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as both:
        return [fault for faults in both.map(_looked_at, range(len(LOOKS))) for fault in faults]


def _looked_at(number: int) -> list[Fault]:
    with transaction(writing=False):
        take_your_time()
        return list(LOOKS[number]())


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs instead of people.")
@click.option("--head", "heads", multiple=True, help="The head of a seal that was printed: the journal must have it.")
@with_appcontext
def verify(as_json: bool, heads: tuple[str, ...]) -> None:
    """Check balances, holds, seals, awards, orders, stock, rolls and more; exit with 1 at any fault."""
    with transaction(writing=False):
        counts = {name: number for room in ROOMS for name, number in room.counts().items()}
        unknown = sealed.unknown(heads)
    faults = _faults() + unknown
    if as_json:
        click.echo(json.dumps({"ok": not faults, "counts": counts, "faults": [asdict(fault) for fault in faults]}))
    else:
        click.echo("Looked at " + ", ".join(f"{number:,} {name}" for name, number in counts.items()) + ".")
        for fault in faults:
            click.echo(f"{fault.invariant} does not hold at {fault.where}: {fault.says}")
        click.echo("Not everything is in order." if faults else "Everything is in order.")
    if faults:
        raise SystemExit(1)

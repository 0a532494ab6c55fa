"""flask simulate: go through a trial of the tariff that somebody asked for; the page that asked starts it by itself."""

from __future__ import annotations

from functools import partial

import click
from flask.cli import with_appcontext

from app.kit import clock
from app.kit.db import db, replayed, transaction
from app.merits import simulating
from app.merits.models import Simulation


@click.command("simulate")
@click.argument("number", type=int)
@with_appcontext
def simulate(number: int) -> None:
    """Go through the trial NUMBER, unless it is done or somebody works on it."""
    click.echo("done" if run(number) else "nothing to do")


def run_waiting() -> int:
    """Take up trials that nobody works on, for flask tick; how many."""
    with transaction(writing=False):
        numbers = simulating.waiting(clock.now())
    return sum(run(one) for one in numbers)


def run(number: int) -> bool:
    """Go through it page by page, each page in a transaction of its own, so that nobody waits for a trial."""
    if not replayed(partial(simulating.take, number, at=clock.now())):
        return False
    with transaction(writing=False):
        simulation = db.session.get_one(Simulation, number)
        replay, deeds = simulating.replay_for(simulation), simulating.count_deeds(simulation)
        db.session.expunge(simulation)
    done, after = 0, None
    while True:
        with transaction(writing=False):
            page = simulating.facts(simulation, after=after)
        if not page:
            return replayed(partial(simulating.finish, simulation, replay, done=done, at=clock.now()))
        replay.go_on(fact for _, fact in page)
        done, after = done + len(page), page[-1][0]
        replayed(partial(simulating.note_progress, number, deeds=max(deeds, done), done=done, at=clock.now()))

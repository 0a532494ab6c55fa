"""flask verify: compute the whole ledger, the orders and the stock again and name the first that does not fit."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.kit.db import transaction
from app.merits import proof as merits
from app.points import proof as points
from app.rewards import proof as rewards


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs instead of people.")
@with_appcontext
def verify(as_json: bool) -> None:
    """Check balances, holds, reversals, awards, orders and stock against each other; exit with 1 at any fault."""
    with transaction(writing=False):
        counts = points.counts() | merits.counts() | rewards.counts()
        faults = [*points.faults(), *merits.faults(), *rewards.faults()]
    if as_json:
        click.echo(json.dumps({"ok": not faults, "counts": counts, "faults": [asdict(fault) for fault in faults]}))
    else:
        click.echo("Looked at " + ", ".join(f"{number:,} {name}" for name, number in counts.items()) + ".")
        for fault in faults:
            click.echo(f"{fault.invariant} does not hold at {fault.where}: {fault.says}")
        click.echo("The ledger is not in order." if faults else "The ledger is in order.")
    if faults:
        raise SystemExit(1)

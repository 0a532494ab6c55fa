"""45,000 papers of each method, all different where the method lets them be, read from the urn and counted."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from sqlalchemy import insert

from app.ballots import results
from app.ballots.counting import Terms
from app.ballots.papers import METHODS
from app.ballots.rules import Option
from app.ballots.secret_models import CountedPaper
from app.kit.db import db, transaction
from app.kit.words import Words
from bench.hall import Hall
from bench.result import Result
from tests.ballots.elections import a_paper

PAPERS, OPTIONS, SEATS = 45_000, 12, 5
GOAL_SECONDS = 2.0
_CHUNK = 5_000


def measured(hall: Hall, name: str) -> list[Result]:
    """Seconds of the dearest method; a line tells all of them."""
    took = {method: _seconds(hall, method) for method in METHODS}
    told = ", ".join(f"{method} {seconds:.2f}" for method, seconds in took.items())
    print(f"# {name}: {PAPERS:,} papers counted, seconds: {told}", file=sys.stderr, flush=True)
    return [Result(f"count-{name}-s", round(max(took.values()), 2), GOAL_SECONDS)]


def _seconds(hall: Hall, method: str) -> float:
    """The quickest of three: what others do on the same processor meanwhile is not the time of the count."""
    keys = ["yes", "no"] if method == "yes_no" else [f"o{number}" for number in range(1, OPTIONS + 1)]
    options = [Option(key, Words(en=key)) for key in keys] if method != "yes_no" else []
    seats, closes_at = SEATS if method == "transferable" else 1, datetime.now(UTC) + timedelta(days=1)
    (question,) = hall.put(
        hall.village.together, closes_at=closes_at, method=method, options=options, secret=True, seats=seats
    )
    terms = Terms(method, keys, PAPERS, 0, Fraction(0), lot=keys, seats=seats)
    _fill(hall, question, terms)
    return min(_counted(hall, question, closes_at) for _ in range(3))


def _fill(hall: Hall, question: int, terms: Terms) -> None:
    draw = random.Random(terms.method)
    rows = [
        {"question_id": question, "number": number, "receipt_hash": f"{number:064x}", "choice": a_paper(draw, terms)}
        for number in range(1, PAPERS + 1)
    ]
    with hall.app.app_context(), transaction():
        for start in range(0, PAPERS, _CHUNK):
            db.session.execute(insert(CountedPaper), rows[start : start + _CHUNK])


def _counted(hall: Hall, question: int, at: datetime) -> float:
    with hall.app.app_context(), transaction(writing=False):
        began = time.perf_counter()
        count = results.outcomes([question], at)[question]
        took = time.perf_counter() - began
    if count.cast != PAPERS:
        raise RuntimeError(f"{count.cast} of {PAPERS} papers were counted")
    return took

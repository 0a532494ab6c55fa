"""flask tick run at every due moment, once and late, or many times leaves the same village behind.

What it posts late says so, and is otherwise the same.

The clock is moved over a world in which every kind of due thing comes due (`coming_due.py`), and people act in between.
Then the whole database is compared, row by row, without what cannot be the same: ids that were given meanwhile, random
digests, and when a mail was tried (`dumping.py`). Claims, which count from when they are written, have their own world.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module

import pytest
from flask import Flask

from app.cli.verify import ROOMS
from app.kit import clock
from app.kit.db import db
from app.people.models import FailedAttempt
from tests.conftest import let_go
from tests.databases import Databases
from tests.makers import NOON, kept
from tests.messages.post_office import PostOffice, post_office
from tests.run import Run
from tests.sample import coming_due
from tests.sample.coming_due import DAY, HOUR, Act
from tests.sample.dumping import NOTHING, Columns, Tables, differing, dumped

tick = import_module("app.cli.tick")  # the package shows the command under this name

EACH_HOUR = [NOON + hours * HOUR for hours in range(1, 72)]
LAST = EACH_HOUR[-1]  # later than everything that is due, and not yet too late for any mail
TIMES: dict[str, Sequence[datetime]] = {
    "once, late": [LAST],
    "three times": [LAST, LAST, LAST],
    "now and then": [NOON + hours * HOUR for hours in (13, 37, 49, 71)],
    "twice at each noon and midnight": [NOON + hours * HOUR for hours in (12, 12, 24, 24, 36, 36, 48, 48, 60, 60, 71)],
}
TWICE_A_DAY = [NOON + hours * HOUR for hours in range(12, 21 * 24 + 1, 12)]
# An entry says when it was posted, so that nothing comes in behind what was read before (I6).
OF_POSTING: Columns = {"transfers": {"posted_at"}}
# It is sealed with that day: what is written weeks later, beside other things, has other numbers and another seal.
OF_SEALS: Columns = {"seals": {"first", "entries", "root", "head"}, "sealed_entries": None}
OF_MAIL: Columns = {"mails": None, "digest_days": None, "messages": {"digest_on"}}
# Not due at a moment, but once, after an upgrade of the house; or written when somebody looks, and saying so: that late
# and often come to the same points is in `tests/points/test_points_expiry.py`, that reviewers are drawn once in
# `tests/claims/test_claims_seats.py`.
APART = {
    "texts of an older house made findable", "households looked through for points that expired",
    "claims that others are drawn to review",
}  # fmt: skip
# A notice of claims hangs for its whole period from when it was written, and what it leads to is posted when it is.
OF_CLAIMS = {"batches of claims put on notice", "claims whose notice has ended"}
ITS_MOMENT: Columns = {
    "claim_batches": {"opened_at"}, "notices": {"starts_at", "ends_at", "put_up_at"}, "claim_ends": {"at"},
    "awards": {"posted_at"}, "deeds": {"announced_at"}, "transfers": {"posted_at"}, "messages": {"at", "values"},
    "seals": None, "sealed_entries": None,
}  # fmt: skip


class Village:
    """A world of `coming_due` under `app`; it begins at noon as often as it is asked to live."""

    def __init__(
        self, app: Flask, run: Run, databases: Databases, office: PostOffice, begin: Callable[[], Sequence[Act]]
    ) -> None:
        self.app, self.databases, self.office = app, databases, office
        self.name, self.at_noon = f"unit-{run.worker}", f"at-noon-{run.worker}"
        self.done: Counter[str] = Counter()
        with app.app_context(), kept():
            self.acts: Sequence[Act] = sorted(begin(), key=lambda act: act.at)
        self._tick(NOON)
        let_go(app)
        databases.settle(self.name)
        databases.copy(self.name, self.at_noon)

    def live(self, times: Sequence[datetime], *, without: Columns = NOTHING) -> Tables:
        """Let time pass from noon with a tick at each of these times; what the database holds at the end."""
        let_go(self.app)
        self.databases.copy(self.at_noon, self.name)
        self.done.clear()
        self.office.arrived.clear()
        waiting = list(self.acts)
        for at in times:
            while waiting and waiting[0].at <= at:
                self._do(waiting.pop(0))
            self._tick(at)
        with self.app.app_context(), clock.fixed(times[-1]), kept():
            assert [fault for room in ROOMS for fault in room.faults()] == []
            return dumped(without)

    def _do(self, act: Act) -> None:
        with self.app.app_context(), clock.fixed(act.at), kept():
            act.do()

    def _tick(self, at: datetime) -> None:
        """As a timer calls it, with a mail server within reach; how much was due of each kind is added up."""
        with clock.fixed(at), self._with_mail():
            told = self.app.test_cli_runner().invoke(args=["tick"])
        assert told.exit_code == 0, told.output
        for line in told.output.splitlines():
            number, what = line.strip().split(" ", 1)
            self.done[what] += int(number.replace(",", ""))

    @contextmanager
    def _with_mail(self) -> Iterator[None]:
        before = self.app.config["SETTINGS"]
        self.app.config["SETTINGS"] = self.office.settings(self.app)
        try:
            yield
        finally:
            self.app.config["SETTINGS"] = before


@pytest.fixture
def village(app: Flask, run: Run, databases: Databases) -> Iterator[Village]:
    yield from a_village(app, run, databases, coming_due.begin)


@pytest.fixture
def claimants(app: Flask, run: Run, databases: Databases) -> Iterator[Village]:
    yield from a_village(app, run, databases, coming_due.begin_claims)


def a_village(app: Flask, run: Run, databases: Databases, begin: Callable[[], Sequence[Act]]) -> Iterator[Village]:
    with post_office() as office:
        world = Village(app, run, databases, office, begin)
        yield world
    let_go(app)
    databases.drop(world.at_noon)


def test_whenever_it_runs_the_same_is_written(village: Village) -> None:
    punctual = village.live(EACH_HOUR, without=OF_POSTING)
    assert set(+village.done) == {what for what, _act in tick.DUE} - APART - OF_CLAIMS | {"mails"}, "each kind was due"

    for when, times in TIMES.items():
        assert differing(punctual, village.live(times, without=OF_POSTING)) == {}, when
        sent = [mail["Message-ID"] for mail in village.office.arrived]
        assert len(sent) == len(set(sent)) > 20, when


def test_of_claims_a_late_tick_changes_the_moments_alone(claimants: Village) -> None:
    punctual = claimants.live(EACH_HOUR, without=ITS_MOMENT)
    assert set(+claimants.done) >= OF_CLAIMS

    for when, times in TIMES.items():
        assert differing(punctual, claimants.live(times, without=ITS_MOMENT)) == {}, when


def test_three_weeks_late_all_but_the_mail_is_the_same(village: Village) -> None:
    """After days nobody wants the mail any more: what went out and which digest held what is left out."""
    often = village.live(TWICE_A_DAY, without=OF_MAIL | OF_SEALS | OF_POSTING)

    assert differing(often, village.live([TWICE_A_DAY[-1]], without=OF_MAIL | OF_SEALS | OF_POSTING)) == {}


def test_the_comparison_sees_when_something_was_written(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_this_moment(at: datetime) -> int:
        db.session.add(FailedAttempt(key="k", at=at))
        return 1

    monkeypatch.setattr(tick, "DUE", (("things", of_this_moment),))
    one, other = village.live([LAST]), village.live([LAST - DAY])

    assert set(differing(one, other)) == {"failed_attempts"}

"""Hands without a browser: processes of their own that act on the ledger at the same moment.

What no button of the house does yet can be raced with these: each hand is a thread with a connection of its own, in one
of four processes, and all wait for one instant. `python -m tests.races.hands URL` is such a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from app import create_app
from app.ballots import operations as ballots
from app.config import DEMO_SECRET, Settings
from app.kit.db import Busy, db, replayed
from app.kit.refusal import Refused
from app.merits import operations as merits
from app.people import queries as people
from app.people.models import Resident
from app.people.rules import Person
from app.points import operations as points
from app.rewards import operations as rewards
from app.rewards import rules
from tests.databases import ROOT, house_environment

PROCESSES = 4
HANDS = 32  # eight threads in each
MOST_TRIES = 20
_NOTICE_SECONDS = 0.3  # from the word to the moment itself

DONE, BUSY = "done", "busy"
LIMIT = "limit"  # a constraint of the database had the last word, where a rule should have had it

Act = tuple[str, dict[str, Any]]  # what to do, and with which values; `at` is an instant as ISO text


class Hands:
    """Four processes over one database, kept from race to race."""

    def __init__(self, database_url: str) -> None:
        command = [sys.executable, "-m", "tests.races.hands", database_url]
        environment = house_environment(database_url, env="test")
        self._processes = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(PROCESSES)
        ]
        for process in self._processes:
            self._hear(process)  # it is ready

    def at_once(self, acts: Sequence[Act]) -> list[str]:
        """Do all of it at one moment. In their order: DONE, the sentence of a refusal, LIMIT, BUSY or an error."""
        moment = time.time() + _NOTICE_SECONDS
        for number, process in enumerate(self._processes):
            assert process.stdin is not None
            process.stdin.write(json.dumps({"moment": moment, "acts": acts[number::PROCESSES]}) + "\n")
            process.stdin.flush()
        heard = [self._hear(process) for process in self._processes]
        return [heard[number % PROCESSES][number // PROCESSES] for number in range(len(acts))]

    def insisting(self, acts: Sequence[Act]) -> list[str]:
        """As `at_once`; who is told BUSY, after waiting in vain for a lock, tries again as people are asked to (503).

        On a machine with much else to do all acts of a rush take as long as all of them together, so that whoever
        waits for one of them waits past every limit. What is promised is that nothing of a busy try was done.
        """
        told = self.at_once(acts)
        for _ in range(MOST_TRIES):
            busy = [number for number, one in enumerate(told) if one == BUSY]
            if not busy:
                return told
            for number, one in zip(busy, self.at_once([acts[number] for number in busy]), strict=True):
                told[number] = one
        raise AssertionError(f"still busy after {MOST_TRIES} tries: {Counter(told)}")

    def end(self) -> None:
        for process in self._processes:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()

    def _hear(self, process: subprocess.Popen[str]) -> Any:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"a hand fell off: {process.wait(timeout=30)}")
        return json.loads(line)


def main(database_url: str) -> None:
    """Take orders, one a line, until there are no more; answer each with what came of its acts."""
    app = create_app(Settings(env="test", database_url=database_url, secret_key=DEMO_SECRET, password_memory=64))
    print(json.dumps("ready"), flush=True)
    with ThreadPoolExecutor(max_workers=HANDS // PROCESSES) as pool:
        for line in sys.stdin:
            order = json.loads(line)
            print(json.dumps(list(pool.map(partial(_act, app, order["moment"]), order["acts"]))), flush=True)


def _act(app: Flask, moment: float, act: Act) -> str:
    name, values = act
    if "at" in values:
        values["at"] = datetime.fromisoformat(values["at"])
    with app.app_context():
        time.sleep(max(0.0, moment - time.time()))
        try:
            replayed(partial(ACTS[name], **values))
        except Refused as no:
            return no.refusal.text
        except IntegrityError:
            return LIMIT
        except (OperationalError, Busy):
            return BUSY
        except SQLAlchemyError as error:  # what should be one is several, for one: the race says what that means
            return type(error).__name__
        return DONE


def _person(resident_id: int) -> Person:
    found = people.person(resident_id)
    assert found is not None
    return found


def _reverse(entry_id: int, because: str, at: datetime) -> None:
    points.reverse(entry_id, because=because, by_id=None, at=at)


def _settle(hold_id: int, because: str, at: datetime) -> None:
    points.settle(hold_id, merchant_id=1, because=because, by_id=None, at=at)


def _void(hold_id: int, at: datetime) -> None:
    points.release(hold_id, outcome="voided", at=at)


def _expire(hold_id: int, at: datetime) -> None:
    points.release(hold_id, outcome="expired", at=at)


def _award(resident_id: int, because: str, at: datetime) -> None:
    merits.award("E04", resident_id=resident_id, because=because, effective_at=at, at=at, by_id=None)


def _keep_back(household_id: int, amount: int, because: str, at: datetime) -> None:
    points.hold(
        household_id=household_id, amount=amount, because=because, expires_at=at + rules.HOLD, by_id=None, at=at
    )


def _collect(voucher: str, clerk_id: int, at: datetime) -> None:
    rewards.redeem(voucher, key=DEMO_SECRET.encode(), by=_person(clerk_id), at=at)


def _cancel(order_id: int, resident_id: int, at: datetime) -> None:
    rewards.cancel(order_id, by=_person(resident_id), at=at)


def _lapse(at: datetime) -> None:
    rewards.release_lapsed(at)


def _vote(question_id: int, resident_id: int, choice: str, at: datetime) -> None:
    ballots.cast(question_id, choice=choice, by=_person(resident_id), at=at)


def _vote_secretly(question_id: int, resident_id: int, receipt: str, at: datetime) -> None:
    ballots.cast_secretly(question_id, choice="yes", receipt=receipt, by=_person(resident_id), at=at)


def _type_paper(question_id: int, row: int, choice: str, staff_id: int, at: datetime) -> None:
    ballots.type_paper(question_id, row, choice=choice, by=_person(staff_id), at=at)


def _hand_in(question_id: int, row: int, staff_id: int, at: datetime) -> None:
    ballots.hand_in(question_id, row, by=_person(staff_id), at=at)


def _move(resident_id: int, household_id: int) -> None:
    """As whoever keeps the register: from one household into another."""
    db.session.execute(update(Resident).where(Resident.id == resident_id).values(household_id=household_id))


ACTS: dict[str, Callable[..., None]] = {
    "reverse": _reverse, "settle": _settle, "void": _void, "expire": _expire, "award": _award,
    "keep_back": _keep_back, "collect": _collect, "cancel": _cancel, "lapse": _lapse,
    "vote": _vote, "vote_secretly": _vote_secretly, "type_paper": _type_paper, "hand_in": _hand_in,
    "move": _move,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1])

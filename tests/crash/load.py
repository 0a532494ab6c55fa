"""The load under which servers are killed: people vote, sign up, reserve, collect; deductions are taken back."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.cases import operations as cases
from app.rewards import vouchers
from tests.races.harness import Answer, Client
from tests.races.test_race_cases import DAY, confirm, found
from tests.races.village import KEY, Village, now

ACTS = ("vote", "sign-up", "reserve", "collect")
CHOICES = ("yes", "no")
SHIFTS, CURES = 12, 2


@dataclass
class Sent:
    """One post: who, what for, with which request id, and what the house answered; None when it was killed first."""

    who: int
    what: str
    request_id: str
    path: str
    fields: Mapping[str, str]
    about: Any = None  # the choice, the shift, the post that reserved, or the case
    answer: Answer | None = None

    @property
    def done(self) -> bool:
        """Whether the house said that it was done."""
        return self.answer is not None and self.answer.applied

    def send(self, client: Client) -> Answer:
        return client.send(self.path, request_id=self.request_id, **self.fields)


@dataclass
class Load:
    """People who act until the servers are gone, each with a request id that nothing else has."""

    village: Village
    round: int
    item: int
    topic: int
    shifts: list[tuple[int, int]]
    cures: list[tuple[int, int]]  # deductions that took effect, each with what is said to have been put right
    stop: threading.Event = field(default_factory=threading.Event)
    sent: list[Sent] = field(default_factory=list)

    @classmethod
    def prepare(cls, village: Village, number: int, *, filer: int) -> Load:
        # All are signed in before the load begins.
        village.clients([*village.neighbours, village.clerks[0], village.staff])
        topic, _question = village.a_ballot("person")
        shifts = [village.a_shift(len(village.neighbours) // 2) for _ in range(SHIFTS)]
        cures = [_a_cure(village, filer) for _ in range(CURES)]
        return cls(village, number, village.an_item(stock=100_000, price=1), topic, shifts, cures)

    def run(self, number: int) -> None:
        """One person's posts; the clerk and the staff have a device for each person whom they serve."""
        village = self.village
        people = village.neighbours[number], village.clerks[0], village.staff
        devices = {who: village.client(who).copies(1)[0] for who in people}
        reserved: list[Sent] = []
        count = 0
        while not self.stop.is_set():
            sent = self._next(number, count, reserved)
            self.sent.append(sent)
            try:
                sent.answer = sent.send(devices[sent.who])
            except (OSError, http.client.HTTPException):
                return  # killed: this one may have been applied or not
            assert sent.answer.status in (200, 303, 409, 503), sent
            if sent.what == "reserve" and sent.done:
                reserved.append(sent)
            count += 1

    def _next(self, number: int, count: int, reserved: list[Sent]) -> Sent:
        """What this person sends next; not all begin with the same."""
        me, village = self.village.neighbours[number], self.village
        request_id = f"crash-{self.round}-{number}-{count}"
        if count == 0 and number < len(self.cures):
            case, cure = self.cures[number]
            looked = {"look": "yes", "look_why": "It is clear"}
            path = f"/points/cases/{case}/cures/{cure}/look"
            return Sent(village.staff, "take back", request_id, path, looked, about=case)
        what = ACTS[(number + count) % len(ACTS)]
        again = count // len(ACTS)
        if what == "vote":
            choice = CHOICES[again % len(CHOICES)]
            return Sent(me, what, request_id, f"/topics/{self.topic}/vote", {"choice": choice}, about=choice)
        if what == "sign-up":
            activity, shift = self.shifts[again % len(self.shifts)]
            return Sent(me, what, request_id, f"/activities/{activity}/sign-up", {"shift": str(shift)}, about=shift)
        if what == "collect" and reserved:
            first = reserved.pop()
            # The digits follow from the form that reserved (I18).
            digits = vouchers.digits(KEY, vouchers.nonce(KEY, f"form:{me}:{first.request_id}"))
            return Sent(village.clerks[0], what, request_id, "/counter/redeem", {"voucher": digits}, about=first)
        pick_up = {"pick_up": str(village.market)}
        return Sent(me, "reserve", request_id, f"/rewards/{self.item}/reserve", pick_up)


def _a_cure(village: Village, filer: int) -> tuple[int, int]:
    """A deduction whose time to appeal is over, and that it was put right in time; ids of the case and of the cure."""
    family = village.a_family()
    with village.kept():
        case = found(village, family, filer, 3, days_ago=9)[-1]
        confirm(village, case, days_ago=9)
        by = village.person(family)
        return case, cases.send_cure(case, text=None, upload_id=None, by=by, at=now() - 9 * DAY).id

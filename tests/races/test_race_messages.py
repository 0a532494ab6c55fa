"""Messages: everybody is told a thing once, and a mail of it waits once, however many ticks tell it at once."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest
from sqlalchemy import update

from app.kit.db import db, replayed
from app.kit.refusal import N_
from app.messages import operations
from app.messages.models import Mail, Message
from app.messages.rules import describe
from app.people.models import Resident
from tests.races.harness import Answer, Client, rounds, rush
from tests.races.village import Village, now

pytestmark = pytest.mark.race

TICKS = 8
describe("race.now", subject=N_("It comes near"), text=N_("It comes near"), way="now")

_number = count(1)


def test_everybody_is_told_once_by_many_ticks(village: Village) -> None:
    readers = village.neighbours
    with village.kept():
        address = Resident.sign_in_name + "@example.org"
        theirs = update(Resident).where(Resident.id.in_(readers))
        db.session.execute(theirs.values(email=address, email_confirmed_at=now()))
    browser = Client(village.address)
    for _ in range(rounds()):
        because = f"race:{next(_number)}"
        answers = rush(browser.copies(TICKS), partial(_tell, village, readers, because))
        told = Message.because == because
        assert sum(int(one.body) for one in answers) == village.count(Message, told) == len(readers)
        assert village.count(Mail, Mail.message_id.in_(db.select(Message.id).where(told))) == len(readers)


def _tell(village: Village, readers: list[int], because: str, client: Client, _number: int) -> Answer:
    """What a tick does for one reminder; in the answer stands how many it told."""
    client.close()
    tell = partial(operations.tell, readers, "race.now", values={}, href="/", because=because, at=now())
    with village.app.app_context():
        return Answer(200, str(replayed(tell)))

"""A village that votes: ballots that are open, and votes of its people, signed in and written beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, select, update

from app import create_app
from app.ballots import operations
from app.ballots.rules import Asked
from app.config import DEMO_SECRET, Settings
from app.kit.db import db, transaction
from app.kit.words import Words
from app.merits import operations as merits
from app.people.models import Resident, SignIn
from app.people.queries import digest
from app.places.models import Place
from bench.village import Home, Village, settle_down
from bench.voters import Vote
from tests.merits.documents import tariff_document

_SEED = "0123456789abcdef0123456789abcdef01234567"
_WEEK = timedelta(days=7)
WORDS = Words(zh="修不修长廊的灯？", en="Shall the lamps of the long walk be mended?")


class Hall:
    """One household, one vote; a vote earns what the tariff says. Everybody is signed in."""

    def __init__(self, url: str) -> None:
        self.app = create_app(Settings(env="test", database_url=url, secret_key=DEMO_SECRET))
        self.village: Village = settle_down(self.app)
        self._sign_everybody_in()
        self._cookies = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        self._token = URLSafeTimedSerializer(DEMO_SECRET, salt="wtf-csrf-token").dumps(_SEED)

    def _sign_everybody_in(self) -> None:
        now = datetime.now(UTC)
        with self.app.app_context(), transaction():
            street = db.session.scalars(select(Place).where(Place.kind == "street")).one()
            merits.load_tariff(
                tariff_document(), place_id=street.id, effective_from=date(2026, 1, 1), by_id=None, at=now
            )
            db.session.execute(update(Resident).values(born_on=date(1980, 5, 1)))
            everybody = db.session.scalars(select(Resident.id)).all()
            rows = [
                {"token_hash": digest(_device(one)), "resident_id": one, "started_at": now, "expires_at": now + _WEEK}
                for one in everybody
            ]
            db.session.execute(insert(SignIn), rows)

    def put(self, homes: Sequence[Home], *, closes_at: datetime | None = None, **terms: Any) -> list[int]:
        """A ballot in each of the communities of these households; their ids in the order of the communities."""
        now = datetime.now(UTC)
        asked = Asked(WORDS, closes_at or now + _WEEK, Fraction(1, 5), Fraction(1, 2), electorate="household", **terms)
        with self.app.app_context(), transaction():
            theirs = Place.id.in_({one.community_id for one in homes})
            of_place = {row.id: row.path for row in db.session.execute(select(Place.id, Place.path).where(theirs))}
            return [
                operations.open_question(
                    asked, subject="topic:1", place_path=of_place[one], opens_at=now, by=None, at=now
                ).id
                for one in dict.fromkeys(home.community_id for home in homes)
            ]  # fmt: skip

    def votes(self, homes: Sequence[Home], questions: Sequence[int]) -> Iterator[Vote]:
        """The first vote of each household, on the ballot of its community."""
        of_place = dict(zip(dict.fromkeys(home.community_id for home in homes), questions, strict=True))
        for home, choice in zip(homes, cycle(("yes", "no", "abstain"))):
            yield self.vote(home, of_place[home.community_id], choice)

    def vote(self, home: Home, question: int, choice: str, at: float | None = None) -> Vote:
        cookie = self._cookies.dumps({"_user_id": _device(home.resident_id), "_fresh": True, "csrf_token": _SEED})
        sent = {"csrf_token": self._token, "request_id": str(uuid.uuid4()), "choice": choice}
        return Vote(f"/votes/{question}/vote", urlencode(sent), f"session={cookie}", at)


def _device(resident_id: int) -> str:
    return f"bench-{resident_id}"

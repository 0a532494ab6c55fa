"""Meetings of the street: sittings on its topics, Open Days and On-site Meetings, who signed up, who came, minutes."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from dateutil.rrule import rrulestr
from sqlalchemy import insert, select

from app.council.models import Topic
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.meetings.models import AgendaItem, Conclusion, Meeting, MeetingMove, MeetingSignUp, Minutes, Presence
from app.places.models import Spot
from app.sample.content import Content
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Someone
from app.sample.photos import keep_drawing
from app.sample.street_people import Street
from app.sample.writing import insert_all

CAME = 0.85  # of those present, who had signed up before
CALLED_AT, MINUTES_AT = timedelta(hours=10), timedelta(hours=16)  # of the day: when an office writes such things
LEAST_NOTICE = timedelta(days=2)
STAFF = {"a": "staff", "b": "b-staff", "s": "street"}


def load_meetings(street: Street, content: Content, deeds: Deeds) -> None:
    """All meetings of the file; those of the whole street once."""
    topics = {
        row.source_id: row
        for row in db.session.execute(
            select(Topic.id, Topic.source_id, Topic.place_id).where(Topic.source == street.source)
        )
    }
    codes = {place.id: code for code, place in street.places.items()}
    for one in content["meetings"]:
        topic = topics.get(one.get("topic"))
        code = codes[topic.place_id] if topic else one.get("place")
        if code is not None:
            _Past(street, one, code, topic.id if topic else None, deeds).load()


class _Past:
    """One meeting on its way into the room."""

    def __init__(self, street: Street, one: Content, code: str, topic_id: int | None, deeds: Deeds) -> None:
        self.street, self.one, self.code, self.topic_id, self.deeds = street, one, code, topic_id, deeds
        self.staff = street.account(STAFF[code[0].lower()])
        self.rng = random.Random(f"{one['title']['en']}:{street.number}")  # noqa: S311 - drawn apart from the others
        self.starts_at, self.ends_at = self._times()
        self.called_at = min(self._office(-one["called_days_ago"], CALLED_AT), self.starts_at - LEAST_NOTICE)

    def _times(self) -> tuple[datetime, datetime]:
        length = timedelta(hours=self.one["hours"])
        if self.one.get("now"):  # under way, whenever that is
            whole = self.street.at.replace(second=0, microsecond=0)
            begun = whole - timedelta(minutes=whole.minute % 30 + 20)
            return begun, begun + length
        hour, _, minute = self.one["starts"].partition(":")
        start = clock.at_local(self._day()) + timedelta(hours=int(hour), minutes=int(minute))
        return start, start + length

    def _day(self) -> date:
        if "day" in self.one:
            return self.street.today + timedelta(days=self.one["day"])
        first = datetime.combine(self.street.today - timedelta(days=400), datetime.min.time())
        last = first + timedelta(days=800)
        days = rrulestr(self.one["rrule"], dtstart=first, ignoretz=True).xafter(first, inc=True)
        named = [day.date() for day in takewhile(lambda day: day <= last, days)]
        past = sum(day <= self.street.today for day in named)
        return named[past + self.one["turn"]]

    def _office(self, days: float, hour: timedelta) -> datetime:
        """An hour of that day from the loading; never later than now."""
        return min(clock.at_local(self.street.today + timedelta(days=days)) + hour, self.street.at)

    def load(self) -> None:
        """The meeting with everything that hangs on it."""
        coming = self._coming()
        meeting_id = insert_all(Meeting, [self._row(len(coming))])[0]
        _insert(AgendaItem, [
            {"meeting_id": meeting_id, "number": number, "text": Words.of(text)}
            for number, text in enumerate(self.one["agenda"], start=1)
        ])  # fmt: skip
        _insert(MeetingSignUp, self._sign_ups(meeting_id, coming))
        self._move(meeting_id)
        present = self._present(meeting_id, coming)
        self._minutes(meeting_id, present)

    def _row(self, taken: int) -> dict[str, Any]:
        place, off = self.street.places[self.code], self.one.get("cancelled")
        return {
            "kind": self.one["kind"], "subject": f"topic:{self.topic_id}" if self.topic_id else None,
            "href": f"/topics/{self.topic_id}" if self.topic_id else None, "title": Words.of(self.one["title"]),
            "place_id": place.id, "place_path": place.path, "venue": self._venue(), "starts_at": self.starts_at,
            "ends_at": self.ends_at, "capacity": self.one.get("capacity"), "taken": taken,
            "called_at": self.called_at, "by_id": self.staff.id,
            "cancelled_at": self._office(-off["days_ago"], MINUTES_AT) if off else None,
            "cancelled_why": Words.of(off["why"]) if off else None,
        }  # fmt: skip

    def _venue(self) -> Words:
        if "venue" in self.one:
            return Words.of(self.one["venue"])
        return db.session.get_one(Spot, self.street.spots[self.one["spot"]]).name

    def _people(self) -> list[Someone]:
        """Neighbours of the place without a demo account, one of a household."""
        homes = [home for home in self.street.village.homes if self.code in home.places]
        able = [next((one for one in home.adults if one.account is None), None) for home in homes]
        return [one for one in able if one is not None]

    def _coming(self) -> list[Someone]:
        named = [self.street.account(name) for name in self.one.get("accounts", ())]
        many = self.one["signed_up"] - len(named)
        return [*named, *self.rng.sample(self._people(), many)]

    def _sign_ups(self, meeting_id: int, coming: list[Someone]) -> list[dict[str, Any]]:
        """Spread from the call to the beginning; the first of the neighbours bring the questions."""
        until = min(self.starts_at, self.street.at)
        span = (until - self.called_at).total_seconds()
        asked = [Words.of(text) for text in self.one.get("questions", ())]
        questions = dict(zip([one.id for one in coming if one.account is None], asked, strict=False))
        return [
            {
                "meeting_id": meeting_id, "resident_id": one.id, "question": questions.get(one.id),
                "signed_at": self.called_at + timedelta(seconds=self.rng.uniform(0, span)), "withdrawn_at": None,
            }
            for one in coming
        ]  # fmt: skip

    def _move(self, meeting_id: int) -> None:
        moved = self.one.get("moved")
        if moved is None:
            return
        insert_all(MeetingMove, [{
            "meeting_id": meeting_id, "from_starts_at": self.starts_at - timedelta(days=moved["by"]),
            "to_starts_at": self.starts_at, "why": Words.of(moved["why"]), "by_id": self.staff.id,
            "at": self._office(-moved["days_ago"], CALLED_AT),
        }])  # fmt: skip

    def _present(self, meeting_id: int, coming: list[Someone]) -> list[Someone]:
        """Who came: most had signed up, some had not; and the guests."""
        number = self.one.get("present", 0)
        signed = coming[: round(number * CAME)]
        others = [one for one in self._people() if one not in coming]
        came = [*signed, *self.rng.sample(others, number - len(signed))]
        rows = [{"resident_id": one.id, "guest": "", "part": "resident"} for one in came]
        rows += [{"resident_id": None, "guest": one["name"], "part": one["part"]} for one in self.one.get("guests", ())]
        insert_all(Presence, [
            row | {"meeting_id": meeting_id, "by_id": self.staff.id,
                   "marked_at": self.starts_at + timedelta(seconds=20 * turn - 600)}
            for turn, row in enumerate(rows)
        ])  # fmt: skip
        return came

    def _minutes(self, meeting_id: int, present: list[Someone]) -> None:
        """The minutes, a correction where there was one, and what a sitting earns those who came."""
        minutes = self.one.get("minutes")
        if minutes is None or (at := self._published(minutes["after"])) > self.street.at:
            return
        self._text(meeting_id, 1, minutes, None, at)
        if "corrected" in minutes:  # long ago in any case
            later = minutes | minutes["corrected"]
            self._text(meeting_id, 2, later, Words.of(later["what"]), self._published(later["after"]))
        for one in present if self.one["kind"] == "sitting" else ():
            because = f"sitting:{meeting_id}:{one.id}"
            event = f"meeting:{meeting_id}"
            self.deeds.add(Deed("D01", one, because, self.starts_at, at, self.staff.id, event=event))

    def _published(self, days: int) -> datetime:
        day = clock.local(self.starts_at).date() + timedelta(days=days)
        return clock.at_local(day) + MINUTES_AT

    def _text(self, meeting_id: int, number: int, text: Content, corrects: Words | None, at: datetime) -> None:
        row = {
            "meeting_id": meeting_id, "number": number, "text": Words.of(text["text"]), "corrects": corrects,
            "upload_id": self._photo(text, at), "published_at": at, "by_id": self.staff.id,
        }  # fmt: skip
        minutes_id = insert_all(Minutes, [row])[0]
        _insert(Conclusion, [
            {"minutes_id": minutes_id, "number": place, "text": Words.of(one)}
            for place, one in enumerate(text["conclusions"], start=1)
        ])  # fmt: skip

    def _photo(self, text: Content, at: datetime) -> int | None:
        """The drawing that lay on the table."""
        if "photo" not in text:
            return None
        return keep_drawing(text["photo"], by_id=self.staff.id, at=at)


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)

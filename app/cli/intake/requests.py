"""Cities' requests become requests of one place: collected elsewhere, answered as they were there, rated by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.cli.formats.city_requests import NOTE_STEPS, CityRequest
from app.cli.intake.batches import Count
from app.grid.bringing_in import PastRequest, PastStep, already_there, bring_in
from app.grid.rules import CATEGORIES, first_level
from app.kit import working_days
from app.kit.words import Words
from app.places.models import Place

# A word in the city's kind, and our category; the first that fits.
_CATEGORIES = (
    ("light", "lamp"), ("noise", "noise"), ("parking", "parking"), ("vehicle", "parking"), ("driveway", "parking"),
    ("sewer", "drain"), ("water in basement", "drain"), ("water", "water_power"), ("heat", "water_power"),
    ("electric", "water_power"), ("plumbing", "water_power"), ("tree", "green"), ("animal", "pets"),
    ("fire", "fire"), ("pothole", "road"), ("street c", "road"), ("pavement", "road"), ("sidewalk", "road"),
    ("footway", "road"), ("traffic", "road"), ("highway", "road"), ("snow", "road"), ("elevator", "lift"),
    ("building", "building"), ("structure", "building"), ("construction", "building"), ("sw-", "waste"),
    ("dirty", "waste"), ("sanita", "waste"), ("dumping", "waste"), ("collection", "waste"), ("rat ", "waste"),
    ("rodent", "waste"), ("odor", "smell"), ("air quality", "smell"), ("police", "safety"), ("payment", "papers"),
    ("property", "papers"), ("card", "papers"),
)  # fmt: skip
_STEP_STATES = {"submit": "received", "receive": "received", "close": "closed"}


class CityRequests:
    """Keeps requests at one place, each with its history."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.level = first_level(place.kind)

    def keep(self, batch: Sequence[CityRequest], count: Count) -> None:
        """Those of one city at a time; a number that stands twice in the file is one request."""
        for city in sorted({one.city for one in batch}):
            those = [one for one in batch if one.city == city]
            there = already_there(city, [one.number for one in those])
            new = bring_in(city, [self._past(one) for one in those if one.number not in there])
            count.new += new
            count.there += len(those) - new

    def _past(self, one: CityRequest) -> PastRequest:
        category = category_of(one.kind)
        days = CATEGORIES[category][1]
        promised_at = one.due_at or working_days.end_after(one.received_at, days)
        taken = int((one.closed_at - one.received_at).total_seconds() // 60) if one.closed_at else None
        return PastRequest(
            source_id=one.number, place=self.place, category=category, title=Words(en=one.kind),
            text=Words(en=one.text or one.kind), received_at=one.received_at, promised_at=promised_at,
            steps=list(self._steps(one)),
            values={
                "days": days, "spot": Words(en=one.where) if one.where else None, "resolved_at": one.closed_at,
                "minutes_taken": taken if taken is None or taken >= 0 else None,
                "outcome": "explained" if one.closed_at else None,
                "answer": Words(en=one.answer) if one.answer and one.closed_at else None,
                "origin": {
                    "status": one.status, "agency": one.agency, "kind": one.kind, "method": one.method,
                    "due": one.due_at is not None,
                },
            },
        )  # fmt: skip

    def _steps(self, one: CityRequest) -> Iterator[PastStep]:
        """The city's notes, or what its dates say; the last line stands as the city says it stands."""
        notes = [(NOTE_STEPS[note.kind], note.at, note.text) for note in one.notes] or list(_dated(one))
        for number, (action, at, text) in enumerate(notes, 1):
            state = one.state if number == len(notes) else _STEP_STATES.get(action, "handling")
            yield PastStep(action, at, state, self.level, why=Words(en=text) if text else None)


def _dated(one: CityRequest) -> Iterator[tuple[str, datetime, str]]:
    yield "receive", one.received_at, one.agency
    if one.closed_at is not None:
        yield "close" if one.state == "closed" else "note", one.closed_at, one.answer


def category_of(kind: str) -> str:
    """Our category for a city's kind of request; `other` where none fits."""
    plain = kind.casefold()
    return next((category for word, category in _CATEGORIES if word in plain), "other")

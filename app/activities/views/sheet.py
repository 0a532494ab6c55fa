"""One activity as its page shows it to one person at one moment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.activities import absences, queries, rules
from app.activities.life import LIFE, STATES, state_of
from app.activities.queries import Detail, Line
from app.activities.spans import Span, takes_check_ins
from app.activities.views.menu import TONES
from app.kit.refusal import Refusal
from app.people.rules import Anyone

SHIFTS_SHOWN = 8


@dataclass(frozen=True)
class ShiftCard:
    """One shift. `mine` is where I stand: "", confirmed, in, out, sure (hours confirmed) or no-show."""

    row: Line
    span: Span
    mine: str
    place: Line | None
    over: bool
    begun: bool
    called_off: bool
    refusal: Refusal | None
    may_give_up: bool
    at_the_door: bool
    request_id: str

    @property
    def may_sign_up(self) -> bool:
        return self.refusal is None and not self.mine and self.span.left > 0 and not self.over


@dataclass(frozen=True)
class Sheet:
    """What the template prints; `lead` is the shift that matters to me now, `act` what I can do about it."""

    detail: Detail
    at: datetime
    state: str
    cards: list[ShiftCard]
    refusal: Refusal | None
    lead: ShiftCard | None
    act: str
    neighbours: list[Line]
    timeline: list[Line]
    steps: list[str]
    runs: bool
    may_change: bool
    growth: Refusal | None

    def shown(self, everything: bool) -> list[ShiftCard]:
        """The shifts on the page, those to come first: mine and the next few, or all of them when asked."""
        coming = [card for card in self.cards if not card.over]
        over = [card for card in reversed(self.cards) if card.over]
        if everything or not coming:
            return coming + (over if everything else over[:SHIFTS_SHOWN])
        far = [card for card in coming[SHIFTS_SHOWN:] if card.mine]
        return coming[:SHIFTS_SHOWN] + far + [card for card in over if card.mine]

    @property
    def row(self) -> Line:
        return self.detail.row

    @property
    def held(self) -> Line | None:
        """Of a cancelled activity the last shift that was held: its hours can still be confirmed."""
        rows = [card.row for card in self.cards if not card.called_off]
        return rows[-1] if rows and self.row.state == "cancelled" else None

    @property
    def state_words(self) -> str:
        return STATES[self.state]

    @property
    def tone(self) -> tuple[str, str]:
        return TONES[self.state]

    @property
    def taken(self) -> int:
        """Places taken on the shifts that are not over."""
        return sum(card.span.taken for card in self.cards if not card.over)


def sheet_of(detail: Detail, person: Anyone, *, at: datetime) -> Sheet:
    """Read what this person has to do with the activity and put it together."""
    places = queries.places_of(person, detail.row.id) if person.is_authenticated else {}
    paused = absences.paused_until(person, at) if person.is_verified and detail.row.state == "open" else None
    no = rules.pause_refusal(paused, at=at)
    cards = [_card(detail, row, places.get(row.id), person, at, no) for row in detail.shifts]
    lead, act = _lead(cards)
    signed_up = any(card.mine in ("confirmed", "in") for card in cards)
    coming = [card for card in cards if not card.over]
    common = coming[0].refusal if coming and not lead else None
    return Sheet(
        detail=detail,
        at=at,
        state=state_of(detail.row.state, detail.spans, at=at),
        cards=cards,
        refusal=common if person.is_authenticated and detail.row.state == "open" else None,
        lead=lead,
        act=act,
        neighbours=list(queries.neighbours(detail.row.id, person.id, at=at)) if signed_up else [],
        timeline=list(queries.timeline(detail.row.id)),
        steps=_steps(detail, person, at),
        runs=rules.run_refusal(person, detail.frame) is None,
        may_change=rules.change_refusal(person, detail.frame) is None,
        growth=rules.growth_refusal(person, detail.frame),
    )


def _steps(detail: Detail, person: Anyone, at: datetime) -> list[str]:
    """The steps of its life that this person may take now."""
    possible = LIFE.open_to(detail.row.state, rules.capacities(person, detail.frame))
    spans = detail.spans
    return [step for step in possible if rules.step_refusal(person, detail.frame, step, spans, at=at) is None]


def _card(
    detail: Detail, row: Line, place: Line | None, person: Anyone, at: datetime, paused: Refusal | None
) -> ShiftCard:
    span = queries.span_of(row)
    mine = _standing(place)
    holds_place = mine == "confirmed" and detail.row.state == "open"
    return ShiftCard(
        row=row,
        span=span,
        mine=mine,
        place=place,
        over=span.ends_at <= at,
        begun=span.starts_at <= at < span.ends_at,
        called_off=detail.frame.called_off(span.ends_at),
        refusal=rules.sign_up_refusal(person, detail.frame, span, at=at) or paused,
        may_give_up=holds_place and rules.give_up_refusal("confirmed", span, checked_in=False, at=at) is None,
        at_the_door=holds_place and takes_check_ins(span, at=at),
        request_id=str(uuid.uuid4()),
    )


def _standing(place: Any) -> str:
    if place is None or place.state == "cancelled":
        return ""
    if place.confirmed_at is not None:
        return "sure"
    if place.checked_out_at is not None:
        return "out"
    if place.checked_in_at is not None:
        return "in"
    return str(place.state)


def _lead(cards: list[ShiftCard]) -> tuple[ShiftCard | None, str]:
    """The shift of mine that matters now: being there, being expected now, expected later, having been there."""
    cards = [card for card in cards if not card.called_off]
    stages = {
        "check_out": [card for card in cards if card.mine == "in"],
        "check_in": [card for card in cards if card.at_the_door],
        "wait": [card for card in cards if card.mine == "confirmed" and not card.over],
        "out": [card for card in reversed(cards) if card.mine == "out"],
        "sure": [card for card in reversed(cards) if card.mine == "sure"],
    }
    return next(((found[0], act) for act, found in stages.items() if found), (None, ""))

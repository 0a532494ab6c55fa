"""Whether points of a community expire: switched on with time ahead, and off again, by its staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kit import audit, bus, clock
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.people.rules import Person
from app.places.models import Place
from app.points import lots, rules
from app.points.events import ExpirySwitchedOff

_FURTHEST = timedelta(days=2 * 366)  # nothing that is known now expires later


def switch_on(place_id: int, *, days: int, by: Person, at: datetime) -> Place:
    """From now on points of this community expire, the first at the end of the day after so many whole days."""
    place = _locked(place_id)
    rule = lots.rule_from(place.settings)
    refuse_if(rules.switch_refusal(is_on=rule is not None and rule.is_on(at), wanted=True))
    starts_at = lots.first_expiry(at, days)
    setting: dict[str, Any] = {"from": starts_at.isoformat()}
    if earlier := _remembered(place, rule):
        setting["earlier"] = earlier
    place.settings = _plain(place) | {"points_expiry": setting}
    first = clock.last_day(starts_at).isoformat()
    audit.note("points.expiry_on", f"place:{place_id}", actor_id=by.id, at=at, place_id=place_id, first_day=first)
    return place


def switch_off(place_id: int, *, by: Person, at: datetime) -> Place:
    """From now on nothing more expires. What was over before stays so, whether or not it was written down."""
    place = _locked(place_id)
    rule = lots.rule_from(place.settings)
    refuse_if(rules.switch_refusal(is_on=rule is not None and rule.is_on(at), wanted=False))
    assert rule is not None
    ahead = tuple(moment for moment in rule.moments(at + _FURTHEST) if moment > at)
    place.settings = _plain(place) | {"points_expiry": _setting(place) | {"until": at.isoformat()}}
    audit.note("points.expiry_off", f"place:{place_id}", actor_id=by.id, at=at, place_id=place_id)
    bus.announce(ExpirySwitchedOff(place_id, ahead, at))
    return place


def _locked(place_id: int) -> Place:
    """Two who switch do so one after the other; and nobody else changes the settings meanwhile."""
    query = locked(select(Place).where(Place.id == place_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _remembered(place: Place, rule: lots.Rule | None) -> dict[str, Any] | None:
    """The setting from before: what was over under it stays so. One that was switched off in time is forgotten."""
    if rule is None or rule.ends_at is None:
        return None
    setting = _setting(place)
    return setting if rule.starts_at < rule.ends_at else setting.get("earlier")


def _setting(place: Place) -> dict[str, Any]:
    return dict(place.settings["points_expiry"])


def _plain(place: Place) -> dict[str, Any]:
    return place.settings if isinstance(place.settings, dict) else {}

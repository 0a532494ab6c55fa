"""Who speaks: roles of the council's file matched to generated people of the place, the same one within a topic."""

from __future__ import annotations

import random
from collections.abc import Callable

from app.kit.words import Words
from app.sample.content import Content
from app.sample.homes import Home, Someone
from app.sample.street_people import Street

# Bodies that speak through one of their people; the others hold a role of their own.
_BODIES = {"property": "staff", "owners": "council", "department": "street"}
_WITH_ROLE = {"leader", "grid", "staff", "organiser", "supervisor", "street"}

_FITS: dict[str, Callable[[Someone, Home], bool]] = {
    "elder": lambda one, _home: one.age >= 62,
    "engineer": lambda one, _home: 60 <= one.age <= 78,
    "teacher": lambda one, _home: 58 <= one.age <= 78,
    "parent": lambda one, home: home.has_children and 28 <= one.age <= 50,
    "tenant": lambda one, home: 20 <= one.age <= 40 and len(home.people) in (1, 3),
    "newcomer": lambda one, _home: 24 <= one.age <= 40,
    "courier": lambda one, _home: 20 <= one.age <= 40,
    "student": lambda one, _home: 18 <= one.age <= 24,
    "youth": lambda one, _home: 22 <= one.age <= 32,
    "dancer": lambda one, _home: 50 <= one.age <= 72,
}


def _grown_up(one: Someone, _home: Home) -> bool:
    return 25 <= one.age <= 70


class Speakers:
    """Speakers of one topic. Whoever has an account for trying things out says nothing here, except by role."""

    def __init__(self, street: Street, place: str, names: list[Content], rng: random.Random) -> None:
        self._street, self._place, self._rng = street, place, rng
        self._names = {one["key"]: Words.of(one["name"]) for one in names}
        self._homes = [home for home in street.village.homes if place in home.places]
        self._chosen: dict[str, Someone] = {}

    def of(self, key: str) -> Someone:
        """The person who speaks as this in the topic."""
        if key not in self._chosen:
            self._chosen[key] = self._choose(key)
        return self._chosen[key]

    def name(self, key: str) -> Words:
        """What a speaker is called: a body, or what somebody is."""
        return self._names[key]

    def body(self, key: str, *, official: bool) -> Words | None:
        """The body that is named beside what is said: of every official answer, and of a company or a department."""
        return self._names[key] if official or key in _BODIES else None

    def _choose(self, key: str) -> Someone:
        role = _BODIES.get(key, key)
        if role in _WITH_ROLE or key in _BODIES:
            return self._holder(role)
        fits = _FITS.get(key, _grown_up)
        taken = set(self._chosen.values())
        free = [
            one for home in self._homes for one in home.adults
            if one.account is None and one not in taken and fits(one, home)
        ]  # fmt: skip
        return self._rng.choice(free or [one for home in self._homes for one in home.adults if one not in taken])

    def _holder(self, role: str) -> Someone:
        """Somebody who holds the role at the place, below it, or above it."""
        village, path = self._street.village, self._street.places[self._place].path
        paths = {code: place.path for code, place in self._street.places.items()}
        near = [
            who
            for who, what, where in village.roles
            if what == role and (paths[where].startswith(path) or path.startswith(paths[where]))
        ]
        here = [who for who in near if self._place in village.home_of[who].places] or near
        return self._rng.choice(here[:6])

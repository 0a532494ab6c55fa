"""Households and residents drawn by the counts and shapes of `people.yaml`, group by group of `places.yaml`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.sample.content import Content
from app.sample.doors import doors_of
from app.sample.names import Names, Surname

FULL_AGE = 18
# Shapes go up to four people; larger households are three generations with these besides.
_BESIDES = ("58-85", "0-20")


@dataclass(eq=False)
class Someone:
    """One generated resident. `id` is 0 until the database gave one; `account` is the sign-in name, if any."""

    surname: Surname
    given: str
    born_on: date
    age: int
    verified: bool = False
    language: str | None = None
    account: str | None = None
    id: int = 0


@dataclass(eq=False)
class Home:
    """One generated household and where it stands, by the codes of `places.yaml`; the first person represents it."""

    community: str
    compound: str
    grid: str
    group: str
    door: str
    people: list[Someone] = field(default_factory=list)
    id: int = 0

    @property
    def places(self) -> tuple[str, ...]:
        """Codes of the places it stands in, from its group up."""
        return self.group, self.grid, self.compound, self.community, "s"

    @property
    def adults(self) -> list[Someone]:
        """Verified and of full age: who votes."""
        return [one for one in self.people if one.verified and one.age >= FULL_AGE]

    @property
    def has_children(self) -> bool:
        return any(one.age < 16 for one in self.people)


def generate(places: Content, people: Content, *, rng: random.Random, on: date) -> list[Home]:
    """All homes of the street, in the order of their groups; ages are reached on that local date."""
    names = Names(people["names"], rng)
    homes = list(_empty_homes(places))
    for community in people["communities"]:
        here = [home for home in homes if home.community == community["key"]]
        sizes = _sizes(community, len(here), rng)
        drawer = _Drawer(community, people["household_shapes"], names, rng, on)
        for home, size in zip(here, sizes, strict=True):
            home.people = drawer.people(size)
        _grow_up(here, community["adults_verified"])
        _verify(here, community, rng)
    return homes


def _empty_homes(places: Content) -> Iterator[Home]:
    compounds = {one["key"]: one for one in places["compounds"]}
    taken: dict[str, int] = {}
    for grid in places["grids"]:
        compound = compounds[grid["compound"]]
        before = taken.get(grid["compound"], 0)
        doors = doors_of(grid, compound, before=before)
        taken[grid["compound"]] = before + grid["households"]
        for group in grid["groups"]:
            for _ in range(group["households"]):
                yield Home(compound["community"], compound["key"], grid["code"], group["code"], next(doors))


def _sizes(community: Content, count: int, rng: random.Random) -> list[int]:
    """How many people live behind each door: the spread of the file, then stretched to its number of residents."""
    shares = list(community["household_size"].values())
    sizes = [size for size, share in enumerate(shares, 1) for _ in range(round(share * count))]
    sizes = (sizes + [2] * count)[:count]
    rng.shuffle(sizes)
    missing = community["residents"] - sum(sizes)
    step = 1 if missing > 0 else -1
    able = [index for index, size in enumerate(sizes) if 2 <= size <= 4]
    for index in rng.sample(able, abs(missing)):
        sizes[index] += step
    return sizes


def _grow_up(homes: list[Home], adults: int) -> None:
    """Where the draw left fewer adults than the file counts, the oldest of the young are eighteen already."""
    young = [one for home in homes for one in home.people if one.age < FULL_AGE]
    missing = adults - sum(len(home.people) for home in homes) + len(young)
    for one in sorted(young, key=lambda one: one.born_on)[: max(missing, 0)]:
        one.born_on = one.born_on.replace(year=one.born_on.year - FULL_AGE + one.age, day=min(one.born_on.day, 28))
        one.age = FULL_AGE


def _verify(homes: list[Home], community: Content, rng: random.Random) -> None:
    """Mark as many adults as the file says, whoever represents a household first; a few read English first."""
    others = [one for home in homes for one in home.people[1:] if one.age >= FULL_AGE]
    wanted = community["adults_verified"] - len(homes)
    chosen = [home.people[0] for home in homes] + rng.sample(others, min(wanted, len(others)))
    for one in chosen:
        one.verified = True
    for one in rng.sample(chosen, community["speak_english_first"]):
        one.language = "en"


class _Drawer:
    """Draws the people of one household in one community."""

    def __init__(self, community: Content, shapes: list[Content], names: Names, rng: random.Random, on: date) -> None:
        self._names, self._rng, self._on = names, rng, on
        self._weights = [0.0] * 100
        for bracket in community["ages"]:
            for age in range(bracket["from"], bracket["to"] + 1):
                self._weights[age] = bracket["share"] / (bracket["to"] + 1 - bracket["from"])
        self._shapes: dict[int, list[tuple[Content, float]]] = {}
        for shape in shapes:
            self._shapes.setdefault(len(shape["members"]), []).append((shape, shape["share"][community["key"]]))
        largest = next(shape for shape in shapes if shape["key"] == "three_gen")
        for more in (1, 2):
            stretched = largest | {"members": largest["members"] + list(_BESIDES[:more])}
            self._shapes[len(stretched["members"])] = [(stretched, 1.0)]

    def people(self, size: int) -> list[Someone]:
        shapes = self._shapes[size]
        shape = self._rng.choices([one for one, _ in shapes], [share for _, share in shapes])[0]
        ages = self._ages([tuple(map(int, text.split("-"))) for text in shape["members"]], shape["key"])
        return self._named(ages, shape["key"])

    def _ages(self, ranges: list[tuple[int, ...]], shape: str) -> list[int]:
        """Ages within their ranges: couples close together, children at least twenty years younger than parents."""
        ages: list[int] = []
        for low, high in ranges:
            age = self._rng.choices(range(low, high + 1), self._weights[low : high + 1])[0]
            before = ages[-1] if ages else None
            if before is not None and shape != "shared" and (low, high) == ranges[len(ages) - 1] and high > 20:
                age = min(max(before + self._rng.randint(-4, 4), low), high)
            if shape != "shared" and low < FULL_AGE:
                parents = min(one for one in ages if one >= 22)
                age = min(age, max(parents - self._rng.randint(20, 26), low))
            ages.append(age)
        if shape == "three_gen":
            ages[0] = max(ages[0], min(max(ages[1:3]) + 21, 98))
        return ages

    def _named(self, ages: list[int], shape: str) -> list[Someone]:
        man = self._names.surname()
        grown = 0
        people = []
        for index, age in enumerate(ages):
            woman = self._rng.random() < 0.5
            if shape == "shared":
                surname = self._names.surname()
            elif shape == "three_gen" and age > max(ages[1:3]):
                woman = index > 0 if len(ages) > 4 else woman  # with two grandparents, one of each
                surname = self._names.surname(but=man) if woman else man
            elif age >= 22 and shape not in ("single_old", "single_young", "single_parent"):
                woman, grown = grown % 2 == 1, grown + 1
                surname = self._names.surname(but=man) if woman else man
            else:
                surname = man
            people.append(self._someone(surname, age, woman))
        return people

    def _someone(self, surname: Surname, age: int, woman: bool) -> Someone:
        day = self._on.replace(year=self._on.year - age, day=min(self._on.day, 28))
        born_on = day - timedelta(days=self._rng.randrange(360))
        return Someone(surname, self._names.given(surname, born=born_on.year, woman=woman), born_on, age)

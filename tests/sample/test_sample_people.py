"""The generated people keep to the counts of the files, whenever the street is loaded."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from app.sample import content
from app.sample.accounts import VOTERS, Village, people_it
from app.sample.homes import Home, generate
from app.sample.loading import SEED
from app.sample.names import WIDELY_KNOWN

PLACES, PEOPLE = content.read("places"), content.read("people")
ON = date(2026, 11, 22)


def _village(on: date = ON) -> Village:
    rng = random.Random(SEED)
    return people_it(generate(PLACES, PEOPLE, rng=rng, on=on), PEOPLE, PLACES, rng=rng)


@pytest.fixture(scope="module")
def village() -> Village:
    return _village()


@pytest.fixture(scope="module")
def homes(village: Village) -> list[Home]:
    return village.homes


def test_every_group_has_its_households(homes: list[Home]) -> None:
    wanted = {group["code"]: group["households"] for grid in PLACES["grids"] for group in grid["groups"]}

    assert len(homes) == 3284
    assert Counter(home.group for home in homes) == wanted


def test_residents_and_verified_adults_are_as_many_as_the_file_says(homes: list[Home]) -> None:
    for community in PEOPLE["communities"]:
        here = [home for home in homes if home.community == community["key"]]
        assert sum(len(home.people) for home in here) == community["residents"]
        assert sum(len(home.adults) for home in here) == community["adults_verified"]
        assert all(home.adults for home in here)


def test_household_sizes_follow_their_spread(homes: list[Home]) -> None:
    for community in PEOPLE["communities"]:
        here = [len(home.people) for home in homes if home.community == community["key"]]
        for size, share in enumerate(community["household_size"].values(), 1):
            assert here.count(size) / len(here) == pytest.approx(share, abs=0.05)


def test_no_name_doubles_a_character_or_is_widely_known(homes: list[Home]) -> None:
    names = [(one.surname.zh, one.given) for home in homes for one in home.people]

    assert all(len(set(given)) == len(given) for _, given in names)
    assert not WIDELY_KNOWN & {surname + given for surname, given in names}


def test_children_are_at_least_twenty_years_younger_than_the_youngest_parent(homes: list[Home]) -> None:
    families = [home for home in homes if 2 <= len(home.people) <= 4 and home.has_children]

    for home in families:
        parents = [one.age for one in home.people if one.age >= 28]
        children = [one.age for one in home.people if one.age < 16]
        assert min(parents) - max(children) >= 18


def test_no_two_doors_of_a_group_are_alike(homes: list[Home]) -> None:
    doors = Counter((home.compound, home.door) for home in homes)

    assert max(doors.values()) == 1


def test_the_accounts_of_the_contract_are_there_and_fit_together(village: Village) -> None:
    home = {name: village.home_of.get(who) for name, who in village.accounts.items()}

    for prefix, community in (("", "a"), ("b-", "b")):
        family, next_door = home[f"{prefix}resident"], home[f"{prefix}neighbour"]
        assert family is home[f"{prefix}spouse"]
        assert next_door is not family
        assert next_door.group == family.group
        assert home[f"{prefix}newcomer"] is None
        assert {home[name].community for name in home if name.startswith("b-") == bool(prefix) and home[name]} == {
            community
        }


def test_voters_are_verified_adults_of_different_households_of_one_compound(village: Village) -> None:
    voters = [village.accounts[f"voter{number:03d}"] for number in range(1, VOTERS + 1)]
    homes = {village.home_of[one] for one in voters}

    assert len(homes) == VOTERS
    assert {home.compound for home in homes} == {"a1"}
    assert all(one in village.home_of[one].adults for one in voters)


def test_roles_are_as_many_as_the_file_says(village: Village) -> None:
    held = Counter((role, place[0]) for _, role, place in village.roles)

    assert held["household_rep", "A"] + held["household_rep", "B"] == 3284
    assert (held["leader", "A"], held["leader", "B"]) == (61, 36)  # one for each group
    assert (held["grid", "A"], held["grid", "B"]) == (14 + 28, 10 + 20)
    assert (held["staff", "a"], held["staff", "b"]) == (7 + 13, 5 + 6)
    assert (held["reviewer", "a"], held["organiser", "a"], held["supervisor", "a"]) == (11, 16, 5)
    assert (held["street", "s"], held["admin", "s"]) == (6, 2)


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2026, 1, 1), date(2027, 12, 31)])
def test_the_street_can_be_drawn_on_any_day(on: date) -> None:
    village = _village(on)

    assert sum(len(home.adults) for home in village.homes) == 3912 + 2876

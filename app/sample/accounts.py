"""Who of the generated people has an account, and who is what at which place (contract.md, people.yaml)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.sample.content import Content
from app.sample.homes import Home, Someone

PASSWORD = "xiangyue-demo"  # noqa: S105 - known to everybody; production refuses to start with these accounts
VOTERS = 120

# Where the household of `resident` stands, and the compound where those who work for the community live.
_HOME_OF_RESIDENT = {"a": "A01-1", "b": "B01-1"}
_HOME_OF_STAFF = {"a": "a4", "b": "b4"}
# Accounts at the community or, for the last two, at the street; the same name with its second holder.
_AT_COMMUNITY = {
    "staff": "staff", "staff2": "staff", "supervisor": "supervisor", "organiser": "organiser", "reviewer": "reviewer",
    "reviewer2": "reviewer", "merchant": "merchant", "merchant2": "merchant",
}  # fmt: skip
_AT_STREET = {"street": "street", "admin": "admin"}
# Roles of people.yaml and what they are called here; the others have no rights of their own and stay with the content.
_FURTHER = {
    "committee": "staff", "staff": "staff", "council_member": "council", "supervisor": "supervisor",
    "reviewer": "reviewer", "organiser": "organiser", "clerk": "merchant",
}  # fmt: skip


@dataclass
class Village:
    """The generated homes with what was given to their people. `newcomers` live nowhere yet as far as we know."""

    homes: list[Home]
    accounts: dict[str, Someone] = field(default_factory=dict)
    roles: list[tuple[Someone, str, str]] = field(default_factory=list)  # who, role, code of the place
    _holders: defaultdict[tuple[str, str], list[Someone]] = field(default_factory=lambda: defaultdict(list))
    newcomers: dict[str, tuple[Someone, Home]] = field(default_factory=dict)  # and whose door they name
    home_of: dict[Someone, Home] = field(default_factory=dict)

    def give(self, who: Someone, role: str, place: str) -> None:
        self.roles.append((who, role, place))
        self._holders[role, place].append(who)

    def holders(self, role: str, place: str) -> list[Someone]:
        """Who holds a role at exactly this place, accounts first."""
        return self._holders[role, place]


def people_it(homes: list[Home], people: Content, places: Content, *, rng: random.Random) -> Village:
    """Give accounts and roles to people who fit. Everybody who has one is a verified adult."""
    village = Village(homes, home_of={one: home for home in homes for one in home.people})
    for community in people["communities"]:
        _accounts(village, community["key"])
    _voters(village, rng)
    for home in homes:
        village.give(home.people[0], "household_rep", home.group)
    for grid in places["grids"]:
        _of_grid(village, grid, rng)
    for role in people["roles"]:
        if role["key"] in _FURTHER:
            for community, count in role["count"].items():
                _fill(village, _FURTHER[role["key"]], community, _wanted(people, role["key"], community, count), rng)
    _fill(village, "street", "s", next(one["count"] for one in people["street_roles"] if one["key"] == "street"), rng)
    return village


def _accounts(village: Village, community: str) -> None:
    prefix = "" if community == "a" else "b-"
    group = _HOME_OF_RESIDENT[community]
    near = [home for home in village.homes if home.group == group]
    family = next(home for home in near if len(home.adults) >= 2 and 25 <= home.adults[0].age <= 60)
    others = iter([home for home in near if home is not family])
    grid = iter([home for home in village.homes if home.grid == family.grid and home.group != group])
    far = iter([home for home in village.homes if home.compound == _HOME_OF_STAFF[community]])

    _name(village, f"{prefix}resident", family.adults[0])
    _name(village, f"{prefix}spouse", family.adults[1])
    _name(village, f"{prefix}neighbour", _worker(others))
    _name(village, f"{prefix}leader", _worker(others), ("leader", group))
    _name(village, f"{prefix}grid", _worker(grid), ("grid", family.grid))
    for name, role in _AT_COMMUNITY.items():
        _name(village, prefix + name, _worker(far), (role, community))
    for name, role in _AT_STREET.items():
        _name(village, prefix + name, _worker(far), (role, "s"))
    _newcomer(village, f"{prefix}newcomer", next(others), next(grid))


def _newcomer(village: Village, name: str, looks_like: Home, door: Home) -> None:
    """Somebody who opened an account and named a door, which nobody has confirmed."""
    like = looks_like.adults[0]
    who = Someone(like.surname, like.given[::-1] if len(like.given) > 1 else "新", like.born_on, like.age, account=name)
    village.accounts[name] = who
    village.newcomers[name] = who, door


def _worker(homes: Iterator[Home]) -> Someone:
    return next(one for home in homes for one in home.adults[:1] if 25 <= one.age <= 64)


def _name(village: Village, name: str, who: Someone, role: tuple[str, str] | None = None) -> None:
    who.account = name
    village.accounts[name] = who
    if role is not None:
        village.give(who, *role)


def _voters(village: Village, rng: random.Random) -> None:
    """voter001 to voter120 live in one compound, so that one ballot, activity or list serves them all."""
    free = [home for home in village.homes if home.compound == "a1" and not any(one.account for one in home.people)]
    chosen = sorted(rng.sample(range(len(free)), VOTERS))
    for number, index in enumerate(chosen, 1):
        _name(village, f"voter{number:03d}", free[index].adults[0])


def _of_grid(village: Village, grid: Content, rng: random.Random) -> None:
    """A leader for each group, a grid leader and two grid members for each grid."""
    for group in grid["groups"]:
        here = [home for home in village.homes if home.group == group["code"]]
        _appoint(village, "leader", group["code"], here, 1 - len(village.holders("leader", group["code"])), rng)
    here = [home for home in village.homes if home.grid == grid["code"]]
    _appoint(village, "grid", grid["code"], here, 3 - len(village.holders("grid", grid["code"])), rng)


def _wanted(people: Content, key: str, community: str, count: int) -> int:
    """Members of the committee and its staff hold one role between them."""
    if key != "staff":
        return count
    return count + int(next(one["count"][community] for one in people["roles"] if one["key"] == "committee"))


def _fill(village: Village, role: str, place: str, count: int, rng: random.Random) -> None:
    here = [home for home in village.homes if place in home.places]
    _appoint(village, role, place, here, count - len(village.holders(role, place)), rng)


def _appoint(village: Village, role: str, place: str, here: list[Home], count: int, rng: random.Random) -> None:
    """Give a role to so many people without any; nobody younger than 25 or older than 75."""
    busy = {who for who, what, _ in village.roles if what != "household_rep"}
    free = [
        one for home in here for one in home.adults if 25 <= one.age <= 75 and one not in busy and one.account is None
    ]
    for one in rng.sample(free, max(count, 0)):
        village.give(one, role, place)

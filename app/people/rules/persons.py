"""Who somebody is: what rules ask of a person, whether signed in or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.kit.refusal import N_
from app.kit.words import Words

# Names of roles (words.md 2). A role at a place reaches everything below it, never beside or above.
ROLES = {
    "household_rep": N_("household representative"),
    "leader": N_("building or group leader"),
    "grid": N_("grid member"),
    "staff": N_("committee staff"),
    "council": N_("council member"),
    "supervisor": N_("supervisor"),
    "organiser": N_("activity organiser"),
    "reviewer": N_("reviewer"),
    "merchant": N_("merchant"),
    "street": N_("street staff"),
    "admin": N_("administrator"),
}
STAFF_ROLES = frozenset({"staff", "street", "grid", "admin", "supervisor"})
WORKERS = STAFF_ROLES | {"leader", "organiser", "reviewer"}  # who may find something on the work list
KINDS_OF_PEOPLE = ("visitor", "newcomer", "resident", *ROLES)

FULL_AGE = 18
OFFICE = Words(zh="居委会（村委会）", en="the committee's office")  # whom sentences name when nobody nearer knows


@dataclass(frozen=True)
class Held:
    """One role at one place."""

    role: str
    place_id: int
    path: str


@dataclass(frozen=True)
class Person:
    """Whoever asks, as rules see them; read once a request. `token` names the device they signed in on."""

    id: int
    family_name: str
    given_name: str
    family_name_en: str = ""
    household_id: int | None = None
    group_id: int | None = None
    grid_id: int | None = None
    community_id: int | None = None
    street_id: int | None = None
    path: str = ""  # of the group where the household stands
    community_name: Words | None = None
    street_name: Words | None = None
    born_on: date | None = None
    verified_at: datetime | None = None
    disabled_at: datetime | None = None  # the account was closed: somebody who died or moved away
    language: str | None = None
    roles: tuple[Held, ...] = field(default=())
    token: str = ""
    unread: int = 0  # messages; counted for whoever is signed in

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """For Flask-Login: the cookie names the sign-in, not the person."""
        return self.token

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None and self.household_id is not None

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(held.role for held in self.roles)

    @property
    def is_staff(self) -> bool:
        return bool(self.role_names & STAFF_ROLES)

    @property
    def works(self) -> bool:
        """Whether there is a work list for them: staff, those who lead a group, organise activities or review."""
        return bool(self.role_names & WORKERS)

    @property
    def full_name(self) -> str:
        return self.family_name + self.given_name

    @property
    def community_path(self) -> str:
        """ "/1/4/" for somebody whose group stands at "/1/4/9/12/"; empty for those without a household."""
        mark = f"/{self.community_id}/"
        return self.path[: self.path.index(mark) + len(mark)] if mark in self.path else ""

    def holds(self, *names: str, at: str) -> bool:
        """Whether one of these roles reaches the place whose path is `at`."""
        return any(held.role in names and at.startswith(held.path) for held in self.roles)

    def reaches(self, *names: str) -> list[str]:
        """The paths below which one of these roles is held; for scoped queries."""
        return [held.path for held in self.roles if held.role in names]

    def lives_in(self, path: str) -> bool:
        """Whether the household stands at this place or below it."""
        return bool(self.path) and self.path.startswith(path)

    def is_or_lives_with(self, resident_id: int | None, household_id: int | None) -> bool:
        """Whether that is this person or somebody of the same household: what concerns them is left to others."""
        return self.id == resident_id or (household_id is not None and household_id == self.household_id)

    def is_of_age(self, on: date) -> bool:
        """18 or older on that local date. Somebody whose birthday is not known is not counted as of age."""
        return self.born_on is not None and age(self.born_on, on) >= FULL_AGE


class Stranger:
    """Somebody who has not signed in."""

    id = None
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_verified = False
    is_staff = False
    works = False
    role_names: frozenset[str] = frozenset()
    roles: tuple[Held, ...] = ()
    household_id = group_id = grid_id = community_id = street_id = None
    path = community_path = ""
    community_name = street_name = language = None
    unread = 0

    def get_id(self) -> None:
        return None

    def holds(self, *_names: str, at: str) -> bool:  # noqa: ARG002 - the same question as of a person
        return False

    def reaches(self, *_names: str) -> list[str]:
        return []

    def lives_in(self, _path: str) -> bool:
        return False

    def is_or_lives_with(self, _resident_id: int | None, _household_id: int | None) -> bool:
        return False

    def is_of_age(self, on: date) -> bool:  # noqa: ARG002
        return False


Anyone = Person | Stranger


def age(born_on: date, on: date) -> int:
    """Full years on a local date; somebody born on 29 February is a year older from 1 March in common years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def masked(family_name: str, family_name_en: str, language: str) -> str:
    """张* / Zhang*: what public pages show of a name."""
    return f"{family_name_en or family_name}*" if language == "en" else f"{family_name}*"

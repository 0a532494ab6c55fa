"""Who somebody is, and what they may do with accounts, households and codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.kit.refusal import N_, Refusal, refusal
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
KINDS_OF_PEOPLE = ("visitor", "newcomer", "resident", *ROLES)

FULL_AGE = 18
INVITATION_DAYS = 30
LEAST_PASSWORD, MOST_PASSWORD = 10, 128

RESIDENT_STAYS, STAFF_STAYS = timedelta(days=30), timedelta(hours=12)
RESIDENT_IDLE, STAFF_IDLE = timedelta(days=14), timedelta(minutes=30)

# Five wrong passwords in a quarter of an hour are free; then each further one doubles the wait (security Z6).
FREE_ATTEMPTS, ATTEMPT_WINDOW = 5, timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# Many residents share one address behind a router, so an address gets far more room than an account.
FREE_FROM_ADDRESS = 60


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
    language: str | None = None
    roles: tuple[Held, ...] = field(default=())
    token: str = ""

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
    def full_name(self) -> str:
        return self.family_name + self.given_name

    @property
    def community_path(self) -> str:
        """"/1/4/" for somebody whose group stands at "/1/4/9/12/"; empty for those without a household."""
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
    role_names: frozenset[str] = frozenset()
    roles: tuple[Held, ...] = ()
    household_id = group_id = grid_id = community_id = street_id = None
    path = community_path = ""
    community_name = street_name = language = None

    def get_id(self) -> None:
        return None

    def holds(self, *_names: str, at: str) -> bool:  # noqa: ARG002 - the same question as of a person
        return False

    def reaches(self, *_names: str) -> list[str]:
        return []

    def lives_in(self, _path: str) -> bool:
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


def wait_after(failures: int, last_at: datetime | None, *, now: datetime, free: int = FREE_ATTEMPTS) -> timedelta:
    """How long to wait before the next try, given the failures of the last quarter of an hour; zero when none."""
    if failures < free or last_at is None:
        return timedelta(0)
    wait = min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)
    return max(last_at + wait - now, timedelta(0))


def password_refusal(password: str, *, names: tuple[str, ...], common: frozenset[str]) -> Refusal | None:
    """Why this password will not do: length, a well-known one, or one's own name or telephone (security 4.4)."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return refusal(N_("A password has %(least)s to %(most)s characters."), status=422, least=LEAST_PASSWORD, most=MOST_PASSWORD)
    plain = password.lower()
    if plain in common or len(set(plain)) < 4 or any(name and name.lower() in plain for name in names):
        return refusal(N_("That password is easy to guess. Take a few words that belong together only for you."), status=422)
    return None


def invitation_refusal(*, used_at: datetime | None, expires_at: datetime | None, at: datetime) -> Refusal | None:
    """Why an invitation code no longer opens; an unknown one reads the same."""
    if expires_at is None or used_at is not None or expires_at <= at:
        return refusal(
            N_("This invitation code does not open a household: it may be mistyped, used or expired. Ask your grid member for a new one.")
        )
    return None

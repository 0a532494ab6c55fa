"""What an account needs: a name, a birthday, a password, a code; and how long the next try waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.kit.refusal import N_, Refusal, refusal
from app.people.names import sounds_official
from app.people.rules.persons import Anyone, Person, age

OLDEST = 120
INVITATION_DAYS = 30
CODE_DIGITS = 12
MOST_LIVING_CODES = 6
LEAST_PASSWORD, MOST_PASSWORD = 10, 128

RESIDENT_STAYS, STAFF_STAYS = timedelta(days=30), timedelta(hours=12)
RESIDENT_IDLE, STAFF_IDLE = timedelta(days=14), timedelta(minutes=30)

# Five wrong passwords in a quarter of an hour are free; then each further one doubles the wait (security Z6).
FREE_ATTEMPTS, ATTEMPT_WINDOW = 5, timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# Many residents share one address behind a router, so an address gets far more room than an account.
FREE_FROM_ADDRESS = 60


def wait_after(failures: int, last_at: datetime | None, *, now: datetime, free: int = FREE_ATTEMPTS) -> timedelta:
    """How long to wait before the next try, given the failures of the last quarter of an hour; zero when none."""
    if failures < free or last_at is None:
        return timedelta(0)
    wait = min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)
    return max(last_at + wait - now, timedelta(0))


def password_refusal(password: str, *, names: tuple[str, ...], common: frozenset[str]) -> Refusal | None:
    """Why this password will not do: length, a well-known one, or one's own name or telephone (security 4.4)."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return refusal(
            N_("A password has %(least)s to %(most)s characters."), status=422, least=LEAST_PASSWORD, most=MOST_PASSWORD
        )
    plain = password.lower()
    if plain in common or len(set(plain)) < 4 or any(name and name.lower() in plain for name in names):
        return refusal(
            N_("That password is easy to guess. Take a few words that belong together only for you."), status=422
        )
    return None


def invitation_refusal(*, used_at: datetime | None, expires_at: datetime | None, at: datetime) -> Refusal | None:
    """Why an invitation code no longer opens; an unknown one reads the same."""
    if expires_at is None or used_at is not None or expires_at <= at:
        return refusal(
            N_(
                "This invitation code does not open a household: it may be mistyped, used or expired. "
                "Ask your grid member for a new one."
            )
        )
    return None


def name_refusal(*parts: str) -> Refusal | None:
    """Why a person may not be called that here: it would pass for an office (security W12)."""
    if sounds_official(*parts):
        return refusal(
            N_(
                "A name that sounds like an office could mislead neighbours. "
                "Please write your own; if this really is your name, ask your grid member."
            ),
            status=422,
        )  # fmt: skip
    return None


def birthday_refusal(born_on: date, *, on: date) -> Refusal | None:
    """Why this cannot be a birthday: it lies ahead, or more than 120 years back."""
    if born_on > on or age(born_on, on) > OLDEST:
        return refusal(N_("That day cannot be a birthday. Please check year, month and day."), status=422)
    return None


def joining_refusal(person: Person) -> Refusal | None:
    """Why somebody does not join a household by a code or a statement: they have one."""
    if person.is_verified:
        return refusal(
            N_(
                "You already belong to a household. "
                "If you have moved, your grid member brings your account to the new door."
            )
        )
    return None


def taking_part_refusal(person: Anyone) -> Refusal | None:
    """Why somebody does not take part yet: no household stands behind the account, or its address is not confirmed."""
    if person.is_verified:
        return None
    return refusal(
        N_(
            "Only verified residents can do this. Enter your household's invitation code first, or ask your grid "
            "member to confirm your address."
        ),
        status=403,
    )


def invitations_refusal(living: int) -> Refusal | None:
    """Why no further code is printed: codes lying about are keys lying about."""
    if living >= MOST_LIVING_CODES:
        return refusal(
            N_(
                "This household holds %(num)s codes that nobody has used yet. "
                "Hand those out first; each ends by itself after %(days)s days."
            ),
            num=living, days=INVITATION_DAYS,
        )  # fmt: skip
    return None

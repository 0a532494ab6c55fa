"""What grid members, leaders, staff and administrators may do for other people, and where."""

from __future__ import annotations

from app.kit.refusal import N_, Refusal, refusal
from app.people.rules.persons import ROLES, STAFF_ROLES, Person

INVITE = ("grid", "leader", "staff")
CONFIRM = ("grid", "staff")
LOOK_UP = ("staff", "street", "admin")
READ_AUDIT = ("supervisor", "street", "admin")
GIVEN_BY_STAFF = frozenset({"leader", "organiser", "reviewer", "merchant", "household_rep"})

# At what kinds of places each role makes sense.
_COMMUNITY = frozenset({"community", "village"})
ROLE_PLACES = {
    "household_rep": frozenset({"group"}),
    "leader": frozenset({"group"}),
    "grid": frozenset({"grid"}),
    "staff": _COMMUNITY,
    "council": _COMMUNITY | {"street"},
    "supervisor": _COMMUNITY | {"street"},
    "organiser": _COMMUNITY | {"street", "compound", "hamlet", "grid"},
    "reviewer": _COMMUNITY | {"street"},
    "merchant": _COMMUNITY | {"street"},
    "street": frozenset({"street"}),
    "admin": frozenset({"street"}),
}


def own_home_refusal(household_id: int | None, *, by: Person) -> Refusal | None:
    """Why codes, addresses and roles of one's own household are left to somebody else."""
    if household_id is not None and household_id == by.household_id:
        return refusal(
            N_("This is your own household, so somebody else does it. Please ask another grid member or colleague."),
            status=403,
        )
    return None


def confirming_refusal(resident_id: int, *, by: Person, is_verified: bool, path: str) -> Refusal | None:
    """Why an address is not confirmed: the grid member or staff of the place at `path` do it, once."""
    if resident_id == by.id or not by.holds(*CONFIRM, at=path):
        return refusal(
            N_("Addresses are confirmed by the grid member or the committee of that place. Please ask them."),
            status=403,
        )
    if is_verified:
        return refusal(N_("This address is confirmed already. Nothing more to do; the resident can use everything."))
    return None


def roles_to_give(by: Person, *, at: str) -> list[str]:
    """What this person may make of others there: an administrator everything, staff the helpers of their community."""
    if by.holds("admin", at=at):
        return list(ROLES)
    return [role for role in ROLES if role in GIVEN_BY_STAFF] if by.holds("staff", at=at) else []


def role_refusal(
    role: str, resident_id: int, *, household_id: int | None, by: Person, path: str, kind: str
) -> Refusal | None:
    """Why this role is not given or ended at the place with that path and kind.

    Nobody does it for themselves; for their own household only an administrator does.
    """
    if resident_id == by.id:
        return refusal(N_("Nobody changes their own roles. Please ask another administrator."), status=403)
    own_home = own_home_refusal(household_id, by=by)
    if own_home is not None and not by.holds("admin", at=path):
        return own_home
    if role not in roles_to_give(by, at=path):
        return refusal(
            N_("This role at this place is not yours to give or end. The administrator can do it."), status=403
        )
    if kind not in ROLE_PLACES[role]:
        return refusal(N_("This role is not held at a place of this kind. Please choose another place."), status=422)
    return None


def account_refusal(resident_id: int, *, by: Person, holds: frozenset[str], path: str) -> Refusal | None:
    """Why this person's account or sign-ins are not this person's to close or open. `path`: where they live, or "".

    Staff look after residents and helpers; whoever watches over staff is left to the administrator.
    """
    if resident_id == by.id:
        return refusal(N_("Your own account is not closed here. Please ask another administrator."), status=403)
    if "admin" in by.role_names and (not path or by.holds("admin", at=path)):
        return None
    if by.holds("staff", at=path) and not holds & STAFF_ROLES:
        return None
    return refusal(N_("This account is looked after by the administrator. Please ask there."), status=403)

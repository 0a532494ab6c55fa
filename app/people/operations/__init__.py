"""Writes of people: signing in and out, opening accounts, joining households, and what staff look after."""

from app.people.operations.joining import NewAccount, join_as_stranger, join_by_code, register, say_where
from app.people.operations.looking_after import (
    Printed,
    confirm_address,
    disable,
    enable,
    end_role,
    end_sign_ins_of,
    give_role,
    invite,
    invite_group,
)
from app.people.operations.sign_ins import (
    change_password,
    choose_language,
    choose_sign_in_name,
    end_all_sign_ins,
    end_one_sign_in,
    end_sign_in,
    note_failure,
    start_sign_in,
    still_opens,
)

__all__ = [
    "NewAccount",
    "Printed",
    "change_password",
    "choose_language",
    "choose_sign_in_name",
    "confirm_address",
    "disable",
    "enable",
    "end_all_sign_ins",
    "end_one_sign_in",
    "end_role",
    "end_sign_in",
    "end_sign_ins_of",
    "give_role",
    "invite",
    "invite_group",
    "join_as_stranger",
    "join_by_code",
    "note_failure",
    "register",
    "say_where",
    "start_sign_in",
    "still_opens",
]

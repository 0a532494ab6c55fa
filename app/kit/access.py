"""Who may open this door: every route declares it, the matrix is printed from it, and one hook enforces it.

What a person may do to *this* thing *now* is a rule of a room; a door only knows kinds of persons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Visitor(Protocol):
    """What a door wants to know of whoever stands before it."""

    is_authenticated: bool
    is_verified: bool
    role_names: frozenset[str]


@dataclass(frozen=True)
class Door:
    """`anyone`, `signed_in`, `resident` (address verified), `loopback`, or any one of `roles`."""

    kind: str
    roles: frozenset[str] = frozenset()

    def opens_to(self, visitor: Visitor) -> bool:
        if self.kind == "anyone":
            return True
        if self.kind == "loopback":
            return request.remote_addr in ("127.0.0.1", "::1")
        if not visitor.is_authenticated:
            return False
        if self.kind == "signed_in":
            return True
        if self.kind == "resident":
            return visitor.is_verified
        return bool(self.roles & visitor.role_names)

    def opens_to_kind(self, kind: str) -> bool:
        """For the matrix: does it open to `visitor`, `newcomer`, `resident`, or the holder of that role?"""
        levels = {"anyone": 0, "signed_in": 1, "resident": 2}
        if self.kind in levels:
            return {"visitor": 0, "newcomer": 1}.get(kind, 2) >= levels[self.kind]
        return kind in self.roles

    def __str__(self) -> str:
        return self.kind if self.kind != "role" else " | ".join(sorted(self.roles))


def _declare(door: Door) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.door = door  # type: ignore[attr-defined]
        return view

    return mark


anyone = _declare(Door("anyone"))
signed_in = _declare(Door("signed_in"))
resident = _declare(Door("resident"))
loopback = _declare(Door("loopback"))


def role(*names: str) -> Callable[[View], View]:
    """Open only to holders of one of these roles, wherever they hold it; the rule or query then looks at the place."""
    return _declare(Door("role", frozenset(names)))


def takes(*forms: type) -> Callable[[View], View]:
    """Name the forms that a route reads, for the matrix; a route that says nothing is asked by its code."""

    def mark(view: View) -> View:
        view.forms = forms  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(view: View) -> View:
    """The body of this route may be as large as files are (security.py); else a form is held to what text needs."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def door_of(endpoint: str) -> Door | None:
    """What a route declared; None when it declared nothing and so is closed to all."""
    return getattr(current_app.view_functions.get(endpoint), "door", None)


def _guard() -> None:
    if request.endpoint is None:
        return  # no such page: the 404 comes from the router
    door = door_of(request.endpoint)
    if door is None:
        abort(403)
    if not door.opens_to(current_user):
        abort(403 if current_user.is_authenticated or door.kind == "loopback" else 401)


def init_app(app: Flask) -> None:
    app.before_request(_guard)

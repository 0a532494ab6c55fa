"""Tries to change what is fixed: refused like any other, and written down all the same.

A view says what a refused try of it means: `@tries.noted(write)`. What is written comes after the refusal has undone
the request, in a transaction of its own (`db.afterwards`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from app.kit import clock, db

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Tried:
    """Who sent which form where, and when. `address` holds what fills the gaps of the address."""

    by: Any
    at: datetime
    address: Mapping[str, Any]
    sent: Mapping[str, str]


def noted(write: Callable[[Tried], None]) -> Callable[[View], View]:
    """Have `write` called when somebody who is signed in sends this form and is refused, at the door or behind it."""

    def mark(view: View) -> View:
        view.noted = write  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Called after the token of a form is looked at and before the doors: what another site sent is nobody's try."""
    app.before_request(_remember)
    app.after_request(_write_down)


def _remember() -> None:
    write = getattr(current_app.view_functions.get(request.endpoint or ""), "noted", None)
    if write is not None and current_user.is_authenticated:
        who = current_user._get_current_object()
        g.tried = write, Tried(who, clock.now(), dict(request.view_args or {}), request.form.to_dict())


def _write_down(answer: Response) -> Response:
    # What is not there is nothing that could be changed.
    if 400 <= answer.status_code < 500 and answer.status_code != 404 and "tried" in g:
        write, tried = g.tried
        db.afterwards(lambda: write(tried))
    return answer

"""flask matrix: who may open which door, printed from the program itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.routing import Rule
from wtforms import Form

from app.kit.access import Door
from app.people.rules import KINDS_OF_PEOPLE

QUIET = {"HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Route:
    """One address: how it is asked, what its door is called, to whom it opens, and the fields its form takes."""

    path: str
    methods: list[str]
    endpoint: str
    door: str | None
    open_to: dict[str, bool]
    fields: list[str]


def routes(app: Flask) -> Iterator[Route]:
    """Every route in the order of the addresses. `door` is None for one that declared nothing: it opens to nobody."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        view = app.view_functions[rule.endpoint]
        door: Door | None = getattr(view, "door", None)
        yield Route(
            path=rule.rule,
            methods=_methods(rule),
            endpoint=rule.endpoint,
            door=str(door) if door else None,
            open_to={kind: bool(door and door.opens_to_kind(kind)) for kind in KINDS_OF_PEOPLE},
            fields=fields_of(view),
        )


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - QUIET)


def fields_of(view: Callable[..., Any]) -> list[str]:
    """The fields that a route reads: of the forms it declares, else of the form classes that its code names."""
    names = dict.fromkeys(name for form in forms_of(view) for name in _fields(form))
    return list(names)


def forms_of(view: Callable[..., Any]) -> tuple[type[Form], ...]:
    """The form classes of a route."""
    declared: tuple[type[Form], ...] = getattr(view, "forms", ())
    if declared:
        return declared
    code, known = getattr(view, "__code__", None), getattr(view, "__globals__", {})
    named = [known.get(name) for name in (code.co_names if code else ())]
    return tuple(one for one in named if isinstance(one, type) and issubclass(one, Form))


def _fields(form: type[Form]) -> list[str]:
    """The fields of a form class in the order of its page, with the token that every form of ours carries."""
    found = [(name, getattr(form, name)) for name in dir(form) if not name.startswith("_")]
    ours = [(field.creation_counter, name) for name, field in found if hasattr(field, "_formfield")]
    return ["csrf_token", *(name for _order, name in sorted(ours))]


@click.command("matrix")
@click.option("--json", "as_json", is_flag=True, help="one JSON list instead of a table")
@with_appcontext
def matrix(as_json: bool) -> None:
    """Who may open which door. Fails when a route does not say it."""
    found = list(routes(current_app))
    if as_json:
        click.echo(json.dumps([asdict(route) for route in found], indent=1))
    else:
        _print(found)
    silent = [route.path for route in found if route.door is None]
    if silent:
        raise click.ClickException(f"no door declared: {', '.join(silent)}")


def _print(found: list[Route]) -> None:
    wide = max(len(route.path) for route in found)
    heads = [kind[:9] for kind in KINDS_OF_PEOPLE]
    click.echo(f"{'':8}{'':{wide}}  {' '.join(f'{head:9}' for head in heads)}")
    for route in found:
        cells = " ".join(f"{'yes' if is_open else '-':9}" for is_open in route.open_to.values())
        click.echo(f"{'/'.join(route.methods):8}{route.path:{wide}}  {cells}{' '.join(route.fields)}".rstrip())

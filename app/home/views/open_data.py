"""The data dictionary, made from what each room says of its own twins."""

from __future__ import annotations

from itertools import groupby

from flask import Response, request

from app.home.rules import DATA_BESIDE, DATA_ROOMS
from app.home.views.blueprint import bp
from app.kit import access
from app.kit.open_data import DataSet, data_sets
from app.kit.pages import page


@bp.get("/open-data")
@access.anyone
def open_data() -> Response:
    """The data of one room at a time: of the first one, unless another is asked for."""
    rooms = {room: list(sets) for room, sets in groupby(sorted(data_sets(), key=_order), key=_room)}
    asked = request.args.get("room", "")
    chosen = asked if asked in rooms else next(iter(rooms))
    return page("home/open_data.html", rooms=rooms, chosen=chosen, names=DATA_ROOMS)


def _room(one: DataSet) -> str:
    """The first part of its address, or of the address that it stands beside."""
    first = one.path.split("/")[1].removesuffix(".json")
    return DATA_BESIDE.get(first, first)


def _order(one: DataSet) -> tuple[int, str, bool, str]:
    """Rooms as the house lists them; in each the list first."""
    room = _room(one)
    known = list(DATA_ROOMS)
    return known.index(room) if room in known else len(known), room, "<" in one.path, one.path

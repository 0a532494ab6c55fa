"""The data dictionary is true: every JSON twin answers with the fields that are described, no more and no less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.home.rules import DATA_BESIDE, DATA_ROOMS
from app.kit.open_data import DataSet, data_sets
from tests.examples import VISITOR, examples, numbers
from tests.test_journeys import Walker

Data = dict[str, Any]


def plain(path: str) -> str:
    """An address whatever its numbers are called."""
    return re.sub(r"<[^>]*>", "<>", path)


@pytest.fixture
def twins(street_app: Flask) -> dict[str, list[Data]]:
    """What each described address answers in the sample street, for each example of it."""
    known = numbers(street_app.config["SETTINGS"].database_url, secret=street_app.config["SECRET_KEY"])
    found: dict[str, list[Data]] = {}
    for one in (one for one in examples() if one.rule.endswith(".json")):
        reader = Walker(street_app.test_client())
        if one.who != VISITOR:
            reader.signs_in(one.who)
        answer = reader.client.get(one.path.format(**known))
        assert answer.status_code == 200, one.path
        found.setdefault(plain(one.rule), []).append(answer.json)
    return found


def things(data: Data, described: DataSet) -> list[Data]:
    """What the described fields belong to: the items of a list, else the whole answer; `next` needs no words."""
    if set(data) == {"items", "next"}:
        items: list[Data] = data["items"]
        return items
    return [{name: value for name, value in data.items() if name != "next" or name in described.fields}]


def differences(thing: Data, fields: set[str]) -> Iterator[str]:
    """Fields that are said and not described (+), or described and not said (-)."""
    above = {field.split(".")[0] for field in fields}
    yield from (f"+{name}" for name in set(thing) - above)
    yield from (f"-{name}" for name in above - set(thing))
    for name in above & set(thing):
        within = {field.split(".", 1)[1] for field in fields if field.startswith(f"{name}.")}
        inside = thing[name] if isinstance(thing[name], list) else [thing[name]]
        for one in inside if within else ():
            if isinstance(one, dict):
                yield from (f"{difference[0]}{name}.{difference[1:]}" for difference in differences(one, within))


def test_every_twin_says_exactly_what_is_described(twins: dict[str, list[Data]]) -> None:
    wrong, empty = set(), []
    for described in data_sets():
        answers = twins.get(plain(described.path), [])
        shown = [thing for data in answers for thing in things(data, described)]
        if not shown:
            empty.append(described.path)
        for thing in shown:
            wrong |= {f"{described.path}: {one}" for one in differences(thing, set(described.fields))}

    assert sorted(wrong) == []
    assert empty == []  # nothing to compare: give it an example with something in it


def test_every_twin_is_described_and_nothing_else(street_app: Flask) -> None:
    routed = {plain(rule.rule) for rule in street_app.url_map.iter_rules() if rule.rule.endswith(".json")}

    assert {plain(one.path) for one in data_sets()} == routed


def test_every_room_with_data_has_its_name(app: Flask) -> None:
    rooms = {one.path.split("/")[1].removesuffix(".json") for one in data_sets()}

    assert {DATA_BESIDE.get(room, room) for room in rooms} == set(DATA_ROOMS)


def test_the_comparison_would_notice() -> None:
    fields = {"id", "place", "place.code", "items"}

    assert list(differences({"id": 1, "place": {"code": "a"}, "items": []}, fields)) == []
    assert set(differences({"id": 1, "place": [{"name": "a"}], "more": 1}, fields)) == {
        "+more", "-items", "+place.name", "-place.code",
    }  # fmt: skip

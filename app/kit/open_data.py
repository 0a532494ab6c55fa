"""The data dictionary: each public list has a JSON twin, and says here what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.refusal import N_

ID = N_("number of it in this house; part of its address")


@dataclass(frozen=True)
class DataSet:
    """One JSON address. `name` and the meanings in `fields` are `N_` sentences.

    A list answers with `items` and `next`, and its fields are those of one item. Where a field is called `items`, the
    fields are those of the whole answer. A field with a dot in its name stands inside the one before the dot.
    """

    path: str
    name: str
    fields: Mapping[str, str]


_published: dict[str, DataSet] = {}


def publish(path: str, name: str, fields: Mapping[str, str]) -> None:
    """Describe the JSON twin at `path`, next to the view that answers it."""
    _published[path] = DataSet(path, name, fields)


def data_sets() -> list[DataSet]:
    return [_published[path] for path in sorted(_published)]

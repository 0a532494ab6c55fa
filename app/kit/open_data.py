"""The data dictionary: each public list has a JSON twin, and says here what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DataSet:
    """One JSON address. `name` and the meanings in `fields` are `N_` sentences."""

    path: str
    name: str
    fields: Mapping[str, str]


_published: dict[str, DataSet] = {}


def publish(path: str, name: str, fields: Mapping[str, str]) -> None:
    """Describe the JSON twin at `path`, next to the view that answers it."""
    _published[path] = DataSet(path, name, fields)


def data_sets() -> list[DataSet]:
    return [_published[path] for path in sorted(_published)]

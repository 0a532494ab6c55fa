"""What tables tell of who voted what: every order and every value that they have, held against the truth.

The truth is known to the test alone: who cast which paper. A table tells something when one of its orders puts papers
as another one puts people, when a value stands on both sides, or when a row that names somebody says anything that goes
with the choice. Each finding is a line of words; an election that keeps its secret has none.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.kit.kept import cached_property

MOST = 0.3  # of the mean over some runs of |Spearman's rho|; a hundred votes by chance: 0.08
MOST_MATCHES = 8  # of a hundred people joined to the right paper by equal values; by chance: 1
LEAST_NAMED = 0.8  # of the electors that a column must name before it is said to name people
SYSTEM = ("ctid", "xmin", "rowid")  # what a database keeps of the place and the making of a row
_NUMBERS = re.compile(r"\d+")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Truth:
    """Of each elector, by the place in one list: every key by which a row can name them, the paper, what it says."""

    keys: Sequence[Mapping[str, Any]]  # kind of key to value: resident, household, roll entry, name
    choices: Sequence[str]
    receipts: Sequence[str]  # as they stand in the urn: hashes

    @property
    def codes(self) -> list[int]:
        names = sorted(set(self.choices))
        return [names.index(one) for one in self.choices]


@dataclass
class Told:
    """Rows of one table that an election wrote, in the order in which the database hands them out."""

    name: str
    rows: list[Row]
    columns: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = list(dict.fromkeys(name for row in self.rows for name in row))

    def orders(self) -> Iterator[tuple[str, list[float], list[Any]]]:
        """Where each row stands by each column and its length, and in the order in which the rows came."""
        numbers = list(range(len(self.rows)))
        yield "order", ranks(numbers), numbers
        for column in self.columns:
            values = [row.get(column) for row in self.rows]
            lengths = [0 if column in SYSTEM else len(str(value)) for value in values]
            for name, told in ((column, values), (f"length of {column}", lengths)):
                if len({str(one) for one in told}) > 1:
                    yield name, ranks(told), told


def ranks(values: Sequence[Any]) -> list[float]:
    """Places from the smallest to the largest, equal ones sharing theirs; whatever kind of value it is."""
    plain = [_comparable(one) for one in values]
    places: dict[Any, list[int]] = {}
    for place, value in enumerate(sorted(plain)):
        places.setdefault(value, []).append(place)
    mean = {value: statistics.fmean(found) for value, found in places.items()}
    return [mean[value] for value in plain]


def _comparable(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, bool | int | float):
        return 1, float(value)
    if isinstance(value, tuple):
        return 2, value
    return 3, value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


# Reading -----------------------------------------------------------------------------------------------------------

_BESIDE = {"postgresql": "ctid::text AS ctid, xmin::text::bigint AS xmin, *", "sqlite": "rowid AS rowid, *"}


def tables_of(engine: Engine) -> dict[str, list[Row]]:
    """Every row of every table there is, with whatever the database itself keeps of its place and its making."""
    with engine.connect() as connection:
        return {name: _rows(connection, name) for name in sorted(inspect(engine).get_table_names())}


def written(before: Mapping[str, list[Row]], now: Mapping[str, list[Row]]) -> list[Told]:
    """What stands in the tables now and did not stand there before."""
    told = []
    for name, rows in now.items():
        known = {_frozen(row) for row in before.get(name, ())}
        new = [row for row in rows if _frozen(row) not in known]
        if new:
            told.append(Told(name, new))
    return told


def _rows(connection: Connection, table: str) -> list[Row]:
    """In the order in which the database hands them out when none is asked for; what JSON holds stands by itself."""
    for columns in (_BESIDE[connection.dialect.name], "*"):
        try:
            found = connection.execute(text(f'SELECT {columns} FROM "{table}"')).mappings().all()
        except DBAPIError:  # a table without row numbers
            connection.rollback()
            continue
        return [dict(part for name, value in row.items() for part in _parts(name, value)) for row in found]
    raise AssertionError(table)


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A ctid as page and line; of JSON each value, by its path."""
    if name == "ctid":
        value = tuple(map(int, _NUMBERS.findall(value)))
    elif isinstance(value, str) and value.startswith(("{", "[")):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _parts(f"{name}.{key}", part)
    else:
        yield name, value


def _frozen(row: Row) -> str:
    """Without what an unchanged row gets anew when others are written."""
    return str({name: value for name, value in row.items() if name not in ("ctid", "xmin")})


# Judging -----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Side:
    """One order of rows: places and values by it, and of each row which elector it names and what its paper says."""

    name: str
    places: Sequence[float]
    values: Sequence[Any]
    who: Sequence[int | None]
    says: Sequence[int | None] = ()

    @cached_property
    def order(self) -> int:
        """The same for all that put the same people or papers in the same order."""
        return hash((tuple(self.places), tuple(self.who), tuple(self.says)))


def people_in(told: Iterable[Told], truth: Truth) -> list[Side]:
    """Every order of rows that name electors, by whichever key."""
    return _once(
        Side(f"{table.name}.{order} (people by {column})", places, values, who)
        for table in told
        for column, who in _naming(table, truth)
        for order, places, values in table.orders()
    )


def _naming(table: Told, truth: Truth) -> Iterator[tuple[str, list[int | None]]]:
    """Columns by which the rows of a table name most of the electors."""
    for kind in truth.keys[0]:
        known = {str(keys[kind]): number for number, keys in enumerate(truth.keys)}
        for column in table.columns:
            for reading in _READINGS:
                who = [known.get(reading(str(row.get(column)))) for row in table.rows]
                if len(set(who) - {None}) >= LEAST_NAMED * len(truth.keys):
                    yield f"{column} as {kind}", who
                    break


def _last_number(value: str) -> str:
    return (_NUMBERS.findall(value) or [""])[-1]


def _first_number(value: str) -> str:
    return (_NUMBERS.findall(value) or [""])[0]


_READINGS: tuple[Callable[[str], str], ...] = (str, _last_number, _first_number)


def papers_in(told: Iterable[Told], truth: Truth) -> list[Side]:
    """Every order of rows on which papers stand: known by a choice or by the hash of a receipt, in any column."""
    choices = sorted(set(truth.choices))
    owner = {receipt: number for number, receipt in enumerate(truth.receipts)}
    least = LEAST_NAMED * len(truth.keys)
    found = []
    for table in told:
        for column in table.columns:
            texts = [str(row.get(column)) for row in table.rows]
            whose = [owner.get(one) for one in texts]
            says = [choices.index(one) if one in choices else None for one in texts]
            if max(len(texts) - whose.count(None), len(texts) - says.count(None)) >= least:
                found += [
                    Side(f"{table.name}.{order} (papers by {column})", places, values, whose, says)
                    for order, places, values in table.orders()
                ]
    return _once(found)


def _once(sides: Iterable[Side]) -> list[Side]:
    """Without those that say the same of the same rows as another one of their table does."""
    found: dict[Any, Side] = {}
    for one in sides:
        table = one.name.partition(".")[0]
        found.setdefault((table, tuple(one.places), tuple(one.who), tuple(map(str, one.values))), one)
    return list(found.values())


def measured(told: Sequence[Told], truth: Truth) -> dict[str, float]:
    """How strongly each order of people, alone and beside each one of papers, goes with who voted what: |rho| by name.

    Values that stand on both sides count as 1 where they join more people to their papers than chance does.
    """
    papers = papers_in(told, truth)
    found: dict[str, float] = {}
    known: dict[Any, float] = {}  # many columns put the same rows in the same order
    for people in people_in(told, truth):
        found[f"{people.name} tells the choice"] = _tells_choice(people, truth)
        for paper in papers:
            orders = paper.order, people.order
            if orders not in known:
                known[orders] = max(_same_people(paper, people), _same_choices(paper, people, truth))
            found[f"{paper.name} goes with {people.name}"] = max(known[orders], _joined(paper, people))
    return found


def _tells_choice(people: Side, truth: Truth) -> float:
    named = [(place, truth.codes[one]) for place, one in zip(people.places, people.who, strict=True) if one is not None]
    return strength([place for place, _code in named], [code for _place, code in named])


def _same_people(paper: Side, people: Side) -> float:
    """Papers known by their receipts stand as their people do."""
    place_of = {one: place for place, one in zip(people.places, people.who, strict=True) if one is not None}
    both = [
        (place, place_of[one]) for place, one in zip(paper.places, paper.who, strict=True)
        if one is not None and one in place_of
    ]  # fmt: skip
    return strength([one for one, _other in both], [other for _one, other in both])


def _same_choices(paper: Side, people: Side, truth: Truth) -> float:
    """What the papers say, one after the other, is what these people voted, one after the other."""
    said = [code for _place, code in sorted(zip(paper.places, paper.says, strict=True), key=_place) if code is not None]
    in_order = sorted(zip(people.places, people.who, strict=True), key=_place)
    voted = [truth.codes[one] for one in dict.fromkeys(one for _place, one in in_order if one is not None)]
    return strength(said, voted) if len(said) == len(voted) else 0.0


def _place(placed: tuple[float, Any]) -> float:
    return placed[0]


def _joined(paper: Side, people: Side) -> float:
    of_value = {str(value): one for value, one in zip(people.values, people.who, strict=True) if one is not None}
    owned = [(value, one) for value, one in zip(paper.values, paper.who, strict=True) if one is not None]
    right = sum(of_value.get(str(value)) == one for value, one in owned)
    return float(right > MOST_MATCHES * len(owned) / 100)


def strength(one: Sequence[float], other: Sequence[float]) -> float:
    """|Spearman's rho|; 0 where one of the two says nothing."""
    if len(set(one)) < 2 or len(set(other)) < 2:
        return 0.0
    return abs(statistics.correlation(ranks(one), ranks(other)))


def findings(runs: Sequence[Mapping[str, float]]) -> list[str]:
    """What goes with who voted what in all runs taken together."""
    names = {name for run in runs for name in run}
    mean = {name: statistics.fmean(run.get(name, 0.0) for run in runs) for name in names}
    return sorted(f"{name}: {value:.2f}" for name, value in mean.items() if value >= MOST)

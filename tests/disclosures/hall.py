"""A community with its committee, a supervisor and residents who read and ask, for the tests of disclosures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.disclosures import operations
from app.disclosures.bringing_in import bring_in_duty
from app.disclosures.finances import FinanceTable, Fund, Line
from app.disclosures.models import Disclosure, Draft, Duty
from app.kit.db import db
from app.kit.periods import named
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place
from tests.makers import NOON, a_household, a_resident, a_street, as_person, give

TEXT = Words(zh="八件实事都写明了责任人。", en="Eight things, each with somebody responsible.")


@dataclass
class Hall:
    """The people round one notice board."""

    place: Place
    staff: Person
    colleague: Person
    supervisor: Person
    resident: Person
    neighbour: Person
    newcomer: Person
    villager: Person


def a_hall() -> Hall:
    street = a_street()
    street.community.committee = Words(zh="居委会", en="the residents' committee")
    staff, colleague, supervisor = (a_resident(a_household(street.other_group)) for _ in range(3))
    give("staff", staff, street.community)
    give("staff", colleague, street.community)
    give("supervisor", supervisor, street.community)
    home = a_household(street.group)
    people = [a_resident(home), a_resident(a_household(street.group)), a_resident(home, verified=False)]
    villager = a_resident(a_household(street.village_group))
    give("staff", villager, street.village)
    db.session.flush()
    return Hall(street.community, *(as_person(one) for one in (staff, colleague, supervisor, *people, villager)))


def a_duty(hall: Hall, **values: Any) -> Duty:
    known: dict[str, Any] = {
        "key": "cash", "subject": "finance", "name": Words(zh="收支月报", en="Monthly report"), "rhythm": "monthly",
        "due_day": 10, "due_in": "next", "since": date(2026, 8, 1),
    }  # fmt: skip
    values = known | values
    return bring_in_duty(hall.place, values.pop("key"), **values)


def a_fund(opening: int, income: int = 0, expenditure: int = 0, *, name: str = "经营资金", **values: Any) -> Fund:
    """Sums in fen; closing follows unless it is given."""
    closing = values.pop("closing", opening + income - expenditure)
    return Fund(Words(zh=name), opening, income, expenditure, closing, **values)


def a_table(*funds: Fund, lines: tuple[Line, ...] = ()) -> FinanceTable:
    return FinanceTable(funds or (a_fund(100_00, 30_00, 10_00),), lines)


def a_line(text: str, *, income: int = 0, expenditure: int = 0, fund: int = 0) -> Line:
    return Line(fund, Words(zh=text), income, expenditure)


def a_draft(hall: Hall, **values: Any) -> Draft:
    """A text that could be published."""
    draft = operations.begin(hall.place, subject="village", kind="item", by=hall.staff, at=NOON)
    known: dict[str, Any] = {"title": Words(zh="实事安排"), "text": TEXT, "cells": None, "reason": None}
    return operations.write(draft.id, **(known | values), by=hall.staff, at=NOON)


def signed(hall: Hall, draft: Draft, at: Any = NOON) -> Disclosure:
    """Send and countersign."""
    operations.send(draft.id, by=hall.staff, at=at)
    return operations.countersign(draft.id, by=hall.supervisor, at=at)


def an_item(hall: Hall, **values: Any) -> Disclosure:
    return signed(hall, a_draft(hall, **values))


def finances(hall: Hall, month: str, table: FinanceTable, at: Any = NOON) -> Disclosure:
    """The finances of a month, published."""
    return signed(hall, finance_draft(hall, month, table, at), at)


def finance_draft(hall: Hall, month: str, table: FinanceTable, at: Any = NOON) -> Draft:
    draft = operations.begin(hall.place, subject="finance", kind="finances", period=named(month), by=hall.staff, at=at)
    return operations.put_table(draft.id, table, by=hall.staff, at=at)

"""Twelve months of village finances as they were published, one of them late, one corrected."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from app.disclosures.bringing_in import Past, bring_in_item
from app.disclosures.finances import FinanceTable, Fund, Line
from app.disclosures.models import Disclosure, Duty
from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.sample.content import Content
from app.sample.street_people import Street

SEED = 7
# Duties that the finance table of a month fulfils.
BY_FINANCES = ("cash_month", "lines_month")
PUBLISHED_ON, PUBLISHED_LATE_ON = 8, 13  # day of the next month; the tenth is the last one
LATE_MONTHS_AGO = 8
_SIGNERS = {"a": ("staff", "supervisor"), "b": ("b-staff", "b-supervisor")}


@dataclass
class Loading:
    """Disclosures on their way into the room: what was made so far, by the keys of the files."""

    street: Street
    content: Content
    more: Content
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - the same on every load
    duties: dict[tuple[str, str], Duty] = field(default_factory=dict)
    items: dict[str, Disclosure] = field(default_factory=dict)
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)

    def signed(self, place: str) -> tuple[int, int]:
        author, supervisor = (self.street.account(name).id for name in _SIGNERS[place])
        return author, supervisor

    def ago(self, days: float, clock_time: time = time(10)) -> datetime:
        """So many local days before the loading, at that hour; never after it."""
        day = clock.local(self.street.at).date() - timedelta(days=days)
        return min(clock.at_local(day, clock_time), self.street.at - timedelta(minutes=30))

    def code_of(self, item: Disclosure) -> str:
        """The community, by its key in the files."""
        return next(code for code in ("a", "b") if self.street.places[code].id == item.place_id)


def load_finances(loading: Loading) -> None:
    """A month after the other, published in the next one."""
    finance = loading.content["finance"]
    place = loading.street.places[finance["place"]]
    this_month = period_of(clock.local(loading.street.at).date(), "month")
    duty = loading.duties[finance["place"], BY_FINANCES[0]]
    for month in finance["months"]:
        ago = month["months_ago"]
        period = this_month.moved(-ago)
        table = _finance_table(loading.content, month, period)
        at = _published(loading, period, ago)
        title = Words(
            zh=f"{place.name.zh}{period.words.zh}财务收支", en=f"Finances of {place.name.en}, {period.words.en}"
        )
        past = [Past(title, at, table=table, signed=loading.signed(finance["place"]))]
        if ago == loading.more["finance_correction"]["months_ago"]:
            past = _wrong_before(loading.more["finance_correction"], past[0])
        key = f"finance:{ago}"
        loading.items[key] = bring_in_item(
            place, subject="finance", kind="finances", past=past, duty_id=duty.id, period=period
        )
        loading.lines[key] = table.lines


def opening_table(loading: Loading) -> FinanceTable:
    """The funds as last month closed, before anything has moved."""
    last = min(loading.content["finance"]["months"], key=lambda month: month["months_ago"])
    names = {one["key"]: Words.of(one["name"]) for one in loading.content["funds"]}
    funds = (Fund(names[one["fund"]], one["closing"], 0, 0, one["closing"]) for one in last["lines"])
    return FinanceTable(tuple(funds))


def _published(loading: Loading, period: Period, ago: int) -> datetime:
    day = period.moved(1).first_day.replace(day=PUBLISHED_LATE_ON if ago == LATE_MONTHS_AGO else PUBLISHED_ON)
    return min(clock.at_local(day, time(10)), loading.street.at - timedelta(minutes=90))


def _finance_table(content: Content, month: Content, period: Period) -> FinanceTable:
    names = {one["key"]: Words.of(one["name"]) for one in content["funds"]}
    accounts = {one["code"]: Words.of(one["name"]) for one in content["chart_of_accounts"]}
    keys = [one["fund"] for one in month["lines"]]
    funds = tuple(
        Fund(names[one["fund"]], one["opening"], one["income"], one["expenditure"], one["closing"])
        for one in month["lines"]
    )
    lines = tuple(
        Line(
            keys.index(one["fund"]), Words.of(one["text"]), one.get("income", 0), one.get("expenditure", 0),
            on=min(period.first_day.replace(day=1) + timedelta(days=one["day"] - 1), period.last_day),
            account=_coded(one["account"], accounts[one["account"]]),
        )
        for one in month["entries"]
    )  # fmt: skip
    return FinanceTable(funds, lines)


def _coded(code: str, name: Words) -> Words:
    return Words(zh=f"{code} {name.zh}", en=f"{code} {name.en}")


def _wrong_before(told: Content, now: Past) -> list[Past]:
    """A first version in which a part of one line stood in another of the same fund; the sums are the same."""
    table = now.table
    assert table is not None
    spent = [place for place, line in enumerate(table.lines) if line.expenditure > told["fen"]]
    first = next(
        (one, other)
        for one in spent
        for other in spent
        if one < other and table.lines[one].fund == table.lines[other].fund
    )
    lines = list(table.lines)
    for place, change in zip(first, (told["fen"], -told["fen"]), strict=True):
        line = lines[place]
        lines[place] = Line(line.fund, line.text, line.income, line.expenditure + change, line.on, line.account)
    before = Past(now.title, now.published_at, table=FinanceTable(table.funds, tuple(lines)), signed=now.signed)
    later = now.published_at + timedelta(days=told["days_later"])
    return [before, Past(now.title, later, table=table, reason=Words.of(told["reason"]), signed=now.signed)]

"""Twelve months of the common income of the community in town: every sum follows from the entries of its month."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from app.disclosures.bringing_in import Past, bring_in_item
from app.disclosures.finances import FinanceTable, Fund, Line
from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.sample.bookkeeping import Loading
from app.sample.content import Content, read

SEED = 12
MONTHS = 12
PUBLISHED_ON = 9  # day of the next month
WHOLE = 100  # fen: everything is paid in whole yuan


def load_town_finances(loading: Loading) -> None:
    """A month after the other, the oldest first; no duty asks for them."""
    file = read("finances_town")
    rng = random.Random(SEED + loading.street.number)  # noqa: S311 - the same on every load
    place, title = loading.street.places[file["place"]], file["title"]
    opening = {one["key"]: one["opening"] for one in file["funds"]}
    this_month = period_of(loading.street.today, "month")
    for ago in range(MONTHS, 0, -1):
        period = this_month.moved(-ago)
        table = _table(file, opening, period, rng)
        opening = {one["key"]: fund.closing for one, fund in zip(file["funds"], table.funds, strict=True)}
        at = clock.at_local(period.moved(1).first_day.replace(day=PUBLISHED_ON), time(15))
        words = Words(
            zh=f"{place.name.zh}{period.words.zh}{title['zh']}",
            en=f"{title['en']} of {place.name.en}, {period.words.en}",
        )
        past = [Past(words, _by_now(loading, at), table=table, signed=loading.signed(file["place"]))]
        loading.items[f"town:{ago}"] = bring_in_item(
            place, subject="finance", kind="finances", past=past, period=period
        )


def _by_now(loading: Loading, at: datetime) -> datetime:
    return min(at, loading.street.at - timedelta(minutes=80))


def _table(file: Content, opening: dict[str, int], period: Period, rng: random.Random) -> FinanceTable:
    keys = [one["key"] for one in file["funds"]]
    lines = tuple(
        Line(
            keys.index(one["fund"]), Words.of(one["text"]), _about(one, "income", rng),
            _about(one, "expenditure", rng), on=period.first_day.replace(day=one["day"]),
            account=Words.of(one["account"]),
        )
        for one in file["entries"]
        if period.first_day.month in one.get("months", (period.first_day.month,))
    )  # fmt: skip
    funds = []
    for number, one in enumerate(file["funds"]):
        income = sum(line.income for line in lines if line.fund == number)
        spent = sum(line.expenditure for line in lines if line.fund == number)
        before = opening[one["key"]]
        funds.append(Fund(Words.of(one["name"]), before, income, spent, before + income - spent))
    return FinanceTable(tuple(funds), lines)


def _about(entry: Content, side: str, rng: random.Random) -> int:
    """So much, give or take; whole yuan."""
    if side not in entry:
        return 0
    return round(entry[side] * (1 + entry["spread"] * rng.uniform(-1, 1)) / WHOLE) * WHOLE

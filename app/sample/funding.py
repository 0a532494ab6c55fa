"""The goods funds of the sample street: so much for each quarter, set when it began."""

from __future__ import annotations

from datetime import timedelta

from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.points.funds import fund_entry
from app.points.posting import post
from app.sample.content import Content
from app.sample.street_people import Street

_STAFF = {"a": "staff", "b": "b-staff"}


def set_funds(street: Street, funds: Content) -> None:
    """The same for every quarter in which anything is redeemed, the first one as soon as there are points."""
    began = street.at - timedelta(days=street.days)
    post(
        [
            fund_entry(
                street.places[code].id, quarter, one["yuan"], number=0, why=Words.of(one["why"]),
                by_id=street.account(_STAFF[code]).id, at=max(began, quarter.starts),
            )
            for quarter in _quarters(period_of(clock.local(began).date(), "quarter"), street)
            for code, one in funds.items()
        ]
    )  # fmt: skip


def _quarters(first: Period, street: Street) -> list[Period]:
    running = period_of(street.today, "quarter")
    found = [first]
    while found[-1] < running:
        found.append(found[-1].next)
    return found

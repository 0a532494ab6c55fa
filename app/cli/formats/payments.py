"""Lists of payments as British public bodies publish them: a day, an amount, who received it, which unit paid.

The column of payees is spelt Beneficiary Name, or Benificiary Name; refunds are below zero.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.cli.formats.reading import BadLine, cell, shortened, text_of
from app.disclosures.bringing_in import Paid
from app.disclosures.money import fen

PAYEE = ("Beneficiary Name", "Benificiary Name")
_NEEDED = ("Payment Date", "Amount", "Organisational Unit")
LONGEST = 200
FIRST_YEAR, LAST_YEAR = 1990, 2100


def knows(columns: tuple[str, ...]) -> bool:
    return set(_NEEDED) <= set(columns) and any(name in columns for name in PAYEE)


def is_empty(fields: dict[str, Any]) -> bool:
    """A row of commas, as spreadsheets leave at the end."""
    return not any(str(text).strip() for text in fields.values())


def payment(fields: dict[str, Any]) -> Paid:
    """One payment. Raises `BadLine`."""
    payee = next((name for name in PAYEE if name in fields), PAYEE[0])
    return Paid(
        on=_day(cell(fields, "Payment Date")), amount=_amount(cell(fields, "Amount")),
        payee=text_of(fields, payee, most=LONGEST), unit=text_of(fields, "Organisational Unit", most=LONGEST),
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadLine(f"Payment Date is {shortened(text)!r}; a day like 2015-04-08 is needed") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadLine(f"Payment Date lies outside what can be: {text}")
    return day


def _amount(text: str) -> int:
    amount = fen(text)
    if amount is None:
        raise BadLine(f"Amount is {shortened(text)!r}; a sum with at most two decimals is needed")
    return amount

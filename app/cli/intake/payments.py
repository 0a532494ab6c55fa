"""A list of payments becomes one item, whole: a list from which a line is missing would have a wrong total."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from app.cli.formats.payments import is_empty, payment
from app.cli.formats.reading import BadLine, Items, NotReadable, Sheet, Trouble
from app.cli.intake.batches import Count
from app.disclosures.bringing_in import Paid, bring_in_payments
from app.disclosures.personal import covered
from app.kit import clock
from app.kit.db import transaction
from app.places.models import Place

MOST = 200_000
CURRENCIES = ("CNY", "GBP", "EUR", "USD")


def take_in_payments(sheet: Sheet | Items, place: Place, currency: str, count: Count) -> None:
    """Read all lines, then keep them in one transaction. Empty lines are named and left out."""
    found = list(_payments(sheet, count))
    count.tell_all()
    if not found:
        raise NotReadable(f"{sheet.path} has no payments.")
    source_hash = hashlib.sha256(sheet.path.read_bytes()).hexdigest()
    with transaction():
        item = bring_in_payments(place, found, source_hash=source_hash, currency=currency, at=clock.now())
    if item is None:
        count.there += len(found)
    else:
        count.new += len(found)


def _payments(sheet: Sheet | Items, count: Count) -> Iterator[Paid]:
    for number, row in enumerate(sheet.rows(), start=1):
        if isinstance(row, Trouble):
            raise NotReadable(f"line {row.line:,}: {row.why}. Nothing was taken in.")
        if number > MOST:
            raise NotReadable(f"{sheet.path} has more than {MOST:,} lines. Nothing was taken in.")
        if is_empty(row.fields):
            count.skip(row.line, "it is empty")
            continue
        try:
            paid = payment(row.fields)
        except BadLine as error:
            raise NotReadable(f"line {row.line:,}: {error}. Nothing was taken in.") from error
        told = replace(paid, payee=covered(paid.payee), unit=covered(paid.unit))
        if told != paid:
            count.mention(row.line, "a personal number in it is covered; such numbers are not published")
        yield told

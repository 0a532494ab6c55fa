"""A list of payments becomes one item, whole: a list from which a line is missing would have a wrong total."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from flask_babel import force_locale

from app.cli.formats.payments import is_empty, payment
from app.cli.formats.reading import BadLine, Items, NotReadable, Sheet, Trouble
from app.cli.intake.batches import Count
from app.disclosures import rules
from app.disclosures.bringing_in import Paid, bring_in_payments
from app.kit import clock
from app.kit.db import transaction
from app.kit.i18n import sentence
from app.kit.words import Words
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
        where = Words(zh=f"第{row.line}行", en=f"Line {row.line:,}")
        personal = rules.personal_refusal((where, text) for text in (paid.payee, paid.unit))
        if personal is not None:
            with force_locale("en"):
                raise NotReadable(f"{sentence(personal)} Nothing was taken in.")
        yield paid

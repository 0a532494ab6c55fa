"""The finances of a month from a file, held to the same sums as on the page: all of it, or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask_babel import force_locale

from app.cli.formats.reading import NotReadable
from app.cli.intake.batches import Count
from app.disclosures import sheet
from app.disclosures.bringing_in import bring_in_finances
from app.kit import clock, sheets
from app.kit.db import transaction
from app.kit.i18n import sentence
from app.kit.periods import named
from app.kit.refusal import Refused
from app.places.models import Place


def take_in_finances(file: Path, place: Place, month: str | None, count: Count) -> None:
    """Read the table and publish it as an item of the place. Raises `NotReadable` with the cell that is wrong."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotReadable(f"{file} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    try:
        period, table = sheet.read(sheets.rows(content, file.name))
        period = named(month) if month else period
        if period is None or period.kind != "month":
            raise NotReadable(
                "the file does not say which month it is about: add a row 期间,2026-10 or --month 2026-10."
            )
        source_hash = hashlib.sha256(content).hexdigest()
        with transaction():
            item = bring_in_finances(place, period, table, source_hash=source_hash, at=clock.now())
    except Refused as no:
        with force_locale("en"):
            raise NotReadable(f"{sentence(no.refusal)} Nothing was taken in.") from no
    rows = len(table.funds) + len(table.lines)
    if item is None:
        count.there += rows
    else:
        count.new += rows

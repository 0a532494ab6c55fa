"""Numbers that a street gives within a year: of its topics, of its requests."""

from __future__ import annotations

from typing import Any

from app.kit.db import db, insert_into


def reserve_numbers(counts: Any, *, street_id: int, year: int, many: int = 1) -> int:
    """The first of the next `many` numbers of the street in that year; the counting row is locked by counting up.

    `counts` is the table of one kind of matter: street_id, year, and the `last` number given.
    """
    count = (
        insert_into(counts)
        .values(street_id=street_id, year=year, last=many)
        .on_conflict_do_update(index_elements=[counts.street_id, counts.year], set_={"last": counts.last + many})
        .returning(counts.last)
    )
    last: int = db.session.execute(count).scalar_one()
    return last - many + 1

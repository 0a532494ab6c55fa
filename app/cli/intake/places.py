"""Divisions become places, each under the place that its code names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from app.cli.formats.divisions import Division
from app.cli.intake.batches import Count
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place


class Divisions:
    """Keeps divisions, those `within` a code; remembers the places above, so that each is looked up once."""

    def __init__(self, *, within: str | None = None) -> None:
        self.within = within
        self._above: dict[str, tuple[int, str]] = {}

    def keep(self, batch: Sequence[Division], count: Count) -> None:
        inside = [one for one in batch if self.within is None or one.code.startswith(self.within)]
        there = set(db.session.scalars(select(Place.code).where(Place.code.in_([one.code for one in inside]))))
        self._look_up({one.above for one in inside if one.above is not None} - self._above.keys())
        wanted: dict[str, Division] = {}
        for one in inside:
            if one.code in there or one.code in wanted:
                count.there += 1
            elif one.above is not None and one.above not in self._above:
                count.skip(one.line, f"the place {one.above} above it is not there; import its file first")
            else:
                wanted[one.code] = one
        self._found(list(wanted.values()))
        count.new += len(wanted)

    def _look_up(self, codes: set[str]) -> None:
        for code, place_id, path in db.session.execute(
            select(Place.code, Place.id, Place.path).where(Place.code.in_(codes))
        ):
            self._above[code] = place_id, path

    def _found(self, divisions: Sequence[Division]) -> None:
        """Two statements for the whole batch: a path ends with the id, which the database gives."""
        if not divisions:
            return
        ids = db.session.scalars(
            insert(Place).returning(Place.id, sort_by_parameter_order=True), [self._row(one) for one in divisions]
        ).all()
        db.session.execute(
            update(Place),
            [
                {"id": one_id, "path": f"{self._above[one.above][1] if one.above else '/'}{one_id}/"}
                for one, one_id in zip(divisions, ids, strict=True)
            ],
        )

    def _row(self, one: Division) -> dict[str, object]:
        # A residents' or villagers' committee gives its unit the name; elsewhere there is none.
        committee = Words(zh=one.name) if one.name.endswith(("委员会", "委会")) else None
        return {
            "parent_id": self._above[one.above][0] if one.above else None, "kind": one.kind, "code": one.code,
            "path": "", "name": Words(zh=one.name), "intro": None, "committee": committee, "households": 0,
            "settings": {},
        }  # fmt: skip

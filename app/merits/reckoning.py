"""How an amount came about that counts minutes: those that counted, what the line gives, the factor of the task."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from app.kit import clock, say
from app.kit.db import db
from app.merits import queries, rules
from app.merits.models import Award, Deed


def of_entry(because: str, asset: str) -> str | None:
    """2 h 10 min counted, 2 for each 1 h: 2 × 2 × 1.4. None where the line gives a fixed amount."""
    columns = Award.line_id, Award.code, Award.served, Deed.place_path, Deed.in_charge, Deed.marks, Award.effective_at
    deed = db.session.execute(
        select(*columns).join(Deed, Deed.because == Award.because).where(Award.because == because)
    ).one_or_none()
    if deed is None:
        return None
    line, factors = queries.lines_for(deed.code, deed.place_path, clock.local(deed.effective_at).date())
    if line is None or line.id != deed.line_id or not line.per_minutes or asset == "minutes":
        return None
    rate = line.assets.get(asset)
    if not isinstance(rate, int):
        return None
    factor = rules.factor_for(line, factors, in_charge=deed.in_charge, marks=deed.marks)
    steps = [deed.served // line.per_minutes, rate, *([float(factor)] if factor != 1 else [])]
    return _(
        "%(counted)s counted, %(rate)s for each %(each)s: %(steps)s",
        counted=say.hours(deed.served), rate=say.number(rate), each=say.hours(line.per_minutes),
        steps=" × ".join(f"{step:g}" for step in steps),
    )  # fmt: skip

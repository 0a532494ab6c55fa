"""Whether awards and the ledger tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.merits.models import Award, Deed, TariffLine
from app.people import queries as people
from app.people.models import Resident
from app.points.models import Transfer
from app.points.rules import ASSETS

_confirmer = aliased(Resident)


def faults() -> Iterator[Fault]:
    """The first award whose entries differ from it, the first entry without its award, the first undone by half."""
    yield from first_faults(
        *(("I16", "award", _differs(asset)) for asset in ASSETS),
        ("I22", "transfer", _without_award()),
        ("I22", "award", _own_confirmation()),
        ("I16", "award", _without_deed()),
        ("I27", "award", _posted_too_soon()),
        ("I24", "award", _half_undone()),
        ("I24", "award", _reversed_only()),
    )


def counts() -> dict[str, int]:
    return {
        "awards": db.session.scalar(select(func.count(Award.id))) or 0,
        "deeds": db.session.scalar(select(func.count(Deed.id))) or 0,
    }


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _differs(asset: str) -> Select[Any]:
    """The entry of this asset must have the award's amount, line, household, moment and confirmer."""
    granted = getattr(Award, asset)
    same = and_(Transfer.because == Award.because, Transfer.asset == asset, Transfer.line_id == Award.line_id)
    posted = func.coalesce(Transfer.change, 0)
    wrong = or_(
        posted != granted,
        and_(Transfer.id.is_not(None), Transfer.by_id.is_distinct_from(Award.by_id)),
        Transfer.household_id != Award.household_id,
        Transfer.effective_at != Award.effective_at,
    )
    return (
        _select(Award.id, Award.because, granted, posted.label("posted"), Transfer.id.label("transfer"))
        .outerjoin(Transfer, same)
        .where(Award.posted_at.is_not(None), wrong)
        .order_by(Award.id)
    )


def _without_award() -> Select[Any]:
    """An entry under a line of the tariff that no award explains; those under deductions are explained by cases."""
    return (
        _select(Transfer.id, Transfer.because, Transfer.code, Transfer.amount)
        .outerjoin(Award, and_(Award.because == Transfer.because, Award.line_id == Transfer.line_id))
        .outerjoin(TariffLine, TariffLine.id == Transfer.line_id)
        .where(Transfer.line_id.is_not(None), Award.id.is_(None), func.coalesce(TariffLine.earn, "") != "deduction")
        .order_by(Transfer.id)
    )


def _own_confirmation() -> Select[Any]:
    """An award that its earner confirmed, or one of the household at the time of the deed.

    What a resident's own act earns by itself (a vote, a signature, a topic taken up) has no confirmer.
    """
    theirs = people.lived_there(_confirmer, Award.household_id, by=Award.effective_at)
    return (
        _select(Award.id, Award.because, Award.by_id, Award.household_id)
        .join(_confirmer, _confirmer.id == Award.by_id)
        .where(or_(Award.by_id == Award.resident_id, theirs))
        .order_by(Award.id)
    )


def _without_deed() -> Select[Any]:
    """An award for what nobody did, or that stands although its deed was undone."""
    undone = Deed.undone_at.is_not(None)
    differs = or_(Deed.id.is_(None), Deed.resident_id != Award.resident_id, undone != Award.undone_at.is_not(None))
    return (
        _select(Award.id, Award.because, Deed.id.label("deed"))
        .outerjoin(Deed, Deed.because == Award.because)
        .where(Award.posted_at.is_not(None), differs)
        .order_by(Award.id)
    )


def _posted_too_soon() -> Select[Any]:
    """An award that is only proposed, or was dropped as such, although there are entries of it."""
    return (
        _select(Award.id, Award.because, Transfer.id.label("transfer"))
        .join(Transfer, and_(Transfer.because == Award.because, Transfer.line_id == Award.line_id))
        .where(Award.posted_at.is_(None))
        .order_by(Award.id)
    )


def _half_undone() -> Select[Any]:
    """An award that was undone although one of its entries still stands."""
    reversal = aliased(Transfer)
    return (
        _select(Award.id, Award.because, Transfer.id.label("transfer"))
        .join(Transfer, and_(Transfer.because == Award.because, Transfer.line_id == Award.line_id))
        .outerjoin(reversal, reversal.reverses_id == Transfer.id)
        .where(Award.undone_at.is_not(None), reversal.id.is_(None))
        .order_by(Award.id)
    )


def _reversed_only() -> Select[Any]:
    """An award that still fills a cap although an entry of it was reversed: `undone_at` was not set."""
    reversal = aliased(Transfer)
    return (
        _select(Award.id, Award.because, Transfer.id.label("transfer"), reversal.id.label("reversed_by"))
        .join(Transfer, and_(Transfer.because == Award.because, Transfer.line_id == Award.line_id))
        .join(reversal, reversal.reverses_id == Transfer.id)
        .where(Award.undone_at.is_(None), Award.posted_at.is_not(None))
        .order_by(Award.id)
    )

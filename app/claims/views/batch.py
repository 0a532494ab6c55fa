"""Batches: the list, the sheet of one with everything on it, as a table to take away, and putting one on notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.claims import batches, operations, queries, rules, sheet
from app.claims.forms import SettleForm
from app.claims.views.blueprint import bp
from app.kit import access, clock, tables
from app.kit.i18n import language
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page, wants_json
from app.kit.periods import Period, named
from app.kit.refusal import N_
from app.kit.sending import to_keep
from app.kit.words import Words
from app.places import queries as places
from app.places.choosing import chosen_place
from app.places.models import Place
from app.points.rules import HEADINGS

publish(
    "/points/claims/batches.json",
    N_("Batches of claims on public notice"),
    {
        "id": N_("number of the batch"),
        "place": N_("the place it concerns"),
        "month": N_("the month that is settled"),
        "title": N_("the month that is settled, in words"),
        "opened_at": N_("when it went on notice"),
        "lines": N_("how many claims are on it"),
    },
)
publish(
    "/points/claims/batches/<id>.json",
    N_("One batch with its claims, households masked"),
    {
        "place": N_("the place it concerns"),
        "month": N_("the month that is settled"),
        "title": N_("the month that is settled, in words"),
        "notice": N_("the page of its public notice"),
        "lines": N_("each claim: its number, household, deed, day, line of the tariff, honour, points and state"),
        "honour": N_("honour of all its claims"),
        "points": N_("points of all its claims"),
    },
)


@dataclass(frozen=True)
class SheetLine:
    """One claim on a sheet; `household` is masked for the public, `reviewers` are named for staff only."""

    id: int
    number: int
    heading: str
    code: str
    household: str
    deed: Words
    day: date
    honour: int
    points: int
    state: str
    reviewers: str


@bp.get("/points/claims/batches.json")
@bp.get("/points/claims/batches")
@access.anyone
def all_batches() -> Response:
    communities, chosen = chosen_place()
    rows = batches.batches(chosen.path if chosen else "", request.args.get("after"))
    return page(
        "claims/batches.html",
        twin=lambda: {
            "items": [
                {
                    "id": row.id, "place": row.place, "month": row.month, "opened_at": row.opened_at,
                    "lines": row.lines, "title": batches.month_named(row.month).words,
                }
                for row in rows.rows
            ],
            "next": rows.next,
        },
        rows=rows, communities=communities, chosen=chosen, month_named=batches.month_named,
    )  # fmt: skip


@bp.get("/points/claims/batches/<int:batch_id>.json")
@bp.get("/points/claims/batches/<int:batch_id>")
@access.anyone
def one_batch(batch_id: int) -> Response:
    """Everything of one settlement on one sheet; households are masked for whoever is not at work here."""
    here = found(batches.batch(batch_id))
    at, full = clock.now(), _is_at_work(here.place_path) and not wants_json()
    lines = _sheet(batches.batch_lines(batch_id), at, full=full)
    notice = batches.notice_of(batch_id, at)
    return page(
        "claims/batch.html", twin=lambda: _told(here, notice, lines), here=here, lines=lines, full=full, notice=notice,
        chapters=_chapters(lines), month=batches.month_named(here.month), sums=_sums(lines), rules=rules, form=None,
        settles=None,
    )  # fmt: skip


@bp.get("/points/claims/batches/<int:batch_id>.csv")
@access.anyone
def batch_csv(batch_id: int) -> Response:
    here = found(batches.batch(batch_id))
    full = _is_at_work(here.place_path)
    lines = _sheet(batches.batch_lines(batch_id), clock.now(), full=full)
    return to_keep(tables.as_csv(_table(lines, full=full)), tables.CSV, f"claims-{here.month}-{batch_id}.csv")


@bp.get("/points/claims/settlement")
@access.role(*rules.SETTLERS)
def settlement() -> Response:
    """The sheet of a month before it goes on notice, for the meeting of the review group; after that, its batch."""
    place, month = _asked(request.args.get("place"), request.args.get("month"))
    if batch_id := batches.batch_of(place.id, month.key):
        return to_page(".one_batch", batch_id=batch_id)
    form = SettleForm(formdata=None)
    form.place.data, form.month.data = str(place.id), month.key
    return _settlement(place, month, form)


@bp.post("/points/claims/settlement")
@access.role(*rules.SETTLERS)
@access.takes(SettleForm)
def settle() -> Response:
    """Put the batch of a month on notice."""
    form = SettleForm()
    place, month = _asked(form.place.data, form.month.data)
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.put_up(place, month, by=current_user, at=clock.now())
    ):
        flash(_("The batch is on public notice. What nobody objects to is posted when the notice ends."))
        return to_page(".one_batch", batch_id=form.result_id)
    return _settlement(place, month, form)


def _asked(place: str | None, month: str | None) -> tuple[Place, Period]:
    """The place and the month of the settlement that is asked for; 404 for no place of theirs and a month to come."""
    number = place if place and place.isascii() and place.isdecimal() and len(place) < 10 else "0"
    chosen = found(places.place(int(number)))
    found(chosen if _is_at_work(chosen.path) and chosen.kind in places.COMMUNITY_KINDS else None)
    wanted, now = named(month), rules.month_of(clock.today(), queries.terms_at(chosen.path))
    is_month = wanted is not None and wanted.kind == "month" and wanted.first_day <= now.first_day
    return chosen, found(wanted if is_month else None)


def _settlement(place: Place, month: Period, form: SettleForm) -> Response:
    at = clock.now()
    terms = queries.terms_at(place.path)
    lines = _sheet(batches.ready(place.id, rules.cut_off(month, terms, at)), at, full=True)
    no = rules.settle_refusal(current_user, path=place.path, month=month, at=at, terms=terms)
    return page(
        "claims/batch.html", status=form.status, here=place, lines=lines, full=True, notice=None,
        chapters=_chapters(lines), month=month, sums=_sums(lines), rules=rules, form=form, no=no,
        settles=rules.settlement_day(month, terms), waiting=batches.under_review(place.id),
    )  # fmt: skip


def places_to_settle(at: datetime) -> list[tuple[Any, Period, date]]:
    """The communities of this person with the month that is settled next: its place, month and day."""
    found_places = []
    for one in places.communities():
        if _is_at_work(one.path):
            terms = queries.terms_at(one.path)
            month = rules.month_of(clock.local(at).date(), terms)
            before, closed_at = month.previous, rules.cut_off(month.previous, terms, at)
            if batches.batch_of(one.id, before.key) is None and batches.ready(one.id, closed_at):
                month = before
            found_places.append((one, month, rules.settlement_day(month, terms)))
    return found_places


def _is_at_work(path: str) -> bool:
    return bool(current_user.holds(*rules.SETTLERS, "supervisor", at=path))


def _sheet(rows: Sequence[Any], at: datetime, *, full: bool) -> list[SheetLine]:
    states = queries.states(rows, at)
    confirmed_by = batches.reviewers_of([row.id for row in rows]) if full else {}
    return [
        SheetLine(
            id=row.id, number=row.number or number, heading=row.heading, code=row.code, deed=sheet.deed_of(row),
            household=f"{row.family_name}{row.given_name}" if full else sheet.household_of(row).into(language()),
            day=row.deed_on, honour=row.granted_honour, points=row.granted_points, state=states[row.id],
            reviewers=_("; ").join(f"{one.family_name}{one.given_name}" for one in confirmed_by.get(row.id, ())),
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip


def _chapters(lines: Sequence[SheetLine]) -> list[tuple[str, list[SheetLine]]]:
    """The lines by heading, in the order of the sheet."""
    return [(_(HEADINGS[key]), list(group)) for key, group in groupby(lines, key=lambda line: line.heading)]


def _sums(lines: Sequence[SheetLine]) -> tuple[int, int]:
    """Honour and points of what is not withdrawn or upheld against."""
    stands = [line for line in lines if line.state not in ("withdrawn", "upheld")]
    return sum(line.honour for line in stands), sum(line.points for line in stands)


def _table(lines: Sequence[SheetLine], *, full: bool) -> Iterator[Sequence[Any]]:
    """A head, then a row for each claim; who reviewed is the last cell, for those at work."""
    head = (
        _("Number"), _("Household"), _("Deed"), _("Date"), _("Line of the tariff"), _("Honour"), _("Points to spend"),
        _("State"), _("Reviewers"),
    )  # fmt: skip
    yield head if full else head[:-1]
    for line in lines:
        row = (
            line.number, line.household, line.deed.into(language()), line.day.isoformat(), line.code, line.honour,
            line.points, _(rules.STATE_WORDS[line.state]), line.reviewers,
        )  # fmt: skip
        yield row if full else row[:-1]


def _told(here: Any, notice: Any, lines: Sequence[SheetLine]) -> dict[str, Any]:
    honour, points = _sums(lines)
    return {
        "place": here.place, "month": here.month,
        "title": batches.month_named(here.month).words, "notice": f"/notices/{notice.id}" if notice else None,
        "honour": honour, "points": points,
        "lines": [
            {
                "number": line.number, "deed": line.deed, "day": line.day, "code": line.code, "honour": line.honour,
                "points": line.points, "state": line.state, "household": line.household,
            }
            for line in lines
        ],
    }  # fmt: skip

"""Writes of merits: load a tariff, award what somebody did, undo an award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, insert, or_, update

from app.kit import audit, clock
from app.kit.db import ask, built_once, db, insert_into, one_at_a_time
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import line_rules, queries, rules, windows
from app.merits.drafts import row_of
from app.merits.models import Award, Deed, Tariff, TariffLine
from app.merits.rules import EARNING, Done, Earned, Line
from app.people import queries as people
from app.people.queries import Home
from app.points import operations as points
from app.points import queries as ledger
from app.points.rules import ASSETS


def load_tariff(
    document: Mapping[str, Any], *, place_id: int, effective_from: date, by_id: int | None, at: datetime
) -> Tariff:
    """Publish a tariff of the shape of `sample-street/tariff.yaml` for a place, in force from that local day on.

    What it replaces counts until the day before; what was earned stays as it was. The same version again changes
    nothing. Raises `Refused` for a line on a forbidden subject or one that cannot be understood; then nothing is kept.
    """
    version = int(document["tariff"]["version"])
    known = queries.tariff(place_id, version)
    if known is not None:
        return known
    for line in document["lines"]:
        refuse_if(line_rules.line_refusal(line))
    refuse_if(line_rules.topic_refusal(*(Words.of(cap["note"]) for cap in document.get("global_caps", ()))))
    _supersede(Tariff, effective_from, Tariff.place_id == place_id)
    _supersede(TariffLine, effective_from, TariffLine.place_id == place_id, TariffLine.set_by.is_(None))
    tariff = Tariff(
        place_id=place_id, version=version, name=Words.of(document["tariff"]["name"]), caps=_spanning_caps(document),
        loaded_by=by_id, effective_from=effective_from,
    )  # fmt: skip
    db.session.add(tariff)
    db.session.flush()
    confirmers = {one["key"]: Words.of(one["name"]) for one in document["confirmers"]}
    rows = [
        row_of(line, confirmers) | {
            "tariff_id": tariff.id, "place_id": place_id, "version": version, "position": position,
            "effective_from": effective_from,
        }
        for position, line in enumerate(document["lines"])
    ]  # fmt: skip
    db.session.execute(insert(TariffLine), rows)
    audit.note("merits.load_tariff", f"tariff:{tariff.id}", actor_id=by_id, at=at, place_id=place_id, version=version)
    return tariff


def set_lines(set_by: str, lines: Sequence[Any], *, version: int, place_id: int, effective_from: date) -> None:
    """Take the lines that the articles of an agreement set into the tariff, from that local day on.

    `lines` have `document` (as in a tariff, the confirmer in words), `clause` and `href`. They replace those that an
    earlier version of `set_by` set, which count until the day before; what was earned stays as it was. The same version
    again changes nothing. Raises `Refused` as `load_tariff` does.
    """
    for line in lines:
        refuse_if(line_rules.line_refusal(line.document))
    if queries.has_lines(set_by, version):
        return
    _supersede(TariffLine, effective_from, TariffLine.set_by == set_by)
    rows = [
        row_of(line.document, {}) | {
            "set_by": set_by, "place_id": place_id, "version": version, "position": position, "clause": line.clause,
            "href": line.href, "effective_from": effective_from,
        }
        for position, line in enumerate(lines)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(TariffLine), rows)


def note_deed(done: Done) -> None:
    """Write down what somebody did, whether it earns or not; the same cause again changes nothing."""
    home = people.home_of(done.resident_id)
    if home is not None:
        _note(done, home)


def _note(done: Done, home: Home) -> bool:
    """Whether nobody had written it down before."""
    row = vars(done) | {
        "marks": list(done.marks), "event": done.occasion, "household_id": home.household_id, "place_path": home.path,
    }  # fmt: skip
    return ask(_new_deed(), **row).first() is not None


@built_once
def _new_deed() -> Any:
    return insert_into(Deed.__table__).on_conflict_do_nothing().returning(Deed.because)


def award(code: str, *, by_id: int | None, at: datetime, amount: int | None = None, **deed: Any) -> Award | None:
    """Grant what a deed (the fields of `rules.Done`) earned under the line in force on its local day.

    The deed is written down in any case, the award as far as the caps leave room. One cause earns once: the same
    `because` again gives the first award and moves nothing. None when nobody's household, no line, or nothing left; the
    latter is written down with its reason all the same.
    """
    done = Done(code=code, announced_at=at, amount=amount, **deed)
    home = people.home_of(done.resident_id)
    new = home is not None and _note(done, home)
    if home is None or home.household_id is None:
        return None
    line, factors = _line_for(code, home, done.effective_at)
    if line is None:
        return None
    wait_for_turn(line, done, household_id=home.household_id)
    given = None if new else queries.award_because(done.because)
    if given is None:
        used = windows.used_under(line, done, household_id=home.household_id)
        earned = rules.earned(line, used, done, factors)
        given = _grant(earned, line, home, done, by_id=by_id)
    return given if given.honour or given.points or given.minutes else None


def wait_for_turn(line: Line, done: Done, *, household_id: int) -> None:
    """Keep everybody else away from the windows of a deed: the household's, then those that several share (I10)."""
    points.lock_household(household_id)
    for name in rules.turns(line, done, household_id=household_id):
        one_at_a_time(name)


def _line_for(code: str, home: Home, effective_at: datetime) -> tuple[Line | None, Sequence[Line]]:
    """The line in force where the person lives on that local day, and those that multiply it."""
    line, factors = queries.lines_for(code, home.path, clock.local(effective_at).date())
    if line is not None and (line.earn not in EARNING or line.factor is not None):
        raise ValueError(f"{code} is not a line that awards are made under")
    return line, factors


def undo(because: str, *, by_id: int | None, at: datetime) -> Award | None:
    """Reverse all that a cause earned, so that it no longer fills a cap. Twice changes nothing; None when unknown.

    What is only proposed has earned nothing yet; see `pending.drop`.
    """
    db.session.execute(update(Deed).where(Deed.because == because, Deed.undone_at.is_(None)).values(undone_at=at))
    given = queries.award_because(because)
    if given is None:
        return None
    points.lock_household(given.household_id)
    db.session.refresh(given)
    if given.undone_at is not None or given.posted_at is None:
        return given
    for transfer_id in ledger.transfers_because([because]):
        points.reverse(transfer_id, because=f"undo:{because}", by_id=by_id, at=at)
    given.undone_at = at
    return given


def give_back(because: str, *, cause: str, by_id: int | None, at: datetime) -> None:
    """What undoing an award took was right after all: a new correction gives exactly that (I24). Twice changes nothing.

    The reversal itself stands, so the award stays undone. `cause` is that of the correction.
    """
    given = queries.award_because(because)
    if given is None or ledger.transfers_because([cause]):
        return
    points.lock_household(given.household_id)
    community_id, taken = ledger.taken_because([f"undo:{because}", f"undo:{because}:corrected"])
    entries = [
        points.grant_entry(
            asset, -change, community_id=community_id, household_id=given.household_id, resident_id=given.resident_id,
            code="X01", heading=given.heading, because=cause, effective_at=given.effective_at, posted_at=at,
            by_id=by_id,
        )
        for asset, change in taken.items()
        if change < 0
    ]  # fmt: skip
    if entries:
        points.post(entries)


def _grant(earned: Earned, line: Line, home: Home, done: Done, *, by_id: int | None) -> Award:
    """Write the award down and post one entry for each asset.

    What is a household's as a whole names no resident; minutes are always a person's.
    """
    assert home.household_id is not None
    assert home.community_id is not None
    given = Award(
        because=done.because, code=line.code, line_id=line.id, heading=line.heading, household_id=home.household_id,
        resident_id=home.resident_id, other_household_id=done.other_household_id, event=done.occasion,
        honour=earned.honour, points=earned.points, minutes=earned.minutes, served=earned.served,
        cut_by=next(iter(earned.cut.values()), None), by_id=by_id, effective_at=done.effective_at,
        posted_at=done.announced_at,
    )  # fmt: skip
    db.session.add(given)
    whole = line.per == "household"
    assert given.posted_at is not None
    entries = [
        points.grant_entry(
            asset, getattr(earned, asset), community_id=home.community_id, household_id=given.household_id,
            resident_id=None if whole and asset != "minutes" else given.resident_id, code=given.code,
            heading=given.heading, because=given.because, effective_at=given.effective_at, posted_at=given.posted_at,
            by_id=given.by_id, line_id=line.id, what=line.behaviour, cut_by=earned.cut.get(asset),
        )
        for asset in ASSETS
        if getattr(earned, asset)
    ]  # fmt: skip
    if entries:
        points.post(entries)
    return given


def _supersede(table: type[Tariff] | type[TariffLine], effective_from: date, *which: ColumnElement[bool]) -> None:
    """What is in force ends on that day; what was to begin later never does."""
    ends = case((table.effective_from > effective_from, table.effective_from), else_=effective_from)
    still = or_(table.effective_until.is_(None), table.effective_until > effective_from)
    db.session.execute(
        update(table).where(*which, still).values(effective_until=ends)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _spanning_caps(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The caps of the whole tariff that awards apply; its other notes are rules of the review."""
    return [
        {
            "key": cap["key"], "asset": cap["asset"], "limit": cap["limit"], "window": cap["window"], "per": cap["per"],
            "outside_headings": cap.get("outside_headings", []), "note": cap["note"],
        }
        for cap in document.get("global_caps", ())
        if cap.get("window") in rules.WINDOWS and cap.get("limit")
    ]  # fmt: skip

"""What followed from decisions: resolutions on notice, objections and answers, what was promised and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.council.models import ResolutionPoint
from app.council.resolutions import subject, title_of
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.notices.models import Notice, NoticeLine, Objection, ObjectionEnd
from app.notices.rules import period_end
from app.people.models import Resident
from app.places.models import Place
from app.promises.models import Promise, PromiseNote, PromisePhoto
from app.sample.content import Content
from app.sample.photos import keep_drawing
from app.sample.speakers import Speakers
from app.sample.street_people import Street
from app.sample.writing import insert_all

HALF_A_DAY = timedelta(hours=12)
# Roles whose account of the community looks after what was promised; other owners are bodies alone.
_ACCOUNTS = ("staff", "leader", "grid", "organiser", "supervisor")


@dataclass(frozen=True)
class Decision:
    """A topic that was decided: its content in the council's file and in that of the resolutions."""

    topic_id: int
    place: Place
    topic: Content
    after: Content
    decided_at: datetime
    carried_out_at: datetime | None
    speakers: Speakers
    staff_id: int


def put_to_vote(topic_id: int, after: Content) -> None:
    """The text of a ballot that is open, point by point."""
    rows = [
        {"topic_id": topic_id, "number": number, "text": Words.of(one)}
        for number, one in enumerate(after.get("voting", ()), start=1)
    ]
    if rows:
        db.session.execute(insert(ResolutionPoint), rows)


def follow(street: Street, decision: Decision) -> None:
    """The notice with everything said on it, and the promises."""
    _put_up(street, decision)
    _promise(street, decision)


def _put_up(street: Street, decision: Decision) -> None:
    resolution, title = decision.topic["resolution"], Words.of(decision.topic["title"])
    days = resolution["notice_days"]
    notice_id = insert_all(
        Notice,
        [
            {
                "subject": subject(decision.topic_id), "title": title_of(title), "place_id": decision.place.id,
                "place_path": decision.place.path, "href": f"/topics/{decision.topic_id}", "days": days,
                "working": False, "starts_at": decision.decided_at,
                "ends_at": period_end(decision.decided_at, days, working=False), "put_up_at": decision.decided_at,
                "by_id": decision.staff_id,
            }
        ],
    )[0]  # fmt: skip
    points = decision.after.get("points") or [resolution["text"]]
    db.session.execute(
        insert(NoticeLine),
        [
            {"notice_id": notice_id, "key": str(number), "number": number, "text": Words.of(text)}
            for number, text in enumerate(points, start=1)
        ],
    )
    for one in _objections(decision):
        _object(street, decision, notice_id, one)


def _objections(decision: Decision) -> list[Content]:
    """That of the council's file, filed two days into the notice and answered on the fifth; then the further ones."""
    found = list(decision.after.get("objections", ()))
    first = decision.topic["resolution"].get("objection")
    if first is not None:
        filed_at, answered_at = decision.decided_at + timedelta(days=2), decision.decided_at + timedelta(days=5)
        of = decision.after.get("of", 1)
        found.insert(0, first | {"of": of, "filed_at": filed_at, "answered_at": answered_at, "outcome": "not_upheld"})
    return found


def _object(street: Street, decision: Decision, notice_id: int, one: Content) -> None:
    who = decision.speakers.of(one["by"]).id
    home_of = select(Resident.household_id).where(Resident.id == who)
    objection_id = insert_all(
        Objection,
        [
            {
                "notice_id": notice_id, "line_key": str(one["of"]), "text": Words.of(one["text"]), "by_id": who,
                "household_id": db.session.scalars(home_of).one(), "filed_at": _when(street, one, "filed"),
            }
        ],
    )[0]  # fmt: skip
    if "outcome" not in one:
        return
    by_staff = one["outcome"] != "withdrawn"
    db.session.execute(
        insert(ObjectionEnd),
        [
            {
                "objection_id": objection_id, "outcome": one["outcome"], "at": _when(street, one, "answered"),
                "text": Words.of(one["answer"]) if by_staff else None, "by_id": decision.staff_id if by_staff else who,
            }
        ],
    )  # fmt: skip


def _when(street: Street, one: Content, what: str) -> datetime:
    at: datetime = one.get(f"{what}_at") or street.at - timedelta(days=one[f"{what}_days_ago"])
    return at


def _promise(street: Street, decision: Decision) -> None:
    """Each action with its timeline. What is overdue in the file has not ended."""
    made_at = decision.carried_out_at
    if made_at is None:
        return
    told: dict[int, Sequence[Content]] = decision.after.get("notes", {})
    actions = [*decision.topic.get("actions", ()), *decision.after.get("more", ())]
    for number, action in enumerate(actions, start=1):
        due_on = clock.local(street.at).date() + timedelta(days=action["due_in_days"])
        owner, owner_id = _owner(street, decision, action["owner"])
        lines = _lines(street, decision, action, told.get(number, ()), made_at)
        last = lines[-1]
        state = {"make": "open", "report": "under_way", "finish": "done", "drop": "dropped"}[last["act"]]
        row = {
            "subject": subject(decision.topic_id), "what": Words.of(action["what"]), "owner": owner,
            "owner_id": owner_id, "due_on": due_on, "place_id": decision.place.id, "place_path": decision.place.path,
            "href": f"/topics/{decision.topic_id}", "state": state, "percent": last["percent"], "made_at": made_at,
            "by_id": decision.staff_id, "ended_at": last["at"] if state in ("done", "dropped") else None,
        }  # fmt: skip
        promise_id = insert_all(Promise, [row])[0]
        _write(promise_id, lines, decision.staff_id, owner_id or decision.staff_id)


def _write(promise_id: int, lines: Sequence[dict[str, Any]], made_by: int, told_by: int) -> None:
    """The timeline of a promise, with its photos."""
    photos = [line.pop("photo", None) for line in lines]
    rows = [
        {"promise_id": promise_id, "by_id": made_by if line["act"] == "make" else told_by, **line} for line in lines
    ]
    for note_id, line, photo in zip(insert_all(PromiseNote, rows), lines, photos, strict=True):
        if photo is not None:
            upload_id = keep_drawing(photo, by_id=told_by, at=line["at"])
            db.session.execute(insert(PromisePhoto), [{"note_id": note_id, "upload_id": upload_id}])


def _lines(
    street: Street, decision: Decision, action: Content, told: Sequence[Content], made_at: datetime
) -> list[dict[str, Any]]:
    """Made, reported on as the file tells, then done a day ahead of its term, or dropped on it."""
    lines: list[dict[str, Any]] = [{"act": "make", "percent": 0, "text": None, "at": made_at}]
    lines += [
        {
            "act": "report", "percent": one["percent"], "text": Words.of(one["text"]),
            "at": street.at - timedelta(days=one["days_ago"]), "photo": one.get("photo"),
        }
        for one in told
    ]  # fmt: skip
    ended_at = max(lines[-1]["at"], street.at + timedelta(days=action["due_in_days"]) - HALF_A_DAY)
    if action["state"] == "done":
        lines.append({"act": "finish", "percent": 100, "text": None, "at": ended_at})
    elif action["state"] == "dropped":
        why = Words.of(action["why"])
        lines.append({"act": "drop", "percent": lines[-1]["percent"], "text": why, "at": ended_at})
    return lines


def _owner(street: Street, decision: Decision, key: str) -> tuple[Words, int | None]:
    """The body, and the person of it who has an account to report with."""
    community = decision.topic["place"][0]
    name = decision.speakers.name(key)
    if key == "staff":
        name = street.places[community].committee or name
    if key == "street":
        return name, street.account("street").id
    if key in _ACCOUNTS and community in ("a", "b"):
        return name, street.account(key if community == "a" else f"b-{key}").id
    return name, None

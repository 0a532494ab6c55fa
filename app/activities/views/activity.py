"""One activity: what, when, for whom, how many places are left, and where I stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash, request
from flask_login import current_user

from app.activities import queries
from app.activities.forms import CheckInForm, CheckOutForm, TimesForm
from app.activities.life import STATES
from app.activities.queries import Detail
from app.activities.rules import KINDS, MARKS
from app.activities.views.doors import bp
from app.activities.views.sheet import Sheet, sheet_of
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page, wants_fragment
from app.kit.refusal import N_, Refusal
from app.merits.queries import line_in_force
from app.merits.rules import Line
from app.people.rules import masked
from app.places.queries import communities

publish(
    "/activities/<id>.json",
    N_("One activity with its shifts and what happened to it"),
    {
        "id": N_("number of the activity"),
        "title": N_("title, in each language there is"),
        "description": N_("what will be done, in each language there is"),
        "kind": N_("kind of activity"),
        "state": N_("state of the activity at this moment"),
        "place": N_("name of the place"),
        "spot": N_("where people meet"),
        "organisation": N_("who offers it, when it came from elsewhere"),
        "tariff": N_("line of the points tariff"),
        "marks": N_("special circumstances: at night, on a holiday, in foul weather"),
        "age_from": N_("from what age one may join"),
        "shifts": N_("shifts: when, places, how few are enough, places taken"),
        "timeline": N_("what happened to it: state, when, why"),
    },
)


@bp.get("/activities/<int:activity_id>.json")
@bp.get("/activities/<int:activity_id>")
@access.anyone
def activity(activity_id: int) -> Response:
    return activity_page(the_activity(activity_id))


def the_activity(activity_id: int) -> Detail:
    """The activity, or 404 when this person may not see it."""
    return found(queries.activity_for(current_user, activity_id))


def activity_page(
    detail: Detail,
    *,
    refusal: Refusal | None = None,
    done: str = "",
    status: int = 200,
    form: CheckInForm | None = None,
    wrong: Any = None,
    failed: str = "",
) -> Response:
    """The page; of it only the columns when htmx asks.

    `done` says what has just happened; `wrong` is a form of the organiser's that was not accepted, `failed` which one.
    """
    sheet = sheet_of(detail, current_user, at=clock.now())
    return page(
        "activities/activity.html",
        fragment="activity_box",
        status=status,
        twin=lambda: _plain(sheet),
        sheet=sheet,
        shown=sheet.shown(request.args.get("shifts") == "all"),
        refused=refusal,
        done=done,
        check_in_form=form or CheckInForm(formdata=None),
        check_out_form=CheckOutForm(formdata=None),
        wrong=wrong,
        failed=failed,
        times_form=(wrong if failed == "shift" else _times_form()) if sheet.growth is None else None,
        line=_tariff_line(detail, sheet.at),
        kinds=KINDS,
        marks=MARKS,
        states=STATES,
        organiser=organiser_of(detail),
        masked=lambda one: masked(one.family_name, one.family_name_en, language()),
    )


def _times_form() -> TimesForm:
    form = TimesForm(formdata=None)
    form.capacity.data, form.minimum.data = 10, 1
    return form


def _tariff_line(detail: Detail, at: datetime) -> Line | None:
    """What its hours earn under: the line in force on the day of the next shift, or of the last one.

    What is the whole street's earns under the tariff where people live; a visitor reads that of the first community.
    """
    code, path = detail.row.tariff_code, detail.row.path
    if not code:
        return None
    begins = next((shift.starts_at for shift in detail.shifts if shift.ends_at > at), detail.shifts[-1].starts_at)
    day = clock.local(begins).date()
    if detail.row.community_id is None and current_user.community_path:
        path = current_user.community_path
    line = line_in_force(code, path, day)
    if line is None and detail.row.community_id is None:
        line = next((found for one in communities()[:1] if (found := line_in_force(code, one.path, day))), None)
    return line


def organiser_of(detail: Detail) -> str:
    """Who leads it, masked; empty when nobody of ours does."""
    row = detail.row
    return masked(row.family_name, row.family_name_en, language()) if row.family_name else ""


def done_there(activity_id: int, words: str) -> Response:
    """After a successful post: the new columns for htmx, else back to the page with the sentence on top."""
    if wants_fragment():
        return activity_page(the_activity(activity_id), done=words)
    flash(words)
    return to_page(".activity", activity_id=activity_id)


def _plain(sheet: Sheet) -> dict[str, Any]:
    """The page for other software."""
    row = sheet.row
    return {
        "id": row.id,
        "title": row.title,
        "description": row.description,
        "kind": row.kind,
        "state": sheet.state,
        "place": row.place_name,
        "spot": row.spot_name,
        "organisation": row.organisation,
        "tariff": row.tariff_code,
        "marks": list(row.marks),
        "age_from": row.age_from,
        "shifts": [
            {
                "id": card.row.id,
                "starts_at": card.span.starts_at,
                "ends_at": card.span.ends_at,
                "capacity": card.span.capacity,
                "minimum": card.row.minimum,
                "taken": card.span.taken,
                "places_left": card.span.left,
            }
            for card in sheet.cards
        ],
        "timeline": [{"state": step.became, "at": step.at, "why": step.why} for step in sheet.timeline],
    }

"""The work list: what waits for somebody in any room, the oldest deadline first."""

from __future__ import annotations

from collections import Counter

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from app.home import queries
from app.home.rules import ROOMS
from app.home.views.blueprint import bp
from app.kit import access, clock
from app.kit.pages import page
from app.kit.refusal import N_
from app.people.rules import ROLES, WORKERS

# What stands on the work list: the thing to do, its button, its picture.
KINDS = {
    "address": (N_("Confirm an address"), N_("Confirm this address"), "house"),
    "accept": (N_("A new topic waits to be taken up"), N_("Take it up or say why not"), "messages-square"),
    "ballot": (N_("Under discussion"), N_("Prepare the vote"), "vote"),
    "record": (N_("The vote has closed"), N_("Record the result"), "stamp"),
    "paper_second": (N_("Voting papers wait for a second person"), N_("Type them as the second"), "vote"),
    "urn": (N_("Sealed voting papers wait to be counted"), N_("Count the urn"), "vote"),
    "carry_out": (N_("Decided, to be carried out"), N_("Say what happens next"), "flag"),
    "claim_review": (N_("A claim waits for your review"), N_("Review the claim"), "stamp"),
    "put_up": (N_("The comments on an agreement are in"), N_("Put it to the vote"), "scroll-text"),
    "review": (N_("An activity waits for approval"), N_("Approve or send back"), "calendar-heart"),
    "hours": (N_("Hours to confirm"), N_("Confirm the hours"), "clock"),
    "objection": (N_("An objection waits for an answer"), N_("Answer the objection"), "triangle-alert"),
    "minutes": (N_("A meeting owes its minutes"), N_("Write the minutes"), "pencil"),
    "overdue": (N_("A promise is overdue"), N_("Say how far it has come"), "flag"),
    "due": (N_("A promise is due soon"), N_("Say how far it has come"), "flag"),
    "disclosures.answer": (N_("A question waits for an answer"), N_("Answer the question"), "messages-square"),
    "disclosures.countersign": (N_("Waits for your countersignature"), N_("Read and countersign"), "stamp"),
    "disclosures.publish": (N_("To be published"), N_("Write the item"), "book-open-text"),
    "disclosures.go_on": (N_("To be published, begun"), N_("Go on writing"), "pencil"),
    "disclosures.rewrite": (N_("Sent back by a supervisor"), N_("Read the note"), "reply"),
    "request_assign": (N_("A request waits to be taken on"), N_("Take it on"), "wrench"),
    "request_handle": (N_("A request in your hands"), N_("Handle it"), "wrench"),
    "case_look": (N_("Said to be put right"), N_("Look at it"), "camera"),
    "case_decide": (N_("A proposed deduction waits for a second person"), N_("Confirm or decline"), "users-round"),
    "case_appeal": (N_("An appeal waits to be decided"), N_("Decide on the appeal"), "reply"),
    "request_assess": (N_("A rated request waits to be assessed"), N_("Assess the handling"), "star"),
}


@bp.get("/work")
@access.role(*WORKERS)
def work() -> Response:
    at = clock.now()
    tasks = queries.tasks(current_user, at)
    room = request.args.get("room")
    room = room if room in ROOMS else None
    return page(
        "home/work.html",
        tasks=[task for task in tasks if room in (None, task.room)],
        number=len(tasks),
        late=sum(task.is_late(at) for task in tasks),
        by_room=Counter(task.room for task in tasks),
        room=room,
        rooms=ROOMS,
        kinds=KINDS,
        roles=[_(ROLES[name]) for name in sorted(current_user.role_names) if name in ROLES],
        next_deadline=None if tasks else queries.next_deadline(current_user, at),
        at=at,
    )

"""The addresses of this room."""

from __future__ import annotations

from flask import Blueprint

from app.activities import absences, queries
from app.kit import audit, causes
from app.kit.refusal import N_

bp = Blueprint("activities", __name__)

RUNNERS = ("organiser", "leader", "staff", "street")  # who may stand at the screen of some activity

audit.describe("activities.hand_in", N_("handed an activity in"))
audit.describe("activities.approve", N_("approved an activity"))
audit.describe("activities.send_back", N_("sent an activity back"))
audit.describe("activities.call_off", N_("cancelled an activity"))
audit.describe("activities.report", N_("reported on an activity"))
audit.describe("activities.amend", N_("changed the words of an activity"))
audit.describe("activities.add_shift", N_("added a shift"))
audit.describe("activities.capacity", N_("changed how many places a shift has"))
audit.describe("activities.tick", N_("checked somebody in by hand"))
audit.describe("activities.see_off", N_("checked somebody out by hand"))
audit.describe("activities.confirm_hours", N_("confirmed hours"))
audit.describe("activities.note_absence", N_("noted somebody as missing"))
audit.describe("activities.excuse", N_("excused somebody who was missing"))
audit.describe("activity", N_("activity no."), "/activities/")
audit.describe("places", N_("places:"))

causes.shown_at("activity-hours", lambda ids: queries.path_of_attendance(ids[0]))
causes.shown_at("sign-up", lambda ids: absences.path_of(ids[0]))

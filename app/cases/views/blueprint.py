"""The blueprint of cases, and what the audit log calls them."""

from flask import Blueprint

from app.kit import audit, causes
from app.kit.refusal import N_

bp = Blueprint("cases", __name__)

causes.shown_at("case", lambda ids: f"/points/cases/{ids[0]}")
audit.describe("cases.file", N_("filed a reminder or proposed a deduction"))
audit.describe("cases.look", N_("looked whether something is put right"))
audit.describe("cases.decide", N_("decided on a reminder or deduction"))
audit.describe("cases.evidence", N_("wrote down new evidence on a deduction"))
audit.describe("cases.opinion", N_("decided on an appeal"))
audit.describe("case", N_("case no."))
audit.describe("code", N_("line"))
audit.describe("step", N_("step"))
audit.describe("case_reminder", N_("reminder"))
audit.describe("case_notice", N_("written notice"))
audit.describe("case_third", N_("third time"))
audit.describe("case_proven", N_("false claim"))
audit.describe("put_right", N_("put right"))
audit.describe("not_yet", N_("not yet put right"))
audit.describe("confirmed", N_("confirmed"))
audit.describe("declined", N_("declined"))
audit.describe("cancelled", N_("cancelled"))

"""The blueprint that the routes of this room share, and what the audit log says of its acts."""

from flask import Blueprint

from app.claims import drawing, queries
from app.kit import audit, causes
from app.kit.refusal import N_

bp = Blueprint("claims", __name__)

audit.describe("claims.review", N_("reviewed a claim"))
audit.describe("claims.enter", N_("entered a deed for a household"))
audit.describe("claims.step_back", N_("stepped back from a claim"))
audit.describe("claims.declare_conflict", N_("declared a conflict of interest"))
audit.describe("claims.put_up", N_("put a batch of claims on notice"))
audit.describe("claim", N_("claim no."))
audit.describe("claim-batch", N_("batch of claims no."), "/points/claims/batches/")
audit.describe("month", N_("month"))
audit.describe("confirm", N_("confirmed"))
audit.describe("not_confirmed", N_("not confirmed"))
audit.describe("returned", N_("sent back"))

causes.shown_at("claim", lambda ids: queries.path_of(ids[0]))
causes.looked_at_by("claim", drawing.who_reviewed)

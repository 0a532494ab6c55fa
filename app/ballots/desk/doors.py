"""The blueprint of the voting desk, and whom it lets in."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user

from app.ballots import channels, queries
from app.ballots.desk.showing import Desk
from app.ballots.watching import fixed
from app.kit import clock
from app.kit.pages import found
from app.kit.refusal import refuse_if

bp = Blueprint("ballots_desk", __name__)

LONGEST_NAME = 40  # signs

# For every form of the desk: what others voted is entered while voting runs, and stands from then on.
while_voting_runs = fixed(lambda address: int(address["question_id"]), "try_entry", phase="closed")


def the_desk(question_id: int, *, way: str = "") -> Desk:
    """The desk as the person asking sees it. 404 for no ballot; 403 with its sentence for staff of another place.

    The rule is that of every operation behind it, `channels.staff_refusal`. A ballot itself is no secret, so this is
    no 404.
    """
    at = clock.now()
    box = found(queries.vote_box(question_id, current_user, at))
    refuse_if(None if box.desk else channels.not_staff())
    asked = request.values
    return Desk(box, current_user, at, sought=asked.get("q", "")[:LONGEST_NAME], way=way or asked.get("way", ""))

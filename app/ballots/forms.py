"""What is typed when somebody votes: on a topic, on a version of an agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.ballots import operations
from app.ballots.operations import Cast
from app.ballots.queries import VoteBox
from app.kit import clock
from app.kit.fields import Form, OnceForm, code_field
from app.kit.i18n import shown

# Whole shares as they are said; kept exact, never as a decimal.
QUORUMS = {"1/5": "20%", "3/10": "30%", "1/3": "1/3", "1/2": "50%", "2/3": "2/3"}
THRESHOLDS = {
    "1/2": _l("more than half of the votes"),
    "2/3": _l("two thirds of the votes or more"),
    "3/4": _l("three quarters of the votes or more"),
}


class VoteForm(OnceForm):
    """One vote; the answers are those of the question, and none is chosen beforehand."""

    choice = RadioField(_l("My vote"), validators=[InputRequired(_l("Please choose one of the answers."))])

    cast: Cast | None = None

    def offer(self, box: VoteBox) -> None:
        self.choice.label.text = shown(box.wording)
        self.choice.choices = [SelectChoice(answer.key, shown(answer.label)) for answer in box.answers]

    @classmethod
    def blank(cls, box: VoteBox | None) -> VoteForm:
        """The voting paper as it is handed out."""
        form = cls(formdata=None)
        if box:
            form.offer(box)
        return form

    def casts(self, question_id: int, *, by: Any, now: Callable[[], datetime] = clock.now) -> bool:
        """Vote, or change one's vote, at the moment at which it is this vote's turn. True when it is in."""

        def act() -> Cast:
            operations.wait_for_turn(question_id)
            self.cast = operations.cast(question_id, choice=self.choice.data, by=by, at=now())
            return self.cast

        return self.carries_out(act)

    @property
    def told(self) -> str:
        """What is said once the vote is in; the receipt is told once, here."""
        if self.cast is None:  # the same form sent again
            return _("Your vote is in. Its receipt was shown the first time; change your vote and you get a new one.")
        return _(
            "Your vote is cast; receipt %(receipt)s. You can change it until the ballot closes.",
            receipt=self.cast.receipt,
        )


class ReceiptForm(Form):
    """A receipt, however it was copied down."""

    receipt = code_field(_l("My receipt"), most=48)

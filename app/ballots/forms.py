"""What is typed when somebody votes, or looks for the own vote; and the rules that a new question is put with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.ballots import operations
from app.ballots.fields import PaperField
from app.ballots.operations import Cast, new_receipt
from app.ballots.queries import Blank
from app.ballots.rules import spaced_receipt
from app.kit import clock
from app.kit.fields import Form, OnceForm, code_field
from app.kit.i18n import shown


class VoteForm(OnceForm):
    """One open vote; the answers are those of the question, and none is chosen beforehand."""

    choice = PaperField(_l("My vote"))

    cast: Cast | None = None

    def offer(self, blank: Blank) -> None:
        self.choice.label.text = shown(blank.wording)
        self.choice.offer(blank)

    def casts(self, blank: Blank, *, by: Any, now: Callable[[], datetime] = clock.now) -> bool:
        """Vote, or change one's vote, at the moment at which it is this vote's turn. True when it is in."""

        def act(at: datetime) -> Cast:
            self.cast = operations.cast(blank.id, choice=self.choice.data, by=by, at=at)
            return self.cast

        return self.carries_out(lambda: operations.in_time(blank.id, act, now=now))

    @property
    def told(self) -> str:
        """What is said once the vote is in; the receipt is told once, here."""
        if self.cast is None:  # the same form sent again
            return _("Your vote is in. Its receipt was shown the first time; change your vote and you get a new one.")
        return _(
            "Your vote is cast; receipt %(receipt)s. You can change it until the ballot closes.",
            receipt=self.cast.receipt,
        )


class SecretVoteForm(Form):
    """One secret vote. The receipt is made with the paper and kept by nobody but the voter.

    It takes the place of a request id, which would tie whoever asked to what was asked: the same paper sent twice
    changes itself into what it says already.
    """

    choice = PaperField(_l("My vote"))
    receipt = code_field(_l("My receipt"), most=48, default=lambda: spaced_receipt(new_receipt()))

    offer = VoteForm.offer

    def casts(self, blank: Blank, *, by: Any, now: Callable[[], datetime] = clock.now) -> bool:
        def act(at: datetime) -> None:
            receipt = self.receipt.data or ""
            operations.cast_secretly(blank.id, choice=self.choice.data, receipt=receipt, by=by, at=at)

        return self.carries_out(lambda: operations.in_time(blank.id, act, now=now))

    @property
    def told(self) -> str:
        return _("Your paper lies in the urn. Your receipt is shown now and never again: write it down.")


class ReceiptForm(Form):
    """A receipt, however it was copied down."""

    receipt = code_field(_l("My receipt"), most=48)


def paper_for(blank: Blank, **options: Any) -> VoteForm | SecretVoteForm:
    """The paper of this question, as it was sent or, with `formdata=None`, as it is handed out."""
    form = SecretVoteForm(**options) if blank.secret else VoteForm(**options)
    form.offer(blank)
    return form

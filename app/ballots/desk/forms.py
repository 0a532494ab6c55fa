"""What staff type at the desk of a ballot, and whoever holds a proxy for somebody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.ballots.desk.tally import SparePaperField, TallyField
from app.ballots.fields import PaperField
from app.ballots.papers import KINDS, ONE
from app.ballots.queries import VoteBox
from app.kit.fields import OnceForm, file_field, row_id
from app.kit.filetypes import Kind
from app.kit.i18n import shown

PHOTO: tuple[Kind, ...] = ("image",)
NAMELESS = 0  # of a household's paper that bears no name


class SaltedForm(OnceForm):
    """Sent twice it acts once, and still nothing that is kept tells what was typed.

    What is kept of a request is a digest of its content. Where few answers are possible the content can be guessed
    from it, and so what a contested vote or a small count said. The salt goes into the digest too, and stands nowhere
    but on the page.
    """

    salt = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def validate_salt(self, field: HiddenField) -> None:
        if not field.raw_data:  # scripts may leave it out, like the request id
            field.data = ""


class VoterForm(SaltedForm):
    """Which adult of a household it is. A person on the roll is asked nothing."""

    voter = RadioField(
        _l("Who of the household is it?"), coerce=row_id, validate_choice=False,
        validators=[InputRequired(_l("Please say who of the household it is."))],
    )  # fmt: skip

    def of(self, adults: Sequence[Any] | None, *, nameless: bool = False) -> None:
        """Whom to choose from, or None for a person; `nameless`: a paper need not say whose it is."""
        if adults is None:
            del self.voter
            return
        self.voter.choices = [SelectChoice(one.id, shown(one.family_name + one.given_name)) for one in adults]
        if nameless:
            self.voter.choices.append(SelectChoice(NAMELESS, _("The paper bears no name")))

    @property
    def voter_id(self) -> int | None:
        return (self.voter.data or None) if "voter" in self else None


class EntryForm(VoterForm):
    """What a paper says, or an elector at the counter."""

    choice = PaperField(_l("What the paper says"))


class ProxyForm(VoterForm):
    """Who votes for an elector, by a signed paper. `sought` is the name under which the holder was looked for."""

    sought = HiddenField()
    holder = RadioField(
        _l("Who votes for the elector?"), coerce=row_id, validate_choice=False,
        validators=[InputRequired(_l("Please choose who votes for the elector."))],
    )  # fmt: skip
    photo = file_field(_l("A photo of the signed paper"), kinds=PHOTO)

    def offer(self, holders: Iterable[tuple[int, str]]) -> None:
        self.holder.choices = [SelectChoice(*one) for one in holders]

    def validate_holder(self, field: RadioField) -> None:
        if field.data not in [value for value, *_rest in field.iter_choices()]:
            raise ValidationError(_("Please choose somebody of the list, or look for the name again."))


class ProxyVoteForm(SaltedForm):
    """The vote of whoever holds a proxy."""

    choice = PaperField(_l("The elector's vote"))


class CountForm(SaltedForm):
    """What one person counted in the urn."""

    tally = TallyField(_l("Papers in the urn"))
    choice = SparePaperField(_l("What these papers say"))

    def offer(self, box: VoteBox) -> None:
        self.choice.offer(box)
        self.tally.offer(box, self.choice)
        if KINDS[box.method] == ONE:
            del self.choice

    def validate_salt(self, field: HiddenField) -> None:
        if not (field.raw_data and field.data):  # of a few papers the digest alone would tell what they said
            raise ValidationError(_("This page is out of date. Please open it again and repeat the step."))

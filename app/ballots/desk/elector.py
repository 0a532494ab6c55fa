"""One elector at the voting desk: a paper is typed, a vote entered, a proxy written down, a sealed paper taken in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import channel_queries, channels, operations
from app.ballots.desk.doors import LONGEST_NAME, bp, the_desk, while_voting_runs
from app.ballots.desk.forms import PHOTO, EntryForm, ProxyForm, VoterForm
from app.ballots.desk.showing import Desk
from app.ballots.operations import Cast
from app.kit import access, clock, uploads
from app.kit.i18n import shown
from app.kit.kept import cached_property
from app.kit.pages import found, page, to_page
from app.kit.refusal import Refusal, refuse_if

FORMS: dict[str, type[VoterForm]] = {
    "paper": EntryForm, "counter": EntryForm, "proxy": ProxyForm, "hand_in": VoterForm,
}  # fmt: skip


class ElectorPage:
    """One row of the roll as staff see it, and the form of the way in which they enter its vote."""

    def __init__(self, desk: Desk, row: Any) -> None:
        self.desk, self.row, self.way = desk, row, desk.way
        self.sought = request.values.get("sought", "")[:LONGEST_NAME]
        self.sent: VoterForm | None = None

    @cached_property
    def adults(self) -> Any:
        return self.desk.adults(self.row)

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why nothing is entered in this way, known before anything is typed."""
        nobody = self.adults is not None and channels.nobody_left_refusal(len(self.adults))
        return self.desk.refusal(self.row, self.way) or nobody or None

    @cached_property
    def form(self) -> Any:
        """The form as it was sent, or a blank one."""
        return self.sent or self.blank(formdata=None)

    def blank(self, **options: Any) -> VoterForm:
        """The form of this way, with whom and what to choose from."""
        form = FORMS[self.way](**options)
        form.of(self.adults, nameless=self.way == "paper" and self.row.stands_in is None)
        if isinstance(form, EntryForm):
            form.choice.offer(self.desk.box)
        if isinstance(form, ProxyForm):
            form.sought.data = self.sought
            form.offer((one.id, _described(one)) for one in self.holders(form.holder.data))
        return form

    def holders(self, chosen: int | None) -> Any:
        on = clock.local(self.desk.at).date()
        return channel_queries.find_holders(self.desk.by, self.sought, on=on, chosen=chosen)

    @cached_property
    def names(self) -> dict[int, str]:
        row = self.row
        return channel_queries.names_of([row.typed_by, row.holder_id, row.cast_by])


def _described(one: Any) -> str:
    return f"{shown(one.family_name + one.given_name)} · {one.door} · {shown(one.group_name)}"


def the_elector(question_id: int, entry_id: int, *, way: str = "") -> ElectorPage:
    """An elector of this roll, for staff of the place (`the_desk`); 404 for rows of other rolls.

    A way that is none of this ballot is refused with its sentence.
    """
    here = the_desk(question_id, way=way)
    if way:
        refuse_if(channels.kind_refusal(secret=here.box.secret, wanted=way in channels.WAYS_SECRET))
    return ElectorPage(here, found(channel_queries.elector_at(question_id, entry_id)))


def show(here: ElectorPage, *, status: int = 200) -> Response:
    answer = page("ballots/elector.html", fragment="entry_box", status=status, here=here, desk=here.desk, row=here.row)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/votes/<int:question_id>/desk/<int:entry_id>")
@access.role(*channels.STAFF)
def elector(question_id: int, entry_id: int) -> Response:
    """For staff of the place that is asked (`the_elector`); `way` says how the vote comes in."""
    return show(the_elector(question_id, entry_id))


@bp.post("/votes/<int:question_id>/desk/<int:entry_id>/paper")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(EntryForm)
def type_paper(question_id: int, entry_id: int) -> Response:
    """Type what a paper says, as the first or the second of two."""
    cast: list[Cast | None] = []

    def act(form: Any, at: datetime) -> Cast | None:
        cast.append(operations.type_paper(question_id, entry_id, choice=form.choice.data, **_acting(form, at)))
        return cast[0]

    def said(form: Any) -> list[str]:
        if form.result_id is None:
            return [_("The paper is typed once. Now a second person types it without seeing yours; then it counts.")]
        return [_("Both read the same: the paper counts, and the elector is told."), *_receipt(cast)]

    return _enter(question_id, entry_id, "paper", act, said)


@bp.post("/votes/<int:question_id>/desk/<int:entry_id>/counter")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(EntryForm)
def vote_at_counter(question_id: int, entry_id: int) -> Response:
    """Enter the vote of an elector who is here."""
    cast: list[Cast | None] = []

    def act(form: Any, at: datetime) -> Cast | None:
        cast.append(operations.vote_at_counter(question_id, entry_id, choice=form.choice.data, **_acting(form, at)))
        return cast[0]

    def said(_form: Any) -> list[str]:
        return [_("The vote is entered, and the elector is told."), *_receipt(cast)]

    return _enter(question_id, entry_id, "counter", act, said)


@bp.post("/votes/<int:question_id>/desk/<int:entry_id>/proxy")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(ProxyForm)
@access.takes_files
def register_proxy(question_id: int, entry_id: int) -> Response:
    """Write down a signed proxy, with a photo of the paper or without."""

    def act(form: Any, at: datetime) -> Any:
        acting = _acting(form, at)
        photo, upload_id = form.photo.data, None
        if photo:
            kept = uploads.keep(photo.stream, photo.filename, kinds=PHOTO, by_id=current_user.id, at=at)
            upload_id = kept.id
        return operations.register_proxy(
            question_id, entry_id, holder_id=form.holder.data, upload_id=upload_id, **acting
        )  # fmt: skip

    def said(_form: Any) -> list[str]:
        return [_("The proxy is registered, and both are told. The holder votes.")]

    return _enter(question_id, entry_id, "proxy", act, said)


@bp.post("/votes/<int:question_id>/desk/<int:entry_id>/hand-in")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(VoterForm)
def hand_in(question_id: int, entry_id: int) -> Response:
    """Take in a sealed paper of a secret ballot."""

    def act(form: Any, at: datetime) -> None:
        operations.hand_in(question_id, entry_id, **_acting(form, at))

    def said(_form: Any) -> list[str]:
        return [_("The paper is in the urn, and its voter is marked and told.")]

    return _enter(question_id, entry_id, "hand_in", act, said)


def _acting(form: Any, at: datetime) -> dict[str, Any]:
    """Who acts, for which adult, at which moment."""
    return {"by": current_user, "at": at, "voter_id": form.voter_id}


def _receipt(cast: list[Cast | None]) -> list[str]:
    """The receipt, told once; a form that was sent again has none."""
    return [_("Receipt %(receipt)s: please give it to the elector.", receipt=one.receipt) for one in cast if one]


def _enter(
    question_id: int, entry_id: int, way: str, act: Callable[[Any, datetime], Any], said: Callable[[Any], list[str]]
) -> Response:  # fmt: skip
    """One vote or proxy entered, and the desk again; what was typed stays where it is refused."""
    here = the_elector(question_id, entry_id, way=way)
    here.sent = form = here.blank()

    def in_time() -> Any:
        return operations.in_time(question_id, lambda at: act(form, at), now=clock.now)

    if not form.validate_on_submit() or not form.carries_out(in_time):
        return show(here, status=form.status)
    for words in said(form):
        flash(words)
    return to_page(".desk", question_id=question_id, way=way)

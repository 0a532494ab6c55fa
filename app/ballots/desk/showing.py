"""What the voting desk shows to one of staff at one moment; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.ballots import channel_queries, channels
from app.ballots.booth import Booth, words_of
from app.ballots.channel_queries import Urn
from app.ballots.method_words import Note
from app.ballots.queries import VoteBox
from app.kit import clock, say
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.people.rules import Person

AnyRow = Any

WAY_WORDS = {
    "paper": N_("Papers that two type"),
    "counter": N_("Votes at the counter"),
    "proxy": N_("Written proxies"),
    "hand_in": N_("Sealed papers"),
}
CHANNEL_WORDS = {
    "web": N_("voted on the web"),
    "paper": N_("voted on paper"),
    "counter": N_("voted at the counter"),
    "proxy": N_("voted by proxy"),
}


class Desk:
    """The desk of one ballot. `sought` is whom `by` looks for, `way` how they enter votes just now.

    `count` is the form of the urn, as it was sent or blank.
    """

    def __init__(self, box: VoteBox, by: Person, at: datetime, *, sought: str = "", way: str = "") -> None:
        self.box, self.by, self.at, self.sought = box, by, at, sought
        self.ways = channels.WAYS_SECRET if box.secret else channels.WAYS_OPEN
        self.way = way if way in self.ways else self.ways[0]
        self.way_words = WAY_WORDS
        self.channel_words = CHANNEL_WORDS
        self.most_found = channel_queries.MOST_FOUND
        self.count: Any = None

    @cached_property
    def booth(self) -> Booth:
        return Booth(self.box)

    @cached_property
    def found(self) -> Sequence[AnyRow]:
        """Electors by the name or door that was looked for."""
        return channel_queries.find_electors(self.box.id, self.sought)

    @cached_property
    def waiting(self) -> Sequence[AnyRow]:
        """Papers that were typed once."""
        return () if self.box.secret else channel_queries.papers_waiting(self.box.id)

    @cached_property
    def proxies(self) -> Sequence[AnyRow]:
        return () if self.box.secret else channel_queries.proxies_of(self.box.id)

    @cached_property
    def contested(self) -> Sequence[AnyRow]:
        return () if self.box.secret else channel_queries.contested_votes(self.box.id)

    @cached_property
    def urn(self) -> Urn | None:
        return channel_queries.urn_of(self.box.id, self.at) if self.box.secret else None

    @cached_property
    def batches(self) -> Sequence[AnyRow]:
        return channel_queries.batches_of(self.box.id) if self.box.secret else ()

    @cached_property
    def names(self) -> dict[int, str]:
        """Of all who acted in what the page lists."""
        ids: set[int | None] = {self.urn.counting_by} if self.urn else set()
        ids |= {one.typed_by for one in self.waiting}
        for one in self.proxies:
            ids |= {one.holder_id, one.granted_by}
        for one in self.contested:
            ids |= {one.entered_by, one.confirmed_by}
        for one in self.batches:
            ids |= {one.counted_by, one.confirmed_by}
        return channel_queries.names_of(ids)

    def words_of(self, paper: str) -> str:
        return words_of(self.box, paper)

    @property
    def counts(self) -> bool:
        """Whether this person may count the urn now: it may be opened, or somebody else has counted it first."""
        urn = self.urn
        return self.box.phase == "open" and urn is not None and self.count_refusal is None and self._may_count(urn)

    def _may_count(self, urn: Urn) -> bool:
        return urn.may_open if urn.counting_by is None else True

    @property
    def count_refusal(self) -> Refusal | None:
        """Why this person does not count a second time."""
        if self.urn is None or self.urn.counting_by != self.by.id:
            return None
        return channels.second_refusal(self.by, first_id=self.by.id, first_home=None)

    @property
    def few_refusal(self) -> Refusal | None:
        if self.urn is None or self.urn.counting_by is not None:
            return None
        return channels.few_refusal(self.urn.uncounted, closes_at=self.box.closes_at, at=self.at)

    @property
    def to_count(self) -> int:
        """How many papers a count is of: those the first person opened, else all that wait."""
        return (self.urn.opened or self.urn.uncounted) if self.urn else 0

    def refusal(self, row: AnyRow, way: str) -> Refusal | None:
        """Why nothing is entered for this elector in that way, as far as it can be said beforehand."""
        box = self.box
        return (
            channels.time_refusal(opens_at=box.opens_at, closes_at=box.closes_at, at=self.at, early=way == "proxy")
            or channels.own_refusal(self.by, resident_id=row.resident_id, household_id=row.home_id)
            or channels.closed_refusal(f"{row.family_name}{row.given_name}", row.closed_at)
            or self._standing(row, way)
        )

    def _standing(self, row: AnyRow, way: str) -> Refusal | None:
        if way == "hand_in":
            if row.channel is None:
                return None
            name = channel_queries.names_of([row.cast_by]).get(row.cast_by, "")
            return channels.marked_refusal(name, on_paper=row.channel == "paper")
        if way == "proxy":
            return channels.taken_refusal(given=row.proxy_id is not None, held=False)
        no = channels.standing_refusal(way, row.channel)
        if no is None and way == "paper" and row.typed_by is not None:
            no = channels.second_refusal(self.by, first_id=row.typed_by, first_home=row.typed_home)
        return no

    def state(self, row: AnyRow) -> tuple[str, str, str]:
        """Whether and how an elector has voted, never what: words, tone and icon."""
        if row.channel is not None:
            return _(CHANNEL_WORDS[row.channel]), "done", "circle-check"
        if row.closed_at is not None:
            return _("Account closed"), "alert", "lock"
        if row.typed_by is not None:
            return _("waits for a second person"), "waiting", "clock"
        if self.by.is_or_lives_with(row.resident_id, row.home_id):
            return _("your own household"), "", "house"
        if row.proxy_id is not None:
            return _("has given a proxy"), "know", "users-round"
        return _("has not voted"), "", "minus"

    @property
    def warnings(self) -> list[Note]:
        """What is lost, or will be, unless somebody does it before closing."""
        papers = self.urn.uncounted if self.urn else len(self.waiting)
        if not papers:
            return []
        if self.box.phase == "closed":
            return [Note(self._lost(papers), "alert", "octagon-alert")]
        soon = self.box.closes_at - self.at <= channels.LAST_HOURS
        return [Note(self._still(papers), "alert" if soon else "waiting", "triangle-alert")]

    def _lost(self, papers: int) -> str:
        if self.box.secret:
            return ngettext(
                "%(told)s sealed paper was handed in and not counted in time. It is not in the result, although its "
                "voter is marked on the roll. Leave it sealed, and tell the supervisors today.",
                "%(told)s sealed papers were handed in and not counted in time. They are not in the result, although "
                "their voters are marked on the roll. Leave them sealed, and tell the supervisors today.",
                papers, told=say.number(papers),
            )  # fmt: skip
        return ngettext(
            "%(told)s paper was typed by one person only. It is not in the result; please tell the supervisors.",
            "%(told)s papers were typed by one person only. They are not in the result; please tell the supervisors.",
            papers, told=say.number(papers),
        )  # fmt: skip

    def _still(self, papers: int) -> str:
        until = say.until(self.box.closes_at)
        if self.box.secret:
            return ngettext(
                "%(told)s sealed paper lies in the urn. Two people must have counted it before %(until)s, or it is "
                "lost: nothing is counted afterwards.",
                "%(told)s sealed papers lie in the urn. Two people must have counted them before %(until)s, or they "
                "are lost: nothing is counted afterwards.",
                papers, told=say.number(papers), until=until,
            )  # fmt: skip
        return ngettext(
            "%(told)s paper waits for a second person, who must type it before %(until)s, or it does not count.",
            "%(told)s papers wait for a second person, who must type them before %(until)s, or they do not count.",
            papers, told=say.number(papers), until=until,
        )  # fmt: skip

    def adults(self, row: AnyRow) -> Sequence[AnyRow] | None:
        """Who of a household may be the voter; None for a person. Whom it had named, where it had."""
        if row.household_id is None:
            return None
        found = channel_queries.adults_of(row.household_id, clock.local(self.at).date())
        return [one for one in found if row.stands_in in (None, one.id)]

"""A conversation as one reader sees it below whatever it is about: a topic, a version of an agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.discussion import queries
from app.discussion.rules import MOST_NUMBER, STANCES, STEP, Said, conversation, step
from app.kit.i18n import language
from app.kit.kept import cached_property
from app.kit.paging import Slice
from app.kit.refusal import Refusal
from app.people.rules import Anyone, masked


class Talk:
    """What the macros of `components/comment.html` ask of the page; each part is read when it is drawn, and once.

    The page adds where things are done (`door`), who may speak (`comment_refusal`) and who looks after comments
    (`is_staff`). `community_id`: neighbours from elsewhere are shown with their community.
    """

    thread_id: int
    community_id: int | None
    is_staff: bool
    is_talked_about: bool
    adopts = False  # whether suggestions can be marked as adopted here

    def __init__(self, reader: Anyone, args: Mapping[str, str]) -> None:
        self.reader = reader
        self.stance = args.get("stance") if args.get("stance") in STANCES else None
        self.after, self.reply_to = args.get("after"), args.get("reply", "")

    def href(self, **args: Any) -> str:
        """The page itself."""
        raise NotImplementedError

    def door(self, name: str, **values: Any) -> str:
        """The address of `comment`, `agree`, `disagree`, `one_comment`, `hide`, or `adopt` where that is done here."""
        raise NotImplementedError

    @property
    def crumbs(self) -> list[tuple[str, Any]]:
        """The way to this page, for the pages below it."""
        raise NotImplementedError

    @property
    def comment_refusal(self) -> Refusal | None:
        raise NotImplementedError

    @cached_property
    def talk(self) -> Slice:
        return queries.comments(self.thread_id, self.reader, stance=self.stance, after=self.after)

    @property
    def conversation(self) -> Sequence[Said]:
        return conversation(self.talk.rows, nested=self.stance is None)

    @cached_property
    def stances(self) -> dict[str, int]:
        return queries.stances(self.thread_id)

    @cached_property
    def answered(self) -> queries.AnyRow | None:
        """The comment that the reader is about to answer."""
        if not self.reply_to.isdecimal() or len(self.reply_to) > 9:
            return None
        return queries.comment(int(self.reply_to), self.thread_id, self.reader)

    @staticmethod
    def name(row: Any, prefix: str = "") -> str:
        """张*, the public name of another site, or the body that answers; `prefix` names the columns."""
        signed_as = getattr(row, f"{prefix}signed_as", None)
        if signed_as is not None:
            return str(signed_as.into(language()))
        family_name = getattr(row, f"{prefix}family_name", None)
        if family_name is not None:
            return masked(family_name, getattr(row, f"{prefix}family_name_en"), language())
        return getattr(row, f"{prefix or 'author_'}name", "") or getattr(row, "proposer_name", "") or _("A neighbour")

    @property
    def number_of_comments(self) -> int:
        return self.stances["all"]

    def comment_href(self, row: Any, number: int | None = None) -> str:
        """Where a comment stands: a short talk is one page; in a long one its conversation begins a page."""
        long = self.number_of_comments > queries.COMMENTS_A_PAGE
        page = {"after": page_start(int(row.path[:STEP], 36))} if long else {}
        return self.href(**page, _anchor=f"c-{number or row.number}")


def page_start(number: int) -> str:
    """The key after which this conversation stands: behind everything under the one before."""
    return step(number - 1) + "z" if 1 < number <= MOST_NUMBER else ""


def twin(talk: Talk) -> dict[str, Any]:
    """A page of the conversation as open data."""
    return {"items": [_comment(talk, row) for row in talk.talk.rows], "next": talk.talk.next}


def _comment(talk: Talk, row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "answers": row.answered_number, "depth": row.depth, "stance": row.stance,
        "text": row.text.into(language()) if row.text else None, "author": talk.name(row), "official": row.official,
        "adopted": row.adopted_at is not None,
        "hidden_because": row.hidden_because.into(language()) if row.hidden_because else None,
        "support": row.support_count, "said_at": row.said_at,
    }  # fmt: skip

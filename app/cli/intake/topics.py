"""Proposals become topics, comments their conversations. Writers have no account here; they keep a source name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.cli.formats.decide_madrid import Proposal, Remark
from app.cli.intake.batches import Count
from app.council.bringing_in import PastChange, bring_in_topic
from app.council.models import Topic
from app.discussion.bringing_in import Incoming, bring_in_comments
from app.discussion.models import Comment
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place

SOURCE = "decide.madrid.es"
OPEN_FOR = timedelta(days=365)  # a proposal gathers support for a year there, then it is archived
NOTHING_WRITTEN = Words(other="…")  # some comments have no text, but answers and votes


class Proposals:
    """Keeps proposals as topics of one place."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def keep(self, batch: Sequence[Proposal], count: Count) -> None:
        for one in batch:
            archived = PastChange("closed", one.opened_at + OPEN_FOR)
            brought = bring_in_topic(
                source=SOURCE, source_id=str(one.number), place=self.place, kind="other",
                title=Words(other=one.title), body=Words(other=one.text or one.title),
                state="deliberating" if one.is_open else "closed", opened_at=one.opened_at,
                proposer_name=one.author, support_count=one.supports,
                changes=[PastChange("deliberating", one.opened_at)] if one.is_open else [archived],
            )  # fmt: skip
            count.new += brought.new
            count.there += not brought.new


class Remarks:
    """Keeps comments below the topics that are there.

    An answer may stand in the file before what it answers: such ones wait for `finish`. What is still missing then is
    missing for good, and the answer is kept and says so.
    """

    def __init__(self) -> None:
        self._late: list[Remark] = []

    def keep(self, batch: Sequence[Remark], count: Count) -> None:
        threads = self._threads({one.proposal for one in batch})
        known = self._known(threads, batch)
        by_thread: defaultdict[int, list[Remark]] = defaultdict(list)
        for one in batch:
            thread_id = threads.get(one.proposal)
            if thread_id is None:
                count.skip(one.line, f"the proposal {one.proposal} is not there; import the file of proposals first")
            elif one.parent is None or (thread_id, one.parent) in known:
                by_thread[thread_id].append(one)
                known.add((thread_id, one.number))
            else:
                self._late.append(one)
        self._store(by_thread, count)

    def finish(self, count: Count) -> None:
        threads = self._threads({one.proposal for one in self._late})
        by_thread: defaultdict[int, list[Remark]] = defaultdict(list)
        for one in self._late:
            by_thread[threads[one.proposal]].append(one)
        self._store(by_thread, count)
        self._late = []

    def _threads(self, proposals: set[int]) -> dict[int, int]:
        """Thread by number of the proposal."""
        numbers = [str(one) for one in proposals]
        query = select(Topic.source_id, Topic.thread_id).where(Topic.source == SOURCE, Topic.source_id.in_(numbers))
        rows = db.session.execute(query)
        return {int(source_id): thread_id for source_id, thread_id in rows if source_id and thread_id}

    def _known(self, threads: dict[int, int], batch: Sequence[Remark]) -> set[tuple[int, int]]:
        """What this batch answers and is stored already: (thread, number of the comment)."""
        answered = {str(one.parent) for one in batch if one.parent is not None}
        query = select(Comment.thread_id, Comment.source_id).where(
            Comment.source == SOURCE, Comment.thread_id.in_(threads.values()), Comment.source_id.in_(answered)
        )
        return {(thread_id, int(source_id)) for thread_id, source_id in db.session.execute(query) if source_id}

    def _store(self, by_thread: dict[int, list[Remark]], count: Count) -> None:
        for thread_id, remarks in by_thread.items():
            new = bring_in_comments(thread_id, SOURCE, [_incoming(one) for one in remarks])
            count.new += new
            count.there += len(remarks) - new


def _incoming(one: Remark) -> Incoming:
    return Incoming(
        source_id=str(one.number), parent_source_id=None if one.parent is None else str(one.parent),
        text=Words(other=one.text) if one.text else NOTHING_WRITTEN, said_at=one.written_at, author_name=one.author,
        support_count=one.approved, against_count=one.disapproved,
    )  # fmt: skip

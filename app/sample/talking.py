"""Topics of the council's file: supporters, conversations, ballots with their rolls, and the steps so far."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from app.council import bringing_in as council
from app.council.bringing_in import PastChange
from app.council.models import Topic, TopicSupport
from app.council.text import voted_on
from app.discussion.bringing_in import Incoming, bring_in_comments
from app.discussion.models import Comment
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.notices.rules import period_end
from app.sample.content import Content, read
from app.sample.deciding import Decision, follow, put_to_vote
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Someone
from app.sample.living import LATELY
from app.sample.speakers import Speakers
from app.sample.street_people import Street
from app.sample.voting import Poll, can_be_put

SUPPORT_DAYS = 3  # how long supporters took, more or less


def load_topics(street: Street, content: Content, deeds: Deeds) -> None:
    """All topics and the draft; what was merged learns at the end where it went."""
    ids: dict[str, int] = {}
    after = {one["topic"]: one for one in read("resolutions")["topics"]}
    before = read("council_year")["topics"] if street.days > LATELY else []
    topics = [
        one for one in content["topics"] + before + content["drafts"] if street.is_first or one["place"] != "s"
    ]  # fmt: skip
    by_age = sorted(topics, key=lambda one: -one.get("opened_days_ago", 0))
    for topic in by_age:  # the oldest first: they are numbered in the order in which they were proposed
        ids[topic["key"]] = _Topic(street, content, topic, deeds).load(after.get(topic["key"], {}))
    for topic in topics:
        if "merged_into" in topic:
            council.merge_past(ids[topic["key"]], into_id=ids[topic["merged_into"]])


class _Topic:
    """One topic on its way into the rooms."""

    def __init__(self, street: Street, content: Content, topic: Content, deeds: Deeds) -> None:
        self.street, self.topic, self.deeds = street, topic, deeds
        self.place = street.places[topic["place"]]
        self.speakers = Speakers(street, topic["place"], content["speakers"], street.rng)
        # Drawn apart, so that the conversations stay as they are.
        self.objectors = Speakers(street, topic["place"], content["speakers"], random.Random(topic["key"]))  # noqa: S311
        self.proposer = self.speakers.of(topic["proposed_by"])
        if "account" in topic:  # for trying things out, it is this one's
            self.proposer = street.account(topic["account"])
        self.staff = self._staff()
        self.opened_at = self._ago(topic.get("opened_days_ago", 1), hours=3)
        self.poll = self._poll()
        self.state = "deliberating" if topic["state"] == "voting" and self.poll is None else topic["state"]

    def load(self, after: Content) -> int:
        """The topic with everything that hangs on it; `after`: what followed from its decision."""
        support = self.topic.get("support", {"count": 0, "needed": 10})
        brought = council.bring_in_topic(
            source=self.street.source, source_id=self.topic["key"], place=self.place, kind=self.topic["kind"],
            title=Words.of(self.topic["title"]), body=Words.of(self.topic["body"]), state=self.state,
            opened_at=self.opened_at, proposer_id=self.proposer.id, support_count=support["count"],
            support_needed=support["needed"], changes=list(self._changes()),
        )  # fmt: skip
        self._support(brought.topic_id, support["count"])
        put_to_vote(brought.topic_id, after)
        if self.poll is not None:
            self._vote(brought.topic_id, self.poll)
        self._talk(brought.thread_id)
        if self.state not in ("draft", "proposed", "declined", "withdrawn", "merged"):
            self._earn("D02", self.proposer, f"topic:{brought.topic_id}", self._accepted_at(), by_id=None)
        self._follow(brought.topic_id, after)
        return brought.topic_id

    def _follow(self, topic_id: int, after: Content) -> None:
        """The resolution on notice and what was promised, where there is one."""
        times = {one.to_state: one.at for one in self._changes()}
        if "resolution" not in self.topic or "decided" not in times:
            return
        carried_out_at = times.get("implementing")
        decision = Decision(
            topic_id, self.place, self.topic, after, times["decided"], carried_out_at, self.objectors, self.staff
        )
        follow(self.street, decision)

    def _staff(self) -> int:
        """Who acts for the committee, or for the street where it is everybody's matter."""
        community = self.topic["place"][0]
        return self.street.account({"a": "staff", "b": "b-staff", "s": "street"}[community]).id

    def _ago(self, days: float, *, hours: float = 0) -> datetime:
        return self.street.at - timedelta(days=days, hours=hours)

    def _accepted_at(self) -> datetime:
        wait = min(SUPPORT_DAYS, self.topic.get("opened_days_ago", 1) / 2)
        return self.opened_at + timedelta(days=wait)

    def _changes(self) -> Iterator[PastChange]:
        """The steps after the proposal, oldest first, with who took them and the public reason where there is one."""
        if self.state in ("draft", "proposed"):
            return
        reason = Words.of(self.topic["reason"]) if "reason" in self.topic else None
        if self.state in ("declined", "merged", "withdrawn"):
            by_id = self.proposer.id if self.state == "withdrawn" else self.staff
            as_staff = self.state != "withdrawn"
            yield PastChange(self.state, self._accepted_at() + timedelta(days=2), reason, by_id, as_staff=as_staff)
            return
        yield PastChange("deliberating", self._accepted_at(), None, self.staff)
        if self.poll is not None:
            yield PastChange("voting", self.poll.opens_at, None, self.staff)
        yield from self._after_decision()

    def _after_decision(self) -> Iterator[PastChange]:
        resolution = self.topic.get("resolution")
        if self.state not in ("decided", "implementing", "closed") or resolution is None:
            return
        decided = self.poll.closes_at if self.poll else self._ago(resolution["decided_days_ago"])
        yield PastChange("decided", decided, None, self.staff)  # what was decided hangs on notice
        actions = self.topic.get("actions", [])
        if self.state == "implementing" or actions:
            over = period_end(decided, resolution["notice_days"], working=False)
            yield PastChange("implementing", over + timedelta(hours=9), None, self.staff)
        if self.state == "closed":
            last = max((self._ago(-one["due_in_days"]) for one in actions), default=decided)
            yield PastChange("closed", max(last, decided) + timedelta(days=10), self._closing_words(), self.staff)

    def _closing_words(self) -> Words:
        """How many neighbours rated the result and how, as the evaluation of the file counts it."""
        evaluation = self.topic.get("evaluation")
        if evaluation is None:
            return Words(zh="事项已全部完成。", en="Everything promised has been done.")
        scores = {"five": 5, "four": 4, "three": 3, "two": 2, "one": 1}
        mean = sum(scores[key] * count for key, count in evaluation["scores"].items()) / evaluation["answered"]
        return Words(
            zh=f"事项已全部完成，{evaluation['answered']}位邻居评价，平均{mean:.1f}分（满分5分）。",
            en=f"All that was promised is done; {evaluation['answered']} neighbours gave it {mean:.1f} of 5.",
        )

    def _support(self, topic_id: int, count: int) -> None:
        """As many supporters as the file says, from the place; fewer where fewer live there."""
        homes = [home for home in self.street.village.homes if self.topic["place"] in home.places]
        able = [one for home in homes for one in home.adults if one.account is None and one is not self.proposer]
        chosen = self.street.rng.sample(able, min(count, len(able)))
        span = (self._accepted_at() - self.opened_at).total_seconds()
        rows = [
            {
                "topic_id": topic_id, "resident_id": one.id,
                "at": self.opened_at + timedelta(seconds=self.street.rng.uniform(0, span)),
            }
            for one in chosen
        ]  # fmt: skip
        if rows:
            db.session.execute(insert(TopicSupport), rows)

    def _talk(self, thread_id: int) -> None:
        """The conversation, spread over the time in which there was one."""
        comments = list(_flat(self.topic["key"], self.topic["comments"]))
        ends = min([self.street.at, *(one.at for one in self._changes() if one.to_state in ("decided", "closed"))])
        step = (ends - self.opened_at) / (len(comments) + 1)
        times = [min(awake(self.opened_at + step * number), ends) for number in range(1, len(comments) + 1)]
        said = [self._incoming(one, at) for one, at in zip(comments, times, strict=True)]
        bring_in_comments(thread_id, self.street.source, said)
        self._adopted(thread_id, {key: one["by"] for key, _, one in comments if one.get("adopted")})

    def _incoming(self, comment: tuple[str, str | None, Content], at: datetime) -> Incoming:
        key, parent, one = comment
        official = bool(one.get("official"))
        return Incoming(
            source_id=key, parent_source_id=parent, text=Words.of(one["text"]), said_at=at,
            stance=one.get("stance", "neutral"), author_id=self.speakers.of(one["by"]).id, official=official,
            signed_as=self.speakers.body(one["by"], official=official),
            adopted_at=min(at + timedelta(days=1), self.street.at) if one.get("adopted") else None,
        )  # fmt: skip

    def _adopted(self, thread_id: int, speakers: Mapping[str, str]) -> None:
        """A suggestion that was adopted and carried out earns its author something (D03)."""
        if self.state not in ("implementing", "closed") or not speakers:
            return
        rows = db.session.execute(
            select(Comment.source_id, Comment.id).where(Comment.thread_id == thread_id, Comment.source_id.in_(speakers))
        )
        carried_out = [one.at for one in self._changes() if one.to_state == "implementing"]
        for source_id, comment_id in rows:
            who = self.speakers.of(speakers[str(source_id)])
            at = carried_out[0] if carried_out else self.street.at
            self._earn("D03", who, f"suggestion-carried-out:{comment_id}", at, by_id=self.staff)

    def _earn(self, code: str, who: Someone, because: str, at: datetime, *, by_id: int | None) -> None:
        if by_id != who.id:  # nobody confirms what they earn themselves
            self.deeds.add(Deed(code, who, because, at, at, by_id))

    def _poll(self) -> Poll | None:
        ballot = self.topic.get("ballot")
        if not ballot or not can_be_put(ballot):
            return None
        whose = self.street.places[ballot.get("place", self.topic["place"])]
        return Poll(self.street, self.topic["key"], ballot, whose)

    def _vote(self, topic_id: int, poll: Poll) -> None:
        question_id, outcome = poll.put(topic_id, voted_on(db.session.get_one(Topic, topic_id)))
        council.attach_past_ballot(topic_id, question_id=question_id, outcome=outcome)
        poll.thank(question_id, self.deeds)


def awake(at: datetime) -> datetime:
    """The same day between seven and ten in the village: nobody writes at night, and what came first stays first."""
    local = clock.local(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(hours=7) + (local - midnight) * 15 / 24).astimezone(UTC)


def _flat(prefix: str, comments: list[Content], parent: str | None = None) -> Iterator[tuple[str, str | None, Content]]:
    """Comments with the key of what they answer, in the order of the conversation."""
    for number, one in enumerate(comments, 1):
        key = f"{parent or prefix}.{number}"
        yield key, parent, one
        yield from _flat(prefix, one.get("replies", []), key)

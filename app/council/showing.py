"""What the page of a topic shows to one reader at one moment; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.ballots import queries as ballots
from app.ballots.booth import Booth
from app.ballots.counting import Count
from app.ballots.showing import OUTCOME_WORDS
from app.council import queries, resolutions, rules
from app.discussion.showing import Talk
from app.kit import clock
from app.kit.i18n import language, shown
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.kit.words import Words
from app.meetings.showing import Sitting, sittings_of
from app.notices.showing import NoticePage
from app.people.rules import Anyone
from app.promises import queries as promises
from app.promises import rules as promise_rules
from app.promises.showing import term_words

# What the timeline says of each step.
ACTION_WORDS = {
    "propose": N_("Proposed"),
    "gather": N_("Enough neighbours support it"),
    "accept": N_("Taken up by the committee"),
    "decline": N_("Not taken up"),
    "merge": N_("Merged into another topic"),
    "withdraw": N_("Withdrawn by the proposer"),
    "open_ballot": N_("Put to the vote"),
    "extend": N_("Voting extended"),
    "record": N_("Voting closed"),
    "carry_out": N_("Being carried out"),
    "close": N_("Closed"),
    "reopen": N_("Taken up again"),
}
# The button of each step, and what it will do.
STEP_WORDS = {
    "propose": (N_("Propose it now"), N_("Everybody can read it then, and neighbours can support it.")),
    "accept": (N_("Take this topic up"), N_("The topic comes under discussion without waiting for more support.")),
    "open_ballot": (N_("Put it to the vote"), ""),
    "extend": (N_("Extend the voting"), N_("Voting runs longer. Old and new closing time and the reason are public.")),
    "record": (N_("Record the result"), N_("The result that the page shows is written on the timeline.")),
    "carry_out": (N_("Begin carrying it out"), N_("The topic is shown as being carried out.")),
    "close": (N_("Close this topic"), N_("The discussion ends. The topic can be taken up again later.")),
    "reopen": (N_("Take it up again"), N_("The topic is shown as being carried out again, with your reason.")),
    "decline": (N_("Do not take it up"), N_("The topic ends here. Your reason stands on it for everybody to read.")),
    "merge": (N_("Merge it into another"), N_("The topic goes on in the other one; its supporters carry over.")),
    "withdraw": (N_("Withdraw my topic"), N_("The topic ends here. Your reason stands on it for everybody to read.")),
}
# What usually still lies ahead of a topic in each state.
AHEAD = {
    "draft": (N_("Gathering support"), N_("Discussion"), N_("Vote"), N_("Public notice"), N_("Carrying it out")),
    "proposed": (N_("Discussion"), N_("Vote"), N_("Public notice"), N_("Carrying it out")),
    "deliberating": (N_("Vote"), N_("Public notice"), N_("Carrying it out")),
    "voting": (N_("Result"), N_("Public notice"), N_("Carrying it out")),
    "decided": (N_("Carrying it out"),),
}
AFTER_DECISION = ("decided", "implementing", "closed")


class TopicPage(Talk):
    """One topic as `reader` sees it at `at`."""

    def __init__(self, topic: queries.AnyRow, reader: Anyone, at: datetime, args: Mapping[str, str]) -> None:
        super().__init__(reader, args)
        self.topic, self.at = topic, at
        self.thread_id, self.community_id = topic.thread_id, topic.community_id
        self.is_staff = "staff" in self.who
        self.is_talked_about = topic.state in rules.TALKED_ABOUT

    @property
    def state(self) -> str:
        return rules.shown_state(self.topic.state, self.topic.closes_at, self.at)

    @cached_property
    def who(self) -> frozenset[str]:
        topic = self.topic
        return rules.who_is(self.reader, place_path=topic.place_path, proposer_id=topic.proposer_id)

    @cached_property
    def steps(self) -> list[str]:
        """The steps this reader may take now, as the state is shown; a result is recorded once voting has closed."""
        steps = [step for step in rules.LIFE.open_to(self.state, self.who) if step != "record"]
        closed = self.state != self.topic.state
        steps = ["record", *steps] if closed and "staff" in self.who else steps
        return [step for step in steps if self._waits_for(step) is None]

    @property
    def step_refusal(self) -> Refusal | None:
        """Why the next step of staff is not open yet: the notice runs, an objection or something promised waits."""
        taken = rules.LIFE.open_to(self.state, self.who)
        return next((no for no in (self._waits_for(step) for step in taken) if no is not None), None)

    def _waits_for(self, step: str) -> Refusal | None:
        """The same answer as `resolutions.step_refusal`, from what the page has read already."""
        if self.state == "decided" and step in ("carry_out", "close"):
            return resolutions.standing_refusal(step, self.notice.view if self.notice else None)
        if self.state == "implementing" and step == "close":
            return rules.unfinished_refusal(sum(one.ended_at is None for one in self.promises))
        return None

    @cached_property
    def points(self) -> list[Words]:
        """The text that is voted on, point by point; afterwards it hangs on notice."""
        return resolutions.points_of(self.topic.id) if self.state == "voting" else []

    @cached_property
    def notice(self) -> NoticePage | None:
        """The resolution as it hangs on notice or did; from the instant at which its vote closed."""
        if self.state not in AFTER_DECISION:
            return None
        carried = self.outcome is not None and self.outcome.result == "carried"
        view = resolutions.notice_of(self.topic, self.at, carried=carried)
        return NoticePage(view, self.reader) if view else None

    @cached_property
    def promises(self) -> Sequence[queries.AnyRow]:
        """What happens next: who does what by when, what is overdue first."""
        if self.state not in AFTER_DECISION:
            return []
        return promises.promises_of(resolutions.subject(self.topic.id), self.at)

    @property
    def promise_refusal(self) -> Refusal | None:
        return rules.promise_refusal(self.topic.state, self.who)

    @property
    def sitting_refusal(self) -> Refusal | None:
        return rules.sitting_refusal(self.topic.state, self.who)

    @cached_property
    def sittings(self) -> list[Sitting]:
        """The sittings on this topic with what they agreed on, the next or latest first."""
        return [] if self.state == "draft" else sittings_of(resolutions.subject(self.topic.id), self.at)

    @property
    def lead(self) -> str:
        """The one thing to do on this page: vote, support or say something."""
        if self.box and self.box.phase == "open" and not self.box.refusal and not self.box.voted:
            return "vote"
        if self.topic.state == "proposed" and not self.support_refusal and not self.topic.supported_at:
            return "support"
        return "" if self.comment_refusal else "say"

    @cached_property
    def box(self) -> ballots.VoteBox | None:
        return ballots.vote_box(self.topic.question_id, self.reader, self.at) if self.topic.question_id else None

    @property
    def outcome(self) -> Count | None:
        return self.box.outcome if self.box else None

    @property
    def booth(self) -> Booth | None:
        return Booth(self.box) if self.box else None

    step_words = STEP_WORDS
    adopts = True
    promise_rules = promise_rules
    term_words = staticmethod(term_words)

    @staticmethod
    def reason_needed(step: str) -> bool:
        return any(one.reason_needed for (_state, action), one in rules.LIFE.steps.items() if action == step)

    @property
    def support_refusal(self) -> Refusal | None:
        topic = self.topic
        return rules.support_refusal(
            self.reader, state=topic.state, place_path=topic.place_path, proposer_id=topic.proposer_id
        )

    @cached_property
    def comment_refusal(self) -> Refusal | None:
        topic = self.topic
        return rules.comment_refusal(
            self.reader, state=topic.state, place_path=topic.place_path, street_id=topic.street_id
        )

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """Lines for the drawing: what was, what is now, what usually comes."""
        lines = [self._line(row) for row in queries.timeline(self.topic.id)]
        if self.topic.state == "voting" and self.box and self.state == "decided":
            closed = ACTION_WORDS["record"]
            lines.append({"words": _(closed), "at": self.box.closes_at, "state": "done"})
        if self.outcome and lines:
            told = next((line for line in reversed(lines) if line.get("action") in (None, "record")), lines[-1])
            told["why"] = _(OUTCOME_WORDS[self.outcome.result])
        ahead = AHEAD.get(self.state, ()) if not self.outcome or self.outcome.result == "carried" else ()
        if lines and (ahead or self.state == "implementing"):
            lines[-1]["state"] = "now"
        if self.notice and not self.notice.view.is_settled:
            until = clock.last_moment(self.notice.view.ends_at)
            lines.append({"words": _("On public notice"), "at": until, "state": ""})
        return lines + [{"words": _(words), "state": ""} for words in ahead]

    def _line(self, row: queries.AnyRow) -> dict[str, Any]:
        by = None
        if row.action == "record":
            pass  # it closed by itself, whoever wrote it down
        elif row.as_staff:
            by = self.topic.committee.into(language()) if self.topic.committee else _("the committee")
        elif row.by_id or (row.action == "propose" and self.topic.proposer_name):
            by = self.name(row) if row.by_id else self.topic.proposer_name
        return {
            "words": _(ACTION_WORDS[row.action]), "action": row.action, "at": row.at, "by": by,
            "why": row.why, "state": "done",
        }  # fmt: skip

    @property
    def number_of_comments(self) -> int:
        return int(self.topic.comments)

    def href(self, **args: Any) -> str:
        return url_for("council.topic", topic_id=self.topic.id, **args)

    def door(self, name: str, **values: Any) -> str:
        room = "council_desk" if name in ("hide", "adopt") else "council"
        return url_for(f"{room}.{name}", topic_id=self.topic.id, **values)

    @property
    def crumbs(self) -> list[tuple[str, Any]]:
        """The way to this page, for the pages below it."""
        return [(url_for("council.topics"), _("Discuss")), (self.href(), shown(self.topic.title))]

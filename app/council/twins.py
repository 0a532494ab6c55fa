"""The public pages of the council as open data; described in the data dictionary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.ballots import showing as ballots
from app.council.rules import shown_state
from app.council.showing import TopicPage
from app.discussion import showing as discussion
from app.kit.i18n import language
from app.kit.open_data import ID, publish
from app.kit.paging import Slice
from app.kit.refusal import N_
from app.kit.words import Words


def topic_list(rows: Slice, at: datetime) -> dict[str, Any]:
    return {"items": [_topic(row, at) for row in rows.rows], "next": rows.next}


def _topic(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "title": row.title, "place": row.place, "kind": row.kind,
        "state": shown_state(row.state, row.closes_at, at), "opened_at": row.opened_at,
        "support": row.support_count, "support_needed": row.support_needed, "comments": row.comments,
        "closes_at": row.closes_at, "decided_at": row.decided_at, "outcome": row.outcome,
    }  # fmt: skip


def topic(here: TopicPage) -> dict[str, Any]:
    """One topic with its timeline, its ballot and a page of its comments."""
    return {
        **_topic(here.topic, here.at),
        "body": here.topic.body,
        "proposer": here.name(here.topic),
        "timeline": [
            {"step": line["action"], "at": line["at"], "why": _told(line["why"])}
            for line in here.timeline
            if line.get("action")
        ],
        "ballot": ballots.twin(here.box),
        "points": list(here.points),
        "notice": _notice(here),
        "sittings": [
            {
                "id": one.row.id,
                "title": one.row.title,
                "state": one.state,
                "starts_at": one.row.starts_at,
                "conclusions": list(one.conclusions),
            }
            for one in here.sittings
        ],
        "promises": [
            {
                "id": one.id,
                "what": one.what,
                "owner": one.owner,
                "due_on": one.due_on,
                "state": here.promise_rules.shown_state(one.state, one.due_on, here.at),
                "percent": one.percent,
            }
            for one in here.promises
        ],
        "comments_page": discussion.twin(here),
    }


def _notice(here: TopicPage) -> dict[str, Any] | None:
    """The resolution on notice; what is said against it stands at `/notices/<id>.json`."""
    if here.notice is None:
        return None
    view = here.notice.view
    return {
        "id": view.id or None, "state": view.state, "starts_at": view.starts_at,
        "ends_at": view.ends_at,
        "lines": [{"text": one.text, "state": one.state} for one in view.lines],
    }  # fmt: skip


def _told(words: Words | str | None) -> str | None:
    return words.into(language()) if isinstance(words, Words) else words


_TOPIC = {
    "id": ID,
    "number": N_("number of the topic within its year"),
    "title": N_("the matter in one line"),
    "place": N_("the place it concerns"),
    "kind": N_("what it is about"),
    "state": N_("where it stands"),
    "opened_at": N_("when it was proposed"),
    "support": N_("how many neighbours support it"),
    "support_needed": N_("how many it needs to be discussed"),
    "comments": N_("how many comments there are"),
    "closes_at": N_("when its ballot closes"),
    "decided_at": N_("when it was decided"),
    "outcome": N_("how its ballot ended: carried, not_carried or no_quorum"),
}
publish("/topics.json", N_("Topics of the council"), _TOPIC)
publish(
    "/topics/<id>.json",
    N_("One topic with its timeline, ballot and comments"),
    {
        **_TOPIC,
        "body": N_("the whole text"),
        "proposer": N_("who proposed it, by family name only"),
        "timeline": N_("every step, when and why"),
        "ballot": N_("the question, its options, quorum, threshold and roll; votes only after closing"),
        "points": N_("the text that is voted on, point by point, while voting runs"),
        "notice": N_("the resolution on public notice, with the state of each of its points"),
        "promises": N_("what was promised: who does what by when, and how far it has come"),
        "sittings": N_("sittings on it: when, where they stand, and what they agreed on"),
        "comments_page": N_("fifty comments in the order of the talk; next is what to pass as after"),
    },
)

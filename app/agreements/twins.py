"""The public pages of agreements as open data; described in the data dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.agreements.queries import Standing, in_force, under_way
from app.agreements.showing import VersionPage, may_see
from app.ballots import showing as ballots
from app.discussion import showing as discussion
from app.kit.open_data import ID, publish
from app.kit.paging import Slice
from app.kit.refusal import N_


def agreement_list(
    rows: Slice, versions: Mapping[int, Sequence[Standing]], households: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "items": [_agreement(row, versions[row.id], households) for row in rows.rows],
        "next": rows.next,
    }


def _agreement(row: Any, versions: Sequence[Standing], households: Mapping[int, int]) -> dict[str, Any]:
    now, coming = in_force(versions), under_way(versions)
    return {
        **_plain(row),
        "in_force": _version(now) if now else None,
        "under_way": _version(coming) if coming and coming.stage != "drafting" else None,
        "signed": now.signed if now else 0, "households": households.get(row.place_id, 0),
    }  # fmt: skip


def version(here: VersionPage) -> dict[str, Any]:
    """One version with its text, its rules, its ballot, its timeline and, while it is out for comment, the talk."""
    signed, households = here.share
    return {
        **_plain(here.agreement),
        "version": _version(here.version),
        "articles": [
            {
                "number": one.number, "text": one.text,
                "rules": [{"code": rule.code, "line": rule.line} for rule in here.rules_of.get(one.id, ())],
            }
            for one in here.articles
        ],
        "versions": [_version(one) for one in here.all_versions if may_see(one, here.who)],
        "ballot": ballots.twin(here.box),
        "signed": signed, "households": households,
        "timeline": [
            {"step": line["action"], "at": line["at"], "why": line["why"] if line["why"] else None}
            for line in here.timeline
            if line.get("action") and not isinstance(line["why"], str)
        ],
        "comments_page": discussion.twin(here) if here.is_talked_about else None,
    }  # fmt: skip


def _plain(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "preamble": row.preamble, "place": row.place
    }  # fmt: skip


def _version(one: Standing) -> dict[str, Any]:
    return {
        "number": one.number, "state": one.state, "articles": one.articles, "note": one.note,
        "consulting_until": one.consulting_until, "closes_at": one.closes_at,
        "outcome": one.result, "effective_from": one.effective_from,
    }  # fmt: skip


_LISTED = {
    "id": ID,
    "title": N_("what the agreement is called"),
    "preamble": N_("what it is for"),
    "place": N_("the place where it holds"),
    "signed": N_("how many households signed the version in force"),
    "households": N_("how many households the place has"),
}
publish(
    "/agreements.json",
    N_("Agreements"),
    {
        **_LISTED,
        "in_force": N_("the version in force: number, effective day, number of articles"),
        "under_way": N_("the version that is out for comment or up for adoption"),
    },
)
_VERSION = {
    **_LISTED,
    "version": N_("the version shown, with its state and its effective day"),
    "articles": N_("its articles with their points rules; line is set where the article sets one itself"),
    "versions": N_("all versions, oldest first"),
    "ballot": N_("the adoption: question, quorum, threshold and roll; votes only after closing"),
    "timeline": N_("every step, when and why"),
    "comments_page": N_("fifty comments in the order of the talk; next is what to pass as after"),
}
publish("/agreements/<id>.json", N_("One agreement: the version in force, else the latest"), _VERSION)
publish("/agreements/<id>/versions/<number>.json", N_("One version of an agreement"), _VERSION)

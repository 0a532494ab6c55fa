"""What the page of an agreement shows to one reader at one moment: one version, and what stands round it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.agreements import queries, rules
from app.agreements.difference import Compared, compared
from app.agreements.queries import Standing
from app.ballots import queries as ballots
from app.ballots.booth import Booth
from app.ballots.showing import OUTCOME_WORDS
from app.discussion.showing import Talk
from app.kit import clock, say
from app.kit.i18n import language, shown
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.merits import queries as merits
from app.people.rules import Anyone

# What the timeline says of each step.
ACTION_WORDS = {
    "begin": N_("Begun"),
    "consult": N_("Put out for comment"),
    "revise": N_("Taken back to be written anew"),
    "put_up": N_("Put to the vote"),
    "extend": N_("Voting extended"),
    "carry": N_("Voting closed"),
    "fail": N_("Voting closed"),
    "drop": N_("Version dropped"),
}
# The button of each step, and what it will do.
STEP_WORDS = {
    "consult": (N_("Put it out for comment"), N_("The text is fixed, and everybody can read it and say something.")),
    "put_up": (N_("Put it to the vote"), ""),
    "record": (N_("Record the result"), N_("The result that the page shows is written on the timeline.")),
    "extend": (N_("Extend the voting"), N_("Voting runs longer. Old and new closing time and the reason are public.")),
    "revise": (
        N_("Write it anew"),
        N_("The version goes back to drafting, with your reason, and is put out again."),
    ),
    "drop": (N_("Drop this version"), N_("The version ends here. Your reason stands on it for everybody to read.")),
}


class VersionPage(Talk):
    """One version of an agreement as `reader` sees it at `at`."""

    rules = rules
    step_words = STEP_WORDS

    def __init__(
        self, agreement: queries.AnyRow, versions: Sequence[Standing], version: Standing, reader: Anyone, at: datetime,
        args: Mapping[str, str],
    ) -> None:  # fmt: skip
        super().__init__(reader, args)
        self.agreement, self.all_versions, self.version, self.at = agreement, versions, version, at
        self.who = rules.who_is(reader, place_path=agreement.place_path, edits=agreement.edits)
        self.is_staff = "staff" in self.who
        self.thread_id, self.community_id = version.thread_id or 0, agreement.community_id
        self.is_talked_about = version.state == "consulting"

    @property
    def state(self) -> str:
        return self.version.state

    @property
    def versions(self) -> list[Standing]:
        """Those that this reader may see: a text that is being written only for those who hold the pen."""
        return [one for one in self.all_versions if may_see(one, self.who)]

    @property
    def in_force(self) -> Standing | None:
        return queries.in_force(self.all_versions)

    @property
    def under_way(self) -> Standing | None:
        one = queries.under_way(self.all_versions)
        return one if one is not None and may_see(one, self.who) else None

    @property
    def before(self) -> Standing | None:
        """The version that this one is read against: the one in force, else the one adopted before it."""
        now = self.in_force
        if now is not None and now.number < self.version.number:
            return now
        known = ("superseded", "repealed", "in_force")
        older = [one for one in self.versions if one.number < self.version.number and one.state in known]
        return older[-1] if older else None

    @cached_property
    def texts(self) -> dict[int, list[queries.AnyRow]]:
        wanted = [self.version.id] + ([self.before.id] if self.before else [])
        return queries.articles(wanted)

    @property
    def articles(self) -> list[queries.AnyRow]:
        return self.texts[self.version.id]

    @cached_property
    def changes(self) -> list[Compared]:
        """What is other than in the version that it is read against."""
        if self.before is None or self.version.repeals:
            return []
        both = compared(self.texts[self.before.id], self.articles, language())
        return [one for one in both if one.kind != "same"]

    @cached_property
    def rules_of(self) -> dict[int, list[queries.AnyRow]]:
        return queries.rules_of(self.version.id)

    @staticmethod
    def rule_words(rule: queries.AnyRow) -> str:
        """E04 Clean-up day, +5 honour, +5 points; only code and words where the article names a line."""
        told = [f"{rule.code} {rule.behaviour.into(language())}"]
        assets = rule.line["assets"] if rule.line else {}
        if assets.get("honour"):
            told.append(_("%(amount)s honour", amount=say.signed(assets["honour"])))
        if assets.get("points"):
            told.append(_("%(amount)s to spend", amount=say.signed(assets["points"])))
        return _(", ").join(told)

    @cached_property
    def share(self) -> tuple[int, int]:
        """How many households signed this version, and how many there are at the place."""
        place_id = self.agreement.place_id
        return self.version.signed, queries.households_at([place_id]).get(place_id, 0)

    @cached_property
    def my_signatures(self) -> dict[int, datetime]:
        """By number of version, when the reader's household signed."""
        mine = self.reader.is_verified and self.reader.lives_in(self.agreement.place_path)
        return queries.signatures_of(self.reader.household_id or 0, self.agreement.id) if mine else {}

    @property
    def signed_before(self) -> int | None:
        """The latest earlier version that the reader's household signed."""
        return max((one for one in self.my_signatures if one < self.version.number), default=None)

    @cached_property
    def sign_refusal(self) -> Refusal | None:
        return rules.sign_refusal(
            self.reader, state=self.state, wish=None, number=self.version.number,
            place_path=self.agreement.place_path, signed=self.version.number in self.my_signatures,
            on=clock.local(self.at).date(),
        )  # fmt: skip

    @cached_property
    def box(self) -> ballots.VoteBox | None:
        question_id = self.version.question_id
        return ballots.vote_box(question_id, self.reader, self.at) if question_id else None

    @property
    def booth(self) -> Booth | None:
        return Booth(self.box) if self.box else None

    @property
    def comments_are_open(self) -> bool:
        return self.state == "consulting" and self.version.consulting_until > self.at

    @cached_property
    def comment_refusal(self) -> Refusal | None:
        return rules.comment_refusal(
            self.reader, state=self.state, until=self.version.consulting_until, place_path=self.agreement.place_path,
            street_id=self.agreement.street_id, at=self.at,
        )  # fmt: skip

    @property
    def steps(self) -> list[str]:
        """The steps that this reader may take now; a result is recorded once voting has closed."""
        if self.version.stage != self.state and self.version.stage == "adopting":
            return ["record"] if self.is_staff else []
        taken = rules.LIFE.open_to(self.version.stage, self.who)
        return [one for one in STEP_WORDS if one in taken and not (one == "put_up" and self.comments_are_open)]

    reason_needed = staticmethod(rules.reason_needed)

    @property
    def may_write(self) -> bool:
        return rules.pen_refusal(self.who, stage=self.version.stage, repeals=self.version.repeals) is None

    @cached_property
    def trial(self) -> int | None:
        """The last simulation of what this version sets, for whoever votes on it."""
        if self.state not in ("drafting", "consulting", "adopting", "coming"):
            return None
        return merits.latest_simulation(f"/agreements/{self.agreement.id}/versions/{self.version.number}")

    @property
    def may_try(self) -> bool:
        """Whether this reader may have its points tried before the vote."""
        return self.is_staff and self.state in ("drafting", "consulting", "adopting")

    def may_begin(self, *, repeals: bool = False) -> bool:
        busy = queries.under_way(self.all_versions)
        return (
            rules.draft_refusal(
                self.who, under_way=busy.number if busy else None, repeals=repeals, in_force=self.in_force is not None
            )
            is None
        )

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """Lines for the drawing: what was, and the day of effect."""
        lines = [self._line(row) for row in queries.timeline(self.version.id)]
        if self.version.stage == "adopting" and self.state != "adopting":
            closed = ACTION_WORDS["carry"]
            lines.append({"words": _(closed), "at": self.version.closes_at, "state": "done"})
        if self.version.result and lines:
            lines[-1]["why"] = _(OUTCOME_WORDS[self.version.result])
        if self.version.effective_from and self.state in ("adopting", "coming", "in_force", "superseded", "repealed"):
            begun = self.state in ("in_force", "superseded", "repealed")
            words = self._words_of_day()
            day = clock.at_local(self.version.effective_from)
            lines.append({"words": words, "at": day, "state": "done" if begun else ""})
        if lines and self.state in ("drafting", "consulting", "adopting", "in_force"):
            last = [line for line in lines if line["state"] == "done"]
            last[-1]["state"] = "now"
        return lines

    def _words_of_day(self) -> str:
        """What its day of effect brings; while households vote nobody knows."""
        if self.state == "adopting":
            words = N_("If adopted, repealed from this day"), N_("If adopted, in force from this day")
        else:
            words = N_("Repealed from this day"), N_("In force from this day")
        return _(words[0] if self.version.repeals else words[1])

    def _line(self, row: queries.AnyRow) -> dict[str, Any]:
        by = None
        if row.action in ("carry", "fail"):
            pass  # it closed by itself, whoever wrote it down
        elif row.as_staff:
            by = self.agreement.committee.into(language()) if self.agreement.committee else _("the committee")
        elif row.by_id:
            by = self.name(row)
        words = _(ACTION_WORDS[row.action])
        return {"words": words, "action": row.action, "at": row.at, "by": by, "why": row.why, "state": "done"}

    def href(self, **args: Any) -> str:
        return url_for(
            "agreements.version", agreement_id=self.agreement.id, number=self.version.number, **args
        )  # fmt: skip

    def door(self, name: str, **values: Any) -> str:
        room = ROOMS.get(name, "agreements_desk")
        return url_for(f"{room}.{name}", agreement_id=self.agreement.id, number=self.version.number, **values)

    @property
    def crumbs(self) -> list[tuple[str, Any]]:
        """The way to this page, for the pages below it."""
        return [
            (url_for("agreements.agreements"), _("Agreements")),
            (url_for("agreements.agreement", agreement_id=self.agreement.id), shown(self.agreement.title)),
            (self.href(), _("Version %(number)s", number=self.version.number)),
        ]


# Where each door of a version is; the others are at the desk.
ROOMS = {
    **dict.fromkeys(("vote", "check_receipt", "ballots_list"), "agreements"),
    **dict.fromkeys(("comment", "agree", "disagree", "one_comment", "hide"), "agreements_talk"),
    **dict.fromkeys(
        (
            "edit", "say_what_is_new", "write_article", "article", "change_article", "remove_article", "add_rule",
            "remove_rule",
        ),
        "agreements_pen",
    ),
}  # fmt: skip


def may_see(version: Standing, who: frozenset[str]) -> bool:
    """A text that is being written is seen by those who hold the pen."""
    return bool(version.stage != "drafting" or who)

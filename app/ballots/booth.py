"""The voting booth: one question on a page, with the forms in it and what was just said. Every room shows the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.ballots import papers
from app.ballots.counting import LOT
from app.ballots.forms import ReceiptForm, SecretVoteForm, VoteForm, paper_for
from app.ballots.needed import threshold_words
from app.ballots.own import Own
from app.ballots.papers import ABSTAIN, KINDS, MANY, SCORES
from app.ballots.queries import Answer, Blank, VoteBox
from app.ballots.showing import outcome_words, seal_of
from app.kit import causes
from app.kit.fields import OnceForm
from app.kit.i18n import language
from app.kit.refusal import N_, Refusal
from app.kit.words import Words
from app.people.rules import ROLES
from app.places.parts import part_names

METHOD_WORDS = {
    "yes_no": N_("yes, no or abstain"),
    "single_choice": N_("one of several"),
    "approval": N_("approval: tick all you can live with"),
    "score": N_("scores"),
    "schulze": N_("ranking, each two compared (Schulze)"),
    "run_off": N_("ranking, instant run-off"),
    "transferable": N_("ranking, transferable vote for several seats"),
}
HOW = {
    "approval": N_("Tick all that you can live with."),
    "score": N_("From 0, the worst, to %(best)s, the best. What gets no score counts as 0."),
    "schulze": N_("Place 1 is the best. The same place means equally good; what gets no place stands last."),
    "run_off": N_("Place 1 is the best, and each place is given once. What gets no place never has your vote."),
    "transferable": N_("Place 1 is the best, and each place is given once. What gets no place never has your vote."),
}


@dataclass
class Booth:
    """`voted` and `asked` are forms that were sent and stay as they were typed; `told` is what to say of them.

    `receipt` is shown once, large; `found` is the line on the paper of a receipt that was looked for (`checked`). `own`
    is what others entered for the reader, on the page of the vote alone; `refused` why a step beside it was not taken.
    """

    box: VoteBox
    voted: VoteForm | SecretVoteForm | None = None
    asked: ReceiptForm | None = None
    told: str = ""
    receipt: str | None = None
    checked: bool = False
    found: str | None = None
    own: Own | None = None
    refused: Refusal | None = None
    _paper: Any = field(default=None, init=False)

    @property
    def paper(self) -> VoteForm | SecretVoteForm:
        """The paper as it was sent, or a blank one."""
        self._paper = self._paper or self.voted or paper_for(self.box, formdata=None)
        return self._paper

    def step(self) -> OnceForm:
        """A blank form for one press of a button beside the paper."""
        return OnceForm(formdata=None)

    @property
    def receipt_form(self) -> ReceiptForm:
        return self.asked or ReceiptForm(formdata=None)

    @property
    def kind(self) -> str:
        return KINDS[self.box.method]

    @property
    def options(self) -> list[Answer]:
        """What is ticked, scored or ranked; abstention is a choice of its own."""
        return [one for one in self.box.answers if one.key != ABSTAIN or self.kind == papers.ONE]

    @property
    def seal(self) -> tuple[str, str] | None:
        return seal_of(self.box.outcome.result if self.box.outcome else None)

    @property
    def outcome_words(self) -> str:
        return outcome_words(self.box)

    @property
    def my_words(self) -> str:
        return words_of(self.box, self.box.my_choice) if self.box.my_choice else ""

    @property
    def found_words(self) -> str:
        return words_of(self.box, self.found) if self.found else ""

    @property
    def how(self) -> str:
        """How this paper is filled in; nothing where it is plain."""
        said = HOW.get(self.box.method)
        return _(said, best=self.box.terms.best) if said else ""

    @property
    def method_words(self) -> str:
        return _(METHOD_WORDS[self.box.method])

    @property
    def role_words(self) -> str:
        return _(", ").join(_(ROLES[role]) for role in self.box.roles)

    @property
    def part_words(self) -> str:
        """Who votes where it is not the whole place: A06 grid, building group 1."""
        named = part_names(self.box.parts)
        return _(", ").join(" ".join(name.into(language()) for name in names) for names in named)

    @property
    def threshold_words(self) -> str:
        return threshold_words(self.box)

    @property
    def ties_words(self) -> str:
        """What was fixed for a tie for the result; nothing where rounds alone can tie."""
        if self.box.method == "transferable":
            return ""
        by_lot = self.box.terms.ties == LOT
        return _("The lot decides.") if by_lot else _("Nothing is carried, and the vote is held again.")

    @property
    def lot(self) -> list[Words]:
        """The answers in the order of the lot, where it may have to decide."""
        label = {one.key: one.label for one in self.box.answers}
        used = self.box.terms.ties == LOT or self.box.method in ("run_off", "transferable")
        return [label[key] for key in self.box.terms.lot] if used else []

    @property
    def matter_href(self) -> str | None:
        """The page of what is voted on."""
        return href_of(self.box)


def href_of(box: Blank) -> str | None:
    return causes.href_of(box.subject)


def words_of(box: VoteBox, paper: str) -> str:
    """A paper as people say it: Yes; bench, lamp; bench 5, lamp 0; 1. lamp 2. bench, shed."""
    label = {one.key: one.label.into(language()) for one in box.answers}
    if paper == ABSTAIN:
        return label[ABSTAIN]
    kind = KINDS[box.method]
    if kind == SCORES:
        return _(", ").join(f"{label[key]} {score}" for key, score in papers.scores(paper).items())
    if kind == MANY:
        return _(", ").join(label[key] for key in papers.approved(paper))
    if kind == papers.RANKING:
        tiers = (_(", ").join(label[key] for key in tier) for tier in papers.tiers(paper))
        return " ".join(f"{place}. {tier}" for place, tier in enumerate(tiers, start=1))
    return label[paper]

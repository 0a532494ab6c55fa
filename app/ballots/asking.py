"""What is filled in when a question is put: the rules of a ballot, for whichever room asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice

from app.ballots.booth import METHOD_WORDS
from app.ballots.counting import AGAIN, LOT
from app.ballots.rules import MOST_OPTIONS, MOST_SCORE, NONE_OF_THESE, Asked, Option, closing
from app.kit.fields import Form, text_field, whole_number
from app.kit.i18n import language
from app.kit.words import Words
from app.people.rules import ROLES
from app.places.parts import Part, parts_of

MOST_DAYS, MOST_SEATS, LONGEST_PAPER, LONGEST_ANSWER = 60, 9, 2400, 60
# Whole shares as they are said; kept exact, never as a decimal.
QUORUMS = {"1/5": "20%", "3/10": "30%", "1/3": "1/3", "1/2": "50%", "2/3": "2/3"}
# `share` of the votes that choose, or `share:roll` of all who could vote.
THRESHOLDS = {
    "1/2": _l("more than half of the votes"),
    "2/3": _l("two thirds of the votes or more"),
    "3/4": _l("three quarters of the votes or more"),
    "1/2:roll": _l("more than half of all on the roll"),
    "2/3:roll": _l("two thirds of all on the roll or more"),
}
THE_MOST = SelectChoice("0/1", _l("the most votes"))  # among several answers; of yes and no it would say nothing
NO_THRESHOLD = ("schulze", "transferable")  # the default option, or the quota, says what is needed
VOTING_ROLES = ("household_rep", "leader", "council", "supervisor", "grid", "staff")
NONE = Option(NONE_OF_THESE, Words(zh="以上都不选", en="None of these"))
# What the finer rules are where nobody chose any.
_USUAL: dict[str, tuple[Any, ...]] = {
    "ties": (AGAIN,), "none_of_these": (False,), "ratio": ("1",), "seats": (1, None), "best": (5, None),
    "parts": ([], None), "roles": ([], None),
}  # fmt: skip


class TermsForm(Form):
    """What is said of every ballot: the question, for how long, quorum and threshold (exact shares), open or secret."""

    wording = text_field(_l("The question"), least=6, most=200)
    days = whole_number(_l("Days until it closes"), least=1, most=MOST_DAYS, default=7)
    quorum = SelectField(_l("At least this share must vote"), choices=[SelectChoice(*one) for one in QUORUMS.items()])
    quorum_of = SelectField(
        _l("The share is"),
        default="roll",
        choices=[
            SelectChoice("roll", _l("of all on the roll")),
            SelectChoice("active", _l("of those on the roll who signed in or voted in the last twelve months")),
        ],
    )
    threshold = SelectField(_l("To carry, it needs"), choices=[SelectChoice(*one) for one in THRESHOLDS.items()])
    secret = BooleanField(_l("Secret ballot: what was voted is kept apart from the names"))

    def asked(self, at: datetime, **more: Any) -> Asked:
        """The question as it was filled in, to be opened at that moment."""
        share, _sign, of = self.threshold.data.partition(":")
        known = {"secret": self.secret.data, "quorum_of": self.quorum_of.data, "threshold_of": of or "chose"}
        wording, closes_at = Words.typed(self.wording.data, language()), closing(at, self.days.data)
        return Asked(wording, closes_at, Fraction(self.quorum.data), Fraction(share), **(known | more))


class AskForm(TermsForm):
    """A question of any kind: who votes, how people answer, and what follows from that."""

    made_of: Sequence[Part] = ()
    threshold = SelectField(
        _l("To carry, it needs"), choices=[*(SelectChoice(*one) for one in THRESHOLDS.items()), THE_MOST]
    )
    method = SelectField(
        _l("How people answer"), choices=[SelectChoice(key, _l(words)) for key, words in METHOD_WORDS.items()]
    )
    options = text_field(_l("The answers, one a line"), most=LONGEST_PAPER, needed=False, lines=True)
    electorate = SelectField(
        _l("Who votes"),
        choices=[
            SelectChoice("person", _l("One vote a person")),
            SelectChoice("household", _l("One vote a household")),
        ],
    )
    parts = SelectMultipleField(_l("Only part of the place (none: all of it)"), choices=[], validate_choice=False)
    roles = SelectMultipleField(
        _l("Only who holds one of these roles (none: everybody who lives there)"),
        choices=[SelectChoice(role, _l(ROLES[role])) for role in VOTING_ROLES],
        validate_choice=False,  # WTForms says it in English alone
    )
    ties = SelectField(
        _l("If two are equal"),
        default=AGAIN,
        choices=[
            SelectChoice(AGAIN, _l("nothing is carried, and the vote is held again")),
            SelectChoice(LOT, _l("the lot decides; it follows from the roll")),
        ],
    )
    none_of_these = BooleanField(_l("“None of these” is one of the answers, and each other one must beat it"))
    ratio = SelectField(
        _l("Against “none of these”, each answer needs"),
        default="1",
        choices=[
            SelectChoice("1", _l("more papers for it than against it")),
            SelectChoice("2", _l("more than two to one")),
            SelectChoice("3", _l("more than three to one")),
        ],
    )
    seats = whole_number(_l("How many are elected"), least=1, most=MOST_SEATS, needed=False, default=1)
    best = whole_number(_l("The highest score"), least=1, most=MOST_SCORE, needed=False, default=5)

    @classmethod
    def about(cls, place_id: int) -> Self:
        """For something that concerns this place, or part of it."""
        form = cls()
        form.made_of = parts_of(place_id)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field first; then what does not go with the way in which people answer.

        Nothing that was chosen is dropped in silence: once voting is open it could not be put right any more.
        """
        right = super().validate(extra_validators)
        for name, words in self._misfits():
            self[name].errors = [*self[name].errors, words]
            right = False
        return right

    def _misfits(self) -> Iterator[tuple[str, Any]]:
        method = self.method.data
        yield from (("options", words) for words in self._wrong_answers(method))
        if not set(self.roles.data or ()) <= set(VOTING_ROLES):
            yield "roles", _l("These rules of a ballot are not known here. Choose them from the list.")
        if not set(self.parts.data or ()) <= {path for part in self.made_of for path in part.everywhere()}:
            yield "parts", _l("Not all of these lie in the place that the topic concerns. Choose them from the list.")
        if self.none_of_these.data and method != "schulze":
            yield "none_of_these", _l("This goes only with the ranking in which each two are compared.")
        if self.ratio.data != "1" and not self.has_default:
            yield "ratio", _l("This needs “none of these” among the answers: tick it, or choose the first line here.")
        if self.seats.data not in (*_USUAL["seats"], 0) and method != "transferable":
            yield "seats", _l("Only the transferable vote elects several. Leave it at 1, or choose that one.")
        if self.best.data not in _USUAL["best"] and method != "score":
            yield "best", _l("Only scores have a highest one. Leave it at 5, or choose scores.")

    def _wrong_answers(self, method: str) -> Iterator[Any]:
        answers = self._answers()
        if method == "yes_no":
            if answers:
                yield _l("You wrote answers, but people are to answer yes or no. Choose how people answer, or leave "
                         "the answers empty.")  # fmt: skip
        elif not 2 <= len(answers) <= MOST_OPTIONS - 1:
            yield _l("Please write two to nineteen answers, each on a line of its own.")
        if any(not label for label, _means in answers):
            yield _l("One line has no answer before its | sign.")
        if any(len(label) > LONGEST_ANSWER for label, _means in answers):
            yield _l("At most %(most)s characters an answer, please; what it means goes behind a | sign.",
                     most=LONGEST_ANSWER)  # fmt: skip

    def _answers(self) -> list[tuple[str, str]]:
        """Of each line the answer and what it means."""
        lines = (line.replace("｜", "|") for line in (self.options.data or "").split("\n") if line.strip())
        parts = (line.partition("|") for line in lines)
        return [(label.strip(), means.strip()) for label, _sign, means in parts]

    @property
    def has_finer(self) -> bool:
        """Whether any of the finer rules was chosen, or filled in wrongly: then they are shown."""
        return any(self[name].errors or self[name].data not in usual for name, usual in _USUAL.items())

    def chosen_options(self) -> list[Option]:
        """`answer` or `answer | what it means`, one a line; none for yes or no."""
        if self.method.data == "yes_no":
            return []
        ratio = int(self.ratio.data or 1) if self.has_default else 1
        options = [
            Option(
                f"o{number}", Words.typed(label, language()), Words.typed(means, language()) if means else None,
                ratio=ratio,
            )
            for number, (label, means) in enumerate(self._answers(), start=1)
        ]  # fmt: skip
        return [*options, NONE] if self.has_default else options

    @property
    def has_default(self) -> bool:
        return bool(self.method.data == "schulze" and self.none_of_these.data)

    def asked(self, at: datetime, **more: Any) -> Asked:
        method = self.method.data
        terms = {
            "method": method, "electorate": self.electorate.data, "options": self.chosen_options(),
            "default": NONE_OF_THESE if self.has_default else None, "ties": self.ties.data,
            "seats": (self.seats.data or 1) if method == "transferable" else 1, "best": self.best.data or 5,
            "parts": self.parts.data or (), "roles": self.roles.data or (),
        }  # fmt: skip
        asked = super().asked(at, **(terms | more))
        return replace(asked, threshold=Fraction(0)) if method in NO_THRESHOLD else asked

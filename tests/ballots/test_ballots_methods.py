"""The methods of counting: by hand where a hand can count, and against published votes of others."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from app.ballots import methods, papers
from app.ballots.counting import AGAIN, LOT, Count, Terms, Tie, lot_of
from tests.ballots import oracles

ABC = ["a", "b", "c"]


def count(method: str, cast: dict[str, int], options: Sequence[str] = ABC, **values: Any) -> Count:
    """A count without quorum or threshold, unless given; the lot is a, b, c."""
    known: dict[str, Any] = {"roll_size": 100, "quorum": 1, "threshold": Fraction(0), "lot": sorted(options)}
    return methods.count(Terms(method, options, **(known | values)), cast)


def test_approval_counts_every_option_that_a_paper_ticks() -> None:
    counted = count("approval", {"a,b": 3, "b": 2, "c": 1, "abstain": 4})

    assert (counted.sums, counted.winners, counted.cast, counted.chose) == ({"a": 3, "b": 5, "c": 1}, ["b"], 10, 6)


def test_the_threshold_of_an_approval_is_a_share_of_those_who_chose() -> None:
    assert count("approval", {"a,b": 3, "b": 3}, threshold=Fraction(2, 3)).winners == ["b"]
    assert count("approval", {"a": 3, "b": 2, "c": 2}, threshold=Fraction(1, 2)).result == "not_carried"


def test_score_adds_what_was_given_and_measures_it_against_all_that_could_be() -> None:
    cast = {"a:5,b:0,c:3": 2, "a:0,b:4,c:3": 2}

    assert count("score", cast).sums == {"a": 10, "b": 8, "c": 12}
    assert count("score", cast, threshold=Fraction(3, 5)).winners == ["c"]  # 12 of 20
    assert count("score", cast, threshold=Fraction(2, 3)).winners == ()


@pytest.mark.parametrize(("threshold", "of_roll", "result"), [
    ("1/2", False, "carried"), ("1/2", True, "not_carried"), ("3/10", True, "carried"), ("4/5", False, "not_carried"),
])  # fmt: skip
def test_an_absolute_threshold_is_a_share_of_the_roll(threshold: str, of_roll: bool, result: str) -> None:
    counted = count("yes_no", {"yes": 30, "no": 10}, ["yes", "no"], threshold=Fraction(threshold), of_roll=of_roll)

    assert counted.result == result


@pytest.mark.parametrize("method", ["single_choice", "approval"])
def test_a_tie_for_the_result_carries_nothing_unless_the_lot_was_to_decide(method: str) -> None:
    again = count(method, {"b": 2, "c": 2, "a": 1}, ties=AGAIN)
    lot = count(method, {"b": 2, "c": 2, "a": 1}, ties=LOT, lot=["c", "a", "b"])

    assert (again.result, again.winners, again.tied) == ("not_carried", (), ["b", "c"])
    assert (lot.result, lot.winners, lot.ties) == ("carried", ["c"], [Tie("result", ["b", "c"], "c")])


def test_below_the_quorum_nothing_is_carried_and_the_sums_are_told() -> None:
    counted = count("single_choice", {"a": 3, "abstain": 1}, quorum=5)

    assert (counted.result, counted.winners, counted.sums["a"], counted.cast) == ("no_quorum", (), 3, 4)
    assert count("single_choice", {"a": 3, "abstain": 2}, quorum=5).winners == ["a"]


def test_schulze_elects_whom_nobody_beats_along_a_stronger_path() -> None:
    """The example of Schulze's paper (2011, section 3.1): 45 papers, E wins."""
    cast = {
        "a>c>b>e>d": 5, "a>d>e>c>b": 5, "b>e>d>a>c": 8, "c>a>b>e>d": 3, "c>a>e>b>d": 7, "c>b>a>d>e": 2, "d>c>e>b>a": 7,
        "e>b>a>d>c": 8,
    }  # fmt: skip

    counted = count("schulze", cast, list("abcde"))

    assert counted.winners == ["e"]
    assert counted.matrix["a"] == {"b": 20, "c": 26, "d": 30, "e": 22}
    assert counted.strengths["e"] == {"a": 25, "b": 28, "c": 28, "d": 31}


def test_schulze_drops_what_fails_before_it_compares() -> None:
    cast = {"a>c>b": 4, "a>b>c": 2, "b>c>a": 3}

    plain = count("schulze", cast, default="c")
    supermajority = count("schulze", cast, default="c", ratios={"a": Fraction(2)})
    few = count("schulze", cast, default="c", quorum=7)

    assert plain.winners == ["a"]
    assert [(one.option, one.why, one.for_, one.against) for one in supermajority.dropped] == [("a", "majority", 6, 3)]
    assert supermajority.winners == ["b"]  # 5 to 4 above the default
    assert [one.why for one in few.dropped] == ["quorum", "quorum"]
    assert (few.result, few.winners) == ("not_carried", ())  # the default wins: nothing is carried


def test_a_run_off_moves_papers_on_until_one_has_more_than_half() -> None:
    counted = count("run_off", {"a": 4, "b>c": 3, "c>b": 2}, threshold=Fraction(1, 2))

    assert [(dict(one.votes), one.out, one.elected) for one in counted.rounds] == [
        ({"a": 4, "b": 3, "c": 2}, ["c"], ()),
        ({"a": 4, "b": 5}, (), ["b"]),
    ]
    assert counted.winners == ["b"]


def test_the_threshold_of_a_run_off_counts_exhausted_papers_too() -> None:
    counted = count("run_off", {"a": 4, "b": 3, "c": 2}, threshold=Fraction(1, 2))

    assert (counted.rounds[-1].elected, counted.rounds[-1].exhausted) == (["a"], 2)
    assert counted.result == "not_carried"  # 4 of 9


def test_who_is_left_out_of_two_with_as_few_votes_is_the_lot_s_last() -> None:
    counted = count("run_off", {"a": 3, "b>a": 1, "c>b": 1}, lot=["c", "b", "a"], threshold=Fraction(1, 2))

    assert counted.ties == []  # a has more than half at once
    counted = count("run_off", {"a": 3, "b>a": 2, "c>b": 2}, lot=["c", "b", "a"])
    assert counted.ties == [Tie("eliminated", ["b", "c"], "b")]
    assert counted.winners == ["a"]


@pytest.mark.parametrize(("ties", "winners", "tied"), [(AGAIN, (), ["a", "b"]), (LOT, ["b"], ())])
def test_two_who_end_a_run_off_alike_are_a_tie_for_the_result(ties: str, winners: Any, tied: Any) -> None:
    counted = count("run_off", {"a": 2, "b": 2}, ties=ties, lot=["b", "a", "c"])

    assert (counted.winners, counted.tied) == (winners, tied)


def test_of_a_surplus_every_paper_moves_on_in_part() -> None:
    """Two seats, nine papers: the quota is four; of A's six the two above it go to B and C as two sixths of each."""
    counted = count("transferable", {"a>b": 4, "a>c": 2, "c": 2, "b": 1}, seats=2)

    first, second, third = counted.rounds
    assert (counted.share_needed, first.elected) == (4, ["a"])
    assert dict(second.votes) == {"b": 1 + Fraction(4, 3), "c": 2 + Fraction(2, 3)}
    assert (second.out, third.elected, counted.winners) == (["b"], ["c"], ["a", "c"])


def test_whoever_is_left_takes_the_last_seats_without_the_quota() -> None:
    counted = count("transferable", {"a": 5, "b": 1}, seats=3)

    assert counted.winners == ["a", "b", "c"]


def test_without_a_paper_that_chooses_nothing_is_carried() -> None:
    for method in papers.METHODS:
        options = ["yes", "no"] if method == "yes_no" else ABC
        for cast in ({}, {"abstain": 3}):
            counted = count(method, cast, options, ties=LOT, default="c" if method == "schulze" else None, quorum=0)

            assert (counted.result, counted.winners) == ("not_carried", ()), method


@pytest.mark.parametrize(("method", "paper"), [
    ("yes_no", "maybe"), ("single_choice", "a,b"), ("single_choice", ""), ("approval", "b,a"), ("approval", "a,a"),
    ("approval", ""), ("score", "a:5"), ("score", "a:6,b:0,c:0"), ("score", "a:-1,b:0,c:0"), ("score", "a:05,b:0,c:0"),
    ("score", "b:1,a:1,c:1"), ("score", "a:x,b:0,c:0"), ("schulze", "a>a"), ("schulze", "b,a>c"), ("schulze", "a>>b"),
    ("schulze", "d"), ("run_off", "a,b>c"), ("transferable", "a>"), ("run_off", "abstain>a"),
])  # fmt: skip
def test_a_paper_is_written_in_one_way_only(method: str, paper: str) -> None:
    with pytest.raises(papers.Unreadable):
        papers.check(method, paper, ["yes", "no"] if method == "yes_no" else ABC, best=5)


@pytest.mark.parametrize(("method", "paper"), [
    ("single_choice", "a"), ("approval", "a,c"), ("score", "a:5,b:0,c:2"), ("schulze", "b>a,c"), ("schulze", "a,b,c"),
    ("run_off", "c>a"), ("transferable", "a>b>c"), ("run_off", "abstain"),
])  # fmt: skip
def test_a_paper_that_is_written_so_is_read(method: str, paper: str) -> None:
    papers.check(method, paper, ABC, best=5)


def test_the_lot_follows_from_the_roll_and_cannot_be_chosen() -> None:
    drawn = {lot_of(f"{number:064x}", ABC) for number in range(60)}

    assert len(drawn) == 6  # every order comes up
    assert lot_of("ab" * 32, ABC) == lot_of("ab" * 32, list(reversed(ABC)))


# Votes of others ---------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.filterwarnings("error")
here = pytest.mark.skipif(not oracles.DEBIAN.exists(), reason="THE VOTES OF DEBIAN AND NEW SOUTH WALES ARE ABSENT")


def debian_count(name: str, method: str, *, strict: bool = False, **values: Any) -> Count:
    options, cast = oracles.debian_papers(name)
    cast = oracles.strict(cast) if strict else cast
    return count(method, cast, options, lot=lot_of(name, options), roll_size=1100, **values)


@here
@pytest.mark.parametrize("name", oracles.debian_votes())
def test_the_votes_of_debian_come_out_as_their_secretary_announced(name: str) -> None:
    """Matrix, dropped options and winner of nineteen votes."""
    outcome = oracles.debian_outcome(name)
    official, default = outcome["official"], str(outcome["default_option"])

    counted = debian_count(
        name, "schulze", default=default, ratios=oracles.debian_ratios(outcome), quorum=ceil(official["quorum"] or 1)
    )

    matrix = {
        a: {str(b): n for b, n in enumerate(row, 1) if n is not None} for a, row in official["beat_matrix"].items()
    }
    assert counted.matrix == matrix
    assert [(one.option, one.why) for one in counted.dropped] == [
        (str(one["option"]), one["reason"].lower()) for one in official["dropped"]
    ]
    assert list(counted.winners) == [str(one) for one in official["winners"] if str(one) != default]


@here
@pytest.mark.parametrize("name", oracles.debian_votes())
def test_the_same_papers_give_what_independent_counts_of_other_methods_gave(name: str) -> None:
    outcome = oracles.debian_outcome(name)

    plain = debian_count(name, "schulze", ties=LOT)
    run_off = debian_count(name, "run_off", strict=True)
    seats = debian_count(name, "transferable", strict=True, seats=2)

    assert (list(plain.ties[0].tied) if plain.ties else list(plain.winners)) == [
        str(one) for one in outcome["schulze_plain_tiers"][0]
    ]
    assert list(run_off.winners) == outcome["irv_strict_ballots"]["winner"]
    if "stv2_strict_ballots" in outcome:
        assert sorted(seats.winners) == outcome["stv2_strict_ballots"]


@here
@pytest.mark.parametrize("name", oracles.nsw_votes())
def test_the_elections_of_new_south_wales_come_out_round_by_round(name: str) -> None:
    options, cast = oracles.nsw_papers(name)
    oracle = oracles.nsw_oracle(name)
    lot = lot_of(name, options)

    run_off = count("run_off", cast, options, lot=lot, roll_size=60_000)
    seats = count("transferable", cast, options, lot=lot, roll_size=60_000, seats=2)

    assert [{"tally": dict(one.votes), "exhausted": one.exhausted} for one in run_off.rounds] == oracle["rounds"]
    assert [int(key) for one in run_off.rounds for key in one.out] == oracle["elimination_order"]
    assert list(run_off.winners) == [str(oracle["irv_winner"])]
    assert sorted(seats.winners) == sorted(oracle["votekit_stv_2_seats_droop"])

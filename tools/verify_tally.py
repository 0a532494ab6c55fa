#!/usr/bin/env python3
"""Count a vote of Xiangyue again, without Xiangyue: Python's standard library alone, no database, no network.

    python verify_tally.py BUNDLE [--digest HEX] [--receipt RECEIPT]

BUNDLE is the file that the page of a closed vote offers: the terms that were fixed at opening, every paper without a
name, and the result. All papers are counted by those terms and the result is compared, number by number.

--digest is the digest that was printed somewhere: at the notice board, in a disclosure. Then the file must be that very
one; without it a file in which papers *and* result were changed together still fits together. --receipt finds the own
paper and says what stands on it. Ends with 0 when all is in order, with 1 when not, with 2 when there was nothing to
check.

How each method counts is told below, in the code that does it once more; it shares no line with the house's own.
"""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from hashlib import sha256
from typing import Any

FORMAT = "xiangyue-tally-1"
Bundle = dict[str, Any]
Paper = tuple[tuple[str, ...], ...]  # a ranking from best to worst, equal ones together


class Wrong(Exception):
    """What does not fit, and where."""


def digest_of(bundle: Bundle) -> str:
    """SHA-256 over question, terms and papers, as JSON without spaces, keys in order, in UTF-8."""
    sealed = {name: bundle[name] for name in ("question", "terms", "papers")}
    return sha256(json.dumps(sealed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def check(bundle: Bundle, *, digest: str | None = None) -> str:
    """Everything there is to check; what to say when all is in order. Raises `Wrong`."""
    if bundle["bundle"] != FORMAT:
        raise Wrong(f"this is no bundle of the kind {FORMAT}")
    if bundle["digest"] != digest_of(bundle):
        raise Wrong("the digest in the file does not belong to its question, terms and papers")
    if digest is not None and digest != bundle["digest"]:
        raise Wrong("this is another file than the one whose digest you gave")
    _check_terms(bundle["terms"])
    papers = _checked_papers(bundle["papers"], bundle["terms"])
    counted = count(bundle["terms"], papers)
    for name, told in bundle["result"].items():
        if counted.get(name) != told:
            raise Wrong(f"{name}: the file says {told}, the papers say {counted.get(name)}")
    if counted.keys() - bundle["result"].keys():
        raise Wrong(f"the result leaves out {sorted(counted.keys() - bundle['result'].keys())}")
    return f"{len(papers)} papers counted again: {counted['result']} {', '.join(counted['winners'])}".rstrip()


def _checked_papers(listed: list[list[str]], terms: Bundle) -> list[str]:
    papers = [tuple(one) for one in listed]
    if papers != sorted(papers) or len({receipt for receipt, _ in papers}) != len(papers):
        raise Wrong("the papers are not in the order of their hashes, or one hash stands there twice")
    if len(papers) > terms["roll_size"]:
        raise Wrong(f"{len(papers)} papers, and only {terms['roll_size']} on the roll")
    for number, (_receipt, paper) in enumerate(papers, start=1):
        if not readable(paper, terms):
            raise Wrong(f"paper {number} says {paper!r}, which is no vote here")
    return [paper for _receipt, paper in papers]


def _check_terms(terms: Bundle) -> None:
    share, size = Fraction(terms["quorum"]), terms["quorum_of"]
    if terms["needed"] != max(1, -(-share.numerator * size // share.denominator)):
        raise Wrong("the number of papers that the quorum asks for does not follow from its share")
    drawn = sorted(terms["options"], key=lambda key: sha256(f"{terms['roll_hash']}:{key}".encode()).hexdigest())
    if terms["lot"] != drawn:
        raise Wrong("the lot does not follow from the hash of the roll")


def readable(paper: str, terms: Bundle) -> bool:
    """Whether the line is a vote of this method."""
    options, method = terms["options"], terms["method"]
    if paper == "abstain" or method in ("yes_no", "single_choice"):
        return paper == "abstain" or paper in options
    if method == "approval":
        ticked = paper.split(",")
        return [key for key in options if key in ticked] == ticked
    if method == "score":
        pairs = [one.partition(":") for one in paper.split(",")]
        given = [score.isascii() and score.isdigit() and int(score) <= terms["best"] for _, _, score in pairs]
        return (
            [key for key, _, _ in pairs] == options
            and all(given)
            and "," + paper == "".join(f",{key}:{int(score)}" for key, _, score in pairs)
        )
    named = [key for tier in ranking(paper) for key in tier]
    in_order = all([key for key in options if key in tier] == list(tier) for tier in ranking(paper))
    strict = method == "schulze" or all(len(tier) == 1 for tier in ranking(paper))
    return len(set(named)) == len(named) and set(named) <= set(options) and in_order and strict


def ranking(paper: str) -> Paper:
    return tuple(tuple(tier.split(",")) for tier in paper.split(">"))


def count(terms: Bundle, papers: list[str]) -> Bundle:
    """The result of these papers."""
    chose = [paper for paper in papers if paper != "abstain"]
    result: Bundle = {
        "result": "not_carried", "winners": [], "cast": len(papers), "chose": len(chose), "needed": terms["needed"],
        "sums": sums_of(terms, chose), "rounds": [], "share_needed": 0, "matrix": {}, "strengths": {}, "dropped": [],
        "ties": [], "tied": [],
    }  # fmt: skip
    method = terms["method"]
    if method == "schulze":
        schulze(terms, chose, result)
    elif method == "run_off":
        run_off(terms, chose, result)
    elif method == "transferable":
        transferable(terms, chose, result)
    elif method == "yes_no":
        decide(terms, result, ["yes"], result["sums"]["yes"], 1)
    else:
        top = max(result["sums"].values())
        first = [key for key in terms["options"] if result["sums"][key] == top]
        decide(terms, result, first, top, terms["best"] if method == "score" else 1)
    if len(papers) < terms["needed"]:
        result |= {"result": "no_quorum", "winners": [], "ties": [], "tied": []}
    return result


def sums_of(terms: Bundle, papers: list[str]) -> dict[str, int]:
    """Votes, approvals, points, or first places."""
    sums = dict.fromkeys(terms["options"], 0)
    for paper in papers:
        if terms["method"] == "score":
            for one in paper.split(","):
                key, _, score = one.partition(":")
                sums[key] += int(score)
        else:
            for key in ranking(paper)[0]:
                sums[key] += 1
    return sums


def decide(terms: Bundle, result: Bundle, first: list[str], votes: int, each: int) -> None:
    """Whether the threshold is reached: more than one half, or at least any other share."""
    whole = (terms["roll_size"] if terms["of_roll"] else result["chose"]) * each
    threshold = Fraction(terms["threshold"])
    reached = 2 * votes > whole if threshold == Fraction(1, 2) else votes >= threshold * whole
    if votes and reached:
        take(terms, result, first)


def take(terms: Bundle, result: Bundle, first: list[str]) -> None:
    """Of several first ones the lot takes one, if that is the rule; otherwise nothing is carried."""
    if len(first) > 1 and terms["ties"] != "lot":
        result["tied"] = first
        return
    winner = next(key for key in terms["lot"] if key in first)
    if len(first) > 1:
        result["ties"] = [*result["ties"], {"why": "result", "tied": first, "taken": winner}]
    if winner != terms["default"]:
        result |= {"result": "carried", "winners": [winner]}


def schulze(terms: Bundle, papers: list[str], result: Bundle) -> None:
    """Options that too few prefer to the default are dropped; nobody may beat a winner along a stronger chain."""
    options, default = terms["options"], terms["default"]
    above = {a: {b: 0 for b in options if b != a} for a in options}
    for paper in papers:
        left = set(options)
        for tier in ranking(paper):
            left -= set(tier)
            for a in tier:
                for b in left:
                    above[a][b] += 1
    stay = list(options)
    for key in options if default else ():
        if key == default:
            continue
        for_, against = above[key][default], above[default][key]
        few, weak = for_ < terms["needed"], for_ <= Fraction(terms["ratios"].get(key, "1")) * against
        if few or weak:
            stay.remove(key)
            why = "quorum" if few else "majority"
            result["dropped"].append({"option": key, "why": why, "for": for_, "against": against})
    defeats = {(a, b): (above[a][b], -above[b][a]) for a in stay for b in stay if a != b and above[a][b] > above[b][a]}
    strongest = {
        (a, b): max((grade for grade in set(defeats.values()) if reaches(a, b, grade, defeats)), default=(0, 0))
        for a in stay for b in stay if a != b
    }  # fmt: skip
    result["matrix"] = above
    result["strengths"] = {a: {b: strongest[a, b][0] for b in stay if b != a} for a in stay}
    first = [a for a in stay if all(strongest[a, b] >= strongest[b, a] for b in stay if b != a)]
    if papers and first:
        take(terms, result, first)


def reaches(a: str, b: str, grade: tuple[int, int], defeats: dict[tuple[str, str], tuple[int, int]]) -> bool:
    """Whether a chain of defeats, each at least that strong, leads from a to b."""
    seen, ahead = {a}, [a]
    while ahead:
        here = ahead.pop()
        for (winner, loser), strength in defeats.items():
            if winner == here and strength >= grade and loser not in seen:
                seen.add(loser)
                ahead.append(loser)
    return b in seen


def heaps(papers: dict[tuple[str, ...], Fraction], inside: list[str]) -> tuple[dict[str, Fraction], Fraction]:
    """What each of those inside has, and what names nobody inside."""
    votes, over = dict.fromkeys(inside, Fraction(0)), Fraction(0)
    for paper, worth in papers.items():
        top = next((key for key in paper if key in votes), None)
        if top is None:
            over += worth
        else:
            votes[top] += worth
    return votes, over


def stacked(papers: list[str]) -> dict[tuple[str, ...], Fraction]:
    stack: dict[tuple[str, ...], Fraction] = {}
    for paper in papers:
        names = tuple(paper.split(">"))
        stack[names] = stack.get(names, Fraction(0)) + 1
    return stack


def told(votes: dict[str, Fraction], over: Fraction, elected: list[str], out: list[str]) -> Bundle:
    return {
        "votes": {key: str(worth) for key, worth in votes.items()}, "exhausted": str(over),
        "elected": elected, "out": out,
    }  # fmt: skip


def fewest(terms: Bundle, result: Bundle, votes: dict[str, Fraction]) -> str:
    """Who drops out: the one with fewest votes; of several the one whom the lot names last."""
    least = [key for key in votes if votes[key] == min(votes.values())]
    out = [key for key in terms["lot"] if key in least][-1]
    if len(least) > 1:
        result["ties"] = [*result["ties"], {"why": "eliminated", "tied": least, "taken": out}]
    return out


def run_off(terms: Bundle, papers: list[str], result: Bundle) -> None:
    """Rounds until one has more than half of what still names somebody."""
    stack, inside = stacked(papers), list(terms["options"])
    while papers:
        votes, over = heaps(stack, inside)
        top = max(votes.values())
        first = [key for key in inside if votes[key] == top]
        if 2 * top > sum(votes.values()) or (len(first) == len(inside) and len(inside) <= 2):
            result["rounds"].append(told(votes, over, first if len(first) == 1 else [], []))
            decide(terms, result, first, int(top), 1)
            return
        out = fewest(terms, result, votes)
        result["rounds"].append(told(votes, over, [], [out]))
        inside.remove(out)


def transferable(terms: Bundle, papers: list[str], result: Bundle) -> None:
    """Several seats: whoever reaches the quota is elected, and what lies above it moves on as parts of all papers."""
    quota = len(papers) // (terms["seats"] + 1) + 1
    result["share_needed"] = quota
    stack, inside, winners = stacked(papers), list(terms["options"]), list[str]()
    while papers and inside and len(winners) < terms["seats"]:
        votes, over = heaps(stack, inside)
        last = len(inside) <= terms["seats"] - len(winners)
        elected = [key for key in inside if last or votes[key] >= quota]
        elected.sort(key=lambda key: (-votes[key], terms["lot"].index(key)))
        out = [] if elected else [fewest(terms, result, votes)]
        result["rounds"].append(told(votes, over, elected, out))
        stack = {paper: worth * _kept(paper, inside, elected, votes, quota) for paper, worth in stack.items()}
        winners += elected
        inside = [key for key in inside if key not in elected + out]
    if winners:
        result |= {"result": "carried", "winners": winners}


def _kept(paper: tuple[str, ...], inside: list[str], elected: list[str], votes: Bundle, quota: int) -> Fraction:
    """The part of a paper that goes on: all of it, or of an elected one's papers what lay above the quota."""
    top = next((key for key in paper if key in inside), None)
    if top not in elected:
        return Fraction(1)
    return max(Fraction(0), 1 - quota / votes[top]) if votes[top] else Fraction(0)


def own_paper(bundle: Bundle, receipt: str) -> str:
    """What stands on the paper of a receipt, however it was copied down."""
    plain = "".join(sign for sign in receipt.upper() if sign.isalnum()).translate(str.maketrans("OIL", "011"))
    mine = sha256(plain.encode()).hexdigest()
    found = [paper for digest, paper in bundle["papers"] if digest == mine]
    if not found:
        raise Wrong("no paper in this file belongs to that receipt")
    return f"your paper says: {found[0]}"


def main() -> int:
    arguments, given = sys.argv[1:], {}
    for name in ("--digest", "--receipt"):
        if name in arguments:
            at = arguments.index(name)
            given[name] = "".join(arguments[at + 1 : at + 2])
            del arguments[at : at + 2]
    digest = given["--digest"].lower() if "--digest" in given else None
    if len(arguments) != 1 or not (digest is None or re.fullmatch("[0-9a-f]{64}", digest)):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            bundle = json.load(file)
        print(check(bundle, digest=digest))
        if "--receipt" in given:
            print(own_paper(bundle, given["--receipt"]))
        if digest is None:
            print(f"compare its digest with a printed one: {bundle['digest']}")
    except Wrong as wrong:
        print(f"NOT in order: {wrong}")
        return 1
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ZeroDivisionError) as error:
        print(f"cannot be read as the bundle of a vote: {error!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

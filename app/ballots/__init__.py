"""Ballots: who may vote on a question, the votes they cast, and how a vote ends.

Words: a *question* (表决) is put to an *electorate* (per person or per household); the *roll* (名册) of its *electors*
is frozen at opening. A *ballot* (选票) is the one counted vote of an elector, its *receipt* (回执) finds it in the
published list. The *turnout* (参与率) is public while voting runs, the *tally* (计票结果) only after closing. *Quorum*
(最低参与数) and *threshold* (通过线) are exact fractions: of the roll, and of the votes that count.
"""

"""Ballots: who may vote on a question, the votes they cast, and how a vote ends.

Words: a *question* (表决) is put to an *electorate* (per person or per household); the *roll* (名册) of its *electors*
is frozen at opening. A *ballot* (选票) is the one counted vote of an elector, its *receipt* (回执) finds it in the
published list. The *turnout* (参与率) is public while voting runs, the *tally* (计票结果) only after closing. *Quorum*
(最低参与数) and *threshold* (通过线) are exact fractions: of the roll, and of the votes that count.

A vote comes in by a *channel*: the web, *paper* (纸质选票) that two of staff type, the *counter* (窗口), or a *written
proxy* (书面委托), whose *holder* (受托人) votes for the one who gave it. Papers of a secret ballot lie sealed in the
*urn* (票箱) until two people open and count a *batch* of them together. Rules of channels are in `channels`, what staff
and electors read in `channel_queries`; staff enter all of it at the *voting desk* (投票受理台), `desk`.
"""

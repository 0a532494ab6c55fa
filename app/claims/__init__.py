"""Claims: a resident describes a deed, neighbours of the review group look into it, and it is posted after its notice.

Words: a *claim* (申报) is made under one line of the tariff for one day. Where the line names an office, that office
*enters* (登记) it for the household instead. Reviewers (评议员) are *drawn* (抽取) from the review group
(积分评议小组), never of a household that is concerned, never who entered it, never with a *conflict* (回避) that they
declared; each gives a *review* (评议): confirmed, not confirmed, or sent back with a note. What is confirmed by the
settlement day goes on public notice as one *batch* (批次) of its community; a line that nobody objects to is posted
when its period ends.

Nothing here is ever changed: a state is read from rows and from the clock.
"""

"""Disclosures 三务公开: what the committees have to publish, when they did, and what residents ask about it.

Words: an *item* (公开事项) of party affairs, village affairs or finances stands in *revisions* (版): a published one
is never changed, a correction is a new one with its reason. A *duty* (公开职责) says what has to be published, and by
which day. A *finance table* has *funds* (资金) with opening, income, expenditure and closing, and the *lines* (明细)
behind them; *payments* (付款清单) have no balances. A *draft* waits for the *countersignature* (会签) of a supervisor.
A *question* (提问) about an item or a line has a day by which it is answered.
"""

"""Points: the double-entry ledger. It knows no rule of the village and no reason beyond a code.

Words: an *asset* is honour (荣誉分), points (兑换分) or minutes (志愿时长); a *transfer* or *entry* (一笔) moves a
whole amount from one account to another; a *hold* (已预留) keeps points back for an order; the *statement* (积分明细)
is what a household sees of its entries; a *reversal* (冲正) is the exact opposite of one entry. Amounts are whole
points, honour, or minutes.
"""

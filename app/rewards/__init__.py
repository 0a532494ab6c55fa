"""Rewards: points turn into rice. The catalogue, reservations, vouchers, and the counter where goods are handed over.

Words: a *reward* (兑换品, `Item`) stands in the catalogue of a community with its *price* in points, its *stock* and
its *limit* per household and calendar month; a *pick-up point* (领取点, `Merchant`) hands it over through a *clerk*
(店员). An *order* (预约) holds points and stock until it is *collected* (已领取) with a single-use *voucher* (领取码),
*cancelled* (已取消), or *lapsed* (逾期未领，已退回). Rewards of any amount (the wish pool) are not offered yet.
"""

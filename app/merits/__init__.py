"""Merits: what earns how much. The tariff with its dates, and awards that follow from what people did.

Words: the *tariff* (积分细则) is made of *lines* (细则条目), each with a code such as E04, a heading and caps (上限);
an *award* is what one cause earned under one line. A line counts from `effective_from` up to, not including,
`effective_until`.
"""

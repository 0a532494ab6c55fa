"""Promises: what somebody has said they will do, by which day, and how far it has come.

Words: a *promise* (承诺事项) has an *owner* (责任单位: a body, perhaps a person as well), a *term* (完成时限) and
*notes* on its *progress* (进展) with photos. It is to be started, under way, done, or dropped with a public reason.
Whether it is overdue is read from the calendar.
"""

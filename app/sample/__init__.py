"""The sample street: content in `street/*.yaml`, and how it becomes a street of people with a year of life.

Everybody in it is made up; the same seed draws the same people on every load. Words: a *home* is a generated household,
*someone* a generated resident, before the database gives them ids.
"""

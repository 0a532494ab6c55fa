"""Rankings: standings of households by honour, the five stars, and who is on the public list by consent (文明家庭榜).

Words: a *period* (周期) is a month, quarter or year; a *standing* (名次) is a household's place in a field at a period,
shared when honour is equal; the *field* is every household of a place; a *star* (星) lights at 12 of its headings in a
quarter; a *listing* is a household's consent to stand on the public list, by masked name or nickname.

Honour, stars and places thank; they decide no access to anything (domain.md 4, "a wall round the points").
"""

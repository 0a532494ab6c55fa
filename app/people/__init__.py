"""People: residents and households, their roles at places, invitation codes, and signing in.

Words: a *household* (户) lives behind one door and owns honour and points; a *resident* (居民) belongs to one
household and is *verified* when the address is confirmed; a *role* is held at a place and reaches all below it;
a *sign-in* is one device that somebody signed in on, kept on the server, so that it can end at once.
"""

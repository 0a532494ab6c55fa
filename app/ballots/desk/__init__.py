"""The voting desk of a ballot (投票受理台): where staff of the place enter votes that do not come over the web.

Whoever looks an elector up sees whether and by which way they voted, never what. `showing` is what its pages show,
`forms` and `tally` what is typed there; every page asks `channels.staff_refusal` first.
"""

from app.ballots.desk import elector, holder, views
from app.ballots.desk.doors import bp

__all__ = ["bp", "elector", "holder", "views"]

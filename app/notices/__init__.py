"""Notices: what is put up for everybody to read before it takes effect, and what neighbours object to.

Words: a *notice* (公示) has *lines* (each a point that can be objected to by itself) and a *period* (公示期) in
calendar or working days. An *objection* (异议) holds only its own line until it is answered: *upheld* (异议成立),
and the line does not take effect, or not upheld (异议不成立). A line is on notice, held, clear or upheld. Whoever has a
*part* in a line leaves what is said against it to others. Whether a period is over is read from the clock; nothing here
ever changes once it is written.
"""

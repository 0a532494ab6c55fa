"""Meetings: sittings about a topic, Open Days and On-site Meetings, from the call to the minutes.

Words: a meeting is *called* (已通知) with an *agenda* (议程). Residents *sign up* (报名) as long as there are seats,
and may bring a question. It may be *put off* (改期) or *cancelled* (取消), each with a reason. Staff mark who was
*present* (到会). The *minutes* (纪要) hold what was said and the *conclusions* (会议结论) reached; they are owed a
few working days after the end, and a correction never hides what it corrects. Kinds: `sitting` 议事会议, `open_day`
村务公开日, `on_site` 现场会. Whether one is upcoming, in session, over or owes its minutes is read from the clock.
"""

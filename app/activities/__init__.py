"""Activities: neighbours help on a shift, check in by a code on the organiser's screen, and have hours confirmed.

Words: an *activity* (活动) has *shifts* (班次) with a capacity and a minimum; a *sign-up* (报名) is one person's
place on a shift; an *attendance* (到场) is when somebody came and left; the *organiser's screen* (现场签到台) shows the
code and the roster; the *person in charge* (现场负责人) is assigned to a shift; *hours* are whole minutes, confirmed by
whoever runs the activity. Who stayed away is *missing* (缺席), until somebody excuses them; three times within 90 days
pause signing up.
"""

"""Grid: what neighbours report (民呼我为), who handles it at which level, and whether they say it is solved.

Words: a *request* (诉求) has a *reporter* (反映人), a *category* (类别) with its deadline, and a *level* (层级):
grid, community or street (网格、社区、街道). It is received (已接报), assigned (已派单), handled (办理中), resolved
(已办结), rated (已评价) and closed (已归档), or reopened (重新办理). It is *passed up* (上报) with a reason, and
goes up by itself at its deadline. A *department* is called in (吹哨报到). Besides: the *service team* of each grid
(公示牌) and the *service guide* (服务清单).
"""

"""Discussion: what neighbours say to each other under a topic, later under amendments and questions.

Words: a *thread* (讨论) belongs to one subject; a *comment* (评议) has a *stance* (赞成 / 反对 / 中立), may answer
another comment, and may be *supported* (有同感) once by each person. An *official answer* (正式答复) comes from the
body responsible; a suggestion may be *adopted* (采纳); a moderator may *hide* (隐藏) a comment, with a public reason.
"""

"""Council: what neighbours bring up, weigh, vote on and see carried out.

Words: a *topic* (议题) has a *state* (附议中, 协商中, 表决中, 已决议, 落实中, 已办结; 不予受理, 已撤回, 已合并) and a
*timeline* (办理过程) of every change with who, when and why. Neighbours *support* (附议) a proposal; enough of them, or
staff, take it up.
"""

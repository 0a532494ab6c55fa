"""Home: pages that show several rooms at once. Front page, my page, the work list of staff. Never writes.

Words: the *frame* is what stands round every page; the *work list* (待办) is what waits for a member of staff.
"""

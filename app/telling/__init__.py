"""Who is told what when something happens: kinds of messages, beside the reactions and reminders that send them.

Each file speaks for one room. A *reaction* (called from `app/reactions.py`) tells at once, in the transaction of the
act; a *reminder* (`remind_...`, called by `flask tick`) tells because a moment came, as of that moment. What is
settled meanwhile is taken back, so that nobody is reminded of what they did.
"""

"""What people do with agreements."""

from app.agreements.operations.adopting import (
    consult,
    extend_vote,
    put_to_vote,
    record_result,
    record_results,
    take_step,
)
from app.agreements.operations.drafting import (
    OwnLine,
    add_rule,
    begin_agreement,
    begin_version,
    change_article,
    remove_article,
    remove_rule,
    say_what_is_new,
    write_article,
)
from app.agreements.operations.signing import sign
from app.agreements.operations.talking import agree, comment, hide
from app.agreements.operations.trying import try_lines

__all__ = [
    "OwnLine",
    "add_rule",
    "agree",
    "begin_agreement",
    "begin_version",
    "change_article",
    "comment",
    "consult",
    "extend_vote",
    "hide",
    "put_to_vote",
    "record_result",
    "record_results",
    "remove_article",
    "remove_rule",
    "say_what_is_new",
    "sign",
    "take_step",
    "try_lines",
    "write_article",
]

"""What a client may send before the greeting, where the server has offered it (PIPE_CONNECT).

    EHLO, and one other command or pipelined group behind it     (draft-harris-early-pipe; Exim)

May know exchanges; must not know who offered it.
"""

from dataclasses import replace

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.standing import Standing
from desync.smtp.prompt import ends_group


def is_agreed(conversation: Conversation, one: Exchange) -> bool:
    """Whether an exchange lacks no more than the greeting and the reply to EHLO, which may come later."""
    first = conversation.exchanges[1:2]
    opens = bool(first) and first[0].prompt.verb == "EHLO"
    return opens and one.standing is not None and one.standing.exchange <= 1


def beyond(conversation: Conversation, one: Exchange) -> Exchange:
    """An exchange as it stands where the greeting and the reply to EHLO need not be waited for.

    The group behind EHLO ends as every group does: what comes behind that had to wait, and mail data for
    the 354.

    Returns:
        The exchange, standing at what ended the group where its reply had not come.
    """
    if one.in_step is not False or not is_agreed(conversation, one):
        return one
    index = conversation.once(_ended)[one.index]
    if index < 2:
        return one
    last = conversation.exchanges[index]
    end = last.reply.octets[1] if last.reply is not None and last.reply.complete else None
    missing = end - last.reply.octets[0] if last.reply is not None and end is not None else None
    return replace(
        one,
        required=last.index,
        required_end=end,
        pipelining=True,
        standing=Standing(last.index, "nothing", 0, missing),
    )


def _ended(conversation: Conversation) -> list[int]:
    """For each exchange the index of what ended the group before it; 0 where nothing but the greeting did."""
    found, last = [], 0
    for one in conversation.exchanges:
        found.append(last)
        if ends_group(one.prompt):
            last = one.index
    return found

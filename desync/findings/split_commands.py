"""Commands that a server answered piece by piece: one read was taken for one command.

    the pieces of one line            RCP | T TO:<carla@example.org>
    answered when it had the first    500
    and again when it had the rest    500

The server's own acknowledgment tells: a reply whose segment acknowledges a part of a line left when
the server had no more of it. May know exchanges and unasked replies; must not know which rule asks.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.unasked import is_sure, is_undisputed, unasked
from desync.smtp.reply import Reply

UNRECOGNISED: Final = frozenset({500, 501, 502})
"""What a piece of a command draws (RFC 5321, section 4.2.4)."""


class Misread(NamedTuple):
    """A command that drew a reply for a piece of it.

    Attributes:
        exchange: Index of its exchange.
        cut: Offset in the client's stream at which its line was cut.
        reply: The reply to the first piece, which answers no whole command.
        shown: Whether the server's acknowledgment shows that it had no more than that piece.
        sure: Whether nothing that is not in the capture can have asked for the reply.
    """

    exchange: int
    cut: int
    reply: Reply
    shown: bool
    sure: bool


def misread_commands(conversation: Conversation) -> Mapping[int, Misread]:
    """The commands of a connection that were answered piece by piece, by the number of the surplus reply."""
    return conversation.once(_misread_commands)


def _misread_commands(conversation: Conversation) -> dict[int, Misread]:
    surplus = [reply for reply in unasked(conversation) if reply.code != 421]
    if not surplus:
        return {}
    cut = [one for one in conversation.exchanges if _is_cut(one)]
    found = {}
    for reply in surplus:
        misread = _shown(conversation, cut, reply) or _likely(conversation, cut, reply)
        if misread is not None:
            found[reply.index] = misread
    return found


def _is_cut(one: Exchange) -> bool:
    """Whether a command's line, all of it captured, was first sent in several segments."""
    prompt = one.prompt
    return (
        prompt.kind in ("command", "auth")
        and prompt.terminated
        and prompt.whole
        and len(one.sent) > 1
        and not one.again
    )


def _shown(conversation: Conversation, cut: list[Exchange], reply: Reply) -> Misread | None:
    """A command of which the server had a part, up to a cut, when the reply left.

    The rest of its line is no command, and was not taken for one.
    """
    sent = conversation.connection.server_stream.sent(reply.octets[0])
    if sent is None:
        return None
    for one in cut:
        if one.reply_code is not None and one.reply_code < 500:
            # Another reply is one too many, and left by chance when this line was on its way.
            continue
        inside = one.prompt.start < sent.acknowledged < one.prompt.end
        if inside and sent.acknowledged in {segment.start for segment in one.sent[1:]}:
            return Misread(one.index, sent.acknowledged, reply, shown=True, sure=is_sure(conversation, reply))
    return None


def _likely(conversation: Conversation, cut: list[Exchange], reply: Reply) -> Misread | None:
    """A command that was not recognised either, next to a surplus reply that says the same.

    The rest of its line may have arrived while the server was at the answer to the first piece.
    """
    if reply.code not in UNRECOGNISED:
        return None
    for one in cut:
        answer = one.reply
        if answer is not None and answer.code in UNRECOGNISED and abs(answer.index - reply.index) == 1:
            sure = is_sure(conversation, reply) and is_undisputed(conversation)
            return Misread(one.index, one.sent[1].start, reply, shown=False, sure=sure)
    return None

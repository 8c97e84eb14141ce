"""Replies that answer nothing, and whether that is sure.

May know the pairing; must not know which of the rules about it asks.
"""

from desync.exchanges.conversation import Conversation
from desync.exchanges.evidence import closes_channel
from desync.exchanges.plausible import is_plausible
from desync.findings.certainty import copies_differ
from desync.smtp.reply import Reply


def unasked(conversation: Conversation) -> list[Reply]:
    """Replies with a code that answer no prompt, in stream order.

    Lines without a code are malformed, not surplus; and where the client speaks another protocol
    the server's words are about that.
    """
    if conversation.foreign is not None:
        return []
    return [reply for reply in conversation.unpaired if reply.code is not None and reply.complete]


def is_sure(conversation: Conversation, reply: Reply) -> bool:
    """Whether nothing in a hole or before the capture can have asked for a reply."""
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    if client.disputed is not None or copies_differ(conversation, 0, reply.octets[1]):
        return False
    return (
        client.origin == server.origin == "syn"
        and not client.gaps
        and server.first_gap >= reply.octets[1]
        and client.captured
    )


def is_closing(conversation: Conversation, reply: Reply) -> bool:
    """Whether an unasked reply says that the server closes the channel, which it may (REPLY308)."""
    connection = conversation.connection
    closed = connection.assembly.finished[1 - connection.client_side]
    return reply.code == 421 or (closed and closes_channel(reply, connection.server_stream))


def is_undisputed(conversation: Conversation) -> bool:
    """Whether order alone pairs all replies, each with a code that its prompt can draw.

    Else it may be another reply that is the surplus one.
    """
    return conversation.once(_is_undisputed)


def _is_undisputed(conversation: Conversation) -> bool:
    answered = [(one.prompt, one.reply) for one in conversation.exchanges if one.reply is not None]
    return not conversation.pairing.searched and all(
        is_plausible(prompt, reply.code) for prompt, reply in answered
    )

"""How a reply came to leave in more than one segment.

May know segments, sizes and times; must not know who misread anything.
"""

from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.smtp.reply import Reply
from desync.tcp.rows import PSH
from desync.tcp.stream import Sent
from desync.units import UNKNOWN_TIME

How: TypeAlias = Literal["writes", "mss", "buffer", "retransmission", "unknown"]

OPTION_OCTETS: Final = 40
"""Most octets that TCP options take from a segment (RFC 9293, section 3.1)."""

SMALLEST_BUFFER: Final = 512
"""A split at a multiple of this, when nothing else explains it, is that of a stdio buffer."""


class Split(NamedTuple):
    """One place at which a reply was cut.

    Attributes:
        offset: Offset in the server's stream of the first octet behind the cut.
        before, after: The segments on both sides of it.
        how: How it came about.
        gap: Nanoseconds between the two segments, or None.
    """

    offset: int
    before: Sent
    after: Sent
    how: How
    gap: int | None


def splits(conversation: Conversation, reply: Reply) -> list[Split]:
    """The places at which a reply was cut into segments, in stream order."""
    start, end = reply.octets
    carriers = conversation.connection.server_stream.carriers(start, end)
    return [
        _split(conversation, later[0], earlier[2], later[2])
        for earlier, later in pairwise(carriers)
        if earlier[1] == later[0]
    ]


def line_splits(reply: Reply, cuts: list[Split]) -> list[Split]:
    """Those cuts that fall inside a line: the CRLF, too, belongs to its line."""
    return [cut for cut in cuts if any(line.line.start < cut.offset < line.line.end for line in reply.lines)]


def cut_after(cuts: list[Split], acknowledged: int) -> Split | None:
    """The cut at which a client stood that had received this much."""
    return next((cut for cut in cuts if cut.offset == acknowledged), None)


def _split(conversation: Conversation, offset: int, before: Sent, after: Sent) -> Split:
    known = conversation.connection.times_sound and UNKNOWN_TIME not in (before.time, after.time)
    return Split(
        offset, before, after, _how(conversation, before, after), after.time - before.time if known else None
    )


def _how(conversation: Conversation, before: Sent, after: Sent) -> How:
    connection = conversation.connection
    kinds = connection.assembly.kinds
    if kinds[after.row] == "retransmission" or kinds[before.row] == "retransmission":
        return "retransmission"
    size, length = connection.handshake.client_mss, before.end - before.start
    if size is not None and size - OPTION_OCTETS <= length:
        return "mss"
    if length >= SMALLEST_BUFFER and length % SMALLEST_BUFFER == 0:
        return "buffer"
    if connection.rows.flags[before.row] & PSH or (size is not None and length < size):
        return "writes"
    return "unknown"

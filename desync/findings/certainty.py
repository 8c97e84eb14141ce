"""How sure a verdict on a command out of turn can be.

A gap, a missing direction, a cut frame or a mid-stream start in the octets that a verdict needs
makes it inconclusive, and says so. May know the evidence; must not know which rule asks.
"""

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.receipts import receipts_of
from desync.exchanges.standing import Standing
from desync.tcp.hops import strange_hop_limits
from desync.tcp.rows import URG
from desync.tcp.taken_back import rows_taken_back

DIFFER: Final = "two copies of the same octets differ"
"""The reason of whatever rests on octets of which it is not known which copy was taken."""

STRANGE: Final = "its hop limit is not that of its side's other segments: somebody else may have sent it"
"""The reason of whatever rests on one segment that may have come from elsewhere on the path."""

TAKEN_BACK: Final = "it acknowledges less than its side had before: somebody else may have sent it"
"""The reason of whatever rests on a segment that the TCP which it seems to come from cannot have sent."""

URGENT: Final = (
    "octets of the client are urgent: which of them the server's program read in line is not known"
)
"""The reason of whatever rests on what a command says, behind urgent octets."""


def doubts(conversation: Conversation, one: Exchange) -> list[str]:
    """What stands against taking an exchange's evidence for proof; empty where it is proof.

    Args:
        conversation: The connection.
        one: An exchange that is out of step.
    """
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    found = []
    if "first-seen" in (client.origin, server.origin):
        found.append("the capture begins in mid-stream")
    owed = conversation.exchanges[one.standing.exchange] if one.standing else None
    needed = owed.reply.octets[1] if owed is not None and owed.reply is not None else server.length
    if client.first_gap < one.prompt.end or not one.prompt.whole:
        found.append("octets of the client before this command were not captured")
    if server.first_gap < needed:
        found.append("octets of the server that the verdict needs were not captured")
    if not server.captured:
        found.append("the server's side was not captured")
    if copies_differ(conversation, one.prompt.end, needed):
        found.append(DIFFER)
    found += _doubts_of_segment(conversation, one)
    if one.standing is not None and one.standing.exchange == 0 and _may_be_agreed(conversation, one.standing):
        found.append("whether early pipelining was offered is not in the capture")
    # Evidence is that this reply had not arrived: pairs behind it do not matter.
    through = one.standing.exchange if one.standing else one.index - 1
    if not found and first_unforced(conversation) <= through:
        found.append("which reply answers which command is not certain")
    if one.pipelining is None:
        found.append("whether PIPELINING was offered is not in the capture")
    return found


def _doubts_of_segment(conversation: Conversation, one: Exchange) -> list[str]:
    """What stands against the segment that an exchange was sent in."""
    if not one.sent:
        return []
    row, found = one.sent[0].row, []
    if row in conversation.once(strange_rows):
        found.append(STRANGE)
    if row in conversation.once(_rows_taken_back):
        found.append(TAKEN_BACK)
    urgent = conversation.once(_first_urgent)
    if urgent is not None and urgent < one.prompt.end:
        found.append(URGENT)
    return found


def _first_urgent(conversation: Conversation) -> int | None:
    """Where the first urgent octets of the client lie, or None: a TCP may hand one of them on apart.

    Source:
        RFC 6093, section 2: what is urgent, and whether it is in line, TCPs take differently.
    """
    rows, offsets = conversation.connection.rows, conversation.connection.assembly.offsets
    side = conversation.connection.client_side
    places = zip(rows.flags, rows.side, rows.length, offsets, strict=True)
    urgent = (at for flags, own, length, at in places if flags & URG and own == side and length)
    return min((at for at in urgent if at is not None), default=None)


def strange_rows(conversation: Conversation) -> dict[int, tuple[int, int]]:
    """The rows with a strange hop limit: their own, and the usual one (``tcp.hops``)."""
    return strange_hop_limits(conversation.connection.rows)


def _rows_taken_back(conversation: Conversation) -> frozenset[int]:
    connection = conversation.connection
    return rows_taken_back(connection.rows, connection.assembly.offsets, connection.assembly.acknowledged)


def copies_differ(conversation: Conversation, client_end: int, server_end: int) -> bool:
    """Whether it is in doubt which copy of an octet before these offsets of the two streams was taken."""
    connection = conversation.connection
    ends = ((connection.client_stream, client_end), (connection.server_stream, server_end))
    return any(stream.disputed is not None and stream.disputed < end for stream, end in ends)


def first_unforced(conversation: Conversation) -> int:
    """Index of the first exchange whose pairing is not forced; how many there are where all are."""
    return conversation.once(_first_unforced)


def _first_unforced(conversation: Conversation) -> int:
    exchanges = conversation.exchanges
    return next((one.index for one in exchanges if one.pairing != "forced"), len(exchanges))


def _may_be_agreed(conversation: Conversation, standing: Standing) -> bool:
    """Whether EHLO may have come before the greeting by agreement, and the capture lacks the offer."""
    if conversation.once(_may_hide_an_offer):
        return True
    # Who goes by an agreement waits for nothing: a part of the greeting tells of another client.
    return standing.held == "nothing" and conversation.once(_ends_before_the_offer)


def _may_hide_an_offer(conversation: Conversation) -> bool:
    """Whether a hole may hide that the server lets EHLO come before its greeting."""
    hellos = [one for one in conversation.exchanges if one.prompt.verb == "EHLO"]
    if any(one.reply is None and conversation.connection.server_stream.gaps for one in hellos):
        return True
    return any(one.reply is not None and not (one.reply.whole and one.reply.complete) for one in hellos)


def _ends_before_the_offer(conversation: Conversation) -> bool:
    """Whether the capture ends before a reply to EHLO that might have come."""
    exchanges = conversation.exchanges
    answered = next((one.index for one in reversed(exchanges) if one.reply is not None), 0)
    waits = any(one.prompt.verb == "EHLO" for one in exchanges[answered + 1 :])
    return waits and receipts_of(conversation.connection).ended_by is None

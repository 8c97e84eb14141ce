"""Ends of mail data that came in several segments, and connections that stalled on one.

    The "fixup protocol smtp" feature does not correctly handle the case where the "." and the
    "CRLF" at the end of mail are sent in separate packets.              (Cisco CSCds90792)

May know the dialogue and its segments; must not know how a finding is made.
"""

from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.receipts import receipts_of
from desync.findings.reply_lost import LONG_ENOUGH
from desync.smtp.client import END_OF_DATA
from desync.units import SECOND, UNKNOWN_TIME

FEWEST_COPIES: Final = 3
"""So many copies of the same octets, none acknowledged: they do not get through."""

PATIENCE: Final = 60 * SECOND
"""A server that had all of a message and has not replied for so long is slow, or never got the dot."""

_LEFT: Final = frozenset(b" *20-")
"""What is left of a greeting that a box has masked, the separator of its lines included."""


class Stall(NamedTuple):
    """A message that was never answered, and whose end came in pieces.

    Attributes:
        copies: How often the octets that the server never acknowledged were sent; 0 where it had all.
        waited: Nanoseconds from the end of the message to the last segment; None where times are not sound.
        masked: Whether the greeting is masked with asterisks, as a box does that looks into the dialogue.
        alive: Whether the server sent anything after those octets had been sent for the second time.
    """

    copies: int
    waited: int | None
    masked: bool
    alive: bool

    @property
    def patient(self) -> bool:
        """Whether the client waited as long as RFC 5321, section 4.5.3.2.6, asks it to."""
        return self.waited is not None and self.waited >= LONG_ENOUGH


def pieces_of_end(conversation: Conversation, one: Exchange) -> list[int]:
    """How many octets of CRLF . CRLF each segment carried; one number where it was not split.

    Where no text came before, the first CRLF is that of the DATA command, in a segment of its own.
    """
    prompt = one.prompt
    if prompt.kind != "mail-data" or not prompt.terminated or prompt.inferred or prompt.text:
        return []
    start = max(prompt.start, prompt.end - len(END_OF_DATA))
    client = conversation.connection.client_stream
    if client.missing(start, prompt.end):
        return []
    return [high - low for low, high, _ in client.carriers(start, prompt.end)]


def was_sent_again(conversation: Conversation, one: Exchange, pieces: int) -> bool:
    """Whether one of the last segments of a message is a retransmission, or out of order."""
    kinds = conversation.connection.assembly.kinds
    return any(kinds[sent.row] in ("retransmission", "out of order") for sent in one.sent[-pieces:])


def stall_of(conversation: Conversation, one: Exchange) -> Stall | None:
    """How a connection stalled on a split end of mail data, or None where it did not, or may not have.

    A stall is seen where the server acknowledged the message up to its end, and never that, however
    often it was sent; or where the greeting is masked, and no reply came for a long time.
    """
    if one.reply is not None or not _ended_there(conversation, one):
        return None
    connection, prompt = conversation.connection, one.prompt
    had = receipts_of(connection).server_had
    masked = is_masked(conversation)
    waited = _waited(conversation, one)
    if had >= prompt.end:
        slow = masked and waited is not None and waited >= PATIENCE
        return Stall(0, waited, masked, alive=True) if slow else None
    if had < max(prompt.start, prompt.end - len(END_OF_DATA)):
        # More than the end is missing: PATH603, or the path was cut.
        return None
    copies = _copies(conversation, had)
    if len(copies) < FEWEST_COPIES:
        return None
    alive = any(side != connection.client_side for side in connection.rows.side[copies[1] + 1 :])
    return Stall(len(copies), waited, masked, alive)


def is_masked(conversation: Conversation) -> bool:
    """Whether the greeting's text is asterisks, 2, 0 and blanks alone."""
    greeting = conversation.greeting
    if greeting is None:
        return False
    return all(_LEFT.issuperset(line.text) and b"****" in line.text for line in greeting.lines)


def _ended_there(conversation: Conversation, one: Exchange) -> bool:
    """Whether nothing of the server came behind what it had said before the end of the message."""
    server = conversation.connection.server_stream
    if not server.captured or server.gaps:
        return False
    said = [each.reply for each in conversation.exchanges[: one.index] if each.reply is not None]
    later = any(each.reply is not None for each in conversation.exchanges[one.index :])
    if later or not said:
        return False
    # That the server gives up in the end is no answer to the message.
    closing = [reply for reply in conversation.unpaired if reply.octets[0] >= said[-1].octets[1]]
    return all(reply.code == 421 for reply in closing) and server.length <= max(
        reply.octets[1] for reply in (*said, *closing)
    )


def _copies(conversation: Conversation, offset: int) -> list[int]:
    """The rows that carry the octet at an offset of the client's stream."""
    connection = conversation.connection
    rows, assembly, client = connection.rows, connection.assembly, connection.client_side
    columns = zip(rows.side, assembly.offsets, rows.length, assembly.kinds, strict=True)
    return [
        row
        for row, (side, start, length, kind) in enumerate(columns)
        if side == client and start is not None and start <= offset < start + length and kind != "duplicate"
    ]


def _waited(conversation: Conversation, one: Exchange) -> int | None:
    """For how long there were segments behind the end of a message; None where times are not sound."""
    connection, last = conversation.connection, one.sent[-1]
    times = [time for time in connection.rows.time if time != UNKNOWN_TIME]
    if not connection.times_sound or last.time == UNKNOWN_TIME or not times:
        return None
    return max(max(times) - last.time, 0)

"""Who closed a connection first, with what outstanding, and whether it had been announced.

    The sender MUST NOT intentionally close the transmission channel until it sends a QUIT command,
    and it SHOULD wait until it receives the reply.                 (RFC 5321, section 4.1.1.10)
    An SMTP server MUST NOT intentionally close the connection except: after QUIT and its 221, after
    a 421, after a timeout.                                         (RFC 5321, section 3.8)

What a side had received when it closed is what its own FIN or RST acknowledges: no clock is needed.
May know exchanges and segments; must not know how a finding words it.
"""

from typing import Final, Literal, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.evidence import closes_channel
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import DIFFER, first_unforced
from desync.smtp.prompt import Phase
from desync.tcp.connection import Connection
from desync.tcp.rows import FIN, RST
from desync.tcp.sides import Side

FAREWELLS: Final = frozenset({221, 421, 521})
"""Replies that say that the channel is closed (RFC 5321, sections 3.8 and 4.2.2; RFC 7504)."""


class Closing(NamedTuple):
    """How a connection was closed, by the side that did so first.

    Attributes:
        side: Which side it was.
        how: With a FIN or with a RST.
        row: The row of that segment.
        had: How much of the other side's stream it acknowledges at most.
        last: The last exchange whose prompt had been sent (the server: had been received).
        outstanding: The exchanges whose reply was still to come.
        quit: Whether QUIT had been said (the server: received).
    """

    side: Side
    how: Literal["fin", "rst"]
    row: int
    had: int
    last: Exchange
    outstanding: tuple[Exchange, ...]
    quit: bool


def abortive_closing(conversation: Conversation) -> Closing | None:
    """How a connection was closed before its time; None where it was not, or nobody can tell.

    Source:
        RFC 5321, sections 3.8 and 4.1.1.10.
    """
    connection = conversation.connection
    if not (connection.client_stream.length or connection.server_stream.length):
        # Nobody said anything: there is no dialogue that could have been broken off.
        return None
    if conversation.foreign is not None or conversation.encryption is not None:
        return None
    if conversation.pairing.phase is Phase.TURNED:
        return None
    row = _first_close(connection)
    if row is None:
        return None
    closing = _closing(conversation, row)
    if _was_announced(conversation, closing):
        return None
    if closing_doubts(conversation, row):
        # What is missing may be the reply to QUIT; and what was outstanding nobody can tell.
        return None if closing.quit else closing._replace(outstanding=())
    return closing


def closing_doubts(conversation: Conversation, row: int) -> list[str]:
    """What may hide a QUIT, or a reply; empty where nothing does.

    Args:
        conversation: The connection.
        row: The row of the FIN or RST that closed it.
    """
    connection = conversation.connection
    streams = connection.client_stream, connection.server_stream
    found = []
    if any(stream.origin == "first-seen" for stream in streams):
        found.append("the capture begins in mid-stream")
    if not all(stream.captured for stream in streams):
        found.append("only one side was captured")
    own = connection.assembly.streams[connection.rows.side[row]]
    if any(stream.gaps for stream in streams) or (connection.assembly.offsets[row] or 0) > own.length:
        found.append("octets were not captured")
    if connection.disputed:
        found.append(DIFFER)
    if not found and first_unforced(conversation) < len(conversation.exchanges):
        found.append("which reply answers which command is not certain")
    return found


def _first_close(connection: Connection) -> int | None:
    """The row of the first FIN or RST that ended the connection."""
    chosen = [row for row, flags in enumerate(connection.rows.flags) if flags & (FIN | RST)]
    if not chosen:
        return None
    fins = [_fin(connection, chosen, side) for side in (0, 1)]
    resets = _resets(connection) if connection.closed_by == "rst" else []
    first = _first_fin(connection, fins)
    if resets and (first is None or (resets[0] < first and None in fins)):
        first = resets[0]
    if first is None or _answers_a_fin(connection, first):
        return None
    return first


def _answers_a_fin(connection: Connection, row: int) -> bool:
    """Whether a FIN or RST acknowledges more than the other side is known to have sent, such as a FIN."""
    other = 1 - connection.rows.side[row]
    if connection.assembly.finished[other]:
        return False
    return (connection.assembly.acknowledged[row] or 0) > connection.assembly.streams[other].length


def _fin(connection: Connection, chosen: list[int], side: int) -> int | None:
    """The first FIN of a side, of its copies the one that acknowledges least."""
    if not connection.assembly.finished[side]:
        return None
    rows, acknowledged = connection.rows, connection.assembly.acknowledged
    copies = [row for row in chosen if rows.flags[row] & (FIN | RST) == FIN and rows.side[row] == side]
    # One that lies elsewhere was not taken for the end: what is behind it was acknowledged.
    end, offsets = connection.assembly.streams[side].length, connection.assembly.offsets
    copies = [row for row in copies if (offsets[row] or 0) + rows.length[row] == end]
    return min(copies, key=lambda row: (acknowledged[row] or 0, row), default=None)


def _first_fin(connection: Connection, fins: list[int | None]) -> int | None:
    """Which of two FINs came first: the one that does not acknowledge the other."""
    one, other = fins
    if one is None or other is None:
        return other if one is None else one
    streams, acknowledged = connection.assembly.streams, connection.assembly.acknowledged
    if (acknowledged[other] or 0) > streams[0].length:
        return one
    if (acknowledged[one] or 0) > streams[1].length:
        return other
    return min(one, other)


def _resets(connection: Connection) -> list[int]:
    """The rows of RSTs behind which their sender says nothing more; others were not its own, or ignored.

    Ignored is also one that lies before what the other side had acknowledged (RFC 9293, section 3.10.7.4).
    """
    rows, known = connection.rows, _acknowledged_before(connection)
    last = [-1, -1]
    for row, flags in enumerate(rows.flags):
        if not flags & RST and (rows.length[row] or flags & FIN):
            last[rows.side[row]] = row
    places = zip(rows.flags, connection.assembly.offsets, known, strict=True)
    return [
        row
        for row, (flags, offset, least) in enumerate(places)
        if flags & RST and row > last[rows.side[row]] and (offset is None or offset >= least)
    ]


def _acknowledged_before(connection: Connection) -> list[int]:
    """For each row how much of its side's stream the other side had acknowledged before it."""
    rows, acknowledged = connection.rows, connection.assembly.acknowledged
    most, found = [0, 0], []
    for row, side in enumerate(rows.side):
        found.append(most[side])
        if not rows.flags[row] & RST:
            most[1 - side] = max(most[1 - side], acknowledged[row] or 0)
    return found


def _closing(conversation: Conversation, row: int) -> Closing:
    connection = conversation.connection
    side = connection.rows.side[row]
    had = _had(connection, row)
    by_client = side == connection.client_side
    said = [one for one in conversation.exchanges if by_client or one.prompt.end <= had or one.index == 0]
    return Closing(
        side="client" if by_client else "server",
        how="rst" if connection.rows.flags[row] & RST else "fin",
        row=row,
        had=had,
        last=_last(conversation, had, by_client=by_client),
        outstanding=tuple(one for one in said if _is_outstanding(one, had, by_client=by_client)),
        quit=any(one.index == conversation.quit for one in said),
    )


def _had(connection: Connection, row: int) -> int:
    """How much of the other side's stream a side had when it sent a row; a RST without ACK says nothing."""
    rows, acknowledged = connection.rows, connection.assembly.acknowledged
    side, had = rows.side[row], acknowledged[row]
    if had is None or connection.rows.flags[row] & RST:
        had = max(
            (acknowledged[earlier] or 0 for earlier in range(row + 1) if rows.side[earlier] == side),
            default=0,
        )
    return max(had, 0)


def _last(conversation: Conversation, had: int, *, by_client: bool) -> Exchange:
    """The last thing that the client had begun to say, as far as whoever closed knew."""
    exchanges = conversation.exchanges
    for one in reversed(exchanges):
        if one.index and (by_client or one.prompt.start < had):
            return one
    return exchanges[0]


def _is_outstanding(one: Exchange, had: int, *, by_client: bool) -> bool:
    """Whether the reply to an exchange was still to come: for the client, had not arrived."""
    if not one.prompt.terminated:
        return False
    if one.reply is None or not one.reply.complete:
        return True
    return by_client and one.reply.octets[1] > had


def _was_announced(conversation: Conversation, closing: Closing) -> bool:
    """Whether QUIT had been said and answered, or the server's last words were that it closes."""
    if closing.quit and not any(one.index == conversation.quit for one in closing.outstanding):
        return True
    replies = conversation.replies
    if not replies:
        return False
    last = replies[-1]
    heard = closing.side == "server" or last.octets[1] <= closing.had
    unasked = conversation.asked(last) is None and closes_channel(last, conversation.connection.server_stream)
    return last.complete and heard and (last.code in FAREWELLS or unasked)

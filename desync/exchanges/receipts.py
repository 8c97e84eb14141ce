"""What reached each side in the end, and how the connection came to it.

    If a client times out or loses the connection while it waits for the reply to the end of
    mail data, it sends the message again, and the server may have it already. (RFC 1047)

Asked of the reply to a message: had the client got it when nothing more could come? An
acknowledgment is its kernel's; that its program read the reply nobody can see. May know segments
and exchanges; must not judge.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.exchange import Exchange
from desync.tcp.connection import Connection
from desync.tcp.rows import FIN, RST
from desync.tcp.sides import Side
from desync.units import MILLISECOND, SECOND, UNKNOWN_TIME

Receipt: TypeAlias = Literal["had", "never", "unknown"]

UNANSWERED: Final = 4
"""A reply that left so often, and was never acknowledged, did not arrive."""

DELAYED: Final = SECOND
"""An acknowledgment may wait for half a second (RFC 9293, section 3.8.6.3), and a server's RST that
comes meanwhile ends the connection without it."""

PATIENCE: Final = 200 * MILLISECOND
"""Who goes on without a reply sooner than this had not been waiting for it."""


class Receipts(NamedTuple):
    """What reached each side of a connection.

    Attributes:
        client_had: Octets of the server's stream that the client acknowledged at last, by anything but
            a RST: that acknowledges what its program may have left unread.
        server_had: Octets of the client's stream that the server acknowledged at last.
        aborted: The same in the client's RST; None where it sent none.
        given_up: Whether the server sent the first octet behind that again and again, or gave up on it.
        ended_by: Who ended the connection first, so that nothing that the other still had to say could
            arrive; None where the capture does not show it.
    """

    connection: Connection
    client_had: int
    server_had: int
    aborted: int | None
    given_up: bool
    ended_by: Side | None

    def receipt(self, end: int) -> Receipt:
        """Whether the client got the server's stream up to an offset.

        "unknown" where the capture ends before it could acknowledge it, or where its RST does.
        """
        if self.client_had >= end:
            return "had"
        if self.aborted is not None:
            # A RST behind the FIN says that the program had closed when the octets came.
            closed = self.connection.assembly.finished[self.connection.client_side]
            return "never" if closed or self.aborted < end else "unknown"
        return "never" if self.given_up else "unknown"


def receipts_of(connection: Connection) -> Receipts:
    """Find out what reached each side of a connection."""
    rows, assembly, client = connection.rows, connection.assembly, connection.client_side
    had = [0, 0]
    for side, acknowledged in zip(rows.side, assembly.acknowledged, strict=True):
        if acknowledged is not None and acknowledged > had[side]:
            had[side] = acknowledged
    aborted = None
    if assembly.reset:
        had[client], aborted = _without_resets(connection)
    given_up = had[client] < connection.server_stream.length and _was_given_up(connection, had[client])
    return Receipts(connection, had[client], had[1 - client], aborted, given_up, _ended_by(connection))


def gave_up(connection: Connection, exchanges: Sequence[Exchange], final: Exchange) -> bool:
    """Whether the client went on with something else while it waited for the reply to a message."""
    following = went_on(exchanges, final)
    if following is None or following.in_step is not False or following.standing is None:
        return False
    standing = following.standing
    if exchanges[standing.exchange].prompt is not final.prompt or standing.held != "nothing":
        return False
    earlier, later = final.sent[-1].time if final.sent else UNKNOWN_TIME, following.sent[0].time
    if not connection.times_sound or UNKNOWN_TIME in (earlier, later):
        return False
    round_trip = (connection.point.to_client or 0) + (connection.point.to_server or 0)
    return later - earlier > max(PATIENCE, 3 * round_trip)


def went_on(exchanges: Sequence[Exchange], final: Exchange) -> Exchange | None:
    """What the client sent next behind a message, or None."""
    at = final.index + 1
    while at < len(exchanges) and exchanges[at].prompt is final.prompt:
        at += 1
    return exchanges[at] if at < len(exchanges) and exchanges[at].sent else None


def _without_resets(connection: Connection) -> tuple[int, int | None]:
    """What the client acknowledged by anything but a RST, and by a RST."""
    rows, had, aborted = connection.rows, 0, None
    for side, flags, acknowledged in zip(
        rows.side, rows.flags, connection.assembly.acknowledged, strict=True
    ):
        if side == connection.client_side:
            if flags & RST:
                aborted = max(aborted or 0, acknowledged or 0)
            else:
                had = max(had, acknowledged or 0)
    return had, aborted


def _was_given_up(connection: Connection, offset: int) -> bool:
    """Whether the server sent an octet again and again, or gave up on it long after."""
    rows, assembly, server = connection.rows, connection.assembly, 1 - connection.client_side
    copies = sum(
        1
        for row, start in enumerate(assembly.offsets)
        if rows.side[row] == server
        and start is not None
        and start <= offset < start + rows.length[row]
        and assembly.kinds[row] != "duplicate"
    )
    if copies >= UNANSWERED:
        return True
    sent = connection.server_stream.sent(offset)
    resets = [
        time
        for side, flags, time in zip(rows.side, rows.flags, rows.time, strict=True)
        if side == server and flags & RST and time != UNKNOWN_TIME
    ]
    if not connection.times_sound or sent is None or sent.time == UNKNOWN_TIME or not resets:
        return False
    return min(resets) - sent.time > DELAYED


def _ended_by(connection: Connection) -> Side | None:
    client, server = connection.client_side, 1 - connection.client_side
    finished, acknowledged = connection.assembly.finished, connection.assembly.acknowledged
    rows = connection.rows
    if finished[server]:
        # Whose FIN acknowledges the other's came second.
        second = any(
            side == client and flags & FIN and had is not None and had > connection.server_stream.length
            for side, flags, had in zip(rows.side, rows.flags, acknowledged, strict=True)
        )
        return "client" if finished[client] and not second else "server"
    if not connection.assembly.reset:
        return None
    resets = {side for side, flags in zip(rows.side, rows.flags, strict=True) if flags & RST}
    if client in resets:
        return "client"
    return "server" if server in resets else None

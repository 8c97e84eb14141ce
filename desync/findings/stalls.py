"""Where a server's next octets waited for the client's delayed acknowledgment.

    the server writes a part of what it has to say        a small segment leaves
    it writes the rest                                    its TCP holds that back: the first part is not
                                                          acknowledged yet (Nagle; RFC 9293, section 3.7.4)
    the client has nothing to answer                      its TCP puts the acknowledgment off
                                                          (RFC 9293, section 3.8.6.3)
    the delay is over: a bare ACK                         and at once the rest leaves

May know segments and their times; must not know what they say.
"""

from typing import Final, NamedTuple

from desync.tcp.connection import Connection
from desync.tcp.rows import ACK, FIN, RST, SYN
from desync.units import MILLISECOND, UNKNOWN_TIME

SHORTEST_DELAY: Final = 35 * MILLISECOND
LONGEST_DELAY: Final = 550 * MILLISECOND
"""An acknowledgment is put off for 40 ms (Linux), 100 or 200 ms, at most for half a second (RFC 9293,
section 3.8.6.3); timers are a little early or late."""

PROMPTLY: Final = MILLISECOND
"""A kernel that held octets back sends them sooner than this when it may."""

JITTER_SHARE: Final = 50
"""A round trip is taken for the same as another if they differ by under this share of it."""


class Stall(NamedTuple):
    """A wait that ended with an acknowledgment.

    Attributes:
        before, ack, after: The rows of the server's segment, of the ACK, and of the segment that it
            set free; nothing of the connection lies between them in the capture.
        waited: Nanoseconds between the server's two segments.
        delay: Nanoseconds by which the client put the acknowledgment off.
    """

    before: int
    ack: int
    after: int
    waited: int
    delay: int


def stalls(connection: Connection, start: int, end: int) -> list[Stall]:
    """Find the stalls of a server, in file order.

    Args:
        connection: The connection. None is found where its clock is unsound, or the round trips are
            not known; nor where as many pauses in which an acknowledgment came went on behind it.
        start: Offset in the server's stream from which on it is looked at.
        end: Offset behind that.
    """
    if not connection.times_sound or None in (connection.point.to_client, connection.point.to_server):
        return []
    rows, server = connection.rows, 1 - connection.client_side
    lengths, sides = rows.length, rows.side
    found, others = [], 0
    for after in range(2, len(rows)):
        if (
            not (lengths[after] and sides[after] == server)
            or lengths[after - 1]
            or sides[after - 1] == server
        ):
            continue
        if not (sides[after - 2] == server and lengths[after - 2]):
            continue
        wait = _wait(connection, after, start, end)
        if wait is not None and wait.on_ack:
            found.append(wait.stall)
        elif wait is not None:
            others += 1
    # A server that pauses by itself may end a pause on an acknowledgment by chance, now and then.
    return found if len(found) > others else []


class _Wait(NamedTuple):
    """A pause of the server in which the client's acknowledgment came, and whether it ended on that."""

    stall: Stall
    on_ack: bool


def _wait(connection: Connection, after: int, start: int, end: int) -> _Wait | None:
    """The wait that three neighbouring rows are: segment, acknowledgment, segment."""
    before, ack = after - 2, after - 1
    if not _is_nagles(connection, before, ack, after):
        return None
    first = connection.assembly.offsets[before] or 0
    if first < start or first + connection.rows.length[before] + connection.rows.length[after] > end:
        return None
    times, point = connection.rows.time, connection.point
    to_client, to_server = point.to_client or 0, point.to_server or 0
    if UNKNOWN_TIME in times[before : after + 1]:
        return None
    delay = times[ack] - times[before] - to_client
    if not SHORTEST_DELAY <= delay <= LONGEST_DELAY:
        return None
    late = times[after] - times[ack] - to_server
    stall = Stall(before, ack, after, times[after] - times[before], delay)
    return _Wait(stall, abs(late) <= PROMPTLY + to_server // JITTER_SHARE)


def _is_nagles(connection: Connection, before: int, ack: int, after: int) -> bool:
    """Whether a small segment may have been held back for want of one acknowledgment, and no other."""
    rows, assembly = connection.rows, connection.assembly
    first, second = assembly.offsets[before], assembly.offsets[after]
    if first is None or second is None or second != first + rows.length[before]:
        return False
    if rows.flags[ack] & (SYN | FIN | RST | ACK) != ACK or assembly.acknowledged[ack] != second:
        return False
    if any(assembly.kinds[row] for row in (before, ack, after)):
        return False
    allowed = connection.handshake.client_mss
    if allowed is not None and max(rows.length[before], rows.length[after]) >= allowed:
        # A full segment is never held back, and behind one it is not the second write that waits.
        return False
    return _had_all(connection, before, first)


def _had_all(connection: Connection, row: int, offset: int) -> bool:
    """Whether the client had acknowledged all octets before a segment: else Nagle had held that back, too."""
    rows, acknowledged = connection.rows, connection.assembly.acknowledged
    for earlier in range(row - 1, -1, -1):
        if rows.side[earlier] == connection.client_side:
            return (acknowledged[earlier] or 0) >= offset
    return False

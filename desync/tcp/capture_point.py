"""Where a connection was captured, by its handshake.

May know the times and options of SYN, SYN-ACK and the first ACK; must not know more.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

from desync.packets.options import maximum_segment_size
from desync.tcp.rows import ACK, RST, SYN, Rows
from desync.units import UNKNOWN_TIME

Point: TypeAlias = Literal["client", "server", "between", "unknown"]

NEAR_SHARE: Final = 5
"""A side is where the capture was made if its round trip is under this share of the whole."""


class Handshake(NamedTuple):
    """What the handshake tells.

    Attributes:
        to_server: Nanoseconds from SYN to SYN-ACK at the capture point, or None.
        to_client: Nanoseconds from SYN-ACK to the client's ACK there, or None.
        client_mss, server_mss: Maximum segment size that each side announced, in octets.
    """

    to_server: int | None
    to_client: int | None
    client_mss: int | None
    server_mss: int | None


class CapturePoint(NamedTuple):
    """Where a connection was captured.

    Attributes:
        point: Next to the client, next to the server, between them, or not known.
        to_client, to_server: Round trips from there, in nanoseconds, or None.
    """

    point: Point
    to_client: int | None
    to_server: int | None


def handshake(rows: Rows, client: int) -> Handshake:
    """Read the handshake of a connection.

    Source:
        RFC 9293, section 3.5. Of several SYNs the last before the SYN-ACK counts.
    """
    opened = answered = acknowledged = None
    sizes: list[int | None] = [None, None]
    for row, flags in enumerate(rows.flags):
        side, time = rows.side[row], rows.time[row]
        if flags & RST:
            continue
        if flags & SYN:
            if sizes[side] is None:
                sizes[side] = maximum_segment_size(rows.octets, rows.transport[row])
            if side == client and not flags & ACK and answered is None:
                opened = time
            elif side != client and flags & ACK and answered is None:
                answered = time
        elif flags & ACK and side == client and answered is not None:
            acknowledged = time
            break
        elif rows.length[row]:
            break
    return Handshake(
        _between(opened, answered), _between(answered, acknowledged), sizes[client], sizes[1 - client]
    )


def capture_point(shaken: Handshake, *, sound: bool) -> CapturePoint:
    """Tell from the two halves of the round trip where the capture was made.

    Source:
        DESIGN.md, section 3: SYN to SYN-ACK is the round trip to the server, SYN-ACK to ACK the
        one to the client.
    """
    if not sound or shaken.to_client is None or shaken.to_server is None:
        return CapturePoint("unknown", None, None)
    whole = shaken.to_client + shaken.to_server
    if whole == 0:
        return CapturePoint("unknown", shaken.to_client, shaken.to_server)
    if shaken.to_client * NEAR_SHARE < whole:
        point: Point = "client"
    elif shaken.to_server * NEAR_SHARE < whole:
        point = "server"
    else:
        point = "between"
    return CapturePoint(point, shaken.to_client, shaken.to_server)


def _between(earlier: int | None, later: int | None) -> int | None:
    if earlier is None or later is None or UNKNOWN_TIME in (earlier, later):
        return None
    return later - earlier if later >= earlier else None

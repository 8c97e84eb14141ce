"""Who is the client, and which sequence number is offset 0.

May know flags, sequence numbers and ports, and the first octets that were said; must not
assemble anything.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from desync.tcp.rows import ACK, FIN, PSH, RST, SYN, Rows
from desync.tcp.sequence import distance
from desync.tcp.sides import Origin

WELL_KNOWN: Final = 1024
"""Ports below are servers' (RFC 6335, section 6)."""

CLIENT_SAYS: Final = (b"EHLO", b"HELO", b"LHLO", b"MAIL", b"RCPT", b"QUIT", b"RSET", b"DATA", b"AUTH")
"""Verbs that tell a client from a server where neither SYN nor port does."""


class Start(NamedTuple):
    """Where one side's stream begins.

    Attributes:
        sequence: Sequence number of offset 0; None where nothing of the side is known.
        origin: ``syn`` where the handshake gives it, else ``first-seen``.
        initial: The initial sequence number, or None where no SYN or SYN-ACK tells it.
    """

    sequence: int | None
    origin: Origin
    initial: int | None


def client_side(rows: Rows, ports: tuple[int, int], mail_ports: Collection[int]) -> int:
    """Find which side of the pair opened the connection.

    By the SYN; where both sides sent one (RFC 9293, figure 8) or none was captured, by the
    mail port, then by what they say, then by the lower port.

    Args:
        rows: The connection's segments.
        ports: Port of side 0 and of side 1.
        mail_ports: Ports that mail servers listen on.
    """
    opened = {
        side for flags, side in zip(rows.flags, rows.side, strict=True) if flags & (SYN | ACK | RST) == SYN
    }
    if len(opened) == 1:
        return opened.pop()
    if not opened:
        for flags, side in zip(rows.flags, rows.side, strict=True):
            if flags & (SYN | ACK | RST) == SYN | ACK:
                return 1 - side
    known = [side for side in (0, 1) if ports[side] in mail_ports]
    # A port above 1023 may be a client's own, met by chance beside a server's well-known one.
    known = [side for side in known if ports[side] < WELL_KNOWN or ports[1 - side] >= WELL_KNOWN]
    if len(known) == 1:
        return 1 - known[0]
    for row, side in enumerate(rows.side):
        said = bytes(rows.octets_of(row)[:4]).upper()
        if said in CLIENT_SAYS:
            return side
        if said in (b"220 ", b"220-"):
            return 1 - side
    return 0 if ports[0] > ports[1] else 1


def starts(rows: Rows, client: int) -> tuple[Start, Start]:
    """Find offset 0 of both sides' streams, for side 0 and side 1.

    A SYN tells its sender's, a SYN-ACK also the other's. A client's first acknowledgment after
    its SYN tells the server's where the SYN-ACK was not captured.
    """
    initial: list[int | None] = [None, None]
    for flags, side, sequence, acknowledgment in zip(
        rows.flags, rows.side, rows.sequence, rows.acknowledgment, strict=True
    ):
        if flags & SYN and not flags & RST:
            # The last SYN counts: one that was tried again with another number was never answered.
            initial[side] = sequence
            if flags & ACK and initial[1 - side] is None:
                initial[1 - side] = (acknowledgment - 1) & 0xFFFFFFFF
    if initial[1 - client] is None and initial[client] is not None:
        initial[1 - client] = _handshake_acknowledgment(rows, client, (initial[client] or 0) + 1)
    return _start(rows, 0, initial[0]), _start(rows, 1, initial[1])


def _handshake_acknowledgment(rows: Rows, client: int, sequence: int) -> int | None:
    """The server's initial number by the handshake's third segment, where the SYN-ACK is missing."""
    for row, flags in enumerate(rows.flags):
        if rows.side[row] != client and rows.length[row]:
            # The server had spoken before: how much before that is not known.
            return None
        if rows.side[row] != client or not flags & ACK or flags & (SYN | RST):
            continue
        if rows.sequence[row] == sequence & 0xFFFFFFFF and rows.length[row] == 0:
            return (rows.acknowledgment[row] - 1) & 0xFFFFFFFF
        return None
    return None


def _start(rows: Rows, side: int, initial: int | None) -> Start:
    if initial is not None:
        return Start((initial + 1) & 0xFFFFFFFF, "syn", initial)
    lowest: int | None = None
    for row, flags in enumerate(rows.flags):
        if flags & RST:
            continue
        if rows.side[row] != side:
            if not flags & ACK:
                continue
            seen = rows.acknowledgment[row]
        elif _is_lone_probe(rows, row):
            # Its octet was sent before and belongs to what came before the capture.
            seen = rows.sequence[row] + 1
        elif rows.length[row] or flags & FIN:
            seen = rows.sequence[row]
        else:
            continue
        if lowest is None or distance(seen, lowest) < 0:
            lowest = seen & 0xFFFFFFFF
    return Start(lowest, "first-seen", None)


def _is_lone_probe(rows: Rows, row: int) -> bool:
    """Whether a segment is a keep-alive: one octet (RFC 9293, section 3.8.4), not pushed."""
    return rows.length[row] == 1 and not rows.flags[row] & (PSH | FIN)

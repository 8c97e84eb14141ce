"""What became of the handshake on the way: options that were changed, left out or added.

May know SYN and SYN-ACK at both points; must not know what came after.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

from desync.archive.points.passage import Segment
from desync.packets.options import option_values
from desync.tcp.connection import Connection
from desync.tcp.rows import ACK, SYN

Packet: TypeAlias = Literal["SYN", "SYN-ACK"]

NAMES: Final = {
    2: "MSS",
    3: "window scale",
    4: "SACK permitted",
    8: "timestamps",
    19: "MD5 signature",
    28: "user timeout",
    29: "authentication",
    30: "multipath TCP",
    34: "fast open",
}
"""Kinds of TCP options (IANA, TCP Option Kind Numbers)."""

_MARK: Final = 8
"""Timestamps differ from packet to packet; only that the option is there is compared."""


class Altered(NamedTuple):
    """An option that is not the same at both points.

    Attributes:
        packet: In which packet of the handshake.
        name: The option.
        near, far: Its value at either point: a number, ``yes`` where the option is only there or not,
            hexadecimal digits; None where the packet does not have it.
        rows: The packet's rows at the near and at the far point.
    """

    packet: Packet
    name: str
    near: str | None
    far: str | None
    rows: tuple[int, int]


def altered_options(near: Connection, far: Connection) -> list[Altered]:
    """Compare the options of the handshake at both points."""
    found = []
    packets: tuple[tuple[Packet, bool], ...] = (("SYN", True), ("SYN-ACK", False))
    for packet, by_client in packets:
        rows = _opening(near, by_client=by_client), _opening(far, by_client=by_client)
        if rows[0] is None or rows[1] is None:
            continue
        one, other = _values(near, rows[0]), _values(far, rows[1])
        found += [
            Altered(packet, name, one.get(name), other.get(name), (rows[0], rows[1]))
            for name in dict.fromkeys([*one, *other])
            if one.get(name) != other.get(name)
        ]
    return found


def hops_of(segments: list[Segment]) -> int | None:
    """The time to live that most segments of one direction have at a point; None where none is known."""
    known = [one.hops for one in segments if one.hops]
    return max(sorted(set(known)), key=known.count) if known else None


def _opening(connection: Connection, *, by_client: bool) -> int | None:
    """The last SYN of a side: earlier ones may have been tried in vain, with fewer options."""
    rows = connection.rows
    side = connection.client_side if by_client else 1 - connection.client_side
    wanted = SYN if by_client else SYN | ACK
    found = (
        row
        for row in reversed(range(len(rows)))
        if rows.side[row] == side and rows.flags[row] & (SYN | ACK) == wanted
    )
    return next(found, None)


def _values(connection: Connection, row: int) -> dict[str, str]:
    rows = connection.rows
    values = option_values(rows.octets, rows.transport[row])
    return {NAMES.get(kind, f"option {kind}"): _written(kind, value) for kind, value in values}


def _written(kind: int, value: bytes) -> str:
    if not value or kind == _MARK:
        return "yes"
    return str(int.from_bytes(value, "big")) if len(value) <= 2 else value.hex()

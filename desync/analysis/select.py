"""Which address pairs of a slice may carry mail, before any Python object is made.

    A connection is mail on a mail port, else if the client's first recognised verb is EHLO,
    HELO or LHLO; a server's "220 " alone decides nothing.     (DESIGN.md, section 2)

Keeps too much rather than too little: what a kept pair really says is decided on its
reassembled streams. May look at ports and first octets; must not reassemble.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.packets.segments import Segments
from desync.tcp.flows import Flows
from desync.tcp.rows import ACK, SYN

_HELLOS: Final = np.frombuffer(b"ehlohelolhlo", dtype=">u4").astype(np.uint32)
_PROXIES: Final = np.frombuffer(b"PROX\r\n\r\nCONN", dtype=">u4").astype(np.uint32)
_LOWER: Final = np.uint32(0x20202020)

SHORT: Final = 16
"""Octets of a client's stream that may be needed to tell whether it says hello behind a cut or a prefix."""


def mail_flows(flows: Flows, ports: Collection[int]) -> NDArray[np.bool_]:
    """Find the pairs of a slice that are on a mail port, shape (f,)."""
    wanted = np.zeros(1 << 16, dtype=np.bool_)
    wanted[list(ports)] = True
    return np.asarray(wanted[flows.keys.port].any(axis=1))


def speaking_flows(segments: Segments, flows: Flows) -> NDArray[np.bool_]:
    """Find the pairs of a slice on which somebody may say hello, shape (f,).

    Those are pairs with a segment that begins with a hello or with a proxy's words; pairs that
    a SYN opened and on which the opener has said less than a few octets in this slice (it may go
    on in the next); and pairs with a scrap of payload that may be a part of a hello.
    """
    found = np.zeros(len(flows), dtype=np.bool_)
    if not len(segments):
        return found
    data = np.flatnonzero(segments.captured > 0)
    first = _first_octets(segments, data)
    said = np.isin(first | _LOWER, _HELLOS) | np.isin(first, _PROXIES)
    head = first >> np.uint32(24)
    said |= (head == 5) | (head == 4)  # SOCKS
    said |= segments.captured[data] < 5
    found[flows.flow[data[said]]] = True
    found[_opened_and_silent(segments, flows)] = True
    return found


def _opened_and_silent(segments: Segments, flows: Flows) -> NDArray[np.int64]:
    """The pairs that a SYN opened in this slice and whose opener said next to nothing in it."""
    opening = (segments.flags & np.uint16(SYN | ACK)) == SYN
    rows = np.flatnonzero(opening)
    flow = flows.flow[rows]
    opener = np.full(len(flows), 2, dtype=np.uint8)
    opener[flow] = flows.side[rows]
    by_opener = opener[flows.flow] == flows.side
    octets = np.bincount(flows.flow[by_opener], weights=segments.captured[by_opener], minlength=len(flows))
    return np.flatnonzero((opener < 2) & (octets < SHORT))


def _first_octets(segments: Segments, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The first four payload octets of segments as a big-endian number; what is missing is 0."""
    value = np.zeros(len(rows), dtype=np.uint32)
    last = max(len(segments.octets) - 1, 0)
    for index in range(4):
        octet = segments.octets[np.minimum(segments.payload[rows] + index, last)].astype(np.uint32)
        octet[segments.captured[rows] <= index] = 0
        value = value << np.uint32(8) | octet
    return value

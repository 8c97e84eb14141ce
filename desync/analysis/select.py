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
_PROXIES: Final = np.frombuffer(b"PROX\r\n\r\n", dtype=">u4").astype(np.uint32)
"""How a proxy's words begin; a hello may follow in the same segment (behind SOCKS or CONNECT it waits)."""
_SCRAPS: Final = np.array(
    sorted(
        int.from_bytes(word[:size].ljust(4, b"\0"), "big")
        for word in (b"ehlo", b"helo", b"lhlo", b"PROX", b"\r\n\r\n")
        for size in (1, 2, 3)
    ),
    dtype=np.uint32,
)
_CASE: Final = 0x20

SHORT: Final = 64
"""Octets that an opener may have said, in what cannot be read again, and its hello still be to come."""


def mail_flows(flows: Flows, ports: Collection[int]) -> NDArray[np.bool_]:
    """Find the pairs of a slice that are on a mail port, shape (f,)."""
    wanted = np.zeros(1 << 16, dtype=np.bool_)
    wanted[list(ports)] = True
    return np.asarray(wanted[flows.keys.port].any(axis=1))


def speaking_flows(segments: Segments, flows: Flows) -> NDArray[np.bool_]:
    """Find the pairs of a slice on which somebody may say hello, shape (f,).

    Those are pairs with a segment that begins with a hello or with a proxy's words, or that is a
    scrap of payload with which one of them may begin. What a segment says in one slice and what others
    say elsewhere does not matter: any cutting into slices finds the same pairs.
    """
    found = np.zeros(len(flows), dtype=np.bool_)
    data = np.flatnonzero(segments.captured > 0)
    if not len(data):
        return found
    first = _first_octets(segments, data)
    lower = _lower(first)
    said = _among(lower, _HELLOS) | _among(first, _PROXIES)
    short = np.flatnonzero(segments.captured[data] < 4)
    said[short] |= _among(first[short], _SCRAPS) | _among(lower[short], _SCRAPS)
    found[flows.flow[data[said]]] = True
    return found


def opened_flows(segments: Segments, flows: Flows) -> NDArray[np.bool_]:
    """Find the pairs that a SYN opened in a slice and whose opener has said next to nothing, shape (f,).

    It may say hello in the next slice, and what cannot be read again has to be kept until then.
    """
    opening = (segments.flags & np.uint16(SYN | ACK)) == SYN
    rows = np.flatnonzero(opening)
    opener = np.full(len(flows), 2, dtype=np.uint8)
    opener[flows.flow[rows]] = flows.side[rows]
    by_opener = opener[flows.flow] == flows.side
    octets = np.bincount(flows.flow[by_opener], weights=segments.captured[by_opener], minlength=len(flows))
    return np.asarray((opener < 2) & (octets < SHORT))


def _first_octets(segments: Segments, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The first four payload octets of segments as a big-endian number; what is missing is 0."""
    last = len(segments.octets) - 4
    at = segments.payload[rows]
    whole = np.minimum(at, last)
    windows = np.lib.stride_tricks.sliding_window_view(segments.octets, 4)
    value = np.ascontiguousarray(windows[whole]).view(">u4")[:, 0].astype(np.uint32)
    # The payload of the last segment may end less than four octets before the buffer does.
    value <<= (8 * (at - whole)).astype(np.uint32)
    missing = np.clip(4 - segments.captured[rows], 0, 3).astype(np.uint32) * np.uint32(8)
    return np.asarray(value >> missing << missing)


def _among(words: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which words are among a few; for few words ``np.isin`` imports NumPy's masked arrays first."""
    found = np.zeros(len(words), dtype=np.bool_)
    for each in wanted:
        found |= words == each
    return found


def _lower(first: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The octets of numbers in lower case, as far as they are no 0."""
    lower = first.copy()
    for shift in (0, 8, 16, 24):
        held = (first >> np.uint32(shift)) & np.uint32(0xFF)
        lower |= np.where(held > 0, np.uint32(_CASE << shift), np.uint32(0))
    return lower

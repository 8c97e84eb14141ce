"""IP fragments become datagrams, and datagrams segments.

May know fragments and where they lie; must not know what a datagram carries. Memory is
bounded, and what is thrown away depends on the order of the fragments alone.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, NamedTuple

import numpy as np

from desync.capture.frames import Frames, Interface
from desync.packets.decode import Decoded, decode
from desync.packets.fragments import Fragments
from desync.packets.headers import Headers, headers_of, joined
from desync.packets.segments import Segments

MOST_OCTETS: Final = 32 << 20
"""Octets kept of datagrams that wait for more; beyond that the oldest is given up."""

_FRAGMENT_COST: Final = 200
"""Octets that keeping a fragment costs besides its own."""

_LARGEST: Final = 65535
"""Octets of the largest datagram (RFC 791, section 3.1); what claims more is an attack."""

_RAW: Final = Interface(link_type=101)


class Datagram(NamedTuple):
    """A datagram put together from fragments, or what there is of one.

    Attributes:
        frames: ``frame.number`` of the fragments that it is made of, in the order they came.
        time: Time of the last of them.
        packet: The IP header as if never fragmented, and the payload up to the first octet that the
            capture does not hold.
        length: Octets that the packet had; ``len(packet)`` is less where fragments were cut.
    """

    frames: tuple[int, ...]
    time: int
    packet: bytes
    length: int


@dataclass(slots=True)
class _Waiting:
    """Fragments of one datagram: disjoint pieces in order, the first copy of each octet."""

    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    octets: list[bytes] = field(default_factory=list)
    header: bytes = b""
    total: int | None = None
    frames: list[int] = field(default_factory=list)
    cost: int = 0

    def add(self, begin: int, end: int, octets: bytes) -> None:
        """Keep what lies in [begin, end) and is not there yet (RFC 815: fill the holes)."""
        at = bisect_right(self.ends, begin)
        while begin < end:
            hole = min(end, self.begins[at]) if at < len(self.begins) else end
            if begin < hole:
                self.begins.insert(at, begin)
                self.ends.insert(at, hole)
                self.octets.insert(at, octets[: hole - begin])
                at += 1
            if at >= len(self.begins):
                return
            octets = octets[self.ends[at] - begin :]
            begin = self.ends[at]
            at += 1

    def is_whole(self) -> bool:
        """Whether every octet up to the last fragment's end was sent."""
        return self.total is not None and self.reaches() >= self.total

    def reaches(self) -> int:
        """Return the end of what lies without a hole from the start."""
        reached = 0
        for begin, end in zip(self.begins, self.ends, strict=True):
            if begin != reached:
                break
            reached = end
        return reached


class Reassembler:
    """Puts datagrams together from fragments fed in file order.

    A datagram is known by its addresses and identification, in IPv4 also by its protocol.
    Of overlapping fragments the first copy of an octet stays.

    Args:
        most_octets: What may be kept of datagrams that wait for more.

    Source:
        RFC 791, section 3.2; RFC 815; RFC 8200, section 4.5.
    """

    def __init__(self, most_octets: int = MOST_OCTETS) -> None:
        self._waiting: dict[tuple[int, ...], _Waiting] = {}
        self._cost = 0
        self._most = most_octets
        self.given_up = 0
        """Datagrams of which fragments were thrown away for want of memory."""

    def feed(self, fragments: Fragments) -> list[Datagram]:
        """Take fragments in and return the datagrams that they complete, in that order."""
        done = []
        for row in range(len(fragments)):
            datagram = self._take(fragments, row)
            if datagram is not None:
                done.append(datagram)
        return done

    def _take(self, fragments: Fragments, row: int) -> Datagram | None:
        begin, length = int(fragments.offset[row]), int(fragments.length[row])
        if begin + length > _LARGEST or (length == 0 and fragments.more[row]):
            return None
        key = _key(fragments, row)
        waiting = self._waiting.setdefault(key, _Waiting())
        start = int(fragments.start[row])
        octets = fragments.octets[start : start + int(fragments.captured[row])].tobytes()
        waiting.add(begin, begin + length, octets)
        waiting.frames.append(int(fragments.frame[row]))
        if begin == 0 and not waiting.header:
            waiting.header = fragments.header[row].tobytes()
        if waiting.total is None and not fragments.more[row]:
            waiting.total = begin + length
        if waiting.is_whole():
            self._cost -= self._waiting.pop(key).cost
            return _datagram(waiting, int(fragments.protocol[row]), int(fragments.time[row]))
        cost = len(octets) + _FRAGMENT_COST
        waiting.cost += cost
        self._cost += cost
        while self._cost > self._most:
            self._cost -= self._waiting.pop(next(iter(self._waiting))).cost
            self.given_up += 1
        return None

    def unfinished(self) -> list[tuple[int, ...]]:
        """Return the frames of each datagram that still waits for fragments, oldest first."""
        return [tuple(waiting.frames) for waiting in self._waiting.values()]


def _key(fragments: Fragments, row: int) -> tuple[int, ...]:
    six = int(fragments.header[row, 0]) >> 4 == 6
    return (
        int(fragments.source_high[row]),
        int(fragments.source_low[row]),
        int(fragments.target_high[row]),
        int(fragments.target_low[row]),
        int(fragments.identification[row]),
        -1 if six else int(fragments.protocol[row]),
    )


def _datagram(waiting: _Waiting, protocol: int, time: int) -> Datagram:
    total = waiting.total or 0
    payload = bytearray()
    for begin, end, octets in zip(waiting.begins, waiting.ends, waiting.octets, strict=True):
        payload += octets[: max(total - begin, 0)]
        if len(octets) < end - begin:
            break
    header = _whole_header(waiting.header, protocol, total)
    return Datagram(tuple(waiting.frames), time, header + bytes(payload), len(header) + total)


def _whole_header(header: bytes, protocol: int, length: int) -> bytes:
    """Return the header that an unfragmented packet of the same payload would have.

    IPv4 options and the extension headers before the fragment header are left out; a length
    that its field cannot hold is 0, which is read as "to the end".
    """
    if header[0] >> 4 == 6:
        size = length if length < 1 << 16 else 0
        return header[:4] + size.to_bytes(2, "big") + bytes([protocol]) + header[7:40]
    size = length + 20 if length + 20 < 1 << 16 else 0
    return b"\x45" + header[1:2] + size.to_bytes(2, "big") + header[4:6] + b"\0\0" + header[8:20]


def decode_datagrams(datagrams: Sequence[Datagram]) -> Decoded:
    """Decode reassembled datagrams as if they had come whole.

    Returns:
        As `decode`; the segments lie in a buffer of their own, with ``place`` -1 and the frame that
        completed them.
    """
    captured = np.array([len(each.packet) for each in datagrams], dtype=np.int64)
    frames = Frames(
        octets=np.frombuffer(b"".join(each.packet for each in datagrams), dtype=np.uint8),
        base=0,
        number=np.array([each.frames[-1] for each in datagrams], dtype=np.int64),
        offset=np.cumsum(captured) - captured,
        captured=captured,
        length=np.array([each.length for each in datagrams], dtype=np.int64),
        time=np.array([each.time for each in datagrams], dtype=np.int64),
        interface=np.zeros(len(datagrams), dtype=np.int32),
        interfaces=(_RAW,),
    )
    decoded = decode(frames)
    place = np.full(len(decoded.segments), -1, dtype=np.int64)
    return replace(decoded, segments=replace(decoded.segments, place=place))


def datagram_segments(datagrams: Sequence[Datagram]) -> Segments:
    """Turn reassembled datagrams into segments; those that hold none are left out."""
    return decode_datagrams(datagrams).segments


def numbered(decoded: Decoded) -> Headers:
    """Return the headers of decoded datagrams by which Wireshark numbers streams.

    Wireshark puts no datagram together of which a fragment was cut, so their segments are left out.
    """
    headers = headers_of(decoded.segments)
    whole = decoded.segments.captured == decoded.segments.length
    kept = Headers(*(getattr(headers, each.name)[whole] for each in fields(Headers)))
    return joined([decoded.quoted, kept])

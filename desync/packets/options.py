"""TCP options of a single segment.

May know the options' layout; must not know what a connection makes of them. Nothing here
raises: an option that cannot be ends the list.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

_END, _PADDING, _SEGMENT_SIZE, _SCALE, _TIMESTAMPS = 0, 1, 2, 3, 8
_LONGEST: Final = 60
"""Octets of the largest TCP header."""


class Options(NamedTuple):
    """Options that matter here.

    Attributes:
        maximum_segment_size: Octets (RFC 9293, section 3.7.1), or None.
        window_scale: Bits that windows are shifted by (RFC 7323, section 2), or None.
        timestamps: Value and echo reply (RFC 7323, section 3), or None.
    """

    maximum_segment_size: int | None = None
    window_scale: int | None = None
    timestamps: tuple[int, int] | None = None


def tcp_options(octets: memoryview, transport: int) -> Options:
    """Read the options of the segment whose header begins at ``transport``.

    Args:
        octets: The buffer; what lies behind its end is as if the options ended there.
        transport: Offset of the TCP header.
    """
    size, scale, times = None, None, None
    for kind, value in _each(octets, transport):
        if kind == _SEGMENT_SIZE and len(value) == 2:
            size = int.from_bytes(value, "big")
        elif kind == _SCALE and len(value) == 1:
            scale = value[0]
        elif kind == _TIMESTAMPS and len(value) == 8:
            times = int.from_bytes(value[:4], "big"), int.from_bytes(value[4:], "big")
    return Options(size, scale, times)


def option_values(octets: memoryview, transport: int) -> tuple[tuple[int, bytes], ...]:
    """Return kind and value of each option of the segment whose header begins at ``transport``."""
    return tuple((kind, bytes(value)) for kind, value in _each(octets, transport))


def maximum_segment_size(octets: memoryview, transport: int) -> int | None:
    """Return the MSS that a segment announces, None where it announces none."""
    return tcp_options(octets, transport).maximum_segment_size


def _each(octets: memoryview, transport: int) -> Iterator[tuple[int, memoryview]]:
    """Yield kind and value of each option, up to the first that cannot be."""
    header = octets[transport : transport + _LONGEST] if transport >= 0 else octets[:0]
    if len(header) < 20:
        return
    header = header[: (header[12] >> 4) * 4]
    at = 20
    while at < len(header) and header[at] != _END:
        if header[at] == _PADDING:
            at += 1
            continue
        length = header[at + 1] if at + 1 < len(header) else 0
        if length < 2 or at + length > len(header):
            return
        yield header[at], header[at + 2 : at + length]
        at += length

"""Line breaks that are none: a CR or an LF that is not one of a CRLF.

    SMTP client implementations MUST NOT transmit these characters except when they are intended
    as line terminators and then MUST, as indicated above, transmit them only as a <CRLF>
    sequence.                                                        (RFC 5321, section 2.3.8)

May know octets and holes; must not know whether they are a command or a message.
"""

import re
from itertools import islice
from typing import Final, NamedTuple

from desync.tcp.stream import Stream

MOST_OFFSETS: Final = 5
"""Offsets that are told of each range."""

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


class Breaks(NamedTuple):
    """Bare line breaks in a range of a stream.

    Attributes:
        lf: LFs without a CR before them.
        cr: CRs without an LF behind them.
        offsets: Where the first of them are.
        unseen: Octets of the range that were not looked at: not captured, or passed over.
    """

    lf: int
    cr: int
    offsets: tuple[int, ...]
    unseen: int


def bare_breaks(stream: Stream, start: int, end: int) -> Breaks:
    """Count the bare line breaks of a range; those at the edge of a hole are left out.

    Args:
        stream: The stream.
        start: Its first offset.
        end: The offset behind its last one.
    """
    lf = cr = seen = 0
    offsets: list[int] = []
    for begin, octets in stream.runs_from(start):
        if begin >= end:
            break
        low, high = max(start - begin, 0), min(end - begin, len(octets))
        seen += high - low
        if not low and octets.startswith(b"\n") and (begin or stream.origin == "first-seen"):
            # Whether a CR stood before was not captured.
            low = 1
        if high == len(octets) and octets.endswith(b"\r"):
            high -= 1
        if low >= high:
            continue
        pairs = octets.count(b"\r\n", max(low - 1, 0), min(high + 1, len(octets)))
        # A pair may lie across either edge: half of it belongs to the range.
        ahead = _is_pair(octets, low - 1) if low else False
        behind = _is_pair(octets, high - 1)
        feeds = octets.count(b"\n", low, high) - (pairs - behind)
        returns = octets.count(b"\r", low, high) - (pairs - ahead)
        if feeds or returns:
            # What stands behind the range tells whether its last CR is bare.
            found = islice(_BARE.finditer(octets, low, high + 1), MOST_OFFSETS - len(offsets))
            offsets += [begin + one.start() for one in found if one.start() < high]
        lf, cr = lf + feeds, cr + returns
    return Breaks(lf, cr, tuple(offsets), end - start - seen)


def _is_pair(octets: bytes, at: int) -> bool:
    return octets[at : at + 2] == b"\r\n"

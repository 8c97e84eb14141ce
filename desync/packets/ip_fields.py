"""Fields of the IP header that are asked for few segments only.

May know both IP headers; must not know what the fields tell of a connection.
"""

import numpy as np

from desync.capture.frames import Integers
from desync.packets.segments import Segments
from desync.packets.work import gather, number


def identification(segments: Segments, rows: Integers) -> Integers:
    """Return the identification of some segments' packets, -1 for IPv6 (RFC 791, section 3.1)."""
    header = gather(segments.octets, segments.network[rows], 6)
    return np.where(header[:, 0] >> 4 == 4, number(header, 4, 2), -1)


def hop_limit(segments: Segments, rows: Integers) -> Integers:
    """Return the time to live of some segments' packets, in IPv6 the hop limit."""
    header = gather(segments.octets, segments.network[rows], 9)
    return np.where(header[:, 0] >> 4 == 4, header[:, 8], header[:, 7]).astype(np.int64)

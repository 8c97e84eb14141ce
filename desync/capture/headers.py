"""Gather the header fields of many records at once.

May know layouts; must not know whether what the fields say can be true.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.capture.state import Layout


class Headers(NamedTuple):
    """Header fields of ``n`` records as int64 columns.

    Attributes:
        seconds: Seconds since 1970.
        fraction: Fraction of a second, in units of ``Layout.nanoseconds``.
        captured: Octets of the frame in the capture.
        length: Octets of the frame on the wire.
        step: Distance to the next record.
    """

    seconds: Integers
    fraction: Integers
    captured: Integers
    length: Integers
    step: Integers


def gather(octets: Octets, places: Integers, fields: np.dtype[np.void]) -> NDArray[np.void]:
    """Copy the structure that begins at each of ``places``; each must lie wholly in ``octets``."""
    if not places.size:
        return np.empty(0, fields)
    # One row at every octet, overlapping: nothing is copied until the rows are picked. Picked as
    # plain octets, which NumPy copies three times as fast as structures.
    plain = np.dtype((np.void, fields.itemsize))
    everywhere = np.ndarray((octets.size - fields.itemsize + 1,), plain, octets, 0, (1,))
    return everywhere[places].view(fields)


def read_headers(octets: Octets, places: Integers, layout: Layout) -> Headers:
    """Read the record headers at ``places``, which are rows of ``octets``."""
    rows = gather(octets, places, record_fields(layout))
    captured, length = rows["captured"].astype(np.int64), rows["length"].astype(np.int64)
    step = rows["step"].astype(np.int64)
    if layout.smaller:
        # pcap 2.2 and DG/UX 543.0 write the lengths in the other order, 2.3 in either.
        captured, length = np.minimum(captured, length), np.maximum(captured, length)
        step = captured
    return Headers(
        rows["seconds"].astype(np.int64),
        rows["fraction"].astype(np.int64),
        captured,
        length,
        step + layout.step_plus,
    )


@cache
def record_fields(layout: Layout) -> np.dtype[np.void]:
    """Give the structure of a record header."""
    return np.dtype(
        {
            "names": ["seconds", "fraction", "captured", "length", "step"],
            "formats": [f"{layout.order}u4"] * 5,
            "offsets": [layout.seconds, layout.fraction, layout.captured, layout.length, layout.step],
            "itemsize": layout.header,
        }
    )

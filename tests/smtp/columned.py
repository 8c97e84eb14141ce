"""Streams by hand as columns: pieces in a buffer, with octets of others between them."""

from itertools import pairwise

import numpy as np

from desync.tcp.regular import Pieces, Regular


def pieces_of(streams, *, noise=b"\n\r\n.\r\n\0", acknowledged=None):
    """Pieces and the buffer that they are in.

    Args:
        streams: For each stream number the octets of its segments.
        noise: What lies between segments.
        acknowledged: For each stream number what each of its segments acknowledges; 0 where not given.
    """
    buffer, rows = bytearray(noise), []
    # In the buffer the last stream comes first: streams and captures have orders of their own.
    for number in sorted(streams, reverse=True):
        start = 0
        for index, octets in enumerate(streams[number]):
            known = (acknowledged or {}).get(number, {index: 0})[index] if acknowledged else 0
            rows.append((number, start, known, len(buffer), len(octets)))
            buffer += octets + noise
            start += len(octets)
    rows.sort()
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Pieces(*columns), np.frombuffer(bytes(buffer), dtype=np.uint8)


def regular_with(pieces, count):
    """Regular connections with these pieces; nothing else of them is asked for."""
    lengths = np.bincount(pieces.stream, weights=pieces.length, minlength=2 * count).astype(np.int64)
    numbers = np.zeros(count, dtype=np.uint32)
    return Regular(
        regular=np.ones(count, dtype=np.bool_),
        client=numbers.astype(np.uint8),
        initial=(numbers, numbers),
        lengths=(lengths[::2], lengths[1::2]),
        heard=lengths[1::2],
        closed=(lengths[1::2], lengths[::2]),
        waited=np.zeros(count, dtype=np.bool_),
        largest=(lengths[::2], lengths[1::2]),
        pieces=pieces,
    )


def cut_at(octets, places):
    """Octets cut at some places."""
    edges = [0, *sorted({place for place in places if 0 < place < len(octets)}), len(octets)]
    return [octets[first:last] for first, last in pairwise(edges) if first < last]

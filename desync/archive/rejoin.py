"""Kept segments of several slices of one capture become segments again, as if they lay in one slice.

May know columns, places and files; must not know what segments say.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from desync.analysis.kept import Kept
from desync.capture.frames import Integers, Octets
from desync.capture.places import read_places
from desync.packets.segments import Segments

_COLUMNS: Final = (
    *("frame", "time", "captured", "length", "place", "ip", "tcp", "side"),
    *("sequence", "acknowledgment", "flags", "window"),
)
_ENDS: Final = np.dtype([("high", np.uint64, 2), ("low", np.uint64, 2), ("port", np.uint16, 2)])


def rejoin(parts: Sequence[Kept], path: str) -> Segments:
    """Put the segments of several slices of one capture together, in the order of the file.

    Args:
        parts: What each slice kept.
        path: The capture.

    Raises:
        UnreadableFile: The octets cannot be read again.
    """
    column = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}
    sizes = column["ip"] + column["tcp"] + column["captured"]
    octets, network = _octets(parts, path, column["place"], sizes)
    order = np.argsort(column["frame"], kind="stable")
    column = {name: values[order] for name, values in column.items()}
    ends = _ends(parts)[order]
    transport = network[order] + column["ip"]
    rows, sender = np.arange(len(order)), column["side"].astype(np.int64)
    return Segments(
        octets=octets,
        frame=column["frame"],
        time=column["time"],
        place=column["place"],
        network=network[order],
        transport=transport,
        payload=transport + column["tcp"],
        captured=column["captured"],
        length=column["length"],
        source_high=ends["high"][rows, sender],
        source_low=ends["low"][rows, sender],
        target_high=ends["high"][rows, 1 - sender],
        target_low=ends["low"][rows, 1 - sender],
        source_port=ends["port"][rows, sender],
        target_port=ends["port"][rows, 1 - sender],
        sequence=column["sequence"],
        acknowledgment=column["acknowledgment"],
        flags=column["flags"],
        window=column["window"],
    )


def _ends(parts: Sequence[Kept]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """The two endpoints of each row's pair, the lower first."""
    counts = np.concatenate([np.diff(part.starts) for part in parts])
    pairs = np.empty(len(counts), dtype=_ENDS)
    for name in ("high", "low", "port"):
        pairs[name] = np.concatenate([getattr(part.pairs, name) for part in parts])
    return np.repeat(pairs, counts)


def _octets(parts: Sequence[Kept], path: str, places: Integers, sizes: Integers) -> tuple[Octets, Integers]:
    """The octets of all rows, and where those of each begin: read again, or as they were stored."""
    at = np.concatenate([part.at for part in parts])
    stored = np.cumsum([0, *(len(part.octets) for part in parts)])
    begins = np.repeat(stored[:-1], [len(part.at) for part in parts]) + np.maximum(at, 0)
    pieces = [part.octets for part in parts]
    total = int(stored[-1])
    order = np.argsort(places, kind="stable")
    order = order[places[order] >= 0]
    behind = np.cumsum(sizes[order])
    begins[order] = total + behind - sizes[order]
    if len(order):
        pieces.append(read_places(path, places[order], sizes[order]))
        # A file that has become shorter gives less: zeros in its place.
        pieces.append(np.zeros(int(behind[-1]) - len(pieces[-1]), dtype=np.uint8))
    return np.concatenate(pieces), begins

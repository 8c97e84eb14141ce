"""Segments of connections that are open where a slice ends: they go on in the next one.

What is carried is looked at once, with all its frames, instead of in parts that are put together
afterwards. May know segments and flows; must not know slices, nor what segments say.
"""

from dataclasses import fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Octets
from desync.packets.segments import Segments
from desync.tcp.flows import Flows
from desync.tcp.rows import FIN, RST

FLOW_OCTETS: Final = 1 << 18
FLOW_SEGMENTS: Final = 1 << 11
"""A pair of endpoints with more is not carried: it may be open for very many slices."""

CARRIED_OCTETS: Final = 8 << 20
CARRIED_SEGMENTS: Final = 1 << 16
"""What is carried from one slice to the next at most, the pairs with the fewest octets first."""

_COLUMNS: Final = tuple(each.name for each in fields(Segments) if each.name != "octets")
_OFFSETS: Final = ("network", "transport", "payload")


def open_flows(segments: Segments, flows: Flows, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The chosen flows that may go on behind these segments and are small enough to be carried, shape (f,).

    Closed is a flow that was reset, or on which both sides ended and somebody still acknowledged.
    """
    if not chosen.any():
        return chosen
    order, begins = flows.rows, flows.starts[:-1]
    flags, side = segments.flags[order], flows.side[order]
    ends = (flags & np.uint16(FIN)) > 0
    ended = [np.logical_or.reduceat(ends & (side == one), begins) for one in (0, 1)]
    answered = ~ends[flows.starts[1:] - 1]
    reset = np.logical_or.reduceat((flags & np.uint16(RST)) > 0, begins)
    octets = np.add.reduceat(_sizes(segments)[order], begins)
    counts = np.diff(flows.starts)
    small = (octets <= FLOW_OCTETS) & (counts <= FLOW_SEGMENTS)
    found = np.flatnonzero(chosen & small & ~(reset | (ended[0] & ended[1] & answered)))
    found = found[np.argsort(octets[found], kind="stable")]
    fits = (np.cumsum(octets[found]) <= CARRIED_OCTETS) & (np.cumsum(counts[found]) <= CARRIED_SEGMENTS)
    carried = np.zeros(len(flows), dtype=np.bool_)
    carried[found[fits]] = True
    return carried


def take(segments: Segments, flows: Flows, carried: NDArray[np.bool_]) -> Segments:
    """The segments of some flows in the order of the file, with octets of their own."""
    rows = np.flatnonzero(carried[flows.flow])
    sizes = _sizes(segments)[rows]
    column = {name: getattr(segments, name)[rows] for name in _COLUMNS}
    begins = np.cumsum(sizes) - sizes
    shift = begins - column["network"]
    octets = _gathered(segments.octets, column["network"].tolist(), sizes.tolist())
    column |= {name: column[name] + shift for name in _OFFSETS}
    return Segments(octets=octets, **column)


def behind(carried: Segments, segments: Segments) -> Segments:
    """Carried segments and those of the slice, in whose buffer the octets of the carried ones come first."""
    if not len(carried):
        return segments
    column = {name: np.concatenate([getattr(carried, name), getattr(segments, name)]) for name in _COLUMNS}
    return replace(segments, **column)


def _sizes(segments: Segments) -> NDArray[np.int64]:
    sizes: NDArray[np.int64] = segments.payload - segments.network + segments.captured
    return sizes


def _gathered(octets: Octets, starts: list[int], sizes: list[int]) -> Octets:
    view = octets.data
    pieces = [view[at : at + size] for at, size in zip(starts, sizes, strict=True)]
    return np.frombuffer(b"".join(pieces), dtype=np.uint8)

"""Segments of connections that are open where a slice ends: they go on in the next one.

What is carried is looked at once, with all its frames, instead of in parts that are put together
afterwards. May know segments and flows; must not know slices, nor what segments say.
"""

from dataclasses import fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import gather
from desync.packets.segments import Segments
from desync.tcp.endings import endings_of
from desync.tcp.flows import Flows

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
    order = flows.rows
    ends = endings_of(segments.flags[order], flows.side[order], flows.starts)
    octets = np.add.reduceat(_sizes(segments)[order], flows.starts[:-1])
    counts = np.diff(flows.starts)
    small = (octets <= FLOW_OCTETS) & (counts <= FLOW_SEGMENTS)
    found = np.flatnonzero(chosen & small & ~(ends.reset | (ends.both & ends.answered)))
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
    octets, begins = gather(segments.octets, column["network"], sizes)
    shift = begins - column["network"]
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

"""The segments of a slice that are kept: those of pairs that may carry mail.

*Open ends* hold places and columns, not octets: the octets are read again by place. Only what
cannot be read again (fragments, a compressed stream, standard input) is kept whole. May know
columns and places; must not know connections.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.packets.segments import Segments
from desync.tcp.flows import Flows, Pairs
from desync.tcp.pair_keys import Keys, keys_of
from desync.tcp.rows import PASSED, Rows

Reader = Callable[[Integers, Integers], Octets]
"""Reads octets of a capture: their places and lengths."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept segments of one slice, flow after flow, as columns of ``n`` rows.

    Attributes:
        capture: Index of the capture.
        pairs, keys: Endpoints of each flow, shape (f,).
        starts: Flow ``i`` has the rows ``starts[i]:starts[i + 1]``.
        place: Offset in the capture of each IP header; -1 where the octets are in ``octets``.
        at: Offset in ``octets`` of the IP header, where ``place`` is -1; -1 too where they were passed
            over: they are nowhere.
        octets: IP packets that cannot be read again.
        ip, tcp: Octets of the IP header (extension headers included) and of the TCP header.

    The others are the columns of ``Segments``.
    """

    capture: int
    pairs: Pairs
    keys: Keys
    starts: Integers
    side: NDArray[np.uint8]
    frame: Integers
    time: Integers
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    flags: NDArray[np.uint16]
    window: NDArray[np.uint16]
    captured: Integers
    length: Integers
    place: Integers
    at: Integers
    octets: Octets
    ip: Integers
    tcp: Integers

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def passed(self) -> NDArray[np.bool_]:
        """Which rows stand for octets that were passed over (``tcp.monologue``), shape (n,)."""
        return self.passed_of(slice(None))

    def passed_of(self, part: slice) -> NDArray[np.bool_]:
        """Which of some rows do."""
        return (self.place[part] < 0) & (self.at[part] < 0)

    @property
    def sizes(self) -> Integers:
        """How many octets reading each row again gives, its headers included."""
        return self.sizes_of(slice(None))

    def sizes_of(self, part: slice) -> Integers:
        """The sizes of some rows, without a look at the others."""
        octets = self.ip[part] + self.tcp[part] + self.captured[part]
        return np.where(self.passed_of(part), 0, octets)


_ROWLESS: Final = frozenset({"capture", "pairs", "keys", "starts", "octets"})
ROW_COLUMNS: Final = tuple(each.name for each in fields(Kept) if each.name not in _ROWLESS)
"""The columns of ``Kept`` that have a value for each row."""

_ENDS: Final = tuple(each.name for each in fields(Pairs))


def keep(
    segments: Segments, flows: Flows, chosen: NDArray[np.bool_], capture: int, *, rereadable: bool
) -> Kept:
    """Keep the segments of the chosen flows."""
    numbers = np.flatnonzero(chosen)
    order = flows.rows_of(chosen)
    counts = (flows.starts[1:] - flows.starts[:-1])[numbers]
    pairs = Pairs(flows.keys.high[numbers], flows.keys.low[numbers], flows.keys.port[numbers])
    place = segments.place[order] if rereadable else np.full(len(order), -1, dtype=np.int64)
    sizes = (segments.payload - segments.network)[order] + segments.captured[order]
    held = place < 0
    octets, at = gather(segments.octets, segments.network[order], np.where(held, sizes, 0))
    return Kept(
        capture=capture,
        pairs=pairs,
        keys=keys_of(pairs),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        side=flows.side[order],
        frame=segments.frame[order],
        time=segments.time[order],
        sequence=segments.sequence[order],
        acknowledgment=segments.acknowledgment[order],
        flags=segments.flags[order],
        window=segments.window[order],
        captured=segments.captured[order],
        length=segments.length[order],
        place=place,
        at=at,
        octets=octets,
        ip=(segments.transport - segments.network)[order],
        tcp=(segments.payload - segments.transport)[order],
    )


def rows_again(kept: Kept, flow: int, read: Reader) -> Rows:
    """The segments of one flow as rows, their octets read again.

    Args:
        kept: The kept segments of a slice.
        flow: Which of its flows.
        read: Reads octets of the capture by place.
    """
    start, stop = int(kept.starts[flow]), int(kept.starts[flow + 1])
    part = slice(start, stop)
    held, passed, sizes = kept.place[part] < 0, kept.passed_of(part), kept.sizes_of(part)
    again, _ = read(kept.place[part][~held], sizes[~held]), None
    stored, _ = gather(kept.octets, kept.at[part][held], sizes[held])
    network = np.empty(stop - start, dtype=np.int64)
    network[~held] = _begins(sizes[~held])
    network[held] = len(again) + _begins(sizes[held])
    transport = network + kept.ip[part]
    payload = transport + kept.tcp[part]
    for column in (network, transport, payload):
        column[passed] = PASSED
    return Rows(
        octets=memoryview(np.concatenate([again, stored]).tobytes()),
        capture=[kept.capture] * (stop - start),
        frame=kept.frame[part].tolist(),
        time=kept.time[part].tolist(),
        side=kept.side[part].tolist(),
        sequence=kept.sequence[part].tolist(),
        acknowledgment=kept.acknowledgment[part].tolist(),
        flags=kept.flags[part].tolist(),
        window=kept.window[part].tolist(),
        network=network.tolist(),
        transport=transport.tolist(),
        payload=payload.tolist(),
        captured=kept.captured[part].tolist(),
        length=kept.length[part].tolist(),
    )


def compact(kept: Kept) -> Kept:
    """Leave out the stored octets of rows that are not there any more."""
    held = (kept.place < 0) & ~kept.passed
    octets, begins = gather(kept.octets, kept.at[held], kept.sizes[held])
    at = kept.at.copy()
    at[held] = begins
    return replace(kept, at=at, octets=octets)


def take_flows(kept: Kept, flows: Integers) -> Kept:
    """The kept segments of some flows only.

    Args:
        kept: The kept segments.
        flows: The numbers of the flows.
    """
    counts = (kept.starts[1:] - kept.starts[:-1])[flows]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = np.arange(starts[-1]) + np.repeat(kept.starts[flows] - starts[:-1], counts)
    columns: dict[str, Any] = {name: getattr(kept, name)[rows] for name in ROW_COLUMNS}
    pairs = Pairs(kept.pairs.high[flows], kept.pairs.low[flows], kept.pairs.port[flows])
    return compact(replace(kept, pairs=pairs, keys=kept.keys[flows], starts=starts, **columns))


def joined_kept(parts: Sequence[Kept]) -> Kept:
    """What several slices of a capture kept, one behind the other; a pair may be there several times.

    Args:
        parts: At least one.
    """
    rows = np.cumsum([0, *(len(part.frame) for part in parts)])
    stored = np.cumsum([0, *(len(part.octets) for part in parts)])
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in ROW_COLUMNS
    }
    shift = np.repeat(stored[:-1], [len(part.at) for part in parts])
    columns["at"] = np.where(columns["at"] < 0, columns["at"], columns["at"] + shift)
    pairs = {name: np.concatenate([getattr(part.pairs, name) for part in parts]) for name in _ENDS}
    return replace(
        parts[0],
        pairs=Pairs(**pairs),
        keys=np.concatenate([part.keys for part in parts]),
        starts=np.concatenate(
            [[0], *(part.starts[1:] + at for part, at in zip(parts, rows[:-1], strict=True))]
        ),
        octets=np.concatenate([part.octets for part in parts]),
        **columns,
    )


def gather(octets: Octets, start: Integers, sizes: Integers) -> tuple[Octets, Integers]:
    """Copy ranges of a buffer behind each other.

    Returns:
        The octets, and where each range begins in them; -1 for an empty one.
    """
    begins = _begins(sizes)
    total = int(sizes.sum())
    if not total:
        return np.empty(0, dtype=np.uint8), np.full(len(sizes), -1, dtype=np.int64)
    # One by one: an index of every octet would take eight octets for each.
    view = octets.data
    pieces = [view[at : at + size] for at, size in zip(start.tolist(), sizes.tolist(), strict=True) if size]
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), np.where(sizes > 0, begins, -1)


def _begins(sizes: Integers) -> Integers:
    begins: Integers = np.cumsum(sizes) - sizes
    return begins

"""The short way for the many connections about which there is nothing to say.

Textbook connections, and those on which nobody said anything, are counted and done with; no segment of
theirs becomes a Python object. May know columns; must not read a dialogue itself.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.plain import END, Ends, Plain, none_plain
from desync.analysis.silent import Silent, find_silent
from desync.analysis.textbook import Found, find_textbooks
from desync.analysis.texts import name_text
from desync.capture.frames import Integers, Octets
from desync.packets.options import maximum_segment_size
from desync.packets.segments import Segments
from desync.tcp.regular import Columns, find_regular

OPTIONS_AT = 20
"""Where the options of a TCP header begin (RFC 9293, section 3.1)."""
LONGEST_OPTIONS = 40

SEGMENT_SIZE = (2, 4)
"""Kind and length of the option that announces the maximum segment size (RFC 9293, section 3.2)."""
UNLIMITED = 1 << 16
"""More octets than a segment can carry."""


def quick_outcomes(
    segments: Segments, kept: Kept, order: Integers, options: Options
) -> tuple[Integers, Plain]:
    """The kept pairs that carry one textbook or silent connection, and no other.

    Args:
        segments: All segments of the slice.
        kept: Those that were kept.
        order: Which rows of ``segments`` these are, in their order.
        options: What the caller asked for; who wants to see all connections, or only some, gets none here.

    Returns:
        Which pairs they are, and the connections in the same order.
    """
    if (
        options.details
        or options.hosts
        or options.since is not None
        or options.until is not None
        or not len(order)
    ):
        return np.empty(0, dtype=np.int64), none_plain(kept.capture)
    textbook = _textbooks(segments, kept, order)
    silent = find_silent(kept, options.mail_ports)
    return np.concatenate([textbook.pairs, silent.pairs]), _plain(kept, textbook, silent)


class _Textbooks(NamedTuple):
    """The textbook connections of a slice: which pairs, and what ``Plain`` wants of them."""

    pairs: Integers
    client: NDArray[np.uint8]
    identity: Integers
    splits: Integers
    notes: Integers
    names: Integers
    banners: Integers
    texts: tuple[str, ...]


def _textbooks(segments: Segments, kept: Kept, order: Integers) -> _Textbooks:
    columns = Columns(
        starts=kept.starts,
        side=kept.side,
        time=kept.time,
        sequence=kept.sequence,
        acknowledgment=kept.acknowledgment,
        flags=kept.flags,
        captured=kept.captured,
        length=kept.length,
        network=segments.network[order],
        transport=segments.transport[order],
        payload=segments.payload[order],
    )
    regular = find_regular(columns, segments.octets)
    found = find_textbooks(regular, segments.octets)
    pairs = np.flatnonzero(found.textbook)
    opened = order[kept.starts[pairs]], order[kept.starts[pairs] + 1]
    allowed = [_segment_sizes(segments.octets, segments.transport[rows]) for rows in opened]
    largest = [size[pairs] for size in regular.largest]
    pairs = pairs[(largest[0] <= allowed[1]) & (largest[1] <= allowed[0])]
    known: dict[bytes, int] = {}
    buffer = memoryview(segments.octets.data)
    names, banners = _texts(buffer, found.name[pairs], known), _banners(buffer, found, pairs, known)
    return _Textbooks(
        pairs=pairs,
        client=regular.client[pairs],
        identity=_side_by_side(*(number[pairs] for number in (*regular.initial, *regular.lengths))),
        splits=_side_by_side(found.split_lines[pairs], found.split_replies[pairs]),
        notes=_side_by_side(found.split_ends[pairs], found.abrupt_closes[pairs]),
        names=names,
        banners=banners,
        texts=tuple(name_text(octets) or "" for octets in known),
    )


def _plain(kept: Kept, textbook: _Textbooks, silent: Silent) -> Plain:
    starts, pairs = kept.starts[:-1], np.concatenate([textbook.pairs, silent.pairs])
    client = np.concatenate([textbook.client, silent.client]).astype(np.int64)
    ends, rows = _ends(kept)[pairs], np.arange(len(pairs))
    nothing = np.zeros((len(silent.pairs), 2), dtype=np.int64)
    unnamed = np.full(len(silent.pairs), len(textbook.texts), dtype=np.int64)
    return Plain(
        capture=kept.capture,
        keys=kept.keys[pairs],
        client=ends[rows, client],
        server=ends[rows, 1 - client],
        frames=_side_by_side(kept.frame[starts[pairs]], kept.frame[kept.starts[pairs + 1] - 1]),
        times=_side_by_side(*(edge.reduceat(kept.time, starts)[pairs] for edge in (np.minimum, np.maximum))),
        identity=np.concatenate([textbook.identity, np.concatenate([silent.initial, nothing], axis=1)]),
        splits=np.concatenate([textbook.splits, nothing]),
        notes=np.concatenate([textbook.notes, nothing]),
        names=np.concatenate([textbook.names, unnamed]),
        banners=np.concatenate([textbook.banners, unnamed]),
        texts=(*textbook.texts, None),
    )


def _side_by_side(*columns: NDArray[np.generic]) -> Integers:
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


def _ends(kept: Kept) -> Ends:
    """The two ends of each pair, the lower first, shape (f, 2)."""
    ends = np.empty(kept.pairs.port.shape, dtype=END)
    for name in ("high", "low", "port"):
        ends[name] = getattr(kept.pairs, name)
    return ends


def _texts(buffer: memoryview, places: Integers, known: dict[bytes, int]) -> Integers:
    """Number the texts at some places of the buffer; equal ones have one number."""
    number = known.setdefault
    return np.array(
        [number(bytes(buffer[at : at + size]), len(known)) for at, size in places.tolist()], dtype=np.int64
    )


def _banners(buffer: memoryview, found: Found, pairs: Integers, known: dict[bytes, int]) -> Integers:
    banners = _texts(buffer, found.banner[pairs], known)
    torn = np.array(sorted(found.torn), dtype=np.int64)
    for row in np.flatnonzero(np.isin(pairs, torn)).tolist():
        banners[row] = known.setdefault(found.torn[int(pairs[row])], len(known))
    return banners


def _segment_sizes(octets: Octets, transport: Integers) -> Integers:
    """The maximum segment size that each SYN announces, ``UNLIMITED`` where it announces none.

    Args:
        octets: The buffer that they are in.
        transport: Where their TCP headers are in it.
    """
    at = np.minimum(transport + OPTIONS_AT, len(octets) - LONGEST_OPTIONS)
    options = np.lib.stride_tricks.sliding_window_view(octets, LONGEST_OPTIONS)[at]
    marks = (options[:, :-1] == SEGMENT_SIZE[0]) & (options[:, 1:] == SEGMENT_SIZE[1])
    # Mostly it is the first option, or there is none; else the options are read one by one.
    count = np.count_nonzero(marks, axis=1)
    plain = (count == 1) & marks[:, 0] & (octets[transport + 12] >> 4 > OPTIONS_AT // 4)
    plain = (plain | (count == 0)) & (at == transport + OPTIONS_AT)
    sizes = np.where(count, options[:, 2].astype(np.int64) << 8 | options[:, 3], UNLIMITED)
    buffer = memoryview(octets.data)
    for row in np.flatnonzero(~plain).tolist():
        size = maximum_segment_size(buffer, int(transport[row]))
        sizes[row] = UNLIMITED if size is None else size
    return sizes

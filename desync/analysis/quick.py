"""The short way for the many connections about which there is nothing to say.

Textbook connections are counted and done with; no segment of theirs becomes a Python object. May
know columns and briefs; must not read a dialogue itself.
"""

from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np

from desync.analysis.examine import endpoints
from desync.analysis.keep_record import name_text
from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.record import Brief, Identity, Outcome, Part
from desync.analysis.textbook import Found, find_textbooks
from desync.capture.frames import Integers, Octets
from desync.packets.options import maximum_segment_size
from desync.packets.segments import Segments
from desync.tcp.connection import Endpoint
from desync.tcp.flows import Pair
from desync.tcp.regular import Columns, Regular, find_regular

OPTIONS_AT = 20
"""Where the options of a TCP header begin (RFC 9293, section 3.1)."""
LONGEST_OPTIONS = 40

SEGMENT_SIZE = (2, 4)
"""Kind and length of the option that announces the maximum segment size (RFC 9293, section 3.2)."""
UNLIMITED = 1 << 16
"""More octets than a segment can carry."""


def quick_outcomes(segments: Segments, kept: Kept, order: Integers, options: Options) -> dict[int, Outcome]:
    """The outcomes of the kept pairs that carry one textbook connection.

    Args:
        segments: All segments of the slice.
        kept: Those that were kept.
        order: Which rows of ``segments`` these are, in their order.
        options: What the caller asked for; who wants to see all connections, or only some, gets none here.
    """
    if (
        options.details
        or options.hosts
        or options.since is not None
        or options.until is not None
        or not len(order)
    ):
        return {}
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
    outcomes = _outcomes(kept, regular, found, memoryview(segments.octets.data), pairs)
    return dict(zip(pairs.tolist(), outcomes, strict=True))


def _outcomes(
    kept: Kept, regular: Regular, found: Found, buffer: memoryview, pairs: Integers
) -> Iterator[Outcome]:
    starts = kept.starts[:-1]
    frames = kept.frame[starts[pairs]].tolist(), kept.frame[kept.starts[pairs + 1] - 1].tolist()
    times = (edge.reduceat(kept.time, starts)[pairs].tolist() for edge in (np.minimum, np.maximum))
    numbers = ([number[pairs].tolist() for number in both] for both in (regular.initial, regular.lengths))
    splits = (count[pairs].tolist() for count in (found.split_lines, found.split_replies))
    for pair, part, ends, name, banner, first, last, identity, lines, replies in zip(
        pairs.tolist(),
        map(Part, repeat(kept.capture), *frames),
        _ends(kept, regular, pairs),
        _texts(buffer, found.name[pairs]),
        _banners(buffer, found, pairs),
        *times,
        map(Identity, *chain.from_iterable(numbers)),
        *splits,
        strict=True,
    ):
        brief = Brief(
            key=kept.keys[pair],
            parts=(part,),
            client=ends[0],
            server=ends[1],
            name=name,
            banner=banner,
            first_time=first,
            last_time=last,
            encrypted=False,
            offers_early_pipelining=False,
            depends=False,
            codes=_codes(lines, replies) if lines or replies else (),
            clean=True,
            split=lines + replies > 0,
            misread=False,
            proved=False,
            cured=False,
            identity=identity,
        )
        yield Outcome(brief, None)


def _ends(kept: Kept, regular: Regular, pairs: Integers) -> Iterator[tuple[Endpoint, Endpoint]]:
    """The client and the server of some pairs."""
    columns = (kept.pairs.high, kept.pairs.low, kept.pairs.port, regular.client)
    for high, low, port, client in zip(*(column[pairs].tolist() for column in columns), strict=True):
        lower, higher = endpoints(Pair(high[0] << 64 | low[0], port[0], high[1] << 64 | low[1], port[1]))
        yield (higher, lower) if client else (lower, higher)


def _texts(buffer: memoryview, places: Integers) -> Iterator[str | None]:
    for at, size in places.tolist():
        yield name_text(bytes(buffer[at : at + size]))


def _banners(buffer: memoryview, found: Found, pairs: Integers) -> Iterator[str | None]:
    for pair, text in zip(pairs.tolist(), _texts(buffer, found.banner[pairs]), strict=True):
        parts = found.torn.get(pair)
        yield text if parts is None else name_text(b"".join(buffer[at : at + size] for at, size in parts))


def _codes(lines: int, replies: int) -> tuple[tuple[str, int], ...]:
    """How many findings of each code there are: notes on splits."""
    return tuple((code, count) for code, count in (("REPLY301", lines), ("REPLY302", replies)) if count)


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

"""The short way for the many connections about which there is nothing to say.

Textbook connections are counted and done with; no segment of theirs becomes a Python object. May
know columns and briefs; must not read a dialogue itself.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from desync.analysis.examine import endpoints
from desync.analysis.keep_record import name_text
from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.record import Brief, Identity, Outcome, Part
from desync.analysis.textbook import Found, find_textbooks
from desync.capture.frames import Integers
from desync.packets.options import maximum_segment_size
from desync.packets.segments import Segments
from desync.tcp.regular import Columns, Regular, find_regular

SMALLEST_SEGMENT = 536
"""The least maximum segment size (RFC 9293, section 3.7.1): what is not above it is one segment."""


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
        payload=segments.payload[order],
    )
    regular = find_regular(columns, segments.octets)
    found = find_textbooks(regular, segments.octets)
    buffer = memoryview(segments.octets.data)
    transport = segments.transport[order]
    pairs = [
        pair
        for pair in np.flatnonzero(found.textbook).tolist()
        if not _is_coalesced(regular, pair, buffer, transport, int(kept.starts[pair]))
    ]
    return dict(zip(pairs, _outcomes(kept, regular, found, buffer, pairs), strict=True))


def _outcomes(
    kept: Kept, regular: Regular, found: Found, buffer: memoryview, pairs: list[int]
) -> Iterator[Outcome]:
    starts, ends = kept.starts[:-1], kept.starts[1:] - 1
    frame = zip(kept.frame[starts].tolist(), kept.frame[ends].tolist(), strict=True)
    first_time = np.minimum.reduceat(kept.time, starts).tolist()
    last_time = np.maximum.reduceat(kept.time, starts).tolist()
    frames = list(frame)
    lengths = [length.tolist() for length in regular.lengths]
    initial = [number.tolist() for number in regular.initial]
    name, banner, client = found.name.tolist(), found.banner.tolist(), regular.client.tolist()
    lines, replies = found.split_lines.tolist(), found.split_replies.tolist()
    for pair in pairs:
        both = endpoints(kept.pairs.pair(pair))
        opener = client[pair]
        codes = tuple(
            (code, count[pair]) for code, count in (("REPLY301", lines), ("REPLY302", replies)) if count[pair]
        )
        yield Outcome(
            Brief(
                key=kept.keys[pair],
                parts=(Part(kept.capture, *frames[pair]),),
                client=both[opener],
                server=both[1 - opener],
                name=_text(buffer, [name[pair]]),
                banner=_text(buffer, found.torn.get(pair, [banner[pair]])),
                first_time=first_time[pair],
                last_time=last_time[pair],
                encrypted=False,
                offers_early_pipelining=False,
                depends=False,
                codes=codes,
                clean=True,
                split=bool(codes),
                misread=False,
                proved=False,
                cured=False,
                identity=Identity(initial[0][pair], initial[1][pair], lengths[0][pair], lengths[1][pair]),
            ),
            None,
        )


def _text(buffer: memoryview, parts: Sequence[Sequence[int]]) -> str | None:
    return name_text(b"".join(buffer[at : at + size] for at, size in parts))


def _is_coalesced(regular: Regular, pair: int, buffer: memoryview, transport: Integers, first: int) -> bool:
    """Whether a segment is above the size that the other side announced in its SYN."""
    for largest, row in ((regular.largest[0], first + 1), (regular.largest[1], first)):
        if largest[pair] > SMALLEST_SEGMENT:
            allowed = maximum_segment_size(buffer, int(transport[row]))
            if allowed is not None and largest[pair] > allowed:
                return True
    return False

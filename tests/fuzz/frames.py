"""Any octets as frames of any link type: decoded, put together, grouped, connected."""

import numpy as np
from fuzz.feed import Feed
from packets.by_hand import frames_of
from packets.test_decode import WRAPPED

from desync.packets.decode import Decoded, decode
from desync.packets.layers import LINK_TYPES
from desync.packets.reassembly import Reassembler, decode_datagrams, numbered
from desync.packets.segments import Segments
from desync.tcp.connection import connect
from desync.tcp.endpoint import Endpoint
from desync.tcp.flows import group
from desync.tcp.numbering import events, number
from desync.tcp.rows import take_rows
from desync.tcp.split import split_connections

LONGEST = 2048
"""Octets that are worth while."""

LINKS = [None, *sorted(LINK_TYPES), 65000]
COLUMNS = ("frame", "captured", "length", "source_low", "target_high", "source_port", "sequence", "flags")
ENDS = (Endpoint("192.0.2.1", 25), Endpoint("192.0.2.2", 1025))


def seeds() -> list[bytes]:
    """Every wrapping that the decoder knows."""
    found = []
    for link, frame in WRAPPED.values():
        one = bytes([len(frame) % 256]) + frame[:255] + b"\0\0"
        found.append(bytes([LINKS.index(link), 0]) + one * 2)
    return found


def run(octets: bytes) -> None:
    """Frames of these octets are decoded: all at once as each by itself."""
    feed = Feed(octets)
    link, fcs = feed.choice(LINKS), feed.choice((0, 0, 0, 4))
    packets = []
    while feed and len(packets) < 64:
        packet = feed.take(feed.number())
        packets.append((packet, len(packet) + feed.choice((0, 0, 0, 3, 1000)) - feed.choice((0, 0, 0, 2))))
    packets = [(packet, max(length, 0)) for packet, length in packets]
    whole = decode(frames_of(packets, link, fcs))
    _check(whole, len(packets))
    single = [decode(frames_of([packet], link, fcs, first=at)) for at, packet in enumerate(packets, 1)]
    for name in COLUMNS:
        alone = [getattr(one.segments, name) for one in single]
        assert np.array_equal(getattr(whole.segments, name), np.concatenate([[], *alone])), name
    assert whole.tcp_frames == sum(one.tcp_frames for one in single)
    datagrams = Reassembler(4000).feed(whole.fragments)
    joined = decode_datagrams(datagrams)
    _check(joined, len(packets))
    assert all(list(one.frames) == sorted(one.frames) for one in datagrams)
    _connect(whole.segments)
    flows = group(joined.segments)
    number([events(whole.segments, group(whole.segments), whole.quoted),
            events(joined.segments, flows, numbered(joined))])  # fmt: skip


def _check(decoded: Decoded, frames: int) -> None:
    segments = decoded.segments
    assert (segments.captured >= 0).all()
    assert (segments.captured <= segments.length).all()
    assert (segments.payload + segments.captured <= len(segments.octets)).all()
    assert (segments.network < segments.transport).all()
    assert (np.diff(segments.frame) >= 0).all()
    assert len(segments) <= decoded.tcp_frames <= frames
    assert decoded.cut + decoded.malformed + sum(decoded.opaque.values()) <= frames


def _connect(segments: Segments) -> None:
    flows = group(segments)
    assert sorted(flows.rows.tolist()) == list(range(len(segments)))
    for flow in range(len(flows)):
        order = flows.rows[flows.starts[flow] : flows.starts[flow + 1]]
        rows = take_rows(segments, flows.side, order, 0)
        parted = split_connections(rows)
        assert sorted(row for part in parted for row in part) == list(range(len(rows)))
        for part in parted:
            connect(rows.pick(part), ENDS, {25})

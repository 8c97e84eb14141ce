"""Segments that overlap, contradict, wrap, close and reset in any way become streams."""

from itertools import pairwise

from build import Sent
from fuzz.feed import Feed
from tcp.handmade import ENDS, MAIL, START, frames, rows_of, wrong_checksum

from desync.tcp.connection import Connection, connect
from desync.tcp.policies import POLICIES
from desync.tcp.rows import PASSED, RST, Rows
from desync.tcp.split import split_connections
from desync.tcp.stream import Stream

LONGEST = 2048
"""Octets that are worth while."""

FLAGS = ("", "P", "S", "F", "R", "FP", "SP", "U", "SF", "RP")
NUMBERS = (1000, 0, 2**32 - 1, 2**32 - 40, 2**31)
SHIFTS = (0, 0, 0, 0, -1, 1, -7, 7, 60, -60, 1 << 16, 1 << 24, 1 << 31)
STEPS = (0, 1, 1, 40, 3000, -2000)
SNAP = (65536, 65536, 58, 54, 70)


def read_segments(octets: bytes) -> list[Sent]:
    """Segments: who sends, what, how far from where it was, and what it acknowledges."""
    feed = Feed(octets)
    sent: list[Sent] = []
    ends, time = {"client": 0, "server": 0}, START
    while feed and len(sent) < 48:
        side = feed.choice(("client", "server"))
        other = "server" if side == "client" else "client"
        flags, size = feed.choice(FLAGS), feed.number() % 64
        payload = feed.take(size)
        offset = ends[side] + feed.choice(SHIFTS)
        acknowledged = feed.choice((ends[other], None, ends[other] + feed.choice(SHIFTS)))
        time += 1_000_000 * feed.choice(STEPS)
        sent.append(Sent(side, offset, payload, acknowledged, max(time, 0), flags))
        ends[side] = max(ends[side], offset + len(payload) if abs(offset) < 1 << 20 else 0)
    return sent


def seeds() -> list[bytes]:
    """Handshakes, turns, and numbers about to wrap."""
    turn = bytes([1, 1, 5]) + b"250 x" + bytes([0, 0, 1]) + bytes([0, 1, 6]) + b"QUIT\r\n" + bytes([0, 0, 1])
    opening = bytes([0, 2, 0, 0, 1, 1, 1, 2, 0, 0, 0, 1])
    heads = [bytes([first, second, snap, 0, bad]) for first, second, snap, bad in
             ((0, 1, 0, 0), (2, 3, 0, 1), (3, 2, 2, 0), (4, 4, 4, 255))]  # fmt: skip
    return [head + opening + turn * count for head in heads for count in (1, 3)]


def run(octets: bytes) -> None:
    """Segments are put together: nothing is invented, every octet is one that was sent there."""
    feed = Feed(octets)
    numbers, snap = (feed.choice(NUMBERS), feed.choice(NUMBERS)), feed.choice(SNAP)
    bad = feed.number(2)
    sent = read_segments(feed.rest())
    if not sent:
        return
    edits = {index: wrong_checksum for index in range(len(sent)) if bad >> index % 16 & 1 and index % 3 == 0}
    rows = rows_of(frames(sent, isn=numbers, edits=edits), snap=snap)
    for part in split_connections(rows):
        one = connect(rows.pick(part), ENDS, MAIL)
        _check(one)
        for policy in POLICIES if one.disputed else ():
            _check(one.under(policy))


def _check(one: Connection) -> None:
    sides = (one.client_side, 1 - one.client_side)
    for side, stream in zip(sides, (one.client_stream, one.server_stream), strict=True):
        _tiled(stream)
        _sent(stream)
        brought = _brought(one.rows, one.assembly.offsets, side)
        for start, octets in stream.runs:
            for offset, octet in enumerate(octets, start):
                assert octet in brought.get(offset, ()), offset
        for conflict in stream.conflicts:
            assert 0 <= conflict.start < conflict.end <= stream.length
            assert conflict.kept.row != conflict.dropped.row
    assert len(one.assembly.kinds) == len(one.rows)


def _tiled(stream: Stream) -> None:
    """What is held, what is missing and what was passed over tile the stream."""
    parts = [(start, start + len(octets)) for start, octets in stream.runs]
    assert all(first[1] < second[0] for first, second in pairwise(parts))
    parts += [(gap.offset, gap.end) for gap in stream.gaps] + list(stream.passed)
    at = 0
    for start, end in sorted(parts):
        assert at == start < end
        at = end
    assert at == stream.length


def _sent(stream: Stream) -> None:
    """The first transmissions are in order, and each covers where its stretch begins."""
    assert stream.starts == sorted(set(stream.starts))
    for start, one in zip(stream.starts, stream.first, strict=True):
        assert one.start <= start < one.end
        assert stream.sent(start) is one
        assert one.acknowledged >= 0
    carriers = stream.carriers(0, stream.length)
    assert all(first[1] <= second[0] for first, second in pairwise(carriers))


def _brought(rows: Rows, offsets: list[int | None], side: int) -> dict[int, set[int]]:
    """Which octets the segments of a side brought for each offset."""
    found: dict[int, set[int]] = {}
    for row, offset in enumerate(offsets):
        if rows.side[row] == side and offset is not None and not rows.flags[row] & RST:
            assert rows.payload[row] != PASSED
            for at, octet in enumerate(rows.octets_of(row), offset):
                found.setdefault(at, set()).add(octet)
    return found

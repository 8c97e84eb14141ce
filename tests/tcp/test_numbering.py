"""Stream numbers, each case as tshark 4.0.17 numbered it."""

import random

import numpy as np
import pytest
from packets.by_hand import (
    ACK,
    CLIENT,
    FIN,
    PUSH,
    RST,
    SERVER,
    SYN,
    SYN_ACK,
    frames_of,
    ipv4,
    tcp,
)

from desync.packets.decode import decode
from desync.packets.headers import joined
from desync.packets.reassembly import Reassembler, decode_datagrams, numbered
from desync.tcp.flows import Pair, group
from desync.tcp.numbering import events, number


def c(sequence, acknowledgment, flags, payload=b"", **more):
    return ipv4(tcp((1000, 25), sequence, acknowledgment, flags, payload, **more))


def s(sequence, acknowledgment, flags, payload=b""):
    return ipv4(tcp((25, 1000), sequence, acknowledgment, flags, payload), addresses=(SERVER, CLIENT))


def quote(packet, kind=3):
    return ipv4(bytes([kind, 1]) + bytes(6) + packet, protocol=1, addresses=(SERVER, CLIENT))


def cut(packet, octets):
    return packet[:octets], len(packet)


HANDSHAKE = [c(100, 0, SYN), s(500, 101, SYN_ACK), c(101, 501, ACK)]
OTHER = ipv4(tcp((7, 25), 1, 0, SYN))
LONG = tcp((1000, 25), 100, 0, ACK, bytes(100))
FIRST, SECOND = ipv4(LONG[:64], fragment=0x2000), ipv4(LONG[64:], fragment=8)

CASES = {
    "SYN tried again with another ISN": ([c(100, 0, SYN), c(200, 0, SYN), s(500, 201, SYN_ACK)], "011"),
    "same ISN after FIN": ([*HANDSHAKE, c(101, 501, FIN), s(501, 102, FIN), c(100, 0, SYN)], "000000"),
    "same ISN after RST": ([*HANDSHAKE, c(101, 501, RST), c(100, 0, SYN)], "00000"),
    "other ISN after FIN": ([*HANDSHAKE, c(101, 501, FIN), c(300, 0, SYN), s(900, 301, SYN_ACK)], "000011"),
    "SYN-ACK with another ISN": ([*HANDSHAKE, s(700, 101, SYN_ACK), c(101, 701, ACK)], "00000"),
    "SYN-ACK sets the base anew": (
        [*HANDSHAKE, s(700, 101, SYN_ACK), s(700, 0, SYN), s(500, 0, SYN)],
        "000001",
    ),
    "mid-stream, then another SYN": ([c(101, 501, PUSH), s(501, 102, PUSH), c(300, 0, SYN)], "001"),
    "mid-stream, then its SYN": ([c(101, 501, PUSH, b"x"), c(100, 0, SYN)], "00"),
    "base learned from an ACK": ([s(501, 102, PUSH, b"y"), c(101, 0, SYN)], "00"),
    "base learned from an ACK, another": ([s(501, 102, PUSH, b"y"), c(100, 0, SYN)], "01"),
    "no ACK, no base": ([s(501, 102, 8, b"y"), c(100, 0, SYN)], "00"),
    "SYN of the server": ([*HANDSHAKE, s(500, 0, SYN), s(501, 0, SYN)], "00001"),
    "SYN-ACK before SYN": ([s(500, 101, SYN_ACK), c(100, 0, SYN), c(99, 0, SYN)], "001"),
    "quoted: too short": ([quote(c(100, 0, SYN)[:35]), OTHER, c(100, 0, SYN)], "-01"),
    "quoted: long enough": ([quote(c(100, 0, SYN)[:36]), OTHER, c(100, 0, SYN)], "010"),
    "quoted redirect": ([quote(c(100, 0, SYN), kind=5), OTHER], "-0"),
    "quoted SYN starts a stream": ([*HANDSHAKE, quote(c(300, 0, SYN)), c(101, 501, ACK)], "00011"),
    "quoted SYN sets no base": (
        [quote(c(100, 0, SYN)), c(300, 0, SYN), c(300, 0, SYN), c(301, 0, SYN)],
        "0001",
    ),
    "quoted SYN, then both": ([*HANDSHAKE, quote(c(300, 0, SYN)), c(100, 0, SYN), c(300, 0, SYN)], "000112"),
    "quoted SYN-ACK replaces a base": ([*HANDSHAKE, quote(s(700, 101, SYN_ACK)), s(700, 0, SYN)], "00000"),
    "quoted SYN-ACK replaced it": ([*HANDSHAKE, quote(s(700, 101, SYN_ACK)), s(500, 0, SYN)], "00001"),
    "data offset below 5": ([c(100, 0, ACK, offset=2), OTHER, c(100, 0, SYN), c(99, 0, SYN)], "0123"),
    "data offset too large": ([c(100, 0, ACK, offset=15), OTHER, c(300, 0, SYN), c(300, 0, SYN)], "0100"),
    "header cut to 15 octets": ([cut(c(100, 0, ACK), 35), OTHER, c(300, 0, SYN)], "-01"),
    "header cut to 16 octets": ([cut(c(100, 0, ACK), 36), OTHER, c(300, 0, SYN)], "012"),
    "fragments": ([FIRST, OTHER, SECOND, OTHER], "-010"),
    "fragments, backwards": ([SECOND, OTHER, FIRST, OTHER], "-010"),
    "fragments, twice": ([FIRST, FIRST, OTHER, SECOND, SECOND, FIRST, OTHER], "--01-10"),
    "first fragment cut": ([cut(FIRST, 60), OTHER, c(300, 0, SYN), c(301, 0, SYN)], "0102"),
    "quoted fragments": ([quote(FIRST[:40]), quote(SECOND[:40]), OTHER], "0-1"),
    "SYN and FIN is a SYN": ([*HANDSHAKE, c(300, 0, SYN | 1)], "0001"),
    "port 0": ([ipv4(tcp((0, 5), 1, 0, SYN)), ipv4(tcp((0, 0), 1, 0, SYN))], "01"),
}  # fmt: skip


def streams(packets, slice_frames):
    """The stream of each frame, '-' where it has none, numbered slice by slice."""
    parts, asked, reassembler = [], {}, Reassembler()
    for first in range(0, len(packets), slice_frames):
        decoded = decode(frames_of(packets[first : first + slice_frames], first=first + 1))
        done = decode_datagrams(reassembler.feed(decoded.fragments))
        loose = joined([decoded.quoted, numbered(done)])
        parts.append(events(decoded.segments, group(decoded.segments), loose))
        for rows in (decoded.segments, loose):
            flows = group(rows)
            for frame, flow in zip(rows.frame.tolist(), flows.flow.tolist(), strict=True):
                asked[frame] = flows.keys.pair(flow)
    numbers = number(parts)
    return [str(numbers.stream_of(asked[f], f)) if f in asked else "-" for f in range(1, len(packets) + 1)]


@pytest.mark.parametrize("slice_frames", [1, 2, 100])
@pytest.mark.parametrize("name", CASES)
def test_streams_are_numbered_as_tshark_does(name, slice_frames):
    packets, wanted = CASES[name]
    assert "".join(streams(packets, slice_frames)) == wanted


def test_slices_change_no_number():
    rng = random.Random(5)  # noqa: S311 - the same on every run
    packets = []
    for _ in range(600):
        send, port = rng.choice([c, s]), rng.randrange(4)
        packet = bytearray(
            send(rng.choice([99, 100, 101]), rng.choice([99, 100, 101]), rng.choice([2, 2, 18, 16, 4]))
        )
        packet[21 if send is c else 23] = port
        packets.append(quote(bytes(packet)) if rng.random() < 0.1 else bytes(packet))
    whole = streams(packets, 600)
    assert len(set(whole)) > 100
    assert all(streams(packets, size) == whole for size in (1, 7, 100))


def test_unknown_pairs_have_no_stream():
    numbers = number([])
    assert (len(numbers), numbers.stream_of(Pair(1, 2, 3, 4), 1)) == (0, None)
    segments = decode(frames_of([c(1, 0, SYN)], first=5)).segments
    flows = group(segments)
    numbers = number([events(segments, flows, decode(frames_of([])).quoted)])
    assert numbers.stream_of(Pair(1, 2, 3, 4), 5) is None
    assert numbers.stream_of(flows.keys.pair(0), 4) is None
    assert numbers.stream_of(flows.keys.pair(0), 5) == 0


def test_a_connection_costs_few_octets():
    packets = [ipv4(tcp((port, 25), 1, 0, SYN)) for port in range(1, 1001)]
    segments = decode(frames_of(packets)).segments
    part = events(segments, group(segments), decode(frames_of([])).quoted)
    assert part.octets <= 48 * 1000
    assert number([part]).stream.tolist() == np.arange(1000).tolist()

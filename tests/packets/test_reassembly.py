import itertools

import pytest
from packets.by_hand import ACK, frames_of, ipv4, ipv6, payloads, tcp

from desync.packets.decode import decode
from desync.packets.reassembly import Reassembler, datagram_segments, decode_datagrams, numbered

BODY = bytes(range(256)) * 2
SEGMENT = tcp(payload=BODY)


def four(begin, end, more, octets=SEGMENT, identification=7):
    return ipv4(octets[begin:end], fragment=begin // 8 | more << 13, identification=identification)


def six(begin, end, more, octets=SEGMENT, protocol=6):
    header = bytes([protocol, 0]) + (begin | more).to_bytes(2, "big") + bytes.fromhex("00000007")
    return ipv6(header + octets[begin:end], following=44)


END = len(SEGMENT)
PIECES = {
    "IPv4": [four(0, 64, 1), four(64, 256, 1), four(256, END, 0)],
    "IPv6": [six(0, 64, 1), six(64, 256, 1), six(256, END, 0)],
}


def feed(packets, reassembler=None):
    return (reassembler or Reassembler()).feed(decode(frames_of(packets)).fragments)


@pytest.mark.parametrize("version", PIECES)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order(version, order):
    segments = datagram_segments(feed([PIECES[version][i] for i in order]))
    assert payloads(segments) == [BODY]
    assert (segments.frame.tolist(), segments.place.tolist()) == ([3], [-1])
    assert segments.time.tolist() == [2000]
    assert (segments.source_port[0], segments.flags[0]) == (1025, ACK)


def test_fragments_are_no_segments():
    decoded = decode(frames_of(PIECES["IPv4"]))
    assert len(decoded.segments) == 0
    assert decoded.fragments.frame.tolist() == [1, 2, 3]
    assert (decoded.malformed, decoded.cut, decoded.opaque) == (0, 0, {})


def test_fragments_in_different_slices():
    reassembler = Reassembler()
    assert feed(PIECES["IPv4"][:2], reassembler) == []
    later = decode(frames_of(PIECES["IPv4"][2:], first=40)).fragments
    datagram = reassembler.feed(later)[0]
    assert datagram.frames == (1, 2, 40)


def test_duplicates_and_overlaps_keep_the_first_copy():
    other = bytes(20) + b"y" * len(BODY)
    packets = [four(0, 64, 1), four(0, 64, 1), four(128, 256, 1), four(32, 300, 1, other), four(256, END, 0)]
    found = payloads(datagram_segments(feed(packets)))[0]
    wanted = bytearray(SEGMENT)
    wanted[64:128] = b"y" * 64
    wanted[256:300] = b"y" * 44
    assert found == bytes(wanted[20:])


def test_a_datagram_sent_again_is_completed_again():
    assert len(feed(PIECES["IPv4"] * 2)) == 2


def test_datagrams_do_not_mix():
    packets = [four(0, 64, 1), four(64, END, 0, identification=8), six(64, END, 0)]
    reassembler = Reassembler()
    assert feed(packets, reassembler) == []
    assert reassembler.unfinished() == [(1,), (2,), (3,)]


def test_a_cut_fragment_leaves_a_cut_segment():
    middle = PIECES["IPv4"][1]
    packets = [PIECES["IPv4"][0], (middle[:60], len(middle)), PIECES["IPv4"][2]]
    decoded = decode_datagrams(feed(packets))
    assert payloads(decoded.segments) == [BODY[: 64 - 20 + 40]]
    assert decoded.segments.length.tolist() == [len(BODY)]
    assert len(numbered(decoded)) == 0  # Wireshark does not put it together


def test_a_whole_datagram_is_numbered():
    headers = numbered(decode_datagrams(feed(PIECES["IPv6"])))
    assert headers.frame.tolist() == [3]
    assert headers.sets_base.tolist() == [True]


def test_tunnels_in_fragments():
    inner = ipv4(tcp(payload=BODY))
    packets = [
        ipv4(inner[:256], protocol=4, fragment=0x2000),
        ipv4(inner[256:], protocol=4, fragment=32),
    ]
    assert payloads(datagram_segments(feed(packets))) == [BODY]


def test_options_behind_the_fragment_header():
    inside = bytes.fromhex("0600010400000000") + SEGMENT
    packets = [six(0, 64, 1, inside, protocol=60), six(64, len(inside), 0, inside, protocol=60)]
    assert payloads(datagram_segments(feed(packets))) == [BODY]


def test_memory_is_bounded_and_the_oldest_goes_first():
    reassembler = Reassembler(most_octets=1000)
    packets = [four(0, 64, 1, identification=i) for i in range(10)]
    packets.append(four(64, END, 0, identification=0))
    packets.append(four(64, END, 0, identification=9))
    done = feed(packets, reassembler)
    assert [each.frames for each in done] == [(10, 12)]
    assert reassembler.given_up > 0


def test_a_datagram_larger_than_can_be_is_ignored():
    giant = ipv4(b"x" * 64, fragment=8191)
    assert feed([PIECES["IPv4"][0], giant]) == []


def test_nothing_done_is_nothing_decoded():
    assert len(datagram_segments([])) == 0


def test_the_cut_first_fragment_is_numbered_as_it_is():
    first = PIECES["IPv4"][0]
    quoted = decode(frames_of([(first[:50], len(first))])).quoted
    assert (quoted.frame.tolist(), quoted.sets_base.tolist()) == ([1], [False])

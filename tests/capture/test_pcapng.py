import struct
from fractions import Fraction

import pytest
from capture_octets import (
    SECOND,
    block,
    enhanced,
    frames,
    interface,
    option,
    pcap,
    pcapng,
    section,
    snoop,
)
from reading import read_octets

from desync.units import UNKNOWN_TIME

SOME = frames()
OCTETS = [f.octets for f in SOME]


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(tmp_path, order):
    reading = read_octets(tmp_path, pcapng(SOME, order))
    assert reading.frames == OCTETS
    assert reading.times == [f.time for f in SOME]
    assert reading.reader.problems == []
    assert reading.reader.format == "pcapng"


@pytest.mark.parametrize("offset", [0, 1_400_000_000, -3600])
@pytest.mark.parametrize("resolution", [0, 3, 6, 9, 12, 0x80, 0x80 + 20, 0x80 + 32, 0x80 + 40])
def test_time_resolution_and_offset_are_exact(tmp_path, resolution, offset):
    unit = 2 ** (resolution - 0x80) if resolution & 0x80 else 10**resolution
    # The finest clocks run out of 64 bits long before that second.
    seconds = min(SECOND - max(offset, 0), 2**63 // unit)
    ticks = [seconds * unit + k * unit // 7 for k in range(len(SOME))]
    options = option(9, bytes([resolution])) + option(14, struct.pack("<q", offset)) + option(0, b"")
    octets = section() + interface(options=options)
    octets += b"".join(enhanced(f, ticks=t) for f, t in zip(SOME, ticks, strict=True))
    reading = read_octets(tmp_path, octets)
    assert reading.times == [int(Fraction(t, unit) * 10**9) + offset * 10**9 for t in ticks]


def test_sections_of_different_byte_order_start_their_interfaces_anew(tmp_path):
    nano = option(9, b"\x09", ">")
    octets = pcapng(SOME) + section(">") + interface(">", link=113, options=nano)
    octets += b"".join(enhanced(f, ">", ticks=f.time) for f in SOME)
    reading = read_octets(tmp_path, octets)
    assert reading.frames == OCTETS * 2
    assert reading.times == [f.time for f in SOME] * 2
    assert reading.links == [1] * 8 + [113] * 8
    assert len(reading.slices) == 2
    assert [i.link_type for i in reading.reader.interfaces] == [1, 113]


def test_interfaces_differ_and_come_late(tmp_path):
    octets = section() + interface() + enhanced(SOME[0])
    octets += interface(link=113, options=option(9, b"\x09") + option(2, b"any") + option(13, b"\x04"))
    octets += enhanced(SOME[1], number=1, ticks=SOME[1].time) + enhanced(SOME[2])
    reading = read_octets(tmp_path, octets)
    assert reading.frames == OCTETS[:3]
    assert reading.times == [f.time for f in SOME[:3]]
    assert reading.links == [1, 113, 1]
    late = reading.reader.interfaces[1]
    assert (late.name, late.fcs_octets, late.time_digits) == ("any", 4, 9)


def test_simple_packets_have_no_time_and_follow_the_snap_length(tmp_path):
    octets = section() + interface(snap=41)
    for frame in SOME:
        octets += block(3, struct.pack("<I", frame.length) + frame.octets[:41])
    octets += block(3, struct.pack("<I", 1) + b"x")
    reading = read_octets(tmp_path, octets)
    assert reading.frames == [o[:41] for o in OCTETS] + [b"x"]
    assert reading.lengths == [f.length for f in SOME] + [1]
    assert set(reading.times) == {UNKNOWN_TIME}
    assert reading.reader.snap_length == 41


def test_obsolete_packet_blocks(tmp_path):
    octets = section() + interface()
    for frame in SOME:
        ticks = frame.time // 1000
        head = struct.pack("<HHIIII", 0, 3, ticks >> 32, ticks & 0xFFFFFFFF, len(frame.octets), frame.length)
        octets += block(2, head + frame.octets)
    reading = read_octets(tmp_path, octets)
    assert reading.frames == OCTETS
    assert reading.times == [f.time for f in SOME]
    assert reading.reader.dropped == 3 * len(SOME)


def test_comments_and_drops(tmp_path):
    noted = option(2, b"\x01\0\0\0") + option(1, b"one") + option(1, b"tw\xffo")
    dropped = option(4, struct.pack("<Q", 5))
    octets = section(options=option(1, b"of the section")) + interface(options=option(1, b"of the wire"))
    octets += enhanced(SOME[0]) + enhanced(SOME[1], options=noted) + enhanced(SOME[2], options=dropped)
    statistics = (
        struct.pack("<III", 0, 0, 0) + option(5, struct.pack("<Q", 17)) + option(7, struct.pack("<Q", 4))
    )
    reading = read_octets(tmp_path, octets + block(5, statistics) + enhanced(SOME[3]))
    assert reading.frames == OCTETS[:4]
    assert [(c.text, c.frame, c.interface) for c in reading.reader.comments] == [
        ("of the section", None, None),
        ("of the wire", None, 0),
        ("one", 2, None),
        ("tw\ufffdo", 2, None),
    ]
    assert reading.reader.dropped == 21
    assert len(reading.slices) == 1


def test_other_blocks_are_passed_over(tmp_path):
    octets = section() + interface()
    for kind, frame in zip((4, 10, 0xBAD, 0x40000BAD, 9, 0x12345678, 0, 7), SOME, strict=True):
        octets += block(kind, b"whatever it holds") + enhanced(frame)
    reading = read_octets(tmp_path, octets)
    assert reading.frames == OCTETS
    assert reading.reader.problems == []


def test_block_of_an_unknown_interface_is_no_frame(tmp_path):
    octets = section() + interface() + enhanced(SOME[0]) + enhanced(SOME[1], number=5) + enhanced(SOME[2])
    reading = read_octets(tmp_path, octets)
    assert reading.frames == [OCTETS[0], OCTETS[2]]
    assert [(p.kind, p.frame) for p in reading.reader.problems] == [("interface", 1)]


def test_no_interface_at_all_is_one_problem(tmp_path):
    reading = read_octets(tmp_path, section() + b"".join(map(enhanced, SOME)))
    assert reading.frames == []
    assert reading.kinds == ["interface"]
    assert "8 packet blocks" in reading.reader.problems[0].message


def test_captured_length_beyond_the_block(tmp_path):
    wrong = bytearray(enhanced(SOME[1]))
    wrong[20:24] = struct.pack("<I", 5000)
    reading = read_octets(tmp_path, section() + interface() + enhanced(SOME[0]) + wrong + enhanced(SOME[2]))
    assert reading.frames == [OCTETS[0], OCTETS[2]]
    assert reading.kinds == ["damaged"]


def test_wrong_trailing_length_is_survived(tmp_path):
    wrong = enhanced(SOME[1])[:-4] + b"\x07\0\0\0"
    reading = read_octets(tmp_path, section() + interface() + enhanced(SOME[0]) + wrong + enhanced(SOME[2]))
    assert reading.frames == OCTETS[:3]
    assert reading.kinds == ["damaged"]


def test_blocks_without_padding_and_lengths_without_padding(tmp_path):
    packed = padded = section() + interface()
    for frame in SOME:
        whole = enhanced(frame)
        size = struct.pack("<I", 32 + len(frame.octets))
        packed += whole[:4] + size + whole[8 : 28 + len(frame.octets)] + size
        padded += whole[:4] + size + whole[8:-4] + size
    assert read_octets(tmp_path, packed).frames == OCTETS
    assert read_octets(tmp_path, padded).frames == OCTETS


@pytest.mark.parametrize("length", [0, 8, 11, 0xFFFFFFF0, 1 << 25])
def test_impossible_block_length(tmp_path, length):
    wrong = struct.pack("<II", 6, length)
    octets = section() + interface() + enhanced(SOME[0]) + wrong + b"".join(map(enhanced, SOME[1:]))
    reading = read_octets(tmp_path, octets)
    assert reading.frames == OCTETS
    assert reading.kinds == ["damaged"]
    assert reading.reader.damage[0][1] == 8


def test_section_of_another_version_is_passed_over(tmp_path):
    other = section(version=(2, 0)) + interface() + enhanced(SOME[0])
    reading = read_octets(tmp_path, pcapng(SOME) + other + pcapng(SOME))
    assert reading.frames == OCTETS * 2
    assert reading.kinds == ["unsupported"]


@pytest.mark.parametrize("first", [pcap, pcapng, snoop])
@pytest.mark.parametrize("second", [pcap, pcapng, snoop])
def test_captures_appended_to_one_another(tmp_path, first, second):
    reading = read_octets(tmp_path, first(SOME) + second(SOME) + first([]) + second(SOME[:1]))
    assert reading.frames == OCTETS * 2 + OCTETS[:1]
    assert reading.reader.problems == []
    assert reading.reader.format == first.__name__

from io import BytesIO

import pytest
from report.evidence import reading

from desync.capture.clocks import Clock
from desync.report.evidence.pcapng_writer import LONGEST_OPTION, Frame, Writer, comment, text_value


@pytest.fixture
def stream():
    return BytesIO()


def read_back(stream, tmp_path):
    path = tmp_path / "x.pcapng"
    path.write_bytes(stream.getvalue())
    return reading.frames(path), reading.comments(path)


def interface(writer, **keys):
    usual = {"link_type": 1, "snap_length": 0, "name": None, "clock": Clock(), "fcs_octets": 0}
    return writer.interface(**(usual | keys))


def test_what_is_written_is_read(stream, tmp_path):
    writer = Writer(stream)
    writer.section("a program", ["one", "two"])
    first = interface(writer)
    second = interface(writer, link_type=113, snap_length=96, name="eth1", clock=Clock(9), fcs_octets=4)
    writer.frame(Frame(second, 1_234_567_890_123_456_789, b"abcde", 90, [comment("said")]))
    writer.frame(Frame(first, 7, b"", 0, []))
    writer.section("a program", [])
    other = interface(writer, clock=Clock(20, 2, -5))
    writer.frame(Frame(other, 10 << 20, b"xyz", 3, [comment("a"), comment("b")]))
    assert (first, second, other) == (0, 1, 0)
    frames, comments = read_back(stream, tmp_path)
    assert comments == {None: ["one", "two"], 1: ["said"], 3: ["a", "b"]}
    assert [one.octets for one in frames.values()] == [b"abcde", b"", b"xyz"]
    assert [one.length for one in frames.values()] == [90, 0, 3]
    assert [one.time for one in frames.values()] == [1_234_567_890_123_456_789, 7000, 5 * 10**9]
    one = frames[1].interface
    assert (one.link_type, one.snap_length, one.name, one.time_digits, one.fcs_octets) == (
        113,
        96,
        "eth1",
        9,
        4,
    )


def test_a_frame_without_a_time_is_a_simple_packet(stream, tmp_path):
    writer = Writer(stream)
    writer.section("a program", [])
    writer.frame(Frame(interface(writer), None, b"abcdef", 6, [comment("lost")]))
    frames, comments = read_back(stream, tmp_path)
    assert (frames[1].octets, frames[1].time, comments) == (b"abcdef", -(1 << 63), {})


def test_a_text_ends_where_an_option_does_and_never_within_a_character():
    assert text_value("ä" * 40_000) == "ä".encode() * (LONGEST_OPTION // 2)
    assert text_value("\udc80") == b"?"


def test_blocks_are_whole_words(stream):
    writer = Writer(stream)
    writer.section("x", ["abc"])
    writer.frame(Frame(interface(writer, name="e"), 1, b"a", 1, [comment("abcde")]))
    octets, at = stream.getvalue(), 0
    while at < len(octets):
        total = int.from_bytes(octets[at + 4 : at + 8], "little")
        assert total % 4 == 0
        assert octets[at + total - 4 : at + total] == octets[at + 4 : at + 8]
        at += total
    assert at == len(octets)

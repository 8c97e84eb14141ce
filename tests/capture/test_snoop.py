import struct
from dataclasses import replace

import pytest
from capture_octets import frames, snoop
from reading import read_octets

from desync.errors import NotACapture

SOME = frames()


def check(reading, some):
    assert reading.frames == [f.octets for f in some]
    assert reading.times == [f.time for f in some]
    assert reading.lengths == [f.length for f in some]


@pytest.mark.parametrize("pad", [None, 0, 6])
def test_records_with_any_padding(tmp_path, pad):
    reading = read_octets(tmp_path, snoop(SOME, pad=pad))
    check(reading, SOME)
    assert reading.reader.problems == []
    assert reading.reader.format == "snoop"
    assert reading.reader.dropped == 0


def test_cumulative_drops(tmp_path):
    assert read_octets(tmp_path, snoop(SOME, drops=[0, 0, 3, 3, 3, 42, 42, 42])).reader.dropped == 42


@pytest.mark.parametrize(
    ("link", "expected"),
    [(0, 1), (2, 6), (4, 1), (8, 10), (16, 122), (18, 123), (26, 65536 + 26), (0x80000005, 226), (9, 65545)],
)
def test_data_links(tmp_path, link, expected):
    assert set(read_octets(tmp_path, snoop(SOME, link=link)).links) == {expected}


@pytest.mark.parametrize("version", [2, 5])
def test_shomiti_trailer_means_a_frame_check_sequence(tmp_path, version):
    reading = read_octets(tmp_path, snoop(SOME, version=version, trailer=bytes(16)))
    check(reading, SOME)
    assert reading.reader.interfaces[0].fcs_octets == 4


def test_cut_frames_keep_their_length(tmp_path):
    cut = [replace(f, octets=f.octets[:33]) for f in SOME]
    check(read_octets(tmp_path, snoop(cut)), cut)


@pytest.mark.parametrize("length", [0, 10, 0x7FFFFFFF])
def test_wrong_record_length_is_survived(tmp_path, length):
    octets = bytearray(snoop(SOME))
    third = 16 + sum(24 + len(f.octets) + -len(f.octets) % 4 for f in SOME[:2])
    octets[third + 8 : third + 12] = struct.pack(">I", length)
    reading = read_octets(tmp_path, bytes(octets))
    check(reading, SOME)
    assert reading.kinds == ["damaged"]
    assert reading.reader.problems[0].offset == third
    assert reading.reader.problems[0].frame == 2


def test_version_one_is_refused(tmp_path):
    with pytest.raises(NotACapture, match="snoop version 1"):
        read_octets(tmp_path, snoop(SOME, version=1))

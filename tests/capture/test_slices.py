import gzip
import pickle
from dataclasses import replace

import numpy as np
import pytest
from capture_octets import enhanced, frames, interface, pcap, pcapng, section, snoop
from reading import read_octets

from desync.capture import slicing
from desync.capture.slices import read_frames
from desync.errors import UnreadableFile

SOME = frames(50)
FORMATS = [pcap, pcapng, snoop]


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("slice_octets", [0, 1, 90, 1000])
def test_any_slice_size_gives_the_same_frames(tmp_path, make, pack, slice_octets):
    octets = pack(make(SOME))
    whole = read_octets(tmp_path, octets)
    parts = read_octets(tmp_path, octets, slice_octets)
    assert len(whole.slices) == 1
    assert parts.frames == whole.frames == [f.octets for f in SOME]
    assert parts.times == whole.times
    assert parts.lengths == whole.lengths
    assert parts.links == whole.links
    if slice_octets <= 1:
        assert len(parts.slices) == len(SOME)
    else:
        sizes = [piece.stop - piece.start for piece in parts.slices[:-1]]
        assert all(slice_octets <= size < slice_octets + 120 for size in sizes)


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("most", [1, 7, 50, 100])
def test_a_slice_has_no_more_frames_than_is_good(tmp_path, monkeypatch, make, most):
    monkeypatch.setattr(slicing, "MOST_RECORDS", most)
    parts = read_octets(tmp_path, make(SOME))
    assert [len(piece.records) for piece in parts.slices] == [min(most, 50 - at) for at in range(0, 50, most)]
    assert parts.frames == [f.octets for f in SOME]


@pytest.mark.parametrize("make", FORMATS)
def test_a_slice_travels(tmp_path, make):
    reading = read_octets(tmp_path, make(SOME), 500)
    piece = pickle.loads(pickle.dumps(reading.slices[3]))  # noqa: S301 - our own
    assert piece.octets is None
    here, there = read_frames(reading.slices[3]), read_frames(piece)
    assert np.array_equal(here.octets, there.octets)
    assert np.array_equal(here.time, there.time)
    assert not there.octets.flags.writeable
    assert there.base + int(there.offset[0]) > int(piece.records[0])


def test_cut_where_the_interfaces_change(tmp_path):
    octets = section() + interface() + enhanced(SOME[0]) + enhanced(SOME[1]) + interface(link=113)
    reading = read_octets(tmp_path, octets + enhanced(SOME[2], number=1) + enhanced(SOME[3]))
    assert [len(piece.state.interfaces) for piece in reading.slices] == [1, 2]
    assert [piece.records.size for piece in reading.slices] == [2, 2]


@pytest.mark.parametrize("make", FORMATS)
def test_a_file_that_shrinks_gives_what_is_left(tmp_path, make):
    reading = read_octets(tmp_path, make(SOME))
    (piece,) = reading.slices
    path = tmp_path / "capture"
    for size in (piece.stop - 10, int(piece.records[20]) + 7, int(piece.records[0]) + 3, 0):
        with path.open("r+b") as file:
            file.truncate(size)
        left = read_frames(piece)
        assert len(left) == int((piece.records + 28 < size).sum()) or len(left) <= 50
        assert (left.offset + left.captured <= left.octets.size).all()
        assert (left.captured >= 0).all()


def test_a_file_that_is_gone(tmp_path):
    reading = read_octets(tmp_path, pcap(SOME))
    (tmp_path / "capture").unlink()
    with pytest.raises(UnreadableFile):
        read_frames(reading.slices[0])


@pytest.mark.parametrize("make", FORMATS)
def test_frame_numbers_and_offsets_beyond_32_bits(tmp_path, make):
    (piece,) = read_octets(tmp_path, make(SOME)).slices
    far = 1 << 33
    octets = (tmp_path / "capture").read_bytes()[piece.start : piece.stop]
    moved = replace(
        piece,
        first_frame=far,
        start=piece.start + far,
        stop=piece.stop + far,
        records=piece.records + far,
        octets=octets,
    )
    there, here = read_frames(moved), read_frames(piece)
    assert there.number.tolist() == list(range(far, far + len(SOME)))
    assert there.base == here.base + far
    assert (there.offset == here.offset).all()
    assert (there.time == here.time).all()

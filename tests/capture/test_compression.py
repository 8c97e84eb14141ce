import bz2
import gzip
import lzma
import zlib

import lz4.frame
import pytest
import zstandard
from capture_octets import frames, pcap, snoop
from reading import read, read_octets

from desync.capture.compression import ZSTD, codec_of, unfold
from desync.errors import NotACapture

SOME = frames(400)
OCTETS = [f.octets for f in SOME]
WHOLE = pcap(SOME)


def zstd(octets):
    return zstandard.ZstdCompressor(write_checksum=True).compress(octets)


CODECS = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
    "lz4": lambda octets: lz4.frame.compress(octets, content_checksum=True),
}
each_codec = pytest.mark.parametrize("name", CODECS)


@each_codec
def test_every_codec_by_content(tmp_path, name):
    reading = read_octets(tmp_path, CODECS[name](WHOLE), 5000)
    assert reading.frames == OCTETS
    assert reading.reader.compression == name
    assert not reading.reader.rereadable
    assert reading.reader.size == len(CODECS[name](WHOLE))
    assert reading.reader.problems == []
    assert all(piece.octets == WHOLE[piece.start : piece.stop] for piece in reading.slices)


def test_lzma_alone(tmp_path):
    reading = read_octets(tmp_path, lzma.compress(WHOLE, format=lzma.FORMAT_ALONE))
    assert (reading.frames, reading.reader.compression) == (OCTETS, "xz")


@each_codec
def test_members_and_whole_captures_one_behind_another(tmp_path, name):
    pack = CODECS[name]
    split = pack(WHOLE[:999]) + pack(b"") + pack(WHOLE[999:])
    assert read_octets(tmp_path, split + bytes(512)).frames == OCTETS
    reading = read_octets(tmp_path, split + pack(snoop(SOME)))
    assert reading.frames == OCTETS * 2
    assert reading.reader.problems == []


@each_codec
def test_garbage_behind_the_end_is_reported_and_loses_nothing(tmp_path, name):
    reading = read_octets(tmp_path, CODECS[name](WHOLE) + b"garbage!")
    assert reading.frames == OCTETS
    assert reading.kinds == ["compression"]


@each_codec
def test_cut_stream_gives_what_came_before(tmp_path, name):
    # Octets that do not compress, so that more than one block is needed.
    state, noise = 1, bytearray()
    for _ in range(300_000):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        noise.append(state >> 56)
    some = frames(200)
    some = [type(f)(f.time, bytes(noise[k * 1400 : k * 1400 + 1400]), 1400) for k, f in enumerate(some)]
    packed = CODECS[name](pcap(some))
    cut = packed[: len(packed) * 3 // 4]
    if name == "bz2":
        # Its blocks are of 900 kB: there is nothing before the cut.
        reading = read_octets(tmp_path, cut)
        assert (reading.frames, reading.kinds, reading.reader.format) == ([], ["truncated"], None)
        assert "whether there is a capture in it cannot be known" in reading.reader.problems[0].message
        return
    reading = read_octets(tmp_path, cut)
    assert 90 <= len(reading.frames) < 200
    assert reading.frames == [f.octets for f in some][: len(reading.frames)]
    assert reading.kinds[-1] == "truncated"
    assert reading.reader.problems[-1].frame == len(reading.frames)


def test_wrong_checksum_loses_nothing(tmp_path):
    packed = bytearray(gzip.compress(WHOLE))
    packed[-8] ^= 1
    reading = read_octets(tmp_path, bytes(packed))
    assert reading.frames == OCTETS
    assert reading.kinds == ["compression"]


def test_gzip_in_gzip(tmp_path):
    reading = read_octets(tmp_path, gzip.compress(zstd(WHOLE)))
    assert (reading.frames, reading.reader.compression) == (OCTETS, "gzip")


def test_zstd_skippable_frame_and_long_window(tmp_path):
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=28, enable_ldm=True)
    octets = zstandard.ZstdCompressor(compression_params=parameters).compress(WHOLE)
    skippable = b"\x51\x2a\x4d\x18" + (9).to_bytes(4, "little") + bytes(9)
    assert read_octets(tmp_path, skippable + octets + skippable).frames == OCTETS


def test_a_bomb_unfolds_in_bounded_steps():
    # A gigabyte of run-length blocks of 128 KiB in 32 KiB of zstd.
    block = (131072 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    bomb = b"\x28\xb5\x2f\xfd\x00\x38" + block * 8192
    assert codec_of(bomb) is ZSTD
    given = iter([bomb])
    pieces = unfold(ZSTD, lambda _: next(given, b""), lambda *_: None)
    assert max(len(next(pieces)) for _ in range(200)) <= 1 << 19


def test_a_bomb_behind_a_file_header_is_skipped_in_bounded_memory(tmp_path):
    inflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    path = tmp_path / "bomb"
    path.write_bytes(inflate.compress(WHOLE + bytes(40_000_000)) + inflate.flush())
    reading = read(path)
    assert reading.frames == OCTETS
    assert reading.reader.damage == [(len(WHOLE), 40_000_000)]


def test_names_say_nothing(tmp_path):
    for name in ("capture.gz", "capture.txt", "capture.zst"):
        (tmp_path / name).write_bytes(WHOLE)
        assert read(tmp_path / name).reader.compression is None


@each_codec
def test_compressed_text_is_no_capture(tmp_path, name):
    with pytest.raises(NotACapture):
        read_octets(tmp_path, CODECS[name](b"Dear postmaster,\n" * 100))


@each_codec
def test_flipped_octets_raise_nothing(tmp_path, name):
    packed = CODECS[name](WHOLE[:2000])
    for place in range(0, len(packed), 7):
        octets = bytearray(packed)
        octets[place] ^= 0x55
        try:
            reading = read_octets(tmp_path, bytes(octets))
        except NotACapture:
            continue
        assert len(reading.frames) <= 40

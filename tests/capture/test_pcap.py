from dataclasses import replace

import pytest
from capture_octets import Frame, frames, pcap, pcap_header, pcap_record
from reading import read_octets

SOME = frames()


def check(reading, some, unit=1000):
    assert reading.frames == [f.octets for f in some]
    assert reading.times == [f.time // unit * unit for f in some]
    assert reading.lengths == [f.length for f in some]
    assert reading.reader.problems == []


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "unit", "extra"),
    [
        (0xA1B2C3D4, 1000, b""),
        (0xA1B23C4D, 1, b""),
        (0xA1B2CD34, 1000, bytes([2, 0, 0, 0, 8, 0, 0, 0])),
        (0xA1B2CD34, 1000, bytes([2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0])),
        (0xA1B2C3D4, 1000, bytes([2, 0, 0, 0, 8, 0, 0, 0])),
        (0xA1B2C3D4, 1000, bytes(4)),
    ],
    ids=["microseconds", "nanoseconds", "ss991029", "ss990915", "ss990417", "nokia"],
)
def test_every_record_header_in_both_byte_orders(tmp_path, order, magic, unit, extra):
    some = [replace(f, time=f.time + 123) for f in SOME]
    reading = read_octets(tmp_path, pcap(some, order, magic=magic, unit=unit, extra=extra))
    check(reading, some, unit)
    assert reading.reader.format == "pcap"
    assert reading.reader.interfaces[0].time_digits == (9 if unit == 1 else 6)
    assert reading.reader.snap_length == 262144
    assert reading.reader.rereadable
    assert reading.reader.dropped is None


@pytest.mark.parametrize(("magic", "unit"), [(0x1C0001AC, 1), (0x1C0001AB, 1000)])
def test_ixia_file_header_is_longer(tmp_path, magic, unit):
    octets = pcap(SOME, magic=magic, unit=unit)
    check(read_octets(tmp_path, octets[:24] + b"\x32\x0c\0\0" + octets[24:]), SOME, unit)


@pytest.mark.parametrize("version", [(2, 2), (2, 3), (543, 0)])
def test_old_versions_write_the_lengths_the_other_way_round(tmp_path, version):
    cut = [replace(f, octets=f.octets[:40]) for f in SOME]
    swapped = b"".join(
        record[:8] + record[12:16] + record[8:12] + record[16:] for record in map(pcap_record, cut)
    )
    check(read_octets(tmp_path, pcap_header(version=version, snap=40) + swapped), cut)


def test_aix_counts_nanoseconds_and_interface_types(tmp_path):
    some = [replace(f, time=f.time + 777_000_123) for f in SOME]
    reading = read_octets(tmp_path, pcap(some, ">", version=(2, 2), link=6, unit=1))
    check(reading, some, 1)
    assert set(reading.links) == {1}


def test_frame_check_sequence_flag(tmp_path):
    reading = read_octets(tmp_path, pcap(SOME, link=0x24000001))
    assert reading.reader.interfaces[0].fcs_octets == 4
    assert set(reading.links) == {1}


@pytest.mark.parametrize("snap", [0, 20, 0xFFFFFFFF])
def test_frames_longer_than_the_snap_length_are_kept(tmp_path, snap):
    check(read_octets(tmp_path, pcap(frames(60), snap=snap)), frames(60))


def test_cut_frames_keep_their_length(tmp_path):
    cut = [replace(f, octets=f.octets[:30]) for f in SOME]
    check(read_octets(tmp_path, pcap(cut, snap=30)), cut)


@pytest.mark.parametrize("length", [0, 10])
def test_captured_longer_than_the_wire_is_kept(tmp_path, length):
    some = [replace(f, length=length) for f in frames(60)]
    check(read_octets(tmp_path, pcap(some)), some)


def test_frame_above_64_kib(tmp_path):
    some = [*SOME, Frame(SOME[-1].time, bytes(70_054), 70_054), *SOME]
    assert read_octets(tmp_path, pcap(some)).frames == [f.octets for f in some]


def test_frames_longer_than_a_window(tmp_path):
    some = [Frame(SOME[0].time + k, bytes([k]) * 1_400_000, 1_400_000) for k in range(4)]
    check(read_octets(tmp_path, pcap(some, snap=1 << 22, magic=0xA1B23C4D, unit=1)), some, 1)


def test_seconds_are_unsigned_and_fractions_carry_over(tmp_path):
    late = [replace(f, time=0xFFFFFFF0 * 10**9 + k) for k, f in enumerate(SOME)]
    check(read_octets(tmp_path, pcap(late)), late)
    octets = pcap_header()
    for frame in SOME:
        record = bytearray(pcap_record(frame))
        record[4:8] = (1_500_000).to_bytes(4, "little")
        octets += record
    reading = read_octets(tmp_path, octets)
    assert reading.times == [f.time // 10**9 * 10**9 + 1_500_000_000 for f in SOME]


def test_clock_steps_are_no_damage(tmp_path):
    steps = [0, 1, 10**6, -(10**6), 86_400 * 400, 5, 0, 86_400 * 4000] * 9
    some = [replace(f, time=f.time + s * 10**9) for f, s in zip(frames(72), steps, strict=True)]
    check(read_octets(tmp_path, pcap(some)), some)


def test_all_times_zero(tmp_path):
    some = [replace(f, time=0) for f in frames(30)]
    check(read_octets(tmp_path, pcap(some)), some)


def test_an_empty_record_is_a_frame_and_a_problem(tmp_path):
    some = [Frame(SOME[0].time, b"", 0), *SOME]
    reading = read_octets(tmp_path, pcap(some))
    assert reading.frames == [f.octets for f in some]
    assert reading.kinds == ["damaged"]
    assert reading.reader.damage == []


def test_no_frames_at_all(tmp_path):
    reading = read_octets(tmp_path, pcap([]))
    assert (reading.frames, reading.reader.problems) == ([], [])

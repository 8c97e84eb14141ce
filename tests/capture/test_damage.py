import random
import struct
import time

import pytest
from capture_octets import frames, pcap, pcap_record, pcapng, snoop
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read, read_octets

from desync.errors import CaptureError

SOME = frames(12, octets=12)
FEW = SOME[:7]
OCTETS = [f.octets for f in SOME]
FORMATS = [pcap, pcapng, snoop]
NOISE = random.Random(2).randbytes(37)  # noqa: S311 - the same octets each time


def boundaries(make):
    """Offsets behind the file header and behind each record."""
    if make is pcapng:
        # A section header alone, or with its interface, is a whole capture too.
        return {28, *(len(pcapng(FEW[:n])) for n in range(len(FEW) + 1))}
    return {len(make(FEW[:n])) for n in range(len(FEW) + 1)}


@pytest.mark.parametrize("make", FORMATS)
def test_cut_anywhere(tmp_path, make):
    whole, ends, before = make(FEW), boundaries(make), 0
    path = tmp_path / "cut"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        try:
            reading = read(path)
        except CaptureError:
            assert size < min(ends)
            continue
        assert reading.frames == OCTETS[: len(reading.frames)]
        assert len(reading.frames) >= before
        before = len(reading.frames)
        if size in ends:
            assert reading.reader.problems == []
        else:
            (problem,) = reading.reader.problems
            assert (problem.kind, problem.frame) == ("truncated", before)
            assert problem.octets > 0
    assert before == len(FEW) - 1


@pytest.mark.parametrize("make", FORMATS)
def test_one_octet_flipped_anywhere(tmp_path, make):
    whole, path = make(FEW), tmp_path / "flipped"
    choose = random.Random(1)  # noqa: S311 - the same octets each time
    for place in range(len(whole)):
        octets = bytearray(whole)
        octets[place] ^= choose.randrange(1, 256)
        path.write_bytes(octets)
        try:
            reading = read(path)
        except CaptureError:
            assert place < min(boundaries(make)), place
            continue
        # An interface that is gone or another takes all frames with it.
        if make is not pcapng or place >= min(boundaries(pcapng)) + 20:
            kept = sum(octets in OCTETS for octets in reading.frames)
            assert kept >= len(FEW) - 2, place
        assert len(reading.frames) <= len(FEW)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_nothing_raises(tmp_path_factory, data):
    octets = bytearray(data.draw(st.sampled_from(FORMATS))(SOME))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(octets) - 1))
        what = data.draw(st.sampled_from(["flip", "cut", "insert", "delete", "copy"]))
        if what == "flip":
            octets[place] = data.draw(st.integers(0, 255))
        elif what == "insert":
            octets[place:place] = data.draw(st.binary(max_size=40))
        elif what == "delete":
            del octets[place : place + data.draw(st.integers(1, 200))]
        elif what == "copy":
            octets[place:place] = octets[: data.draw(st.integers(1, 300))]
        octets = octets or bytearray(b"\0")
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(octets)
    try:
        whole = read(path)
    except CaptureError:
        return
    pieces = read(path, 1)
    assert pieces.frames == whole.frames
    assert pieces.times == whole.times
    assert pieces.reader.problems == whole.reader.problems


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("filler", [bytes(512), bytes(3), NOISE, b"\xff" * 5000])
def test_a_hole_between_records_is_skipped_and_reported(tmp_path, make, filler):
    at = len(make(SOME[:5]))
    octets = make(SOME)
    reading = read_octets(tmp_path, octets[:at] + filler + octets[at:])
    assert reading.frames == OCTETS
    assert reading.reader.damage == [(at, len(filler))]
    assert [(p.kind, p.frame) for p in reading.reader.problems] == [("damaged", 5)]
    assert len(reading.slices) == 2


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("octets", [4, 15, 16, 100, 4096])
def test_zeros_at_the_end(tmp_path, make, octets):
    reading = read_octets(tmp_path, make(SOME) + bytes(octets))
    assert reading.frames == OCTETS
    assert reading.kinds == ["damaged"]
    assert "zero" in reading.reader.problems[0].message


@pytest.mark.parametrize("make", FORMATS)
def test_lost_octets(tmp_path, make):
    start, stop = len(make(SOME[:3])) + 30, len(make(SOME[:7])) + 9
    octets = make(SOME)
    reading = read_octets(tmp_path, octets[:start] + octets[stop:])
    assert reading.frames[:3] == OCTETS[:3]
    assert reading.frames[-4:] == OCTETS[8:]
    assert len(reading.frames) in {7, 8}
    assert reading.kinds == ["damaged"]


@pytest.mark.parametrize("captured", [0x7FFFFFFF, 70_000, 700, 9])
def test_wrong_captured_length(tmp_path, captured):
    octets = bytearray(pcap(SOME))
    at = len(pcap(SOME[:4]))
    octets[at + 8 : at + 12] = struct.pack("<I", captured)
    reading = read_octets(tmp_path, bytes(octets))
    assert [f for f in reading.frames if f in OCTETS] == OCTETS[:4] + OCTETS[5:]
    assert reading.kinds == ["damaged"]


def test_records_inside_a_payload_are_not_taken_for_records(tmp_path):
    # A capture, years older, that was being sent by mail.
    carried = b"".join(pcap_record(f) for f in frames(5, start=1_000_000_000))
    at = len(pcap(SOME[:5]))
    octets = pcap(SOME)
    reading = read_octets(tmp_path, octets[:at] + b"\xaa" * 20 + carried + octets[at:])
    assert reading.frames == OCTETS


def test_much_damage_costs_little(tmp_path):
    some = frames(3000)
    octets = pcap(some[:1])
    for number in range(1, len(some)):
        octets += b"\xee" * 21 * (number % 5 == 0) + pcap_record(some[number])
    started = time.process_time()
    reading = read_octets(tmp_path, octets)
    assert time.process_time() - started < 5
    assert reading.frames == [f.octets for f in some]
    assert len(reading.reader.damage) == 599


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("step", [500, 997])
def test_damage_all_over_costs_little_more_than_what_it_hit(tmp_path, make, step):
    some = frames(2000)
    octets = bytearray(make(some))
    choose = random.Random(step)  # noqa: S311 - the same octets each time
    hits = range(1000, len(octets) - 20, step)
    for at in hits:
        octets[at : at + 3] = choose.randbytes(3)
    reading = read_octets(tmp_path, bytes(octets))
    whole = {f.octets for f in some}
    assert len(reading.frames) >= len(some) - len(hits)
    assert sum(f in whole for f in reading.frames) >= len(some) - 2 * len(hits)
    assert max(map(len, reading.frames)) < 2000


def test_problems_are_bounded(tmp_path):
    some = frames(2600, octets=4)
    reading = read_octets(tmp_path, pcap([]) + b"".join(b"\xee" * 9 + pcap_record(f) for f in some))
    problems = reading.reader.problems
    assert len(problems) <= 1001
    assert set(reading.kinds) == {"damaged"}


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize("window", [64, 200, 1000])
def test_what_is_in_memory_at_a_time_changes_nothing(tmp_path, monkeypatch, make, window):
    for name in ("window", "records", "blocks", "resync", "block_search"):
        monkeypatch.setattr(f"desync.capture.{name}.WINDOW_OCTETS", window)
    at = len(make(SOME[:5]))
    octets = make(SOME)
    reading = read_octets(tmp_path, octets[:at] + b"\xcc" * 3000 + octets[at:-7])
    assert reading.frames == OCTETS[:-1]
    assert reading.kinds == ["damaged", "truncated"]

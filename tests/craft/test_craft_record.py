"""What the capture keeps, and how each format lays it out."""

import io
import struct
from pathlib import Path

import dpkt
import pytest
from build import build, capture_file, lines, segments_capture, stream
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import RawPcapNgReader

from desync.craft.build import craft, craft_file
from desync.errors import DialogueError
from desync.units import SECOND

THREE = "start: 2026-03-02T09:00:00.123456789Z\nrtt: 0ms\nacks: none\n---\nC: one\nC: two\nC: three"


def payloads(octets):
    return [
        bytes(dpkt.ethernet.Ethernet(frame).data.data.data)
        for _, frame in dpkt.pcap.Reader(io.BytesIO(octets))
    ]


@pytest.mark.parametrize("order", ["", " big-endian"])
@pytest.mark.parametrize(("resolution", "fraction"), [("", 123_456), (" ns", 123_456_789)])
def test_pcap(order, resolution, fraction):
    octets = build(f"capture: pcap{resolution}{order}\n{THREE}")
    mark = ">" if order else "<"
    assert struct.unpack_from(f"{mark}HHiIII", octets, 4) == (2, 4, 0, 0, 262_144, 1)
    assert struct.unpack_from(f"{mark}I", octets)[0] == (0xA1B23C4D if resolution else 0xA1B2C3D4)
    assert struct.unpack_from(f"{mark}II", octets, 24) == (1_772_442_000, fraction)
    assert payloads(octets) == [b"one\r\n", b"two\r\n", b"three\r\n"]


@pytest.mark.parametrize("order", ["", " big-endian"])
@pytest.mark.parametrize(("resolution", "units"), [("", 10**6), (" ns", 10**9)])
def test_pcapng(order, resolution, units):
    made = list(RawPcapNgReader(io.BytesIO(build(f"capture: pcapng{resolution}{order}\n{THREE}"))))
    assert [bytes(Ether(frame)[TCP].payload) for frame, _ in made] == [b"one\r\n", b"two\r\n", b"three\r\n"]
    meta = made[0][1]
    assert (meta.tshigh << 32) + meta.tslow == 1_772_442_000_123_456_789 * units // SECOND
    assert meta.tsresol == units


def test_snoop():
    octets = build(f"capture: snoop\n{THREE}")
    assert octets[:16] == b"snoop\0\0\0\0\0\0\2\0\0\0\4"
    original, included, record, drops, seconds, fraction = struct.unpack_from(">IIIIII", octets, 16)
    assert (original, included, record, drops) == (59, 59, 24 + 59 + 1, 0)
    assert (seconds, fraction) == (1_772_442_000, 123_456)
    assert Ether(octets[40:99])[IP].src == "192.0.2.17"
    assert struct.unpack_from(">I", octets, 16 + record) == (59,)


def test_a_cut_frame_keeps_its_length():
    octets = build("snaplen: 56\nacks: none\n---\nC: hello\nC[cut 20]: hello")
    assert struct.unpack_from("<I", octets, 16) == (56,)
    assert struct.unpack_from("<II", octets, 32) == (56, 61)
    assert struct.unpack_from("<II", octets, 40 + 56 + 8) == (20, 61)


def test_late_frames_keep_their_time():
    made = list(
        dpkt.pcap.Reader(
            io.BytesIO(build("acks: none\nrtt: 0ms\n---\nC[late 2]: one\nC: two\nC: three\nC: four"))
        )
    )
    assert payloads(build("acks: none\nrtt: 0ms\n---\nC[late 2]: one\nC: two\nC: three\nC: four")) == [
        b"two\r\n",
        b"three\r\n",
        b"one\r\n",
        b"four\r\n",
    ]
    assert made[2][0] < made[0][0]


def test_lost_frames_leave_a_hole_and_duplicates_none():
    assert payloads(build("acks: none\n---\nC: a\nC[lost]: b\nC[duplicate]: c")) == [
        b"a\r\n",
        b"c\r\n",
        b"c\r\n",
    ]
    assert payloads(build("acks: none\ncaptured: twice\n---\nC: a\nC: b")) == [b"a\r\n"] * 2 + [b"b\r\n"] * 2


def times(text):
    return [time for time, _ in dpkt.pcap.Reader(io.BytesIO(build(text)))]


def test_the_capturing_clock():
    said = "C: a\nclock -1h\nC[+1s]: b\nclock +1h\nC[+1s]: c"
    first, back, again = times(f"acks: none\n---\n{said}")
    assert float(back - first) == pytest.approx(-3599)
    assert float(again - first) == pytest.approx(2)
    assert set(times(f"clock: zero\n---\n{said}")) == {0}
    assert set(times(f"clock: stopped\n---\n{said}")) == {first}


def test_connections_are_ordered_by_time():
    text = "acks: none\nrtt: 0ms\n---\nC: a\nC[+2s]: c\n===\nclient: 192.0.2.99:9\nstart: +1s\n---\nC: b"
    assert payloads(build(text)) == [b"a\r\n", b"b\r\n", b"c\r\n"]


def test_a_damaged_file():
    whole = build("acks: none\n---\nC: a\nC: b")
    damaged = build("acks: none\ndamage: zeros 7 before frame 2\n---\nC: a\nC: b")
    second = 24 + 16 + 57
    assert damaged == whole[:second] + bytes(7) + whole[second:]
    garbage = build("acks: none\ndamage: garbage 7 before frame 2\n---\nC: a\nC: b")
    assert garbage[:second] + garbage[second + 7 :] == whole
    assert build("acks: none\ntruncate: 10\n---\nC: a\nC: b") == whole[:-10]


def test_the_same_text_makes_the_same_octets():
    text = "capture: pcapng ns\n---\nhandshake\nS: 220 a\nC: QUIT\nclose"
    assert craft(text) == craft(text)


def test_files_and_their_errors(tmp_path):
    written = tmp_path / "x.dialogue"
    written.write_text("---\nC: QUIT\n")
    craft_file(written, tmp_path / "x.pcap")
    assert payloads((tmp_path / "x.pcap").read_bytes())[0] == b"QUIT\r\n"
    written.write_text("---\nC QUIT\n")
    with pytest.raises(DialogueError, match=r"x\.dialogue: line 2"):
        craft_file(written, tmp_path / "y.pcap")
    written.write_bytes(b"---\nC: \xff\n")
    with pytest.raises(DialogueError, match=r"x\.dialogue: .*utf-8"):
        craft_file(str(written), str(tmp_path / "y.pcap"))
    assert not (tmp_path / "y.pcap").exists()


def test_the_tests_own_packer_agrees_with_scapy(tmp_path):
    said = "S: 220 a\nC: QUIT\nS: 221 b\nclose"
    packed = segments_capture(lines(said))
    made = capture_file(tmp_path, f"capture: pcap ns\n---\nhandshake\n{said}")
    ours = [frame for _, frame in dpkt.pcap.Reader(io.BytesIO(packed))]
    theirs = [frame for _, frame in dpkt.pcap.Reader(io.BytesIO(Path(made).read_bytes()))]
    for own, other in zip(ours, theirs, strict=True):
        one, two = Ether(own), Ether(other)
        one[IP].id = two[IP].id
        del one[IP].chksum, two[IP].chksum
        assert bytes(one) == bytes(two)
    assert stream(lines(said), "client") == b"QUIT\r\n"

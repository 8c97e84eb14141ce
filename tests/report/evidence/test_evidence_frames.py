"""Frames out of the ordinary in annotated captures: tunnels, quotes, check sequences, times, interfaces."""

import socket
import struct
import zlib
from itertools import count

import pytest
from build import lines, pcap, segments_capture
from report.evidence import reading

from desync.analysis.options import Options
from desync.archive.scan import scan_archive
from desync.capture.open import open_capture
from desync.packets.checksum import Checksum
from desync.report.evidence.annotated import Annotated, Redaction
from desync.report.evidence.choice import Wanted, choose

DIALOGUE = """
    S: 220 mx.example.org ESMTP ready
    C: HELO gw.example.net
    S: 250 mx.example.org
    C: MAIL FROM:<a@example.net>
    S: 250 Ok
    C: RCPT TO:<b@example.org>
    S: 250 Ok
    C: DATA
    S: 354 Go ahead
    C: Subject: Sekret subject
    + Sekret text
    + .
    S: 250 Ok
    C: QUIT
    S: 221 Bye
"""

REDACTED = Redaction()
SECRET = b"Sekret"
STEP = 1400


def inner(octets):
    """The frames of a nanosecond pcap, with their times."""
    at, found = 24, []
    while at < len(octets):
        seconds, rest, captured, _ = struct.unpack_from("<IIII", octets, at)
        found.append((seconds * 10**9 + rest, octets[at + 16 : at + 16 + captured]))
        at += 16 + captured
    return found


def plain():
    return inner(segments_capture(lines(DIALOGUE)))


def ones(octets):
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(protocol, payload, source="203.0.113.1", target="203.0.113.2"):
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0)
    return head[:10] + struct.pack(">H", ones(head + addresses)) + addresses + payload


def ethernet(packet):
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + packet


def vxlan(octets):
    body = struct.pack(">HHHH", 40000, 4789, 16 + len(octets), 0) + b"\x08\0\0\0\0\0\7\0" + octets
    pseudo = (
        socket.inet_aton("203.0.113.1") + socket.inet_aton("203.0.113.2") + struct.pack(">HH", 17, len(body))
    )
    check = ones(pseudo + body) or 0xFFFF
    return ethernet(ip(17, body[:6] + struct.pack(">H", check) + body[8:]))


def gre(octets):
    body = b"\x80\0\x08\0" + b"\0\0\0\0" + octets[14:]
    return ethernet(ip(47, body[:4] + struct.pack(">H", ones(body)) + body[6:]))


def outer_sum(octets, protocol):
    """What is left of the outer checksum over all that it covers: 0 where it is right."""
    packet = octets[14:]
    body = packet[20:]
    if protocol == 17:
        return ones(packet[12:20] + struct.pack(">HH", 17, len(body)) + body)
    return ones(body)


@pytest.fixture
def written(tmp_path):
    """Writes frames as a capture and its annotated capture; returns both paths."""

    def written(frames, redaction=REDACTED, **keys):
        path, evidence = tmp_path / "x.pcap", tmp_path / "evidence.pcapng"
        path.write_bytes(frames if isinstance(frames, bytes) else pcap(frames, **keys))
        evidence.write_bytes(reading.write(path, redaction))
        return path, evidence

    return written


@pytest.mark.parametrize(("wrap", "protocol"), [(vxlan, 17), (gre, 47)])
@pytest.mark.parametrize("renamed", [False, True])
def test_the_checksums_of_tunnels_stay_right(written, wrap, protocol, renamed):
    frames = [(time, wrap(octets)) for time, octets in plain()]
    path, evidence = written(frames, Redaction(addresses=renamed))
    after = reading.frames(evidence)
    assert len(after) == len(frames)
    assert SECRET not in evidence.read_bytes()
    assert all(outer_sum(one.octets, protocol) == 0 for one in after.values())
    assert all(ones(one.octets[14:34]) == 0 for one in after.values())
    assert set(reading.checksums(evidence).values()) == {Checksum.GOOD}
    addresses = socket.inet_aton("203.0.113.1"), socket.inet_aton("192.0.2.17")
    assert renamed is not all(address in evidence.read_bytes() for address in addresses)
    assert reading.connections(evidence) == reading.connections(path) or renamed


def test_an_icmp_error_quotes_nothing_private(written):
    frames = plain()
    time, octets = next(one for one in frames if SECRET in one[1])
    body = b"\x03\x04\0\0\0\0\x05\0" + octets[14:]
    body = body[:2] + struct.pack(">H", ones(body)) + body[4:]
    frames.append((time + 1000, ethernet(ip(1, body, target="192.0.2.17"))))
    _, evidence = written(frames)
    after = reading.frames(evidence)
    assert len(after) == len(frames)
    assert SECRET not in evidence.read_bytes()
    assert ones(after[len(frames)].octets[34:]) == 0
    said = reading.comments(evidence)[len(frames)]
    assert said[0].startswith("quotes this connection")


def test_what_trails_a_packet_is_overwritten(written):
    frames = [(time, octets + b"Sekret") for time, octets in plain()]
    path, evidence = written(frames)
    assert SECRET not in evidence.read_bytes()
    assert reading.sums_are_kept(path, evidence)


def test_a_check_sequence_is_as_right_as_before(written):
    numbers = count()
    frames = [
        (time, octets + (zlib.crc32(octets) ^ (next(numbers) == 5)).to_bytes(4, "little"))
        for time, octets in plain()
    ]
    # FCS_PRESENT, and its length in units of 16 bits (draft-ietf-opsawg-pcap, section 4).
    _, evidence = written(frames, link=1 | 1 << 26 | 2 << 28)
    after = reading.frames(evidence)
    assert SECRET not in evidence.read_bytes()
    wrong = [
        number
        for number, one in after.items()
        if zlib.crc32(one.octets[:-4]) != int.from_bytes(one.octets[-4:], "little")
    ]
    assert wrong == [6]
    assert {one.interface.fcs_octets for one in after.values()} == {4}


def test_a_frame_of_another_connection_stays_out(written):
    packed = inner(segments_capture(lines(DIALOGUE), client=("192.0.2.18", 41026), server_isn=7))
    others = [(time + 1, octets) for time, octets in packed]
    frames = sorted(plain() + others)
    path, evidence = written(frames)
    assert len(reading.frames(evidence)) == len(frames)
    archive = scan_archive([str(path)], Options(details=True))
    with evidence.open("wb") as stream:
        assert Annotated(archive, choose(archive, Wanted((1,))), Redaction(private=False)).write(
            stream
        ) == len(others)
    kept = [frames[number - 1] for number in reading.origins(evidence).values()]
    assert kept == others


def block(kind, body, order=">"):
    body += b"\0" * (-len(body) % 4)
    total = 12 + len(body)
    return struct.pack(f"{order}II", kind, total) + body + struct.pack(f"{order}I", total)


def option(code, value, order=">"):
    return struct.pack(f"{order}HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng(frames):
    """Big-endian: two interfaces, of which the second counts 2**-20 s from 1999 on; flags; a comment."""
    end = option(0, b"")
    octets = block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1))
    octets += block(1, struct.pack(">HHI", 1, 0, 0) + option(2, b"eth0") + option(9, b"\x09") + end)
    offset = option(14, struct.pack(">q", 915148800))
    octets += block(
        1, struct.pack(">HHI", 1, 0, 2000) + option(2, b"eth1") + option(9, b"\x94") + offset + end
    )
    for number, (time, frame_octets) in enumerate(frames):
        interface = number % 2
        ticks = time if not interface else (time - 915148800 * 10**9) * 2**20 // 10**9
        head = struct.pack(
            ">IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame_octets), len(frame_octets)
        )
        said = (
            option(2, struct.pack(">I", 1 + interface))
            + option(1, b"Sekret note")
            + option(3, b"\x02abcd")
            + end
        )
        octets += block(6, head + frame_octets + b"\0" * (-len(frame_octets) % 4) + said)
    return octets


def test_times_interfaces_and_flags_are_those_of_the_capture(written):
    path, evidence = written(pcapng(plain()))
    before, after = reading.frames(path), reading.frames(evidence)
    assert [one.time for one in after.values()] == [one.time for one in before.values()]
    assert [one.interface for one in after.values()] == [one.interface for one in before.values()]
    assert {one.interface.name for one in after.values()} == {"eth0", "eth1"}
    octets = evidence.read_bytes()
    assert option(2, struct.pack("<I", 2), "<") in octets
    assert option(14, struct.pack("<q", 915148800), "<") in octets
    # A comment and a digest of the packet may tell of what was overwritten.
    assert SECRET not in octets
    assert b"\x02abcd" not in octets


def test_unredacted_every_octet_stays(written):
    path, evidence = written(pcapng(plain()), Redaction(private=False))
    before, after = reading.frames(path), reading.frames(evidence)
    assert [one.octets for one in after.values()] == [one.octets for one in before.values()]
    assert reading.comments(evidence)[1][-1] == "Sekret note"


def test_a_frame_without_a_time_has_none_afterwards(written):
    octets = block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(
        1, struct.pack(">HHI", 1, 0, 0)
    )
    for _, one in plain():
        octets += block(3, struct.pack(">I", len(one)) + one)
    path, evidence = written(octets)
    assert [one.time for one in reading.frames(evidence).values()] == [
        one.time for one in reading.frames(path).values()
    ]
    assert SECRET not in evidence.read_bytes()


def test_the_midst_of_a_long_message_is_overwritten_too(written, monkeypatch):
    monkeypatch.setattr("desync.tcp.thinned.LIMIT", 1 << 17)
    body = [
        b"Sekret line %06d of a very long message that goes on and on\r\n" % number for number in range(4000)
    ]
    sent = lines(DIALOGUE)
    text = next(index for index, one in enumerate(sent) if SECRET in one.octets)
    offset, octets = sent[text].offset, b"".join(body)
    pieces = [octets[start : start + STEP] for start in range(0, len(octets), STEP)]
    long = [
        sent[text]._replace(offset=offset + STEP * number, octets=piece, time=sent[text].time + number)
        for number, piece in enumerate(pieces)
    ]
    behind = [
        one._replace(
            offset=one.offset + len(octets) * (one.side == "client"),
            acknowledged=one.acknowledged + len(octets) * (one.side == "server"),
        )
        for one in sent[text:]
    ]
    path, evidence = written(segments_capture([*sent[:text], *long, *behind]))
    assert len(reading.frames(evidence)) == len(sent) + len(pieces)
    assert SECRET not in evidence.read_bytes()
    assert reading.connections(evidence) == reading.connections(path)


def test_capture_problems_do_not_arise(written):
    _, evidence = written(plain())
    with open_capture(str(evidence)) as capture:
        assert sum(len(piece.records) for piece in capture.slices(1 << 20)) == len(plain())
        assert capture.problems == []

"""A capture inside of a capture: records in a payload are never those that reading goes on with."""

import random

import pytest
from capture_octets import LINK_HEADER, SECOND, Frame, frames, pcap, pcapng, snoop
from reading import read_octets

from desync.capture.enclosed import packet_ends

FORMS = {"pcap": pcap, "pcap big-endian": lambda some: pcap(some, ">"), "pcapng": pcapng, "snoop": snoop}
INNER = frames(300, octets=90)

each_form = pytest.mark.parametrize("form", FORMS)


def header(octets):
    """An IPv4 and a TCP header in front of so many octets."""
    head = (
        b"\x45\0" + (40 + octets).to_bytes(2, "big") + bytes.fromhex("0102 4000 4006 0000 0a000001 0a000002")
    )
    total = sum(int.from_bytes(head[at : at + 2], "big") for at in range(0, 20, 2)) % 0xFFFF
    return head[:10] + (0xFFFF - total).to_bytes(2, "big") + head[12:] + bytes(20)


def carrying(make):
    """The frames of a transfer of a capture, an acknowledgment behind every other one."""
    body, sent = make(INNER), []
    for number, at in enumerate(range(0, len(body), 1448)):
        piece = body[at : at + 1448]
        octets = LINK_HEADER + header(len(piece)) + piece
        sent.append(Frame(SECOND * 10**9 + number * 1_000_000, octets, len(octets)))
        if number % 2:
            octets = LINK_HEADER + header(0)
            sent.append(Frame(SECOND * 10**9 + number * 1_000_000 + 500_000, octets, len(octets)))
    return sent


def test_a_packet_says_where_it_ends():
    assert list(packet_ends(b"\xaa\xbb" + header(100) + bytes(100))) == [142]
    assert list(packet_ends(bytes(100))) == []
    unsummed = header(100)[:10] + b"\0\0" + header(100)[12:]
    assert list(packet_ends(unsummed, 139)) == []
    assert list(packet_ends(unsummed, 140)) == [140]
    six = b"\x86\xdd\x60\0\0\0" + (33).to_bytes(2, "big") + b"\x06\x40" + bytes(32)
    assert list(packet_ends(six)) == [75]


@each_form
@pytest.mark.parametrize("kind", ["zeros", "noise"])
def test_a_damaged_header_costs_its_frame(tmp_path, form, kind):
    make = FORMS[form]
    sent = carrying(make)
    choose = random.Random(1)  # noqa: S311 - the same octets each time
    own, inner = {one.octets for one in sent}, {one.octets for one in INNER}
    for hit in range(3, len(sent) - 4, 5):
        octets = bytearray(make(sent))
        at = len(make(sent[:hit]))
        octets[at : at + 16] = bytes(16) if kind == "zeros" else choose.randbytes(16)
        found = read_octets(tmp_path, bytes(octets)).frames
        assert not inner & set(found)
        assert sum(one in own for one in found) >= len(sent) - 2


@each_form
def test_a_cut_frame_is_a_cut_frame(tmp_path, form):
    make = FORMS[form]
    sent = carrying(make)[:9]
    reading = read_octets(tmp_path, make(sent)[:-9])
    assert not {one.octets for one in INNER} & set(reading.frames)
    assert reading.frames == [one.octets for one in sent[:-1]]
    assert reading.kinds == ["truncated"]


@each_form
def test_octets_lost_in_a_frame(tmp_path, form):
    make = FORMS[form]
    sent = carrying(make)
    inner = {one.octets for one in INNER}
    false = kept = 0
    for hit in range(4, len(sent) - 6, 4):
        octets, at = make(sent), len(make(sent[: hit + 1])) - 40
        found = read_octets(tmp_path, octets[: at - 21] + octets[at:]).frames
        false += len(inner & set(found))
        kept += len(found)
    # Where the octets are lost at the very end of a frame nothing may be left to tell.
    assert false <= 0.05 * kept
    assert kept >= 0.9 * len(sent) * len(range(4, len(sent) - 6, 4))

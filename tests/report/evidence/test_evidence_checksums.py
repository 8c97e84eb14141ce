import pytest
from build import lines, segments_capture
from hypothesis import given
from hypothesis import strategies as st

from desync.capture.frames import Interface
from desync.packets.checksum import Checksum, tcp_checksum
from desync.report.evidence.addresses import Addresses
from desync.report.evidence.checksums import packet_end, updated
from desync.report.evidence.rewrite import Rules, packet_source, rewritten
from desync.report.redacted.names import Names

REDACTED = Rules(redacted=True, addresses=None)


def packet(payload):
    sent = lines("S: 220 x", handshake=False)[0]._replace(octets=payload)
    return segments_capture([sent])[24 + 16 + 14 :]


def state(octets):
    return tcp_checksum(memoryview(octets), 0, 20, len(octets) - 20)


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=40, max_size=40))
def test_what_was_right_stays_right(before, after):
    old = packet(before)
    new = rewritten(packet_source(old, len(old)), after[: len(before)], REDACTED)
    assert new[40:] == after[: len(before)]
    assert new[:36] == old[:36]
    assert state(new) is Checksum.GOOD


@given(st.binary(min_size=2, max_size=40), st.integers(1, 0xFFFE))
def test_what_was_wrong_stays_wrong_by_as_much(payload, error):
    good = packet(payload)
    field = int.from_bytes(good[36:38], "big")
    wrong = (field + error) % 0xFFFF
    bad = good[:36] + wrong.to_bytes(2, "big") + good[38:]
    if not wrong or state(bad) is not Checksum.BAD:
        return
    new = rewritten(packet_source(bad, len(bad)), b"#" * len(payload), REDACTED)
    right = rewritten(packet_source(good, len(good)), b"#" * len(payload), REDACTED)
    fields = [int.from_bytes(octets[36:38], "big") for octets in (new, right)]
    assert (fields[0] - fields[1] - error) % 0xFFFF == 0


@pytest.mark.parametrize("addresses", [None, Addresses(Names())])
def test_what_was_left_to_the_card_stays_left_to_it(addresses):
    good = packet(b"Sekret")
    pseudo = good[12:20] + b"\0\6" + (26).to_bytes(2, "big")
    total = sum(int.from_bytes(pseudo[at : at + 2], "big") for at in range(0, 12, 2))
    folded = (total & 0xFFFF) + (total >> 16)
    offload = good[:36] + folded.to_bytes(2, "big") + good[38:]
    assert state(offload) is Checksum.OFFLOAD
    new = rewritten(
        packet_source(offload, len(offload)), b"######", Rules(redacted=True, addresses=addresses)
    )
    assert state(new) is Checksum.OFFLOAD
    assert (new[36:38] == offload[36:38]) is (addresses is None)


def test_no_checksum_stays_none():
    none = packet(b"Sekret")
    none = none[:36] + b"\0\0" + none[38:]
    new = rewritten(
        packet_source(none, len(none)), b"######", Rules(redacted=True, addresses=Addresses(Names()))
    )
    assert new[36:38] == b"\0\0"
    assert new[12:20] != none[12:20]


def test_addresses_are_replaced_and_both_checksums_follow():
    old = packet(b"Sekret")
    new = rewritten(packet_source(old, len(old)), None, Rules(redacted=False, addresses=Addresses(Names())))
    assert new[12:20] != old[12:20]
    assert state(new) is Checksum.GOOD
    total = sum(int.from_bytes(new[at : at + 2], "big") for at in range(0, 20, 2))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_a_check_sequence_that_nobody_can_correct_is_zero():
    old = packet(b"Sekret") + b"\1\2"
    source = packet_source(old, len(old))
    source = source._replace(interface=Interface(101, fcs_octets=2))
    assert rewritten(source, b"######", REDACTED)[-2:] == b"\0\0"


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_a_field_goes_there_and_back(field, old, new):
    assert updated(updated(field, old, new), new, old) % 0xFFFF == field % 0xFFFF


def test_a_packet_ends_where_its_header_says():
    assert packet_end(b"\x45\0\0\x1c" + bytes(36), 0) == 28
    assert packet_end(b"\x45\0\0\0" + bytes(36), 0) == 40
    assert packet_end(b"\x60\0\0\0\0\4" + bytes(50), 0) == 44
    assert packet_end(b"\x45\0\xff\xff" + bytes(36), 0) == 40

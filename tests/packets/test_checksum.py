from random import Random

import numpy as np
import pytest
from packets.by_hand import frames_of

from desync.packets.checksum import Checksum, tcp_checksum, tcp_checksum_state
from desync.packets.decode import decode

inet = pytest.importorskip("scapy.layers.inet")
inet6 = pytest.importorskip("scapy.layers.inet6")
IPS = {
    "IPv4": lambda: inet.IP(src="192.0.2.1", dst="198.51.100.2"),
    "IPv6": lambda: inet6.IPv6(src="2001:db8::1", dst="2001:db8::2"),
}


def states(packets):
    segments = decode(frames_of(packets)).segments
    return tcp_checksum_state(segments, np.arange(len(segments)))


def pseudo_sum(packet):
    """What a kernel leaves in the field for its card: RFC 1071 over the pseudo-header."""
    six = packet[0] >> 4 == 6
    addresses, length = (packet[8:40], len(packet) - 40) if six else (packet[12:20], len(packet) - 20)
    total = sum(int.from_bytes(addresses[i : i + 2], "big") for i in range(0, len(addresses), 2)) + 6 + length
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total.to_bytes(2, "big")


def with_field(packet, field):
    at = (40 if packet[0] >> 4 == 6 else 20) + 16
    return packet[:at] + field + packet[at + 2 :]


@pytest.mark.parametrize("version", IPS)
@pytest.mark.parametrize("body", [b"", b"x", b"HELO gw.example.net\r\n", b"\xff" * 1460])
def test_each_state(version, body):
    good = bytes(IPS[version]() / inet.TCP(sport=1025, dport=25, seq=9) / body)
    field = int.from_bytes(good[(40 if version == "IPv6" else 20) + 16 :][:2], "big")
    packets = [
        good,
        with_field(good, ((field + 1) % 65535).to_bytes(2, "big")),
        with_field(good, pseudo_sum(good)),
        (good[:-1], len(good)),
    ]
    wanted = [Checksum.GOOD, Checksum.BAD, Checksum.OFFLOAD, Checksum.UNKNOWN]
    assert states(packets) == wanted


def test_a_field_of_zero_is_judged_like_any_other():
    good = bytes(IPS["IPv4"]() / inet.TCP(sport=1025, dport=25) / b"NOOP\r\n")
    assert states([with_field(good, b"\0\0")]) == [Checksum.BAD]


def test_a_changed_octet_is_bad():
    good = bytearray(bytes(IPS["IPv4"]() / inet.TCP(sport=1025, dport=25) / b"RCPT TO:<a@example.net>\r\n"))
    good[-5] ^= 1
    assert states([bytes(good)]) == [Checksum.BAD]


def test_cut_options_are_unknown_not_bad():
    packet = bytes(IPS["IPv4"]() / inet.TCP(options=[("MSS", 1460), ("NOP", None), ("WScale", 7)]))
    assert states([(packet[:42], len(packet)), packet]) == [Checksum.UNKNOWN, Checksum.GOOD]


def word_by_word(octets):
    """RFC 1071, section 4.1, as it is written there."""
    total = 0
    for at in range(0, len(octets), 2):
        total += int.from_bytes(octets[at : at + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize("size", [20, 21, 22, 599, 600, 601, 602, 1480, 1481, 65_515])
@pytest.mark.parametrize("fill", ["zeros", "ones", "random"])
def test_sums_are_those_of_words(size, fill):
    random = Random(size)  # noqa: S311 - no secret
    body = {"zeros": bytes(size), "ones": b"\xff" * size, "random": random.randbytes(size)}[fill]
    head = b"\x45" + bytes(11) + random.randbytes(8)
    segment = bytearray(body)
    segment[12], segment[16:18] = 0x50, b"\0\0"
    pseudo = head[12:20] + b"\0\6" + size.to_bytes(2, "big")
    right = 0xFFFF - word_by_word(pseudo + segment)
    wanted = {right: Checksum.GOOD, word_by_word(pseudo): Checksum.OFFLOAD}
    # 0 and 0xffff are one number in ones' complement: a receiver takes either for the other.
    wanted |= {0xFFFF - field: state for field, state in wanted.items() if field in (0, 0xFFFF)}
    for field in {*wanted, 0, 1, 0xFFFE, 0xFFFF, (right + 1) & 0xFFFF, (right - 1) & 0xFFFF}:
        segment[16:18] = field.to_bytes(2, "big")
        packet = memoryview(head + segment)
        assert tcp_checksum(packet, 0, 20, size) is wanted.get(field, Checksum.BAD), hex(field)

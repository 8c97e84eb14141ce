"""Each feature of the language, read back by dpkt or scapy from the capture that it makes."""

import io
import socket

import dpkt
import pytest
from build import build
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment
from scapy.layers.l2 import CookedLinux, CookedLinuxV2, Dot1Q, Ether, Loopback

V6 = "client: [2001:db8::1]:9\nserver: [2001:db8::2]:25\n"


def frames(text):
    """The frames of a pcap and their times, as dpkt's reader gives them."""
    return list(dpkt.pcap.Reader(io.BytesIO(build(text))))


def tcp(octets):
    return dpkt.ethernet.Ethernet(octets).data.data


def test_addresses_ports_and_sequence_numbers():
    made = frames(
        "client: 192.0.2.9:7\nserver: 198.51.100.9:2525\nisn: client 10 server 20\n---\n"
        "handshake\nS: 220 a\nC: QUIT"
    )
    packet = dpkt.ethernet.Ethernet(made[-2][1]).data
    assert (socket.inet_ntoa(packet.src), packet.data.sport, packet.data.dport) == ("192.0.2.9", 7, 2525)
    assert [(tcp(octets).seq, tcp(octets).ack, bytes(tcp(octets).data)) for _, octets in made[:5]] == [
        (10, 0, b""),
        (20, 11, b""),
        (11, 21, b""),
        (21, 11, b"220 a\r\n"),
        (11, 28, b"QUIT\r\n"),
    ]


def test_sequence_numbers_wrap():
    made = frames("isn: client 4294967294 server 4294967295\n---\nhandshake\nC: QUIT\nS: 221 b")
    assert [(tcp(octets).seq, tcp(octets).ack) for _, octets in made[3:5]] == [(2**32 - 1, 0), (0, 5)]


def test_checksums_are_right_unless_written_otherwise():
    right, bad, half = (
        octets for _, octets in frames("acks: none\n---\nC: a\nC[bad-checksum]: b\nC[offload-checksum]: c")
    )
    for octets, holds in ((right, True), (bad, False), (half, False)):
        packet = Ether(octets)
        written = packet[TCP].chksum
        del packet[TCP].chksum
        assert (Ether(bytes(packet))[TCP].chksum == written) is holds
    # RFC 1071 over addresses, protocol and length: 192.0.2.17, 198.51.100.25, 6, 23.
    assert Ether(half)[TCP].chksum == sum((0xC000, 0x0211, 0xC633, 0x6419, 6, 23)) % 0xFFFF


def test_each_end_numbers_its_packets():
    made = frames("acks: none\n---\nC: a\nC[again]:\nC[id 77]: b\nC[duplicate]: c\nS: d")
    assert [dpkt.ethernet.Ethernet(octets).data.id for _, octets in made] == [1, 2, 77, 4, 4, 30_001]


def test_header_fields_that_can_be_written():
    octets = frames("---\nC[ttl 3 window 0 urgent 2 flags PAU]: x")[0][1]
    packet = Ether(octets)
    assert (packet[IP].ttl, packet[TCP].window, packet[TCP].urgptr, str(packet[TCP].flags)) == (
        3,
        0,
        2,
        "PAU",
    )


def test_the_mss_is_announced():
    assert dict(Ether(frames("mss: 536\n---\nhandshake")[0][1])[TCP].options)["MSS"] == 536


def test_a_length_of_zero():
    assert Ether(frames("---\nC[zero-length]: x")[0][1])[IP].len == 0
    assert Ether(frames(V6 + "---\nC[zero-length]: x")[0][1])[IPv6].plen == 0


def test_vlan_tags_by_side_and_by_segment():
    made = frames("acks: none\nvlan: client 100 server 200,7\n---\nC: a\nS: b\nC[vlan 5]: c")
    tags = [
        [layer.vlan for layer in Ether(octets).iterpayloads() if isinstance(layer, Dot1Q)]
        for _, octets in made
    ]
    assert tags == [[100], [200, 7], [5]]


@pytest.mark.parametrize(
    ("link", "first"), [("cooked", CookedLinux), ("cooked2", CookedLinuxV2), ("null", Loopback), ("raw", IP)]
)
def test_other_links(link, first):
    made = build(f"link: {link}\n---\nC: hello")
    reader = dpkt.pcap.Reader(io.BytesIO(made))
    assert reader.datalink() == {"cooked": 113, "cooked2": 276, "null": 0, "raw": 101}[link]
    packet = first(next(iter(reader))[1])
    assert bytes(packet[TCP].payload) == b"hello\r\n"


def test_an_unknown_link_holds_bare_packets():
    made = build("link: 147\n---\nC: hello")
    assert int.from_bytes(made[20:24], "little") == 147
    assert IP(made[40:])[TCP].dport == 25


def test_short_frames_are_filled_up():
    padded = frames("padding: yes\n---\nC: x")[0][1]
    assert len(padded) == 60
    assert dpkt.ethernet.Ethernet(padded).data.len == 43


def test_fragments_join_again():
    made = [
        IP(bytes(Ether(octets)[IP]))
        for _, octets in frames("acks: none\n---\nC[fragment 24]: 0123456789012345678901234567")
    ]
    assert [(part.frag, int(part.flags.MF)) for part in made] == [(0, 1), (3, 1), (6, 0)]
    assert b"".join(bytes(part.payload) for part in made)[20:] == b"0123456789012345678901234567\r\n"


def test_fragments_reversed_and_missing():
    made = [
        Ether(octets)[IP]
        for _, octets in frames(
            "acks: none\n---\nC[fragment 24 reversed lost-fragment 2]: 0123456789012345678901234567"
        )
    ]
    assert [part.frag for part in made] == [6, 0]


def test_fragments_of_ipv6():
    made = frames(V6 + "acks: none\nmss: 9000\n---\nC[fragment 1240 repeat 80]: 01234567890123456789")
    parts = [Ether(octets)[IPv6ExtHdrFragment] for _, octets in made]
    assert len(parts) > 1
    assert [part.m for part in parts] == [1] * (len(parts) - 1) + [0]
    assert parts[1].offset * 8 == len(bytes(parts[0].payload))


def test_a_frame_of_any_octets():
    assert frames("---\nC: a\nframe [+1s]: 0102 03")[-1][1] == b"\1\2\3"


def test_a_reset_and_its_acknowledgment():
    last = tcp(frames("acks: none\n---\nhandshake\nS: 220 a\nreset client")[-1][1])
    assert last.flags == dpkt.tcp.TH_RST | dpkt.tcp.TH_ACK

import random
import struct

import numpy as np
import pytest
from packets.by_hand import ACK, ethernet, frames_of, ipv4, ipv6, payloads, tcp

from desync.packets import decode as module
from desync.packets.decode import decode
from desync.packets.layers import LINK_TYPES

PLAIN = ipv4(tcp(payload=b"220 ready\r\n"))
FRAME = ethernet(PLAIN)
SNAP = b"\xaa\xaa\x03\0\0\0\x08\0"
UDP = struct.pack("!HHHH", 40000, 4789, 0, 0)


def udp(port, inside):
    return ipv4(struct.pack("!HHHH", 40000, port, 8 + len(inside), 0) + inside, protocol=17)


WRAPPED = {
    "ethernet": (1, FRAME),
    "one tag": (1, ethernet(PLAIN, tags=bytes.fromhex("81000064"))),
    "priority tag": (1, ethernet(PLAIN, tags=bytes.fromhex("81000000"))),
    "four tags": (1, ethernet(PLAIN, tags=bytes.fromhex("88a80001 91000002 92000003 81000004"))),
    "LLC and SNAP": (1, ethernet(SNAP + PLAIN, ethertype=len(SNAP + PLAIN))),
    "LLC of IP": (1, ethernet(b"\x06\x06\x03" + PLAIN, ethertype=3 + len(PLAIN))),
    "provider backbone": (1, ethernet(bytes(4) + FRAME, ethertype=0x88E7)),
    "MPLS": (1, ethernet(bytes.fromhex("00001040 000021ff") + PLAIN, ethertype=0x8847)),
    "pseudowire": (1, ethernet(bytes.fromhex("000131ff 00000000") + FRAME, ethertype=0x8847)),
    "PPPoE": (1, ethernet(bytes.fromhex("11000001002a0021") + PLAIN, ethertype=0x8864)),
    "NULL, little-endian": (0, b"\x02\0\0\0" + PLAIN),
    "NULL, big-endian": (0, b"\0\0\0\x02" + PLAIN),
    "NULL, IPv6 of Darwin": (0, b"\x1e\0\0\0" + ipv6(tcp(payload=b"220 ready\r\n"))),
    "LOOP": (108, b"\0\0\0\x18" + ipv6(tcp(payload=b"220 ready\r\n"))),
    "raw 12": (12, PLAIN),
    "raw 14": (14, PLAIN),
    "raw 101": (101, ipv6(tcp(payload=b"220 ready\r\n"))),
    "IPv4": (228, PLAIN),
    "IPv6": (229, ipv6(tcp(payload=b"220 ready\r\n"))),
    "cooked": (113, bytes.fromhex("0000 0001 0006 001122334455 0000 0800") + PLAIN),
    "cooked, tagged": (113, bytes.fromhex("0000 0001 0006 001122334455 0000 8100 0064 0800") + PLAIN),
    "cooked, tag shifted": (113, bytes.fromhex("0000 0001 0006 001122334455 0000 0064 0800") + PLAIN),
    "cooked 2": (276, bytes.fromhex("0800 0000 00000003 0001 00 06 001122334455 0000") + PLAIN),
    "cooked 2, tag inside": (
        276,
        bytes.fromhex("0800 0000 00000003 0001 00 06 0011 81000064 22334455 0000") + PLAIN,
    ),
    "PPP": (9, bytes.fromhex("ff030021") + PLAIN),
    "PPP, bare": (9, bytes.fromhex("0021") + PLAIN),
    "PPP, one octet": (9, bytes.fromhex("21") + PLAIN),
    "PPP in HDLC": (50, bytes.fromhex("ff030021") + PLAIN),
    "Cisco HDLC": (104, bytes.fromhex("0f000800") + PLAIN),
    "Cisco HDLC in 50": (50, bytes.fromhex("0f000800") + PLAIN),
    "frame relay": (107, bytes.fromhex("184103cc") + PLAIN),
    "token ring": (6, bytes.fromhex("1040 001122334455 006677889900") + SNAP + PLAIN),
    "token ring, routed": (6, bytes.fromhex("1040 001122334455 806677889900 063000110020") + SNAP + PLAIN),
    "FDDI": (10, bytes.fromhex("50 001122334455 006677889900") + SNAP + PLAIN),
    "fibre channel": (122, bytes(16) + SNAP + PLAIN),
    "SunATM": (123, b"\x02\0\0\x64" + SNAP + PLAIN),
    "ATM": (100, SNAP + PLAIN),
    "InfiniBand": (242, bytes(40) + b"\x08\0\0\0" + PLAIN),
    "InfiniBand of snoop": (65536 + 26, b"\x08\0\0\0" + PLAIN),
    "ENC": (109, b"\x02\0\0\0" + bytes(8) + PLAIN),
    "PFLOG": (117, b"\x3d\x02" + bytes(62) + PLAIN),
    "IPNET": (226, b"\x01\x02" + bytes(22) + PLAIN),
    "NFLOG": (239, bytes.fromhex("02000005 08000100 08000000") + b"\x40\0\x09\0" + PLAIN),
    "802.11": (105, bytes.fromhex("0802") + bytes(22) + SNAP + PLAIN),
    "802.11 QoS": (105, bytes.fromhex("8802") + bytes(24) + SNAP + PLAIN),
    "802.11 relayed": (105, bytes.fromhex("0803") + bytes(28) + SNAP + PLAIN),
    "radiotap": (127, bytes.fromhex("00000a0000000000 0000 0802") + bytes(22) + SNAP + PLAIN),
    "Prism": (119, bytes.fromhex("44000000") + bytes(140) + b"\x08\x02" + bytes(22) + SNAP + PLAIN),
    "AVS": (163, bytes.fromhex("8021100100000040") + bytes(56) + b"\x08\x02" + bytes(22) + SNAP + PLAIN),
    "PPI": (192, bytes.fromhex("0000080069000000 0802") + bytes(22) + SNAP + PLAIN),
    "PKTAP": (258, struct.pack("<III", 108, 1, 1) + bytes(96) + FRAME),
    "IP in IP": (101, ipv4(PLAIN, protocol=4)),
    "4 in 6": (101, ipv6(PLAIN, following=4)),
    "6 in 4": (101, ipv4(ipv6(tcp(payload=b"220 ready\r\n")), protocol=41)),
    "GRE": (101, ipv4(bytes.fromhex("00000800") + PLAIN, protocol=47)),
    "GRE, key, Ethernet": (101, ipv4(bytes.fromhex("2000655800000001") + FRAME, protocol=47)),
    "ERSPAN I": (101, ipv4(bytes.fromhex("000088be") + FRAME, protocol=47)),
    "ERSPAN II": (101, ipv4(bytes.fromhex("100088be00000001") + bytes(8) + FRAME, protocol=47)),
    "ERSPAN III": (101, ipv4(bytes.fromhex("100022eb00000001") + bytes(12) + FRAME, protocol=47)),
    "VXLAN": (101, udp(4789, bytes.fromhex("0800000000000100") + FRAME)),
    "Geneve": (101, udp(6081, bytes.fromhex("0100655800000100") + bytes(4) + FRAME)),
    "GTP-U": (101, udp(2152, bytes.fromhex("30ff003c00000001") + PLAIN)),
    "authenticated": (
        101,
        ipv4(bytes.fromhex("0604000000000000") + bytes(16) + tcp(payload=b"220 ready\r\n"), protocol=51),
    ),
    "IPv4 options": (101, ipv4(tcp(payload=b"220 ready\r\n"), options=bytes.fromhex("01010101"))),
    "extension headers": (
        101,
        ipv6(
            bytes.fromhex("2b00010400000000") + bytes.fromhex("3c00000000000000")
            + bytes.fromhex("2c01010a000000000000000000000000") + bytes.fromhex("0600000000000001")
            + tcp(payload=b"220 ready\r\n"),
            following=0,
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_every_wrapping_leads_to_the_same_segment(name):
    link_type, frame = WRAPPED[name]
    decoded = decode(frames_of([frame], link_type, base=1000))
    segments = decoded.segments
    assert payloads(segments) == [b"220 ready\r\n"]
    assert (segments.source_port[0], segments.target_port[0]) == (1025, 25)
    assert (segments.sequence[0], segments.flags[0], segments.window[0]) == (1, ACK, 8192)
    assert segments.place[0] == 1000 + segments.network[0]
    assert segments.octets[segments.network[0]] >> 4 in (4, 6)
    assert decoded.tcp_frames == 1
    assert (decoded.cut, decoded.malformed, decoded.opaque) == (0, 0, {})


@pytest.mark.parametrize("block", [1, 3, 16384])
def test_blocks_change_nothing(monkeypatch, block):
    mixed = [ethernet(PLAIN), ethernet(ipv6(tcp(payload=b"x")), 0x86DD), ethernet(b"arp", 0x0806)] * 3
    whole = decode(frames_of(mixed, 1))
    monkeypatch.setattr(module, "_BLOCK", block)
    cut = decode(frames_of(mixed, 1))
    for name in ("frame", "network", "payload", "length", "source_low", "target_high", "sequence"):
        assert (getattr(cut.segments, name) == getattr(whole.segments, name)).all()


def test_scapy_agrees():
    layers = pytest.importorskip("scapy.layers.inet")
    six = pytest.importorskip("scapy.layers.inet6")
    link = pytest.importorskip("scapy.layers.l2")
    rng = random.Random(1)  # noqa: S311 - the same on every run
    packets, wanted = [], []
    for _ in range(200):
        body = rng.randbytes(rng.choice([0, 1, 5, 300]))
        options = rng.choice([[], [("MSS", 1460)], [("NOP", None), ("Timestamp", (1, 2))]])
        segment = layers.TCP(sport=rng.randrange(65536), dport=25, seq=rng.getrandbits(32),
                             ack=rng.getrandbits(32), flags=rng.randrange(256), window=rng.randrange(65536),
                             options=options) / body  # fmt: skip
        if rng.random() < 0.5:
            inside = layers.IP(src="192.0.2.1", dst="198.51.100.2",
                               options=rng.choice([[], [layers.IPOption_Timestamp()]])) / segment  # fmt: skip
        else:
            inside = six.IPv6(src="2001:db8::1", dst="2001:db8::2")
            for header in rng.sample([six.IPv6ExtHdrHopByHop(), six.IPv6ExtHdrDestOpt(),
                                      six.IPv6ExtHdrFragment(id=3)], rng.randrange(3)):  # fmt: skip
                inside /= header
            inside /= segment
        frame = link.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        for _ in range(rng.randrange(3)):
            frame /= link.Dot1Q(vlan=rng.randrange(4096))
        packets.append(bytes(frame / inside) + bytes(rng.choice([0, 0, 6])))
        wanted.append((segment, inside, body))
    segments = decode(frames_of(packets, 1)).segments
    assert len(segments) == 200
    assert payloads(segments) == [body for _, _, body in wanted]
    for row, (segment, inside, _) in enumerate(wanted):
        assert segments.source_port[row] == segment.sport
        assert segments.sequence[row] == segment.seq
        assert segments.acknowledgment[row] == segment.ack
        assert segments.flags[row] == int(segment.flags)
        assert segments.window[row] == segment.window
        assert segments.target_low[row] & np.uint64(0xFF) == 2
        assert (segments.target_high[row] > 0) == isinstance(inside, six.IPv6)


def test_padding_is_no_payload():
    assert payloads(decode(frames_of([ethernet(ipv4(tcp())) + bytes(6)], 1)).segments) == [b""]


def test_frame_check_sequence_is_no_payload_even_without_an_ip_length():
    frame = ethernet(ipv4(tcp(payload=b"QUIT\r\n"), total=0)) + b"\xde\xad\xbe\xef"
    assert payloads(decode(frames_of([frame], 1, fcs=4)).segments) == [b"QUIT\r\n"]


def test_ip_length_of_zero_means_the_frame():
    big = b"x" * 70_000
    segments = decode(frames_of([ipv4(tcp(payload=big), total=0), ipv6(tcp(payload=big), length=0)])).segments
    assert segments.length.tolist() == [70_000, 70_000]


def test_jumbo_payload_counts_only_without_a_length():
    big = tcp(payload=b"x" * 70_000)
    option = b"\x06\x00\xc2\x04" + struct.pack("!I", 8 + len(big))
    packets = [ipv6(option + big, following=0, length=0) + b"trailer"]
    assert decode(frames_of(packets)).segments.length.tolist() == [70_000]
    small = tcp(payload=b"abc")
    option = b"\x06\x00\xc2\x04" + struct.pack("!I", 1 << 20)
    assert decode(frames_of([ipv6(option + small, following=0)])).segments.length.tolist() == [3]


def test_cut_payload_keeps_its_length():
    packet = ipv4(tcp(payload=b"x" * 100))
    segments = decode(frames_of([(packet[:96], len(packet))])).segments
    assert (segments.captured[0], segments.length[0]) == (56, 100)


def test_segment_with_its_options_cut_has_a_length_and_no_octets():
    packet = ipv4(tcp(payload=b"x" * 10, options=b"\x01" * 8))
    decoded = decode(frames_of([(packet[:40], len(packet))]))
    assert (decoded.segments.captured[0], decoded.segments.length[0]) == (0, 10)
    assert decoded.segments.payload[0] <= len(decoded.segments.octets)


@pytest.mark.parametrize("kept", range(36))
def test_cut_headers_are_counted(kept):
    decoded = decode(frames_of([(PLAIN[:kept], len(PLAIN)), PLAIN]))
    assert decoded.segments.frame.tolist() == [2]
    assert (decoded.cut, decoded.malformed) == (1, 0)


@pytest.mark.parametrize("offset", [0, 4, 15])
def test_impossible_data_offset_is_malformed_but_numbered(offset):
    decoded = decode(frames_of([ipv4(tcp(offset=offset)), PLAIN]))
    assert decoded.segments.frame.tolist() == [2]
    assert decoded.malformed == 1
    assert decoded.tcp_frames == 2
    assert decoded.quoted.frame.tolist() == [1]
    assert decoded.quoted.sets_base.tolist() == [offset < 5]


def test_what_cannot_be_decoded_is_counted_by_reason():
    frames = [
        ethernet(b"secret", 0x88E5),
        ethernet(ipv4(b"esp", protocol=50)),
        ethernet(b"arp", 0x0806),
        FRAME,
    ]
    assert decode(frames_of(frames, 1)).opaque == {(1, "EtherType 0x88e5"): 1, (1, "IP protocol 50"): 1}
    assert decode(frames_of(frames, 65000)).opaque == {(65000, "link type"): 4}
    assert decode(frames_of(frames, None)).opaque == {(None, "link type"): 4}


def test_datagrams_that_lead_nowhere_are_no_problem():
    decoded = decode(frames_of([ipv4(UDP[:2] + b"\0\x35" + UDP[4:], protocol=17), ipv4(b"", protocol=17)]))
    assert (decoded.cut, decoded.malformed, decoded.opaque, decoded.tcp_frames) == (0, 0, {}, 0)


def test_endless_nesting_ends():
    frame = ethernet(b"\0\0\0\0" * 3000, 0x8847)
    assert decode(frames_of([frame], 1)).opaque == {(1, "too many headers"): 1}


def test_quoted_headers_need_sixteen_octets():
    inner = ipv4(tcp(sequence=77, flags=2))
    error = b"\x03\x01" + bytes(6)
    packets = [ipv4(error + inner[: 20 + kept], protocol=1) for kept in (8, 15, 16, 20)]
    packets.append(ipv4(b"\x05" + error[1:] + inner, protocol=1))  # a redirect
    packets.append(ipv6(b"\x01" + error[1:] + ipv6(tcp(sequence=78)), following=58))
    decoded = decode(frames_of(packets))
    assert decoded.quoted.frame.tolist() == [3, 4, 6]
    assert decoded.quoted.sequence.tolist() == [77, 77, 78]
    assert not decoded.quoted.sets_base.any()
    assert (len(decoded.segments), decoded.tcp_frames, decoded.cut, decoded.malformed) == (0, 0, 0, 0)


def test_routing_header_names_the_true_target():
    last = bytes.fromhex("20010db8000000000000000000000099")
    header = bytes.fromhex("0602000100000000") + last
    segments = decode(frames_of([ipv6(header + tcp(), following=43)])).segments
    assert segments.target_low[0] == 0x99


def test_no_frames():
    decoded = decode(frames_of([]))
    assert (len(decoded.segments), len(decoded.fragments), len(decoded.quoted)) == (0, 0, 0)


@pytest.mark.parametrize("link_type", sorted(LINK_TYPES))
def test_nothing_in_a_frame_raises(link_type):
    rng = random.Random(link_type)  # noqa: S311 - the same on every run
    seeds = [frame for kind, frame in WRAPPED.values() if kind == link_type] or [FRAME]
    packets = []
    for _ in range(300):
        octets = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(4)):
            octets[rng.randrange(len(octets))] = rng.choice([0, 1, 4, 6, 0x45, 255, rng.randrange(256)])
        kept = rng.choice([len(octets), rng.randrange(len(octets) + 1)])
        packets.append((bytes(octets[:kept]), len(octets)))
    packets += [b"", bytes(64), b"\xff" * 64]
    decoded = decode(frames_of(packets, link_type))
    segments = decoded.segments
    assert (segments.captured >= 0).all()
    assert (segments.captured <= segments.length).all()
    assert (segments.payload + segments.captured <= len(segments.octets)).all()
    assert (segments.network < segments.transport).all()

import random

import numpy as np
from packets.by_hand import CLIENT6, SERVER6, frames_of, ipv4, ipv6, tcp

from desync.packets.decode import decode
from desync.packets.ip_fields import hop_limit, identification
from desync.packets.options import Options, maximum_segment_size, tcp_options


def options_of(raw):
    return tcp_options(memoryview(tcp(options=raw)), 0)


def test_the_options_of_a_syn():
    raw = bytes.fromhex("020405b4 0402 080a 0000000100000002 01 030307")
    assert options_of(raw) == Options(1460, 7, (1, 2))


def test_an_impossible_option_ends_the_list():
    assert options_of(bytes.fromhex("020405b4 03ff0700")) == Options(1460)
    assert options_of(bytes.fromhex("0200 05b4 01010303")) == Options()
    assert options_of(bytes.fromhex("00000000 020405b4")) == Options()
    assert options_of(bytes.fromhex("010101 02")) == Options()


def test_header_behind_the_end_of_the_buffer():
    segment = memoryview(tcp(options=bytes.fromhex("020405b4")))
    assert maximum_segment_size(segment, 0) == 1460
    assert [maximum_segment_size(segment[:n], 0) for n in range(24)] == [None] * 24
    assert maximum_segment_size(segment, 100) is None
    assert maximum_segment_size(segment, -1) is None


def test_any_octets_are_taken():
    rng = random.Random(3)  # noqa: S311 - the same on every run
    for _ in range(2000):
        tcp_options(memoryview(rng.randbytes(rng.randrange(70))), rng.randrange(4))


def test_identification_and_hop_limit():
    packets = [ipv4(tcp(), identification=0xBEEF), ipv6(tcp(), addresses=(CLIENT6, SERVER6))]
    segments = decode(frames_of(packets)).segments
    rows = np.array([1, 0])
    assert identification(segments, rows).tolist() == [-1, 0xBEEF]
    assert hop_limit(segments, rows).tolist() == [64, 64]

import random

import numpy as np
import pytest
from packets.by_hand import frames_of, ipv4, ipv6, tcp

from desync.packets.decode import decode
from desync.tcp import flows as module
from desync.tcp.flows import Pair, group
from desync.tcp.pair_keys import key_of, keys_of


def segments_of(count, seed=1):
    """Segments of few hosts and ports, so that pairs meet in both directions."""
    rng = random.Random(seed)  # noqa: S311 - the same on every run
    packets = []
    for _ in range(count):
        ports = (rng.choice([25, 26, 1025]), rng.choice([25, 26, 1025]))
        hosts = [rng.randrange(1, 4), rng.randrange(1, 4)]
        if rng.random() < 0.5:
            packets.append(ipv4(tcp(ports), addresses=[bytes([192, 0, 2, host]) for host in hosts]))
        else:
            six = [bytes([0x20, 1, host % 2, *bytes(12), host]) for host in hosts]
            packets.append(ipv6(tcp(ports), addresses=six))
    return decode(frames_of(packets)).segments


def endpoints(segments, row):
    source = (
        int(segments.source_high[row]) << 64 | int(segments.source_low[row]),
        int(segments.source_port[row]),
    )
    target = (
        int(segments.target_high[row]) << 64 | int(segments.target_low[row]),
        int(segments.target_port[row]),
    )
    return source, target


def check(segments, flows):
    """Everything that `Flows` promises, by the plainest means."""
    seen = {}
    for row in range(len(segments)):
        source, target = endpoints(segments, row)
        low, high = min(source, target), max(source, target)
        number = seen.setdefault((low, high), len(seen))
        assert flows.flow[row] == number
        assert flows.side[row] == (source > target)
        assert flows.keys.pair(number) == Pair(*low, *high)
    assert len(flows) == len(seen)
    for number in range(len(flows)):
        rows = flows.rows[flows.starts[number] : flows.starts[number + 1]]
        assert (rows == np.flatnonzero(flows.flow == number)).all()


def test_groups_are_pairs_in_order_of_appearance():
    segments = segments_of(400)
    check(segments, group(segments))


@pytest.mark.parametrize("value", [0, 12345 << 32])
def test_colliding_hashes_are_told_apart(monkeypatch, value):
    monkeypatch.setattr(module, "_endpoint_hash", lambda high, *_: np.full(len(high), value, np.uint64))
    segments = segments_of(200)
    check(segments, group(segments))


def test_no_segments():
    flows = group(segments_of(0))
    assert (len(flows), flows.starts.tolist(), len(flows.rows)) == (0, [0], 0)


def test_vlan_and_tunnel_do_not_part_a_pair():
    plain, tunnelled = ipv4(tcp()), ipv4(ipv4(tcp()), protocol=4)
    assert group(decode(frames_of([plain, tunnelled])).segments).flow.tolist() == [0, 0]


def test_keys_name_pairs():
    flows = group(segments_of(300))
    keys = keys_of(flows.keys)
    assert len(np.unique(keys)) == len(flows)
    for flow in range(len(flows)):
        assert keys[flow] == key_of(flows.keys.pair(flow))

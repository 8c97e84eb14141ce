from tcp.handmade import DIALOGUE, frames, rows_of

from desync.tcp.hops import hop_limit, strange_hop_limits, usual_hop_limit


def hops(limit):
    """An edit that gives an IPv4 frame another Time to Live."""
    return lambda octets: octets[:22] + bytes([limit]) + octets[23:]


def rows(limits):
    return rows_of(frames(DIALOGUE, edits={index: hops(limit) for index, limit in limits.items()}))


CLIENTS = [index for index, one in enumerate(DIALOGUE) if one.side == "client"]


def test_one_of_few_is_strange():
    one = rows({CLIENTS[4]: 3})
    assert hop_limit(one, CLIENTS[4]) == 3
    assert usual_hop_limit(one, 0) == 64
    assert strange_hop_limits(one) == {CLIENTS[4]: (3, 64)}


def test_a_path_that_changes_is_not():
    half = CLIENTS[len(CLIENTS) // 2 :]
    one = rows(dict.fromkeys(half, 61))
    assert usual_hop_limit(one, 0) is None
    assert strange_hop_limits(one) == {}


def test_a_few_segments_have_no_usual_one():
    one = rows_of(frames(DIALOGUE[:6], edits={3: hops(9)}))
    assert usual_hop_limit(one, 0) is None

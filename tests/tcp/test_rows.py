import pytest
from tcp.handmade import DIALOGUE, data, frames, rows, rows_of

from desync.tcp.rows import NAMES, join_rows

ALL = rows(DIALOGUE)


def columns(one):
    return {name: getattr(one, name) for name in NAMES if name not in ("network", "transport", "payload")}


def said(one):
    return [bytes(one.octets_of(row)) for row in range(len(one))]


def test_rows_are_plain_numbers_in_file_order():
    assert all(type(value) is int for name in NAMES for value in getattr(ALL, name))
    assert ALL.frame == list(range(1, len(DIALOGUE) + 1))
    assert said(ALL) == [one.octets for one in DIALOGUE]
    assert [ALL.side[row] for row in data(DIALOGUE, "server")] == [1] * len(data(DIALOGUE, "server"))


def test_octets_of_a_cut_segment_are_those_captured():
    cut = rows_of(frames(DIALOGUE), snap=60)
    assert bytes(cut.octets_of(3)) == b"220 mx"
    assert (cut.captured[3], cut.length[3]) == (6, 26)


def test_cut_keeps_a_range():
    part = ALL.cut(3, 6)
    assert part.frame == [4, 5, 6]
    assert said(part) == [one.octets for one in DIALOGUE[3:6]]


def test_pick_keeps_some_in_the_order_given():
    part = ALL.pick([7, 3])
    assert part.frame == [8, 4]
    assert said(part) == [b"250 ok\r\n", b"220 mx.example.org ready\r\n"]


def test_pick_of_all_keeps_the_order_given():
    backwards = list(range(len(ALL)))[::-1]
    assert ALL.pick(backwards).frame == ALL.frame[::-1]


@pytest.mark.parametrize("at", [0, 1, 9, len(DIALOGUE)])
def test_slices_join_to_what_they_were_cut_from(at):
    first, second = ALL.cut(0, at), ALL.cut(at, len(ALL))
    for parts in ([first, second], [second, first]):
        joined = join_rows(parts, rank=lambda capture: capture)
        assert columns(joined) == columns(ALL)
        assert said(joined) == said(ALL)


def test_rank_says_which_capture_comes_first():
    other = rows(DIALOGUE[:4])
    other = type(other)(other.octets, [5] * len(other), *(getattr(other, name) for name in NAMES[1:]))
    joined = join_rows([ALL, other], rank={0: 2, 5: 1}.__getitem__)
    assert joined.capture == [5] * 4 + [0] * len(ALL)
    assert said(joined) == said(other) + said(ALL)

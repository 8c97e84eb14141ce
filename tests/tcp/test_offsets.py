from tcp.handmade import DIALOGUE, HANDSHAKE, c, rows, s

from desync.tcp.offsets import offsets_of
from desync.tcp.origin import Start, starts

GIB = 1 << 30


def placed(sent, **how):
    packed = rows(sent, **how)
    return offsets_of(packed, starts(packed, 0))


def test_a_syn_counts_as_nothing():
    found = placed(DIALOGUE, isn=(2**32 - 1, 0))
    assert found.offset == [one.offset for one in DIALOGUE]
    assert found.acknowledged == [one.acknowledged for one in DIALOGUE]


def test_offsets_count_on_where_numbers_begin_anew():
    steps = [step * GIB for step in range(12)]
    sent = [one for step in steps for one in (c(step, b"x", 0), s(0, acknowledged=step + 1, flags=""))]
    again = [c(steps[-2], b"x", 0), s(0, acknowledged=steps[-2], flags="")]
    found = placed([*HANDSHAKE, *sent, *again], isn=(2**32 - 5, 9))
    assert found.offset[3::2] == [*steps, steps[-2]]
    assert found.acknowledged[4::2] == [*(step + 1 for step in steps), steps[-2]]


def test_a_reset_moves_nothing():
    found = placed([*HANDSHAKE, c(GIB + 7, b"remark", flags="R"), c(0, b"QUIT\r\n", 0)])
    assert found.offset[3:] == [GIB + 7, 0]


def test_octets_before_the_beginning_have_negative_offsets():
    found = placed([*HANDSHAKE, c(0, b"QUIT\r\n", 0), c(-3, b"abc", 0)])
    assert found.offset[-1] == -3


def test_where_the_beginning_is_not_known_nothing_is():
    packed = rows([s(0, b"220 mx\r\n", 5)])
    nowhere = (Start(None, "first-seen", None), Start(packed.sequence[0], "first-seen", None))
    found = offsets_of(packed, nowhere)
    assert (found.offset, found.acknowledged) == ([0], [None])

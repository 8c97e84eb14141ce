import re

from hypothesis import given
from hypothesis import strategies as st
from smtp.spoken import stream

from desync.smtp.breaks import MOST_OFFSETS, Breaks, bare_breaks


def breaks(octets, start=0, end=None):
    return bare_breaks(stream(octets), start, len(octets) if end is None else end)


def test_a_pair_is_no_bare_break():
    assert breaks(b"a\r\nb\r\n\r\n") == Breaks(0, 0, (), 0)


def test_bare_breaks_are_counted_and_placed():
    assert breaks(b"a\nb\rc\r\r\nd\n\r\n") == Breaks(2, 2, (1, 3, 5, 9), 0)


def test_no_more_offsets_than_so_many():
    found = breaks(b"\n" * 1000)
    assert (found.lf, found.offsets) == (1000, tuple(range(MOST_OFFSETS)))


def test_a_cr_at_the_end_of_what_was_captured_may_be_half_a_pair():
    assert breaks(b"a\r") == Breaks(0, 0, (), 0)
    assert breaks(b"a\rb", 0, 2) == Breaks(0, 1, (1,), 0)


def test_an_lf_behind_a_hole_may_be_half_a_pair():
    assert bare_breaks(stream(b"a\r", 2, b"\nb\n"), 0, 7) == Breaks(1, 0, (6,), 2)
    assert bare_breaks(stream(b"\nb", origin="first-seen"), 0, 2) == Breaks(0, 0, (), 0)
    assert bare_breaks(stream(b"\nb"), 0, 2) == Breaks(1, 0, (0,), 0)


@given(st.binary(max_size=40).map(lambda octets: bytes(b"\r\na"[one % 3] for one in octets)), st.data())
def test_what_is_counted_in_a_range_is_what_lies_in_it(octets, data):
    start = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(start, len(octets)))
    last = len(octets) - 1 if octets.endswith(b"\r") else len(octets)
    bare = [one.start() for one in re.finditer(rb"(?<!\r)\n|\r(?!\n)", octets) if one.start() < last]
    inside = [at for at in bare if start <= at < end]
    found = breaks(octets, start, end)
    assert found.lf == sum(1 for at in inside if octets[at] == 0x0A)
    assert found.cr == sum(1 for at in inside if octets[at] == 0x0D)
    assert found.offsets == tuple(inside[:MOST_OFFSETS])

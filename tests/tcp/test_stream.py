from hypothesis import given
from hypothesis import strategies as st

from desync.tcp.stream import Gap, Sent, Stream, first_transmissions

segments = st.lists(st.tuples(st.integers(0, 25), st.integers(1, 9), st.integers(0, 4)), max_size=10)


def sent(start, end, acknowledged=0, row=0):
    return Sent(start, end, acknowledged, 0, row + 1, row, row)


def stream(runs, gaps=(), length=None, first=None):
    starts, segments = first_transmissions(first or [])
    end = runs[-1][0] + len(runs[-1][1]) if runs else 0
    upto, captured = end if length is None else length, True
    return Stream(tuple(runs), tuple(gaps), upto, "syn", captured, starts, segments, ())


HOLED = stream([(0, b"220 mx"), (10, b"250 ok"), (20, b"!")], [Gap(6, 4, "loss"), Gap(16, 4, "snaplen")])


def test_octets_leave_gaps_out():
    assert HOLED.octets == b"220 mx250 ok!"
    assert stream([(0, b"220 mx")]).octets == b"220 mx"
    assert stream([]).octets == b""


def test_a_gap_unpacks_to_offset_and_length():
    assert [tuple(gap) for gap in HOLED.gaps] == [(6, 4), (16, 4)]
    assert HOLED.gaps[0].end == 10


def test_first_gap_is_the_length_where_nothing_is_missing():
    assert HOLED.first_gap == 6
    assert stream([(0, b"220 mx")]).first_gap == 6


def test_run_at():
    assert HOLED.run_at(0) == (0, b"220 mx")
    assert HOLED.run_at(15) == (10, b"250 ok")
    assert [HOLED.run_at(offset) for offset in (6, 9, 16, 21, 99)] == [None] * 5


def test_slice_and_missing():
    assert HOLED.slice(4, 12) == b"mx25"
    assert HOLED.slice(6, 10) == b""
    assert HOLED.slice(0, 99) == HOLED.octets
    assert HOLED.missing(0, 99) == 8
    assert HOLED.missing(8, 17) == 3
    assert HOLED.missing(10, 16) == 0


@given(st.integers(0, 25), st.integers(0, 25))
def test_slice_and_missing_make_up_a_range(start, end):
    end = max(start, min(end, HOLED.length))
    start = min(start, end)
    assert len(HOLED.slice(start, end)) + HOLED.missing(start, end) == end - start


def test_the_copy_that_acknowledges_least_was_sent_first():
    late, early = sent(0, 5, acknowledged=26, row=0), sent(0, 5, acknowledged=17, row=1)
    one = stream([(0, b"HELO\n")], first=[late, early])
    assert one.sent(4) is early
    assert one.sent(5) is None
    assert stream([]).sent(0) is None


def test_of_equal_copies_the_first_in_the_file_counts():
    first, again = sent(0, 5, row=0), sent(0, 5, row=1)
    assert first_transmissions([first, again]) == ([0], [first])


def test_carriers_part_a_range_by_who_sent_it_first():
    first = [sent(0, 4, 1, 0), sent(2, 8, 5, 1), sent(12, 14, 5, 2)]
    one = stream([(0, b"abcdefgh"), (12, b"mn")], [Gap(8, 4, "loss")], first=first)
    assert one.carriers(1, 13) == [(1, 4, first[0]), (4, 8, first[1]), (12, 13, first[2])]
    assert one.carriers(8, 12) == []
    assert one.carriers(20, 30) == []


@given(segments)
def test_first_transmissions_are_those_of_a_plain_search(parts):
    copies = [sent(start, start + size, ack, row) for row, (start, size, ack) in enumerate(parts)]
    one = stream([], first=copies)
    for offset in range(40):
        holding = [copy for copy in copies if copy.start <= offset < copy.end]
        assert one.sent(offset) is min(holding, key=lambda copy: (copy.acknowledged, copy.row), default=None)


@given(segments, st.integers(0, 35), st.integers(0, 35))
def test_carriers_name_the_first_transmission_of_each_octet(parts, start, end):
    copies = [sent(at, at + size, ack, row) for row, (at, size, ack) in enumerate(parts)]
    one = stream([], first=copies)
    found = {
        offset: carrier for low, high, carrier in one.carriers(start, end) for offset in range(low, high)
    }
    assert found == {offset: one.sent(offset) for offset in range(start, end) if one.sent(offset)}

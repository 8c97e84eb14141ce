from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp.spoken import grown, holed, stream

from desync.smtp.lines import Line, line_at, lines_between

WHOLE, CUT = True, False

octets = st.text("ab\r\n.\x85\u2028", max_size=30).map(lambda text: text.encode())
holes = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"220 mx\r\nx", Line(0, 8, b"220 mx", "crlf", WHOLE)),
        (b"220 mx\nx", Line(0, 7, b"220 mx", "lf", WHOLE)),
        (b"220 mx", Line(0, 6, b"220 mx", "none", WHOLE)),
        (b"220 mx\r", Line(0, 7, b"220 mx\r", "none", WHOLE)),
        (b"a\rb\r\n", Line(0, 5, b"a\rb", "crlf", WHOLE)),
        (b"a\r\r\n", Line(0, 4, b"a\r", "crlf", WHOLE)),
        (b"\r\n", Line(0, 2, b"", "crlf", WHOLE)),
        (b"\n\r\n", Line(0, 1, b"", "lf", WHOLE)),
        # What ends no SMTP line though str.splitlines() thinks so.
        (b"a\x0b\x0c\x1c\x1d\x1e\x85b\n", Line(0, 9, b"a\x0b\x0c\x1c\x1d\x1e\x85b", "lf", WHOLE)),
    ],
)
def test_a_line_ends_with_lf(text, wanted):
    assert line_at(stream(text), 0) == wanted
    assert wanted.terminated == (wanted.ending != "none")


def test_no_line_where_nothing_is_captured():
    assert line_at(stream(), 0) is None
    assert line_at(stream(b"x\r\n"), 3) is None
    assert line_at(stream(b"x\r\n", 5), 3) is None


def test_a_line_grown_octet_by_octet():
    whole = b"220 mx.example.org\r\n"
    for end, one in enumerate(grown(whole)):
        line = line_at(one, 0)
        assert (line.text if line else b"") == (whole[:end] if end < len(whole) else whole[:-2])
        assert (line is not None and line.terminated) == (end == len(whole))


def test_lines_that_a_hole_cut_are_not_whole():
    one = stream(b"250 on", 3, b"ne\r\n250 two\r\n")
    assert lines_between(one, 0) == [
        Line(0, 6, b"250 on", "none", CUT),
        Line(9, 13, b"ne", "crlf", CUT),
        Line(13, 22, b"250 two", "crlf", WHOLE),
    ]


def test_a_line_asked_for_inside_a_hole_begins_behind_it():
    line = line_at(stream(b"250 on", 3, b"ne\r\n"), 7)
    assert (line.start, line.whole) == (9, False)


def test_octets_known_to_follow_leave_the_last_line_cut():
    assert not line_at(stream(b"250 o", length=9), 0).whole
    assert line_at(stream(b"250 o"), 0).whole


def test_lines_between_are_those_that_begin_there():
    one = stream(b"a\r\nbb\r\nccc")
    assert [line.text for line in lines_between(one, 0)] == [b"a", b"bb", b"ccc"]
    assert [line.text for line in lines_between(one, 3, 7)] == [b"bb"]
    assert [line.text for line in lines_between(one, 0, 4)] == [b"a", b"bb"]
    assert lines_between(one, 10) == []


@given(octets)
def test_lines_are_what_lf_parts(text):
    parts = text.split(b"\n")
    wanted = [part.removesuffix(b"\r") for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
    found = lines_between(stream(text), 0)
    assert [line.text for line in found] == wanted
    edges = [0, *(line.end for line in found)]
    assert edges[:-1] == [line.start for line in found]
    assert edges[-1] == len(text)
    assert all(line.whole for line in found)


@given(octets, holes)
def test_holes_invent_no_octet_and_move_no_line(text, cut):
    one = holed(text, cut)
    whole = {(line.start, line.text) for line in lines_between(stream(text), 0)}
    found = lines_between(one, 0)
    assert all(one.missing(line.start, line.end) == 0 for line in found)
    assert all(earlier.end <= later.start for earlier, later in pairwise(found))
    assert {(line.start, line.text) for line in found if line.whole and line.terminated} <= whole

import pytest
from smtp.spoken import stream

from desync.smtp.client import nonstandard_ends, standard_end
from desync.smtp.marks import BEHIND, MOST_MARKS, marks_between


def ends(octets, offset=0):
    whole = stream(octets)
    end = standard_end(whole, offset) or whole.length + BEHIND
    return {prompt.text: prompt.end for prompt in nonstandard_ends(whole, offset, end)}


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [
        (b"a\r\n.\r\n", {}),
        (b"a\n.\nb\r\n.\r\n", {b"\n.\n": 4}),
        (b"a\r\n.\nb\r\n.\r\n", {b"\r\n.\n": 5}),
        (b"a\n.\r\nb\r\n.\r\n", {b"\n.\r\n": 5}),
        (b"a\r.\rb\r\n.\r\n", {b"\r.\r": 4}),
        (b"a\n.\nb\n.\nc\r\n.\r\n", {b"\n.\n": 4}),
        (b"a\n.\nb\r.\rc", {b"\n.\n": 4, b"\r.\r": 8}),
        (b"a\r\n.\r\nb\n.\nc", {}),
        (b"a\r\n.x\r\n..\r\n", {}),
        (b"a\n..\nb\r..\rc\r\n.\r\n", {}),
        (b"a\r.\nb\r\n.\r\n", {b"\r.\n": 4}),
        (b"a\n.\rb\r\n.\r\n", {b"\n.\r": 4}),
        (b"a\r\n.\rb\r\n.\r\n", {b"\r\n.\r": 5}),
        (b"a\r.\r\nb\r\n.\r\n", {b"\r.\r\n": 5}),
        (b"a\r\r\n.\r\r\nb\r\n.\r\n", {b"\r\n.\r\r\n": 8}),
        (b"a\r\n\0.\r\nb\r\n.\r\n", {b"\r\n\0.\r\n": 7}),
        (b"a\r\n.\0\r\nb\r\n.\r\n", {b"\r\n.\0\r\n": 7}),
        (b"a\r\r\n.\r\nb", {}),
        # An LF may have followed.
        (b"a\r\n.\r", {}),
        (b"a\n.\n.\r\nb\r\n.\r\n", {b"\n.\n": 4, b"\n.\r\n": 7}),
        (b"", {}),
    ],
)
def test_nonstandard_ends_before_the_standard_one(octets, wanted):
    assert ends(octets) == wanted
    assert ends(b"DATA\r\n" + octets, 6) == {mark: end + 6 for mark, end in wanted.items()}


def test_a_nonstandard_end_behind_one_of_another_kind():
    assert ends(b"a\r\n.\nb\n.\nc") == {b"\r\n.\n": 5, b"\n.\n": 9}


@pytest.mark.parametrize("octets", [b".\nQUIT\r\n", b".\n"])
def test_a_nonstandard_end_right_behind_the_data_command(octets):
    assert ends(b"DATA\r\n" + octets, 6) == {b"\r\n.\n": 8}
    assert ends(b"DATA\n" + octets, 5) == {b"\n.\n": 7}


def test_the_marks_have_names():
    octets = b"a\n.\nb\r\n\0.\r\nc\r.\r\nd\r\n.\r\r\n"
    assert [mark.name for mark in marks_between(stream(octets), 0, len(octets) + 2)] == [
        "LF . LF",
        "CRLF NUL . CRLF",
        "CR . CRLF",
        "CRLF . CR CRLF",
    ]


@pytest.mark.parametrize("octets", [b"\n.\n" * 5, b"\n.\r\n.\n", b"\r.\r.\r.\r\n.x"])
def test_marks_that_share_a_line_break_are_all_seen(octets):
    whole = stream(b"a" + octets)
    found = list(marks_between(whole, 0, whole.length + 2))
    dots = octets.count(b".") - octets.count(b".x")
    assert len(found) == dots
    assert [mark.octets for mark in found] == [whole.slice(mark.start, mark.end) for mark in found]


def test_no_more_than_so_many_marks_are_looked_at():
    whole = stream(b"\n.\n" * (MOST_MARKS + 1))
    assert sum(1 for _ in marks_between(whole, 0, whole.length + 2)) == MOST_MARKS


def test_an_lf_that_begins_a_capture_may_be_half_a_pair():
    whole = stream(b"\n.\nb", origin="first-seen")
    assert not list(marks_between(whole, 0, whole.length + 2))
    behind = stream(b"a\r", 3, b"\n.\nb")
    assert not list(marks_between(behind, 5, behind.length + 2))

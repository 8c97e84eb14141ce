import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp.spoken import grown, holed, stream

from desync.smtp.lines import lines_between
from desync.smtp.reply import read_reply

TRAILING = [b"", b"250 next\r\n", b"junk", b"\r\n", b"250-", b"\n\n\n", b"\x00\xff"]

REPLIES = {
    "plain": (b"220 mx.example.org ready\r\n", 220, 1),
    "code and blank": (b"250 \r\n", 250, 1),
    "code alone": (b"250\r\n", 250, 1),
    "bare lf": (b"250 ok\n", 250, 1),
    "two lines": (b"250-mx.example.org\r\n250 SIZE\r\n", 250, 2),
    "four lines": (b"250-a\r\n250-\r\n250-b c\r\n250 d\r\n", 250, 4),
    "last line a code alone": (b"250-a\r\n250\r\n", 250, 2),
    "mixed endings": (b"250-a\n250-b\r\n250 c\n", 250, 3),
    "codes that differ": (b"250-a\r\n451 b\r\n", 451, 2),
    "a line without a code inside": (b"250-a\r\nwho knows\r\n250 b\r\n", 250, 3),
    "an empty line inside": (b"250-a\r\n\r\n250 b\r\n", 250, 3),
    "no code": (b"hello\r\n", None, 1),
    "an empty line": (b"\r\n", None, 1),
    "two digits": (b"25 ok\r\n", None, 1),
    "four digits": (b"2500 ok\r\n", None, 1),
    "a code that cannot be": (b"999 ok\r\n", 999, 1),
    "other digits": ("٢٢٠ mx\r\n".encode(), None, 1),
    "a tab behind the code": (b"250\tok\r\n", 250, 1),
    "a nul in it": (b"250 o\x00k\r\n", 250, 1),
    "a cr in it": (b"250 o\rk\r\n", 250, 1),
}


def read(one, start=0, **how):
    return read_reply(lines_between(one, 0), start, **how)


@pytest.mark.parametrize("trailing", TRAILING)
@pytest.mark.parametrize(("octets", "code", "count"), REPLIES.values(), ids=REPLIES)
def test_whole_and_with_trailing_data(octets, code, count, trailing):
    for closed in (False, True):
        reply = read(stream(octets + trailing), closed=closed)
        assert (reply.code, len(reply.lines), reply.complete) == (code, count, True)
        assert reply.octets == (0, len(octets))
        assert reply.whole


@pytest.mark.parametrize(("octets", "code", "count"), REPLIES.values(), ids=REPLIES)
def test_octet_by_octet(octets, code, count):
    *growing, last = grown(octets)
    for one in growing[1:]:
        assert read(one) is None
        cut = read(one, closed=True)
        assert (cut.complete, cut.octets) == (False, (0, one.length))
    assert (read(last).code, len(read(last).lines)) == (code, count)


def test_codes_agree():
    assert read(stream(REPLIES["four lines"][0])).codes_agree
    assert read(stream(REPLIES["a line without a code inside"][0])).codes_agree
    assert not read(stream(REPLIES["codes that differ"][0])).codes_agree


@pytest.mark.parametrize(
    ("octets", "separator", "text"),
    [
        (b"250 ok  x\r\n", " ", b"ok  x"),
        (b"250\r\n", "", b""),
        (b"250\tok\r\n", "\t", b"ok"),
        (b"250_ok\r\n", "_", b"ok"),
        (b"hello\r\n", "", b"hello"),
    ],
)
def test_separator_and_text(octets, separator, text):
    (line,) = read(stream(octets)).lines
    assert (line.separator, line.text) == (separator, text)


@pytest.mark.parametrize(
    ("code", "positive"), [(220, True), (354, True), (421, False), (550, False), (99, False)]
)
def test_positive_is_2yz_or_3yz(code, positive):
    assert read(stream(f"{code:03} x\r\n".encode())).is_positive is positive
    assert not read(stream(b"hello\r\n")).is_positive


def test_index_and_start():
    one = stream(b"220 a\r\n250-b\r\n250 c\r\n")
    reply = read(one, 1, index=7)
    assert (reply.index, reply.octets, reply.code) == (7, (7, 21), 250)


@pytest.mark.parametrize("start", [0, 3])
def test_an_index_that_is_none(start):
    with pytest.raises(IndexError):
        read_reply([], start)


def test_a_hole_inside_a_reply_ends_what_is_known_of_it():
    one = stream(b"250-a\r\n250-b", 9, b"250 d\r\n")
    reply = read(one)
    assert (reply.complete, reply.whole, reply.octets) == (False, False, (0, 12))
    behind = read(one, 2)
    assert (behind.code, behind.complete, behind.whole) == (250, True, False)


def test_a_hole_between_the_lines_of_a_reply():
    reply = read(stream(b"250-a\r\n", 7, b"250 c\r\n"))
    assert (reply.complete, reply.octets, len(reply.lines)) == (False, (0, 7), 1)


lines = st.builds(
    lambda code, separator, text, ending: code + separator + text + ending,
    st.sampled_from([b"250", b"220", b"25", b"", b"x"]),
    st.sampled_from([b" ", b"-", b"", b"\t"]),
    st.sampled_from([b"", b"ok", b"\r", b"\x00", b"250-"]),
    st.sampled_from([b"\r\n", b"\n", b""]),
)
octets_of_replies = st.lists(lines, max_size=6).map(b"".join) | st.binary(max_size=40)


@given(octets_of_replies, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=2))
def test_nothing_makes_it_raise(octets, holes):
    one = holed(octets, holes)
    found = lines_between(one, 0)
    for start in range(len(found)):
        for closed in (False, True):
            reply = read_reply(found, start, closed=closed)
            assert reply is not None or not closed
            if reply is not None:
                assert reply.lines[0].line is found[start]
                assert reply.complete <= reply.lines[-1].line.terminated
                assert isinstance(reply.whole and reply.codes_agree and reply.is_positive, bool)


@given(octets_of_replies, octets_of_replies)
def test_what_follows_changes_no_complete_reply(octets, more):
    found = lines_between(stream(octets), 0)
    reply = read_reply(found, 0) if found else None
    if reply is not None:
        assert read(stream(octets + more)) == reply

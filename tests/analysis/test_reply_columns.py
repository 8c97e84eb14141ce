"""The replies of many servers at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp.columned import cut_at, pieces_of, regular_with
from smtp.spoken import stream

from desync.analysis.reply_columns import MOST_LINES, offers_of, replies_of, splits_of
from desync.smtp.line_columns import heads_of, lines_of
from desync.smtp.server import Replies as Reader


def read(*servers, acknowledged=None):
    """Replies, lines, heads, the buffer, and who is good, of servers given as their segments' octets."""
    told = {2 * pair + 1: said for pair, said in enumerate(servers)}
    pieces, octets = pieces_of(told, acknowledged=acknowledged)
    good = np.ones(len(servers), dtype=np.bool_)
    lines = lines_of(pieces, octets)
    heads = heads_of(lines, pieces, octets)
    replies = replies_of(lines, heads, regular_with(pieces, len(servers)), octets, good)
    return replies, lines, heads, octets, good.tolist()


def offered(server):
    """Which lines of a server, given as its segments' octets, offer pipelining, and early pipelining."""
    pieces, octets = pieces_of({1: server})
    lines = lines_of(pieces, octets)
    return offers_of(lines, heads_of(lines, pieces, octets), pieces, octets)


def test_single_lines_and_several():
    replies, _, _, _, good = read([b"220 mx\r\n250-a\r\n250-b\r\n250 c\r\n221\r\n"])
    assert good == [True]
    assert replies.code.tolist() == [220, 250, 221]
    assert replies.end.tolist() == [8, 29, 34]
    assert (replies.first.tolist(), replies.last.tolist()) == ([0, 1, 4], [0, 3, 4])


def test_a_reply_left_when_its_first_segment_did():
    replies, *_ = read([b"220 mx\r\n", b"250-a\r", b"\n250 b\r\n"], acknowledged={1: [0, 9, 20]})
    assert replies.had.tolist() == [0, 9]


def test_servers_do_not_mix():
    replies, _, _, _, good = read([b"250-open\r\n"], [b"250 ok\r\n"], [b"what\r\n"], [b"221 bye\r\n"])
    assert good == [False, True, False, True]
    assert replies.code[replies.pair == 1].tolist() == [250]
    assert replies.first[replies.pair == 1].tolist() == [1]


@pytest.mark.parametrize("said", [
    b"hello\r\n", b"22 mx\r\n", b"2200 mx\r\n", b"220\tmx\r\n", b"220mx\r\n", b"199 x\r\n", b"600 x\r\n",
    b"220 x\n", b"\r\n", b"\n", b"250-a\r\n251 b\r\n", b"250-a\r\n", b"250 a\0b\r\n", b"250\rx\r\n", b"250\n",
    b"250\r\r\n", b"250 " + b"x" * 507 + b"\r\n", b"250-x\r\n" * MOST_LINES + b"250 x\r\n", b"2:0 x\r\n",
    b"2/0 x\r\n",
])  # fmt: skip
def test_what_spoils_a_pair(said):
    assert read([b"220 mx\r\n", said])[-1] == [False]


@pytest.mark.parametrize(
    "said", [b"250 " + b"x" * 506 + b"\r\n", b"250 \r\n", b"250\r\n", b"250-\r\n250 \r\n"]
)
def test_what_does_not(said):
    assert read([b"220 mx\r\n", said])[-1] == [True]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"220 mx\r\n", b"250-a\r\n", b"250 b\r\n", b"250\r\n", b"354 go\r\n", b"250-\r\n250 c\r\n"]
        ),
        max_size=8,
    ).map(b"".join),
    st.lists(st.integers(1, 60), max_size=4),
)
def test_they_are_those_of_the_reply_reader(said, places):
    replies, *_, (good,) = read(cut_at(said, places))
    expected = Reader(stream(said)).all()
    if good:
        assert all(reply.complete and reply.codes_agree for reply in expected)
        assert replies.code.tolist() == [reply.code for reply in expected]
        assert replies.end.tolist() == [reply.octets[1] for reply in expected]


def test_offers():
    keywords = [
        b"PIPELINING",
        b"pipelining",
        b"PIPELINING x",
        b"PIPELININGS",
        b"X_PIPE_CONNECT",
        b"SIZE",
        b"XYZ",
    ]
    said = b"".join(b"250-" + word + b"\r\n" for word in [*keywords, b"\tPIPE_CONNECT", b" PIPELINING"])
    offers, other = offered([said])
    assert offers.tolist() == [True, True, True, *[False] * 6]
    assert other.tolist() == [False, False, False, True, True, False, False, True, False]


@pytest.mark.parametrize("at", range(1, 16))
def test_an_offer_in_two_segments(at):
    said = b"250-PIPELINING\r\n250 SIZE\r\n"
    offers, other = offered([said[:at], said[at:]])
    assert (offers.tolist(), other.tolist()) == ([True, False], [False, False])


def test_a_reply_whose_code_lies_in_three_segments():
    replies, _, heads, _, good = read([b"2", b"2", b"0 mx\r\n250 ok\r\n"])
    assert (replies.code.tolist(), good) == ([220, 250], [True])
    assert heads.octets[0].tobytes() == b"220 m"


def test_splits():
    said = [b"220 m", b"x\r\n", b"250-a\r\n", b"250 b\r\n250-c\r", b"\n250 d\r\n", b"221 bye\r\n"]
    replies, lines, *_ = read(said)
    inside, between = splits_of(lines, replies)
    assert replies.code.tolist() == [220, 250, 250, 221]
    assert inside.tolist() == [True, False, True, False]
    assert between.tolist() == [False, True, False, False]

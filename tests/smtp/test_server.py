from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp.spoken import grown, holed, stream
from steps import steps

from desync.smtp import server
from desync.smtp.server import Replies

DIALOGUE = b"220 mx\r\n250-mx\r\n250-SIZE\r\n250 HELP\r\n250 ok\r\n354 go\r\n221 bye\r\n"
ENDS = [8, 36, 44, 52, 61]


def ranges(replies):
    return [reply.octets for reply in replies.all()]


def test_all_replies_in_order():
    replies = Replies(stream(DIALOGUE))
    assert [end for _, end in ranges(replies)] == ENDS
    assert [reply.code for reply in replies.all()] == [220, 250, 250, 354, 221]
    assert [reply.index for reply in replies.all()] == [0, 1, 2, 3, 4]
    assert all(reply.complete for reply in replies.all())


def test_get_reads_as_far_as_asked():
    replies = Replies(stream(DIALOGUE))
    assert replies.get(2).octets == (36, 44)
    assert replies.get(0).octets == (0, 8)
    assert replies.get(4).code == 221
    assert replies.get(5) is None
    assert replies.get(99) is None


def test_a_dialogue_that_begins_behind_a_prefix():
    replies = Replies(stream(b"\x05\x00" + DIALOGUE), offset=2)
    assert [end for _, end in ranges(replies)] == [end + 2 for end in ENDS]


def test_octet_by_octet():
    for one in grown(DIALOGUE):
        found = Replies(one).all()
        assert [reply.octets[1] for reply in found if reply.complete] == [
            end for end in ENDS if end <= one.length
        ]
        assert [reply.complete for reply in found[:-1]] == [True] * (len(found) - 1)


def test_nothing_said():
    assert Replies(stream()).all() == []
    assert Replies(stream(9)).get(0) is None


@pytest.mark.parametrize(
    "record", [b"\x16\x03\x03\x00\x7a\x02\x00\x00", b"\x16\x03\x01\n", b"\x15\x03\x03\x00\x02\x02\x28"]
)
def test_replies_end_where_tls_begins(record):
    replies = Replies(stream(DIALOGUE + record + b"\n250 not a reply\r\n"))
    assert [end for _, end in ranges(replies)] == ENDS
    assert replies.encrypted_from == len(DIALOGUE)


def test_a_hole_ends_one_reply_and_the_next_is_found_behind_it():
    replies = Replies(stream(b"220 mx\r\n250-mx\r\n250-SI", 11, b"LP\r\n250 ok\r\n354 go\r\n"))
    assert [(reply.code, reply.complete, reply.whole) for reply in replies.all()] == [
        (220, True, True),
        (250, False, False),
        (None, True, False),
        (250, True, True),
        (354, True, True),
    ]


def test_the_longest_reply_is_bounded(monkeypatch):
    monkeypatch.setattr(server, "LONGEST_REPLY", 5)
    replies = Replies(stream(b"250-x\r\n" * 12 + b"250 y\r\n")).all()
    assert [len(reply.lines) for reply in replies] == [5, 5, 3]
    assert [reply.complete for reply in replies] == [False, False, True]
    assert replies[-1].octets[1] == 91


@given(
    st.lists(
        st.sampled_from([b"250-a\r\n", b"250 b\r\n", b"x\n", b"\x16\x03\x01", b"25", b"\r\n"]), max_size=8
    ),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=3),
)
def test_replies_cover_what_was_captured(parts, holes):
    one = holed(b"".join(parts), holes)
    replies = Replies(one)
    found = replies.all()
    assert all(earlier.octets[1] <= later.octets[0] for earlier, later in pairwise(found))
    end = one.length if replies.encrypted_from is None else replies.encrypted_from
    covered = {
        offset for reply in found for line in reply.lines for offset in range(line.line.start, line.line.end)
    }
    assert covered == {offset for at, run in one.runs for offset in range(at, at + len(run)) if offset < end}


@given(st.binary(max_size=60))
def test_no_octets_make_it_raise(octets):
    assert all(reply.lines for reply in Replies(stream(octets)).all())


def test_lines_without_a_code_inside_a_reply_cost_no_more_each_where_they_are_many():
    few, many = (Replies(stream(b"250-a\r\n" + b"x\r\n" * count)) for count in (100, 1000))
    assert steps(many.all) < 11 * steps(few.all)
    assert len(many.all()) == 1


def test_holes_cost_no_more_each_where_they_are_many():
    few, many = (Replies(stream(*[b"250 ok\r\n", 2] * count)) for count in (200, 2000))
    assert steps(many.all) < 11 * steps(few.all)
    assert len(many.all()) == 2000

"""Which connections are textbook ones, and what is kept of them."""

import pytest
from build import lines
from short_way import regular_of
from tcp.handmade import c, frames, s

from desync.analysis.textbook import find_textbooks

GREETED = "S: 220 mx.example.org\nC: EHLO gw.example.net\n"
PLAIN = GREETED + "S: 250 mx\n"
OFFERED = GREETED + "S: 250-mx\n+ 250 PIPELINING\n"
BYE = "C: QUIT\nS: 221 bye\nclose"


def found_in(*texts):
    """What is found in dialogues that run side by side, and the buffer."""
    packed = [frame for port, text in enumerate(texts, 1025) for frame in frames(lines(text), port=port)]
    regular, octets = regular_of(packed)
    assert regular.regular.all()
    return find_textbooks(regular, octets), octets


def is_textbook(text):
    found, _ = found_in(text)
    return found.textbook.tolist() == [True]


def text_at(octets, places):
    return b"".join(octets[at : at + size].tobytes() for at, size in places)


class TestKept:
    def test_name_and_banner(self):
        found, octets = found_in(PLAIN + BYE)
        assert text_at(octets, [found.name[0]]) == b"gw.example.net"
        assert text_at(octets, [found.banner[0]]) == b"220 mx.example.org"

    def test_the_name_is_that_of_the_last_hello(self):
        found, octets = found_in(GREETED + "S: 502 what\nC: HELO other\nS: 250 mx\n" + BYE)
        assert text_at(octets, [found.name[0]]) == b"other"

    def test_a_torn_banner(self):
        found, _ = found_in("S: 220 m\\\nS: x.exam\\\nS: ple\\r\\\nS: \\n\\\nC: EHLO gw\nS: 250 mx\n" + BYE)
        assert found.torn == {0: b"220 mx.example"}
        assert found.split_lines.tolist() == [1]

    def test_splits_are_counted_by_runs_of_replies(self):
        noop = "C: NOOP\n"
        found, _ = found_in(
            PLAIN + noop + "S: 250 o\\\nS: k\n" + noop + "S: 2500\\\nS: k\n".replace("2500", "250 0") + BYE,
            PLAIN + noop + "S: 250 o\\\nS: k\n" + noop + "S: 250 ok\n" + noop + "S: 250 o\\\nS: k\n" + BYE,
            PLAIN + noop + "S: 250-a\nS: 250 b\n" + BYE,
            PLAIN + BYE,
        )
        assert found.textbook.tolist() == [True] * 4
        assert found.split_lines.tolist() == [1, 2, 0, 0]
        assert found.split_replies.tolist() == [0, 0, 1, 0]


class TestGroups:
    def test_what_was_offered(self):
        group = "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ DATA\nS: 250 a\n+ 550 b\n+ 354 c\nC: x\n+ .\n+ QUIT\n"
        group += "S: 250 kept\n+ 221 bye"
        assert is_textbook(OFFERED + group)
        assert not is_textbook(PLAIN + group)
        assert not is_textbook(OFFERED.replace("EHLO", "HELO") + group)

    @pytest.mark.parametrize("verb", ["NOOP", "EHLO gw"])
    def test_past_a_barrier(self, verb):
        assert not is_textbook(OFFERED + f"C: {verb}\n+ MAIL FROM:<a@b>\nS: 250 a\n+ 250 b\n" + BYE)

    def test_before_the_offer_was_received(self):
        early = "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 mx\n+ 250 a\n+ 250 b\n"
        assert not is_textbook(GREETED + early + BYE)


OTHERWISE = {
    "before the greeting": "C: EHLO gw\nS: 220 mx\nS: 250 mx\n" + BYE,
    "no hello": "S: 220 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\n" + BYE,
    "a greeting that refuses": "S: 554 no\nC: EHLO gw\nS: 250 mx\n" + BYE,
    "nothing asked": "S: 220 mx\nclose",
    "no answer": PLAIN + "C: QUIT",
    "one reply too many": PLAIN + "C: NOOP\nS: 250 ok\n+ 250 ok\n" + BYE,
    "a reply before the question": PLAIN + "S: 421 closing\nC: QUIT",
    "a code that cannot be": PLAIN + "C: NOOP\nS: 354 go\n" + BYE,
    "DATA refused": PLAIN + "C: DATA\nS: 503 no\n" + BYE,
    "something behind QUIT": PLAIN + "C: QUIT\nS: 221 bye\nC: NOOP\nS: 250 ok",
    "two hellos": PLAIN + "C: EHLO gw\nS: 250 mx\n" + BYE,
    "an offer of early pipelining": GREETED + "S: 250-mx\n+ 250 PIPE_CONNECT\n" + BYE,
    "a line that has not ended": PLAIN + "C: NOOP\nS: 250 ok\nC: QU\\",
    "a reply that has not ended": PLAIN + "C: QUIT\nS: 221\\",
    "a name in two segments": "S: 220 mx\nC: EHLO gw.exa\\\nC: mple\nS: 250 mx\n" + BYE,
    "a blank behind the name": "S: 220 mx\nC: EHLO gw\\x20\nS: 250 mx\n" + BYE,
    "a blank before the name": "S: 220 mx\nC: EHLO  gw\nS: 250 mx\n" + BYE,
    "STARTTLS": PLAIN + "C: STARTTLS\nS: 220 go\n" + BYE,
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_otherwise(name):
    assert not is_textbook(OTHERWISE[name])


def test_each_pair_is_judged_by_itself():
    texts = [PLAIN + BYE, *OTHERWISE.values(), OFFERED + BYE]
    found, octets = found_in(*texts)
    assert found.textbook.tolist() == [True, *[False] * len(OTHERWISE), True]
    assert text_at(octets, [found.name[-1]]) == b"gw.example.net"


def test_a_reply_that_left_before_the_server_had_the_command_answers_nothing():
    sent = lines(PLAIN)
    sent += [c(21, b"NOOP\r\n", 28), s(28, b"250 ok\r\n", 21)]
    regular, octets = regular_of(frames(sent))
    assert regular.regular.all()
    assert find_textbooks(regular, octets).textbook.tolist() == [False]


def test_nothing_is_found_in_nothing():
    regular, octets = regular_of(frames(lines("")))
    assert find_textbooks(regular, octets).textbook.tolist() == [False]

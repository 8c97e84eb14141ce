"""Chunks that are not as long as announced, or were read as commands: DATA404."""

from itertools import pairwise

import pytest
from build import build, lines, segments_capture
from incidents import captured, talk
from judged import codes, conversations, findings, found, said, script

HELLO = "S: 220 hi\nC: EHLO a.example\nS: 250-mx\n+ 250-PIPELINING\n+ 250 CHUNKING\n"
BEGIN = f"{HELLO}C: MAIL FROM:<a@a.example>\n+ RCPT TO:<b@b.example>\nS: 250 ok\n+ 250 ok\n"
REFUSED = f"{HELLO}C: MAIL FROM:<a@a.example>\n+ RCPT TO:<b@b.example>\n"
BYE = "C: QUIT\nS: 221 bye\n"
OUT_OF_STEP = ("SYNC1", "SYNC2", "REPLY3", "DATA404")


def judged(text):
    """The codes that a dialogue draws, of those that say that anything is out of step."""
    return [code for code in codes(said(text)) if code.startswith(OUT_OF_STEP)]


class TestTooMany:
    @pytest.mark.parametrize(
        ("chunk", "likely"),
        [
            ("BDAT 12 LAST\n+ ..one\n+ ..two\n", "dot-stuffing"),
            ("BDAT 8 LAST\n+ one\n+ two\n", "line-endings"),
            ("BDAT 5 LAST\n+ one\n+ .\n", "end-of-data"),
            ("BDAT 5 LAST\n+ one\n+ and another line\n", None),
        ],
    )
    def test_what_is_left_over_and_why(self, chunk, likely):
        heard = said(f"{BEGIN}C: {chunk}S: 250 ok\n+ 500 what?\n{BYE}")
        one = found(heard, "DATA404")
        assert (one.details["kind"], one.details["likely"], one.certainty) == ("too-many", likely, "proved")
        assert not [code for code in codes(heard) if code.startswith("SYNC")]

    def test_it_is_told_in_octets_and_not_in_words(self):
        one = found(said(f"{BEGIN}C: BDAT 5 LAST\n+ one\n+ secret\nS: 250 ok\n+ 500 what?\n{BYE}"), "DATA404")
        assert "secret" not in f"{one.message}{one.details}"
        assert (one.details["announced"], one.details["sent"]) == (5, 13)

    def test_what_stands_left_over_may_be_obeyed(self):
        one = found(
            said(f"{BEGIN}C: BDAT 5 LAST\n+ one\n+ two\n+ NOOP\n+ four\n"
                 f"S: 250 ok\n+ 500 what?\n+ 250 ok\n+ 500 what?\n{BYE}"),
            "DATA404",
        )  # fmt: skip
        assert (one.details["lines"], one.details["obeyed"]) == (3, 1)

    def test_an_unknown_command_sent_after_the_reply_is_none_of_the_chunk(self):
        assert judged(f"{BEGIN}C: BDAT 5 LAST\n+ one\nS: 250 ok\nC: XYZZY\nS: 500 what?\n{BYE}") == []

    def test_without_pipelining_it_is_no_command_out_of_turn_besides(self):
        text = BEGIN.replace("+ 250-PIPELINING\n", "").replace("\n+ RCPT", "\nS: 250 ok\nC: RCPT")
        text = text.replace("S: 250 ok\n+ 250 ok\n", "S: 250 ok\n")
        assert judged(f"{text}C: BDAT 5 LAST\n+ one\n+ two\nS: 250 ok\n+ 500 what?\n{BYE}") == ["DATA404"]


class TestTooFew:
    def test_a_command_that_the_chunk_ends_in_the_midst_of(self):
        one = found(said(f"{BEGIN}C: BDAT 7 LAST\n+ one\n+ QUIT\nS: 250 ok\n+ 500 what?\n"), "DATA404")
        assert (one.details["kind"], one.details["sent"], one.details["went_on"]) == ("too-few", 5, "QUIT")
        assert one.certainty == "consistent"

    def test_a_command_within_a_chunk_that_never_ended(self):
        one = found(said(f"{BEGIN}C: BDAT 70 LAST\n+ one\nC: RSET\nC: QUIT\n"), "DATA404")
        assert (one.details["sent"], one.details["went_on"]) == (5, "RSET")

    def test_what_stands_behind_it_in_the_group_is_no_command_out_of_turn(self):
        group = "+ MAIL FROM:<a@a.example>\n+ RCPT TO:<b@b.example>\n"
        assert judged(
            f"{BEGIN}C: BDAT 8 LAST\n+ one\n{group}S: 250 ok\n+ 500 what?\n+ 503 mail first\n{BYE}"
        ) == ["DATA404"]

    @pytest.mark.parametrize(("option", "fires"), [("+1ms", True), ("window 0", False)])
    def test_a_long_silence_is_the_clients_unless_the_server_takes_no_more(self, option, fires):
        chunk = f"C: BDAT 70 LAST\n+ one\n+ two\nack server [{option}]\n"
        (heard,) = conversations(build(f"---\nhandshake\n{BEGIN}{chunk}S[+300s]: 421 enough\nclose server\n"))
        assert ("DATA404" in codes(heard)) == fires

    def test_a_chunk_that_breaks_off_is_nothing(self):
        assert "DATA404" not in judged(f"{BEGIN}C: BDAT 70 LAST\n+ one\n")

    def test_a_chunk_that_holds_the_words_of_a_command_is_nothing(self):
        assert judged(f"{BEGIN}C: BDAT 11 LAST\n+ one\nC: QUIT\nS: 250 ok\n{BYE}") == []


class TestReadAsCommands:
    TEXT = "+ BDAT 20 LAST\n+ From: a\n+ NOOP\n+ all\nS: 250 ok\n+ 550 who?\n+ 503 no\n"

    def test_each_line_drew_a_reply(self):
        one = found(said(f"{REFUSED}{self.TEXT}+ 500 what?\n+ 250 ok\n+ 500 what?\n{BYE}"), "DATA404")
        assert (one.details["kind"], one.details["lines"], one.details["obeyed"]) == (
            "read-as-commands",
            3,
            1,
        )
        assert (one.blame, one.certainty) == ("server", "consistent")

    def test_the_client_is_not_accused(self):
        heard = said(f"{REFUSED}{self.TEXT}+ 500 what?\n+ 250 ok\n+ 500 what?\n{BYE}")
        assert [code for code in codes(heard) if code.startswith(OUT_OF_STEP)] == ["DATA404"]
        assert script(heard)[-2:] == ["None 500", "QUIT 221"]
        assert [one.verdict for one in heard.transactions] == ["refused"]

    def test_where_chunking_was_not_offered_it_is_the_clients(self):
        text = REFUSED.replace("+ 250-PIPELINING\n+ 250 CHUNKING", "+ 250 PIPELINING")
        one = found(said(f"{text}{self.TEXT}+ 500 what?\n+ 250 ok\n+ 500 what?\n{BYE}"), "DATA404")
        assert one.blame == "client"

    def test_a_server_that_has_enough_leaves_the_rest_unanswered(self):
        one = found(talk(captured("refused-chunk-runs")[0]), "DATA404")
        assert (one.details["lines"], one.details["drew"]) == (6, {"500": 4, "nothing": 2})

    def test_no_text_of_it_may_be_shown(self):
        heard = talk(captured("refused-chunk-runs")[0])
        rest = heard.exchanges[-1].prompt
        assert rest.text.endswith(b"All is well.\r\n")
        assert {one.prompt.command.shown for one in heard.exchanges[5:]} == {0}

    def test_a_long_chunk_costs_no_more_than_its_replies(self):
        text = "".join(f"+ line {number}\n" for number in range(3000))
        size = sum(len(f"line {number}\r\n") for number in range(3000))
        heard = said(f"{REFUSED}+ BDAT {size} LAST\n{text}S: 250 ok\n+ 550 who?\n+ 503 no\n"
                     "+ 500 what?\n+ 500 what?\n+ 421 enough\n")  # fmt: skip
        assert found(heard, "DATA404").details["lines"] == 3000
        assert len(heard.exchanges) < 12

    def test_a_client_that_goes_on_reads_the_replies_to_its_chunk(self):
        heard = said(
            f"{REFUSED}{self.TEXT}S: 500 what?\n+ 250 ok\n+ 500 what?\n"
            "C: RSET\nC: MAIL FROM:<a@a.example>\nS: 250 reset\n+ 250 ok\n"
        )
        drift = heard.reading.drift
        assert drift is None or drift.cause == "chunk-as-commands"
        assert "SYNC104" not in codes(heard)


@pytest.mark.parametrize(
    "rest",
    [
        "C: BDAT 5\n+ one\n+ BDAT 5 LAST\n+ two\n+ MAIL FROM:<a@a.example>\nS: 250 ok\n+ 250 ok\n+ 250 ok\n",
        "C: BDAT 5\n+ one\nS: 250 ok\nC: BDAT 0 LAST\nS: 250 ok\n",
        "C: BDAT 3 LAST\n+ one\\\nC: RSET\nS: 250 ok\n+ 250 ok\n",
        "C: BDAT 9 LAST\n+ .\n+ QUIT\nS: 250 ok\n",
        "C: BDAT 5\n+ one\nS: 503 no\nC: RSET\nS: 250 ok\n",
        "C: BDAT 5\n+ one\n+ BDAT 5 LAST\n+ two\nS: 503 no\n+ 503 no\nC: RSET\nS: 250 ok\n",
        "C: BDAT\nS: 501 how many?\n",
        "C: BDAT -1 LAST\nS: 501 how many?\n",
        "C: BDAT 99999999999999999999 LAST\nS: 501 how many?\n",
        "C: DATA\nS: 354 go\nC: one\n+ .\nS: 250 ok\nC: BDAT 5 LAST\n+ one\nS: 503 no\n",
    ],
)
def test_what_is_lawful_is_clean(rest):
    assert "DATA404" not in codes(said(f"{BEGIN}{rest}{BYE}"))


@pytest.mark.parametrize("size", [1, 5, 64])
def test_how_the_octets_are_cut_changes_no_verdict(size):
    pieces = []
    for one in captured("refused-chunk-runs")[0]:
        cuts = [*range(0, len(one.octets), size), len(one.octets)] if one.octets else [0, 0]
        pieces += [
            one._replace(offset=one.offset + start, octets=one.octets[start:end])
            for start, end in pairwise(cuts)
        ]
    (whole,) = conversations(segments_capture(pieces))
    (judged_,) = [one for one in findings(whole) if one.rule.code == "DATA404"]
    assert (judged_.blame, judged_.details["lines"]) == ("server", 6)


def test_a_hole_in_the_chunk_makes_nothing_sure():
    chunk = "C: BDAT 5 LAST\n+ one\n+ two\n+ three\nS: 250 ok\n+ 500 what?\n+ 500 what?\n"
    sent = lines(f"{BEGIN}{chunk}{BYE}", handshake=True)
    for lost in range(3, len(sent)):
        (heard,) = conversations(segments_capture([one for at, one in enumerate(sent) if at != lost]))
        for one in findings(heard):
            if one.rule.code == "DATA404" and one.certainty == "proved":
                assert (
                    heard.connection.client_stream.first_gap >= heard.exchanges[one.exchanges[1]].prompt.end
                )

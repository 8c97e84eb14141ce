"""Which reply answers which prompt where order alone does not do: causality, codes, holes."""

import pytest
from build import segments_capture
from judged import heard, played, said, script

MESSAGE = """
    C: MAIL FROM:<a@example.net>
    S: 250 ok
    C: RCPT TO:<b@example.org>
    S: 250 ok
    C: DATA
    S: 354 go ahead
"""
HELLO = """
    S: 220 mx.example.org
    C: EHLO gw.example.net
    S: 250-mx.example.org
    + 250 PIPELINING
"""


def unpaired(conversation):
    return [reply.code for reply in conversation.unpaired]


def pairings(conversation):
    return {one.pairing for one in conversation.exchanges}


class TestCausality:
    def test_a_reply_that_left_before_the_command_had_come_answers_nothing(self):
        one = said(HELLO + "C: NOOP\nS[unprompted ack=21]: 421 idle for too long\n")
        assert script(one)[2:] == ["NOOP -"]
        assert unpaired(one) == [421]

    def test_a_reply_that_left_after_it_answers(self):
        one = said(HELLO + "C: NOOP\nS: 421 closing")
        assert script(one)[2:] == ["NOOP 421"]
        assert unpaired(one) == []

    def test_the_order_of_frames_does_not_matter(self):
        text = played(HELLO + MESSAGE + "C: .\nS: 250 kept\nC: QUIT\nS: 221 bye")
        wanted = script(heard(segments_capture(text)))
        assert script(heard(segments_capture(text[:3] + text[:2:-1]))) == wanted


class TestLeftOver:
    def test_a_surplus_reply_is_found_where_it_came(self):
        one = said(HELLO + MESSAGE + "C: .\nS: 250 kept\n+ 250 kept\nC: QUIT\nS: 221 bye")
        assert script(one)[-2:] == ["mail-data 250", "QUIT 221"]
        assert unpaired(one) == [250]

    def test_a_missing_reply_is_found_by_the_codes_behind_it(self):
        one = said(
            HELLO + "C: RSET\n+ MAIL FROM:<a@example.net>\n+ DATA\nS: 250 ok\n+ 354 go\nC: .\nS: 250 kept"
        )
        assert script(one)[-2:] == ["DATA 354", "mail-data 250"]
        assert sorted(script(one)[2:4]) in (["MAIL -", "RSET 250"], ["MAIL 250", "RSET -"])
        assert "forced" not in {each.pairing for each in one.exchanges[2:4]}

    def test_one_wrong_code_is_a_wrong_code_and_no_repair(self):
        one = said(HELLO + "C: NOOP\nS: 354 go ahead\nC: QUIT\nS: 221 bye")
        assert script(one)[2:] == ["NOOP 354", "QUIT 221"]

    def test_smuggled_commands_are_found_where_replies_are_left_over(self):
        one = said(
            HELLO
            + MESSAGE
            + "C: x\\r\\n\\n.\\nMAIL FROM:<c@example.net>\n+ RCPT TO:<d@example.org>\n+ DATA\n+ y\n+ .\n"
            + "S: 250 kept\n+ 250 ok\n+ 250 ok\n+ 354 go\n+ 250 kept too\nC: QUIT\nS: 221 bye"
        )
        assert script(one)[5:] == [
            "mail-data 250",
            "MAIL 250",
            "RCPT 250",
            "DATA 354",
            "mail-data 250",
            "QUIT 221",
        ]
        assert unpaired(one) == []

    def test_the_same_octets_as_mail_data_where_one_reply_came(self):
        one = said(
            HELLO
            + MESSAGE
            + "C: x\\r\\n\\n.\\nMAIL FROM:<c@example.net>\n+ DATA\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye"
        )
        assert script(one)[5:] == ["mail-data 250", "QUIT 221"]

    def test_a_client_that_ends_all_its_messages_with_lf_alone_is_followed(self):
        one = said(HELLO + (MESSAGE + "C: x\\n.\\n\\\nS: 250 kept\n") * 40 + "C: QUIT\nS: 221 bye")
        assert script(one)[2:] == ["MAIL 250", "RCPT 250", "DATA 354", "mail-data 250"] * 40 + ["QUIT 221"]
        assert unpaired(one) == []


class TestHoles:
    def test_a_connection_from_the_middle_is_aligned_and_marked(self):
        one = said(
            "S[unprompted]: 250 ok\nC: DATA\nS: 354 go\nC: x\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye",
            handshake=False,
        )
        assert script(one)[1:] == ["DATA 354", "mail-data 250", "QUIT 221"]
        assert pairings(one) == {"aligned"}

    @pytest.mark.parametrize("lost", ["250 mx", "250 sender", "250 recipient"])
    def test_a_lost_reply_shifts_none_of_the_others(self, lost):
        text = """
            S: 220 mx
            C: HELO gw
            S: 250 mx
            C: MAIL FROM:<a@example.net>
            S: 250 sender
            C: RCPT TO:<b@example.org>
            S: 250 recipient
            C: DATA
            S: 354 go
            C: x
            + .
            S: 250 kept
            C: QUIT
            S: 221 bye
        """.replace(f"S: {lost}", f"S[lost]: {lost}")
        one = said(text)
        assert script(one)[-3:] == ["DATA 354", "mail-data 250", "QUIT 221"]
        assert script(one).count("HELO -") + script(one).count("MAIL -") + script(one).count("RCPT -") == 1
        assert {each.pairing for each in one.exchanges if each.index > 3} == {"aligned"}
        assert unpaired(one) == []

    def test_a_lost_command_leaves_its_reply_over(self):
        one = said(HELLO + "C[lost]: NOOP\nS: 250 noop\nC: QUIT\nS: 221 bye")
        assert "QUIT 221" in script(one)
        assert "aligned" in pairings(one)

    def test_an_end_of_data_in_a_hole_is_inferred(self):
        one = said(HELLO + MESSAGE + "C: x\nC[lost]: .\nS: 250 kept\nC: QUIT\nS: 221 bye")
        assert script(one)[-2:] == ["mail-data 250", "QUIT 221"]
        assert one.exchanges[-2].prompt.inferred


def test_nothing_captured_of_the_server_leaves_all_unanswered():
    text = [one for one in played(HELLO + "C: QUIT\nS: 221 bye") if one.side == "client"]
    one = heard(segments_capture(text))
    assert script(one) == ["connection -", "EHLO -", "QUIT -"]


def test_a_client_that_says_nothing_has_only_the_greeting():
    assert script(said("S: 220 mx")) == ["connection 220"]
    assert script(said("")) == ["connection -"]

"""Classes of commands out of turn: DESIGN.md, section 3.2."""

import pytest
from build import segments_capture
from judged import accusations, codes, conversations, found, heard, played, said

from desync.findings.finding import Facts
from desync.findings.out_of_turn import (
    is_early_candidate,
    offers_early_pipelining,
    waited,
)
from desync.findings.runs import runs
from desync.units import MILLISECOND, SECOND

HELLO = """
    S: 220 mx.example.org
    C: EHLO gw
    S: 250-mx.example.org
    + 250 SIZE 1000
"""
OFFERED = HELLO.replace("SIZE 1000", "PIPELINING")


def told(text, **keys):
    return codes(said(text, **keys))


class TestClasses:
    """DESIGN.md, section 3.2, line by line."""

    def test_before_the_greeting(self):
        assert told("C: EHLO gw\nS: 220 mx\nS[unprompted]: 250 mx") == ["SYNC101"]

    def test_a_fragment(self):
        assert "SYNC102" in told(
            "S: 220 mx \\\nC: EHLO gw\nS[unprompted +10ms]: ready\nS[after EHLO]: 250 mx"
        )

    def test_the_cr_without_the_lf(self):
        assert "SYNC102" in told(
            "S: 220 mx\\r\\\nC: EHLO gw\nS[unprompted +10ms]: \\n\\\nS[after EHLO]: 250 mx"
        )

    def test_whole_lines_but_not_the_last(self):
        assert "SYNC103" in told(
            "S: 220-mx\nC: EHLO gw\nS[unprompted +10ms]: 220 ready\nS[after EHLO]: 250 mx"
        )

    def test_not_offered(self):
        text = HELLO + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nS: 250 ok\nS[unprompted]: 250 ok"
        assert told(text) == ["SYNC104"]

    def test_the_offer_comes_too_late(self):
        assert told("S: 220 mx\nC: EHLO gw\n+ MAIL FROM:<a@b>\nS: 250-mx\n+ 250 PIPELINING\n+ 250 ok") == [
            "SYNC104"
        ]

    def test_past_a_barrier(self):
        assert told(OFFERED + "C: NOOP\n+ MAIL FROM:<a@b>\nS: 250 ok\n+ 250 ok") == ["SYNC105"]

    def test_mail_data_before_the_go_ahead(self):
        assert told(OFFERED + "C: DATA\n+ Subject: x\n+ .\nS: 354 go\n+ 250 kept") == ["SYNC106"]

    def test_gave_up_waiting(self):
        text = HELLO + "C: NOOP\nC[unprompted +10s]: RSET\nS[after RSET]: 250 ok\nS[unprompted]: 250 ok"
        assert told(text) == ["SYNC107"]
        assert found(said(text), "SYNC107").details["waited_ns"] == pytest.approx(10 * SECOND, rel=0.01)

    def test_after_quit_there_is_nothing_else(self):
        assert told(HELLO + "C: QUIT\n+ NOOP\n+ NOOP\nS: 221 bye") == ["SYNC109"]

    def test_a_deed_has_one_class(self):
        text = "C: EHLO gw\n+ MAIL FROM:<a@b>\n+ DATA\n+ Subject: x\n+ .\n+ QUIT\n+ x\nS: 220 mx"
        one = said(text)
        claimed = [each.index for run in runs(one, Facts()) for each in run.exchanges]
        assert len(claimed) == len(set(claimed)) == len(one.exchanges) - 1

    def test_a_blast_is_one_finding_with_the_run(self):
        one = said(
            "C: HELO gw\n+ MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ QUIT\nS: 220 mx\n+ 250 a\n"
            "+ 250 b\n+ 250 c\n+ 221 d"
        )
        assert found(one, "SYNC101").exchanges == (1, 4)

    def test_two_fragments_are_two_findings(self):
        one = said(
            "S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250-m\\\nC: NOOP\n"
            "S[unprompted +10ms]: x\n+ 250 ok\nS[after NOOP]: 250 ok"
        )
        assert codes(one).count("SYNC102") == 2


class TestEarlyPipelining:
    EARLY = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250-mx\n+ 250 SIZE\nC: QUIT\nS: 221 bye"

    def test_it_is_early_where_nobody_offered_it(self):
        one = said(self.EARLY)
        assert accusations(one) == ["SYNC101"]
        assert is_early_candidate(one)
        assert not offers_early_pipelining(one)

    def test_another_connection_of_that_server_allows_it(self):
        one = said(self.EARLY)
        assert accusations(one, Facts(frozenset({"198.51.100.25"}))) == []
        assert accusations(one, Facts(frozenset({"198.51.100.26"}))) == ["SYNC101"]

    def test_an_agreement_covers_the_greeting_and_the_hello_only(self):
        text = HELLO + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 a\n+ 250 b"
        assert accusations(said(text), Facts(frozenset({"198.51.100.25"}))) == ["SYNC104"]

    def test_it_cannot_be_known_where_the_hello_s_reply_is_not_whole(self):
        text = (
            "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250-mx\n"
            "S[lost unprompted]: 250-8BITMIME\nS[unprompted]: 250 SIZE\nC: QUIT\nS: 221 bye"
        )
        assert found(said(text), "SYNC101").certainty == "inconclusive"

    def test_a_client_that_knew_nothing_is_no_candidate(self):
        assert not is_early_candidate(said(HELLO))


class TestWaited:
    @staticmethod
    def last_wait(text, **keys):
        one = said(text, **keys)
        return waited(one, one.exchanges[-1])

    def test_longer_than_200_ms(self):
        assert self.last_wait(HELLO + "C: NOOP\nC[unprompted +190ms]: RSET") is None
        assert self.last_wait(HELLO + "C: NOOP\nC[unprompted +250ms]: RSET") > 200 * MILLISECOND

    def test_longer_than_three_round_trips_to_each_side(self):
        assert (
            self.last_wait(HELLO + "C: NOOP\nC[unprompted +350ms]: RSET", rtt="client 80ms server 40ms")
            is None
        )
        assert (
            self.last_wait(HELLO + "C: NOOP\nC[unprompted +400ms]: RSET", rtt="client 80ms server 40ms")
            is not None
        )

    def test_an_unsound_clock_measures_nothing(self):
        sent = [one._replace(time=0) for one in played(HELLO + "C: NOOP\nC[unprompted +9s]: RSET")]
        one = heard(segments_capture(sent))
        assert waited(one, one.exchanges[-1]) is None


def test_a_reader_that_was_given_a_surplus_reply_is_not_blamed_for_it():
    text = HELLO + (
        "C: RSET\nS: 250 ok\n+ 250 ok\nC: NOOP\nC[unprompted +0.2ms]: QUIT\n"
        "S[after NOOP]: 250 ok\nS[after QUIT]: 221 bye"
    )
    assert accusations(said(text)) == []


def test_two_connections_are_judged_apart():
    early, late = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250 mx", HELLO
    one = segments_capture(played(early))
    two = segments_capture(played(late), client=("192.0.2.18", 1025))
    assert [accusations(each) for each in conversations(one + two[24:])] == [["SYNC101"], []]

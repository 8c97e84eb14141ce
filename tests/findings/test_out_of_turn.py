"""Classes of commands out of turn, and what looks like one and is none (FINDINGS.md)."""

import pytest
from build import segments_capture
from judged import accusations, codes, conversations, found, heard, played, said

from desync.findings.finding import Facts
from desync.findings.out_of_turn import (
    is_early_candidate,
    offers_early_pipelining,
    runs,
    waited,
)
from desync.units import MILLISECOND, SECOND

HELLO = """
    S: 220 mx.example.org
    C: EHLO gw
    S: 250-mx.example.org
    + 250 SIZE 1000
"""
OFFERED = HELLO.replace("SIZE 1000", "PIPELINING")
HEADERS = "C: Subject: x\n+\n+ text\n+ .\n"


def told(text, **keys):
    return codes(said(text, **keys))


class TestClasses:
    """DESIGN.md, section 3.2, line by line."""

    def test_before_the_greeting(self):
        assert told("C: EHLO gw\nS: 220 mx\nS[unprompted]: 250 mx") == ["SYNC101"]

    def test_a_fragment(self):
        assert "SYNC102" in told("S: 220 mx \\\nC: EHLO gw\nS[unprompted +10ms]: ready\nS[after EHLO]: 250 mx")

    def test_the_cr_without_the_lf(self):
        assert "SYNC102" in told("S: 220 mx\\r\\\nC: EHLO gw\nS[unprompted +10ms]: \\n\\\nS[after EHLO]: 250 mx")

    def test_whole_lines_but_not_the_last(self):
        assert "SYNC103" in told("S: 220-mx\nC: EHLO gw\nS[unprompted +10ms]: 220 ready\nS[after EHLO]: 250 mx")

    def test_not_offered(self):
        text = HELLO + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nS: 250 ok\nS[unprompted]: 250 ok"
        assert told(text) == ["SYNC104"]

    def test_the_offer_comes_too_late(self):
        assert told("S: 220 mx\nC: EHLO gw\n+ MAIL FROM:<a@b>\nS: 250-mx\n+ 250 PIPELINING\n+ 250 ok") == ["SYNC104"]

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
        claimed = [
            each.index
            for number in range(101, 110)
            for run in runs(one, Facts(), f"SYNC{number}")
            for each in run.exchanges
        ]
        assert len(claimed) == len(set(claimed)) == len(one.exchanges) - 1

    def test_a_blast_is_one_finding_with_the_run(self):
        one = said("C: HELO gw\n+ MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ QUIT\nS: 220 mx\n+ 250 a\n+ 250 b\n+ 250 c\n+ 221 d")
        assert found(one, "SYNC101").exchanges == (1, 4)

    def test_two_fragments_are_two_findings(self):
        one = said(
            "S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250-m\\\nC: NOOP\n"
            "S[unprompted +10ms]: x\n+ 250 ok\nS[after NOOP]: 250 ok"
        )
        assert codes(one).count("SYNC102") == 2


LOOK_ALIKES = {
    "PROXY protocol 1": "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n" + HELLO,
    "PROXY protocol 1 in two segments": "C[unprompted]: PROXY TCP4 192.0.2.1 \\\nC[unprompted]: 192.0.2.2 4711 25\n" + HELLO,
    "PROXY protocol 2": "C[hex unprompted]: 0d0a0d0a000d0a515549540a2111000cc0000201c000020212670019\n" + HELLO,
    "PROXY protocol 2, local": "C[hex unprompted]: 0d0a0d0a000d0a515549540a20000000\n" + HELLO,
    "SOCKS 5": "C[hex]: 050100\nS[hex]: 0500\nC[hex]: 05010001c00002010019\nS[hex]: 05000001c00002010019\n" + HELLO,
    "SOCKS 4": "C[hex]: 04010019c000020100\nS[hex]: 005a0019c0000201\n" + HELLO,
    "HTTP CONNECT": "C: CONNECT mx:25 HTTP/1.1\n+ Host: mx\n+\nS: HTTP/1.1 200 OK\n+\n" + HELLO,
    "PIPE_CONNECT in this connection": """
        C[unprompted]: EHLO gw
        S: 220 mx
        + 250-mx
        + 250-PIPELINING
        + 250 PIPE_CONNECT
        C: QUIT
        S: 221 bye
    """,
    "X_PIPE_CONNECT and its group": """
        C[unprompted]: EHLO gw
        + MAIL FROM:<a@b>
        + RCPT TO:<c@d>
        + DATA
        S: 220 mx
        + 250-mx
        + 250-PIPELINING
        + 250 X_PIPE_CONNECT
        + 250 ok
        + 250 ok
        + 354 go
    """,
    "implicit TLS on a plaintext port": "C[hex]: 16030100050100000100\nS: 220 mx\nS[unprompted]: 500 what",
    "the capture lost the reply's last octets": """
        S: 220 mx.example\\
        S[lost unprompted]: .org
        C: EHLO gw
        S: 250 mx
        C: QUIT
        S: 221 bye
    """,
    "the capture lost the last line of a reply": """
        S: 220 mx
        C: EHLO gw
        S: 250-mx
        S[lost unprompted]: 250 SIZE
        C: MAIL FROM:<a@b>
        S: 250 ok
        C: QUIT
        S: 221 bye
    """,
    "MAIL RCPT RCPT DATA": OFFERED
    + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ RCPT TO:<e@f>\n+ DATA\nS: 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n"
    + HEADERS
    + "S: 250 kept",
    "MAIL RCPT DATA in three segments": OFFERED
    + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nC[unprompted]: DATA\nS: 250 a\n+ 250 b\n+ 354 go\n",
    "the dot with MAIL behind it": OFFERED
    + "C: DATA\nS: 354 go\nC: x\n+ .\n+ MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ DATA\nS: 250 kept\n+ 250 a\n+ 250 b\n+ 354 go",
    "the dot with RSET and QUIT": OFFERED + "C: DATA\nS: 354 go\nC: x\n+ .\n+ RSET\n+ QUIT\nS: 250 kept\n+ 250 a\n+ 221 b",
    "a group of BDAT": OFFERED
    + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ BDAT 3\n+ x\n+ BDAT 0 LAST\nS: 250 a\n+ 250 b\n+ 250 c\n+ 250 kept",
    "a 421 that crosses a command": HELLO + "gap 300s\nC: MAIL FROM:<a@b>\nS[unprompted +300s ack=9]: 421 too long\nfin server",
    "a 421 in the middle of a group": OFFERED + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 421 closing\nfin server",
    "LMTP": """
        S: 220 mx
        C: LHLO gw
        S: 250 mx
        C: MAIL FROM:<a@b>
        S: 250 a
        C: RCPT TO:<c@d>
        S: 250 b
        C: RCPT TO:<e@f>
        S: 250 c
        C: DATA
        S: 354 go
        C: .
        S: 250 c
        + 250 e
        C: QUIT
        S: 221 bye
    """,
    "LMTP, the replies one by one": """
        S: 220 mx
        C: LHLO gw
        S: 250 mx
        C: MAIL FROM:<a@b>
        S: 250 a
        C: RCPT TO:<c@d>
        S: 250 b
        C: RCPT TO:<e@f>
        S: 250 c
        C: DATA
        S: 354 go
        C: .
        S: 250 c
        S[unprompted +1s]: 550 e
        C: MAIL FROM:<a@b>
        S: 250 a
    """,
    "PRDR": """
        S: 220 mx
        C: EHLO gw
        S: 250-mx
        + 250 PRDR
        C: MAIL FROM:<a@b> PRDR
        S: 250 a
        C: RCPT TO:<c@d>
        S: 250 b
        C: RCPT TO:<e@f>
        S: 250 c
        C: DATA
        S: 354 go
        C: .
        S: 353 going on
        + 250 c
        + 450 e
        + 250 kept
        C: QUIT
        S: 221 bye
    """,
    "XCLIENT greeted again": HELLO + "C: XCLIENT NAME=x ADDR=192.0.2.1\nS: 220 mx\nC: EHLO x\nS: 250 mx\nC: QUIT\nS: 221 bye",
    "XCLIENT with a group behind the new EHLO": OFFERED
    + "C: XCLIENT NAME=x\nS: 220 mx\nC: EHLO x\nS: 250-mx\n+ 250 PIPELINING\nC: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 a\n+ 250 b",
    "STARTTLS": HELLO + "C: STARTTLS\nS: 220 go\nC[hex]: 16030100050100000100\nC[hex unprompted]: 1603010001ff\nS[hex]: 16030300050200000100",
    "TURN": HELLO + "C: TURN\nS: 250 ok\nC: 220 gw\nS: EHLO mx\nC: 250 gw\nS: MAIL FROM:<a@b>\nC: 250 ok\nS: QUIT\nC: 221 bye",
    "ATRN": HELLO + "C: ATRN example.net\nS: 250 ok\nC: 220 gw\nS: EHLO mx\nC: 250 gw\nS: QUIT\nC: 221 bye",
    "AUTH with challenges": HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 235 ok\nC: QUIT\nS: 221 bye",
    "AUTH cancelled": HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 cancelled\nC: QUIT\nS: 221 bye",
    "the same reply sent again": HELLO + "S[again +300ms]:\nC: QUIT\nS: 221 bye",
    "the reply's second half sent again behind the command": """
        S: 220 mx.example.org \\
        S[unprompted +5ms]: ready
        C: EHLO gw
        S[again 19-26 unprompted +200ms]:
        S[after EHLO]: 250 mx
        C: QUIT
        S: 221 bye
    """,
    "a command in two segments": HELLO + "C: MAIL FROM:\\\nC[unprompted +1ms]: <a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye",
    "a command, an octet at a time": HELLO + "C[pieces 1 every 50ms]: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye",
    "a tarpit": "S[pieces 1 every 1s]: 220 mx.example.org\nC: EHLO gw\nS[pieces 1 every 1s]: 250 mx\nC: QUIT\nS: 221 bye",
    "a wait that ended with QUIT": HELLO + "C: NOOP\nC[unprompted +60s]: QUIT\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_accuses_nobody(name):
    assert accusations(said(LOOK_ALIKES[name])) == []


@pytest.mark.parametrize("name", LOOK_ALIKES)
@pytest.mark.parametrize("disorder", ["backwards", "all times zero", "clock steps"])
def test_nor_does_it_out_of_order_or_without_a_clock(name, disorder):
    sent = played(LOOK_ALIKES[name])
    if name == "a wait that ended with QUIT":
        pytest.skip("silence takes a clock")
    changed = {
        "backwards": sent[:3] + sent[:2:-1],
        "all times zero": [one._replace(time=0) for one in sent],
        "clock steps": [one._replace(time=one.time - (number % 3) * 7200 * SECOND) for number, one in enumerate(sent)],
    }
    assert accusations(heard(segments_capture(changed[disorder]))) == []


def test_a_tarpit_is_noted_once_for_each_reply_in_a_row():
    one = said(LOOK_ALIKES["a tarpit"])
    assert codes(one) == ["REPLY301"]
    assert found(one, "REPLY301").exchanges == (0, 1)


def test_implicit_tls_is_a_foreign_protocol():
    assert codes(said(LOOK_ALIKES["implicit TLS on a plaintext port"])) == ["SYNC108"]


def test_a_crossing_421_is_noted():
    assert codes(said(LOOK_ALIKES["a 421 that crosses a command"])) == ["REPLY308"]


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
        text = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250-mx\nS[lost unprompted]: 250-8BITMIME\nS[unprompted]: 250 SIZE\nC: QUIT\nS: 221 bye"
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
        assert self.last_wait(HELLO + "C: NOOP\nC[unprompted +350ms]: RSET", rtt="client 80ms server 40ms") is None
        assert self.last_wait(HELLO + "C: NOOP\nC[unprompted +400ms]: RSET", rtt="client 80ms server 40ms") is not None

    def test_an_unsound_clock_measures_nothing(self):
        sent = [one._replace(time=0) for one in played(HELLO + "C: NOOP\nC[unprompted +9s]: RSET")]
        one = heard(segments_capture(sent))
        assert waited(one, one.exchanges[-1]) is None


def test_a_reader_that_was_given_a_surplus_reply_is_not_blamed_for_it():
    text = HELLO + "C: RSET\nS: 250 ok\n+ 250 ok\nC: NOOP\nC[unprompted +0.2ms]: QUIT\nS[after NOOP]: 250 ok\nS[after QUIT]: 221 bye"
    assert accusations(said(text)) == []


def test_two_connections_are_judged_apart():
    early, late = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250 mx", HELLO
    one = segments_capture(played(early))
    two = segments_capture(played(late), client=("192.0.2.18", 1025))
    assert [accusations(each) for each in conversations(one + two[24:])] == [["SYNC101"], []]

"""What each command's own segment proves: DESIGN.md, sections 3 and 3.1."""

import pytest
from build import segments_capture
from judged import heard, played, said

CASE_1999 = r"""
    S: 220 smtp.tele.fi \
    C: HELO gw.example.net
    S[unprompted +10ms]: rest of the greeting
    C: MAIL FROM:<a@example.net>
    S[after HELO]: 250 hello
"""
OFFERED = """
    S: 220 mx
    C: EHLO gw
    S: 250-mx
    + 250 PIPELINING
"""
NOT_OFFERED = OFFERED.replace("PIPELINING", "SIZE 1000")
AWAY = {"rtt": "client 40ms server 0ms"}


def the(conversation, verb):
    return next(one for one in conversation.exchanges if (one.prompt.verb or one.prompt.kind) == verb)


class TestAcknowledged:
    def test_the_case_of_1999(self):
        one = the(said(CASE_1999, **AWAY), "HELO")
        assert (one.acknowledged, one.required, one.required_end) == (17, 0, 39)
        assert (one.in_step, one.lead) == (False, 1)
        assert (one.standing.exchange, one.standing.held) == (0, "fragment")
        assert (one.standing.octets, one.standing.missing) == (17, 22)

    def test_a_later_transmission_with_a_newer_acknowledgment_changes_nothing(self):
        sent = played(CASE_1999, **AWAY)
        (helo,) = [one for one in sent if one.octets.startswith(b"HELO")]
        again = helo._replace(acknowledged=39, time=helo.time + 300_000_000)
        for order in ([*sent, again], [again, *sent], [*sent[:3], again, *sent[3:]]):
            one = the(heard(segments_capture(order)), "HELO")
            assert (one.acknowledged, one.in_step) == (17, False)

    def test_a_copy_with_an_older_acknowledgment_is_the_first_wherever_it_stands(self):
        sent = played("S: 220 mx ready\nC: HELO gw\nS: 250 mx")
        (helo,) = [one for one in sent if one.octets.startswith(b"HELO")]
        assert helo.acknowledged == 14
        one = the(heard(segments_capture([*sent, helo._replace(acknowledged=9)])), "HELO")
        assert (one.acknowledged, one.in_step) == (9, False)

    def test_it_is_that_of_the_first_octet(self):
        one = the(said("S: 220 m\\\nC: HE\\\nS[unprompted +10ms]: x\nC: LO gw\nS: 250 mx"), "HELO")
        assert [sent.acknowledged for sent in one.sent] == [5, 8]
        assert (one.acknowledged, one.in_step) == (5, False)

    def test_a_cr_without_its_lf_is_part_of_the_line(self):
        one = the(
            said("S: 220 mx\\r\\\nC: HELO gw\nS[unprompted +10ms]: \\n\\\nS[after HELO]: 250 mx"), "HELO"
        )
        assert (one.standing.held, one.standing.octets, one.standing.missing) == ("fragment", 7, 1)

    def test_whole_lines_but_not_the_last(self):
        one = the(
            said("S: 220-mx\nC: EHLO gw\nS[unprompted +10ms]: 220 ready\nS[after EHLO]: 250 mx"), "EHLO"
        )
        assert (one.standing.held, one.standing.octets, one.standing.missing) == ("lines", 8, 11)

    def test_two_outstanding_it_stands_on_the_first(self):
        one = the(
            said(NOT_OFFERED + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<a@b>\nC[unprompted]: DATA"),
            "DATA",
        )
        assert (one.lead, one.standing.exchange, one.standing.held) == (2, 2, "nothing")


class TestRequired:
    def test_a_lawful_group_has_a_lead_and_is_in_step(self):
        found = said(OFFERED + "C: MAIL FROM:<a@b>\n+ RCPT TO:<a@b>\n+ DATA\nS: 250 ok\n+ 250 ok\n+ 354 go")
        assert [(one.lead, one.in_step, one.required) for one in found.exchanges[2:]] == [
            (0, True, 1),
            (1, True, 1),
            (2, True, 1),
        ]

    def test_without_an_offer_each_waits_for_the_one_before(self):
        found = said(
            NOT_OFFERED + "C: MAIL FROM:<a@b>\n+ RCPT TO:<a@b>\n+ DATA\nS: 250 ok\n+ 250 ok\n+ 354 go"
        )
        assert [(one.lead, one.in_step, one.required) for one in found.exchanges[2:]] == [
            (0, True, 1),
            (1, False, 2),
            (2, False, 3),
        ]
        assert {one.pipelining for one in found.exchanges[2:]} == {False}

    @pytest.mark.parametrize(
        "verb", ["EHLO gw", "HELO gw", "DATA", "VRFY x", "EXPN x", "TURN", "QUIT", "NOOP"]
    )
    def test_these_end_a_group(self, verb):
        """RFC 2920, section 3.1."""
        one = said(OFFERED + f"C: {verb}\n+ RSET\nS: 502 no\n+ 250 ok").exchanges[3]
        assert (one.required, one.in_step) == (2, False)

    @pytest.mark.parametrize("verb", ["AUTH PLAIN", "AUTH LOGIN YQ==", "STARTTLS", "XYZZY"])
    def test_so_do_authentication_encryption_and_unknown_verbs(self, verb):
        one = said(OFFERED + f"C: {verb}\n+ RSET\nS: 500 no\n+ 250 ok").exchanges[3]
        assert (one.required, one.in_step) == (2, False)

    @pytest.mark.parametrize(
        "verb", ["MAIL FROM:<a@b>", "RCPT TO:<a@b>", "RSET", "SEND FROM:<a@b>", "SAML FROM:<a@b>"]
    )
    def test_these_may_be_followed(self, verb):
        one = said(OFFERED + f"C: {verb}\n+ NOOP\nS: 250 ok\n+ 250 ok").exchanges[3]
        assert (one.required, one.in_step) == (1, True)

    @pytest.mark.parametrize("verb", ["AUTH PLAIN AGEAYg==", "AUTH EXTERNAL ="])
    def test_so_may_authentication_that_is_said_at_once(self, verb):
        """RFC 4954, section 4."""
        one = said(OFFERED + f"C: {verb}\n+ NOOP\nS: 235 ok\n+ 250 ok").exchanges[3]
        assert (one.required, one.in_step) == (1, True)

    @pytest.mark.parametrize("verb", ["HELP", "BURL x", "XFORWARD NAME=x"])
    def test_so_may_these(self, verb):
        one = said(OFFERED + f"C: {verb}\n+ NOOP\nS: 250 ok\n+ 250 ok").exchanges[3]
        assert (one.required, one.in_step) == (1, True)

    def test_a_chunk_and_the_end_of_data_may_be_followed(self):
        found = said(OFFERED + "C: BDAT 2\n+\n+ BDAT 0 LAST\n+ QUIT\nS: 250 ok\n+ 250 ok\n+ 221 bye")
        assert [one.prompt.kind for one in found.exchanges[2:]] == ["bdat", "bdat", "command"]
        assert {one.in_step for one in found.exchanges[2:]} == {True}
        text = OFFERED + "C: DATA\nS: 354 go\nC: .\n+ QUIT\nS: 250 ok\n+ 221 bye"
        assert the(said(text), "QUIT").in_step is True
        assert the(said(text.replace("PIPELINING", "SIZE")), "QUIT").in_step is False

    @pytest.mark.parametrize("hello", [OFFERED, NOT_OFFERED])
    def test_mail_data_always_waits_for_the_go_ahead(self, hello):
        one = the(said(hello + "C: DATA\n+ Subject: x\n+ .\nS: 354 go\n+ 250 ok"), "mail-data")
        assert (one.required, one.in_step, one.standing.held) == (2, False, "nothing")

    def test_the_offer_counts_once_its_last_octet_is_acknowledged(self):
        found = said(
            "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250-PIPELINING\nC: MAIL FROM:<a@b>\n"
            "+ RCPT TO:<a@b>\nS[unprompted +10ms]: 250 SIZE"
        )
        assert [(one.pipelining, one.in_step) for one in found.exchanges[2:]] == [(False, False)] * 2

    def test_the_greeting_is_required_of_the_first_command(self):
        one = said("C: EHLO gw\nS: 220 mx\n+ 250 mx").exchanges[1]
        assert (one.acknowledged, one.required, one.in_step) == (0, 0, False)
        assert (one.standing.exchange, one.standing.held) == (0, "nothing")

    def test_an_end_of_data_with_several_replies_counts_once(self):
        found = said(
            """
            S: 220 mx
            C: LHLO gw
            S: 250-mx
            + 250 PIPELINING
            C: MAIL FROM:<a@b>
            + RCPT TO:<a@b>
            + RCPT TO:<c@b>
            + DATA
            S: 250 ok
            + 250 ok
            + 250 ok
            + 354 go
            C: .
            + RSET
            S: 250 a
            + 250 c
            + 250 reset
            """
        )
        assert (the(found, "RSET").lead, the(found, "RSET").in_step) == (1, True)


class TestNotKnown:
    def test_where_the_offer_was_not_captured_a_group_is_not_judged(self):
        found = said(
            "S[unprompted]: 250 ok\nC: MAIL FROM:<a@b>\n+ RCPT TO:<a@b>\nS: 250 ok\n+ 250 ok",
            handshake=False,
        )
        one = the(found, "RCPT")
        assert (one.pipelining, one.in_step) == (None, None)

    def test_past_a_barrier_is_out_of_step_with_or_without_the_offer(self):
        text = "S[unprompted]: 250 ok\nC: NOOP\n+ RSET\nS: 250 ok\n+ 250 ok\nC: QUIT\nS: 221 bye"
        assert the(said(text, handshake=False), "RSET").in_step is False

    def test_a_reply_that_the_capture_lost_is_bounded_by_the_next(self):
        text = "S: 220 mx\nC: HELO gw\nS[lost]: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye"
        found = said(text)
        assert the(found, "MAIL").required_end is None
        assert {one.in_step for one in found.exchanges[1:]} == {True}

    def test_the_client_may_not_be_blamed_where_the_server_was_not_captured(self):
        sent = [
            one
            for one in played("S: 220 mx\nC: HELO gw\nS: 250 mx\nC: QUIT\nS: 221 bye")
            if one.side == "client"
        ]
        assert False not in {one.in_step for one in heard(segments_capture(sent)).exchanges}

    def test_the_greeting_has_no_evidence(self):
        one = said("S: 220 mx").exchanges[0]
        assert (one.acknowledged, one.required, one.required_end, one.in_step, one.lead) == (
            None,
            None,
            None,
            None,
            0,
        )
        assert one.octets is None

"""Which reply answers which prompt, by order: phases, groups, several replies."""

from itertools import pairwise

from build import segments_capture
from judged import heard, played, said, script

from desync.smtp.prompt import Phase

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


class TestInOrder:
    def test_a_whole_dialogue_is_forced(self):
        one = said(HELLO + MESSAGE + "C: Subject: x\n+\n+ QUIT\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye")
        assert script(one) == [
            "connection 220",
            "EHLO 250",
            "MAIL 250",
            "RCPT 250",
            "DATA 354",
            "mail-data 250",
            "QUIT 221",
        ]
        assert pairings(one) == {"forced"}
        assert unpaired(one) == []

    def test_a_group_is_answered_in_order(self):
        one = said(
            HELLO
            + """
            C: MAIL FROM:<a@example.net>
            + RCPT TO:<b@example.org>
            + RCPT TO:<c@example.org>
            + DATA
            S: 250 ok
            + 550 no
            + 250 ok
            + 354 go ahead
            C: .
            + QUIT
            S: 250 kept
            + 221 bye
            """
        )
        assert script(one)[2:] == [
            "MAIL 250",
            "RCPT 550",
            "RCPT 250",
            "DATA 354",
            "mail-data 250",
            "QUIT 221",
        ]
        assert pairings(one) == {"forced"}

    def test_a_command_in_two_segments_is_one_prompt(self):
        one = said(HELLO + "C: NO\\\nC[unprompted +5ms]: OP\nS: 250 ok")
        assert script(one)[2:] == ["NOOP 250"]
        assert [sent.end - sent.start for sent in one.exchanges[2].sent] == [2, 4]

    def test_the_end_of_data_may_be_cut_anywhere(self):
        text = played(HELLO + MESSAGE + "C: x\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye")
        (at,) = [number for number, one in enumerate(text) if one.octets == b"x\r\n.\r\n"]
        for place in range(1, 6):
            whole = text[at]
            parts = [
                whole._replace(octets=whole.octets[:place]),
                whole._replace(octets=whole.octets[place:], offset=whole.offset + place),
            ]
            one = heard(segments_capture(text[:at] + parts + text[at + 1 :]))
            assert script(one)[-2:] == ["mail-data 250", "QUIT 221"]

    def test_no_octet_of_the_client_is_read_twice_or_left_out(self):
        one = said(HELLO + MESSAGE + "C: a\n+ ..b\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye")
        edges = [each.octets for each in one.exchanges[1:]]
        assert edges[0][0] == 0
        assert edges[-1][1] == one.connection.client_stream.length
        assert all(before[1] == after[0] for before, after in pairwise(edges))


class TestPhases:
    def test_text_behind_a_refused_data_is_read_as_commands(self):
        one = said(
            HELLO
            + """
            C: DATA
            S: 503 no recipients
            C: Subject: hello
            + QUIT now
            + .
            S: 500 what
            + 500 what
            + 500 what
            """
        )
        assert script(one)[2:] == ["DATA 503", "None 500", "QUIT 500", "None 500"]

    def test_what_follows_a_data_that_was_never_answered_is_mail_data(self):
        one = said(HELLO + "C: DATA\nC[unprompted +1s]: Subject: x\n+ RSET\n+ .\n")
        assert script(one)[2:] == ["DATA -", "mail-data -"]

    def test_mail_data_may_be_refused_before_it_has_ended(self):
        one = said(HELLO + MESSAGE + "C: Subject: x\nS: 552 too much\nC: more\n+ .\nC: QUIT\nS: 221 bye")
        assert script(one)[-2:] == ["mail-data 552", "QUIT 221"]

    def test_auth_challenges_and_a_cancelled_one(self):
        one = said(
            HELLO
            + """
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: cm9vdA==
            S: 334 UGFzc3dvcmQ6
            C: *
            S: 501 cancelled
            C: NOOP
            S: 250 ok
            """
        )
        assert script(one)[2:] == ["AUTH 334", "auth 334", "auth 501", "NOOP 250"]

    def test_bdat_chunks_are_no_commands(self):
        one = said(
            HELLO
            + """
            C: BDAT 6\\
            C[unprompted]: \\r\\nQUIT\\r\\n\\
            S: 250 got 6
            C: BDAT 3 LAST
            + .\\r\\n\\
            S: 250 kept
            C: QUIT
            S: 221 bye
            """
        )
        assert script(one)[2:] == ["bdat 250", "bdat 250", "QUIT 221"]

    def test_starttls_ends_the_dialogue_at_the_client_hello(self):
        one = said(HELLO + "C: STARTTLS\nS: 220 go\nC[hex]: 160301000401000000\nS[hex]: 160303000402000000")
        assert script(one)[2:] == ["STARTTLS 220"]
        assert one.encryption is not None
        assert one.encryption.exchange == 2
        assert one.encryption.client == one.exchanges[2].octets[1]
        assert one.encryption.server == one.exchanges[2].reply.octets[1]
        assert unpaired(one) == []

    def test_plain_text_behind_starttls_is_read_on(self):
        one = said(HELLO + "C: STARTTLS\nS: 220 go\nC: QUIT\nS: 221 bye")
        assert script(one)[2:] == ["STARTTLS 220", "QUIT 221"]

    def test_after_turn_the_roles_have_changed(self):
        one = said(HELLO + "C: TURN\nS: 250 ok\nC: 220 gw.example.net\nS: EHLO mx.example.org")
        assert script(one)[2:] == ["TURN 250"]
        assert one.pairing.phase is Phase.TURNED


class TestSeveralReplies:
    LMTP = """
        S: 220 mx LMTP
        C: LHLO gw
        S: 250 mx
        C: MAIL FROM:<a@example.net>
        S: 250 ok
        C: RCPT TO:<b@example.org>
        S: 250 ok
        C: RCPT TO:<c@example.org>
        S: 550 no
        C: RCPT TO:<d@example.org>
        S: 250 ok
        C: DATA
        S: 354 go ahead
        C: x
        + .
        S: 250 b has it
        + 452 d has not
        C: QUIT
        S: 221 bye
    """

    def test_lmtp_answers_for_each_accepted_recipient(self):
        one = said(self.LMTP)
        assert script(one)[-3:] == ["mail-data 250", "mail-data 452", "QUIT 221"]
        first, second = one.exchanges[-3:-1]
        assert first.octets == second.octets
        assert (first.again, second.again) == (False, True)
        assert one.protocol == "lmtp"
        assert unpaired(one) == []

    def test_prdr_answers_for_each_recipient_and_once_for_all(self):
        one = said(
            """
            S: 220 mx
            C: EHLO gw
            S: 250-mx
            + 250 PRDR
            C: MAIL FROM:<a@example.net> PRDR
            S: 250 ok
            C: RCPT TO:<b@example.org>
            S: 250 ok
            C: RCPT TO:<c@example.org>
            S: 250 ok
            C: DATA
            S: 354 go ahead
            C: .
            S: 353 content analysis has started
            + 250 b
            + 550 c
            + 250 kept
            C: QUIT
            S: 221 bye
            """
        )
        assert script(one)[-5:] == [
            "mail-data 353",
            "mail-data 250",
            "mail-data 550",
            "mail-data 250",
            "QUIT 221",
        ]
        assert unpaired(one) == []

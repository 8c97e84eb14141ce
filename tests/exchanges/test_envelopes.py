import pytest
from judged import said

from desync.exchanges.envelopes import transactions_of
from desync.exchanges.reading import Belief, Drift, Reader, Reading

HELLO = "S: 220 mx\nC: HELO gw\nS: 250 mx\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
DATA = "C: DATA\nS: 354 go\nC: Subject: x\n+\n+ body\n+ .\n"
BYE = "C: QUIT\nS: 221 bye\nclose"


def of(text, **keys):
    return said(text, **keys).transactions


def fates(text, **keys):
    return [(one.outcome, one.believed, one.verdict) for one in of(text, **keys)]


class TestWhatIsKept:
    def test_a_delivered_message(self):
        (one,) = of(HELLO + MAIL + DATA + "S: 250 Ok: queued as 1A2B\n" + BYE)
        assert (one.sender, one.recipients) == (b"a@b", ((b"c@d", 250),))
        assert (one.final, one.final_code, one.queue_id) == (5, 250, b"1A2B")
        assert one.octets == len("Subject: x\r\n\r\nbody\r\n.\r\n")
        assert (one.outcome, one.believed, one.verdict, one.because) == (
            "accepted", "accepted", "delivered", None,
        )  # fmt: skip
        assert one.exchanges == (2, 5)

    def test_recipients_have_the_codes_that_they_drew(self):
        mail = MAIL + "C: RCPT TO:<e@f>\nS: 550 no\n"
        (one,) = of(HELLO + mail + DATA + "S: 250 kept\n" + BYE)
        assert one.recipients == ((b"c@d", 250), (b"e@f", 550))
        assert one.verdict == "delivered"

    def test_several_messages_on_one_connection(self):
        message = MAIL + DATA + "S: 250 kept\n"
        found = of(HELLO + message + message.replace("a@b", "e@f") + BYE)
        assert [one.sender for one in found] == [b"a@b", b"e@f"]
        assert [one.exchanges for one in found] == [(2, 5), (6, 9)]

    def test_chunks_are_counted_and_the_last_one_decides(self):
        bdat = "C: BDAT 6\n+ abcd\nS: 250 ok\nC: BDAT 4 LAST\n+ xy\nS: 250 Ok: queued as 9Z9\n"
        (one,) = of(HELLO + MAIL + bdat + BYE)
        assert (one.octets, one.queue_id, one.verdict) == (10, b"9Z9", "delivered")

    def test_no_mail_no_transaction(self):
        assert of(HELLO + "C: VRFY root\nS: 252 may be\n" + BYE) == ()

    def test_a_path_that_is_none_is_not_shown(self):
        (one,) = of(HELLO + "C: MAIL about my secret\nS: 501 no\n" + BYE)
        assert one.sender is None


class TestWhatBecameOfIt:
    def test_refused_at_its_end(self):
        assert fates(HELLO + MAIL + DATA + "S: 554 no\n" + BYE) == [("refused", "refused", "refused")]

    @pytest.mark.parametrize(
        "refused",
        [
            "C: MAIL FROM:<a@b>\nS: 451 no\n",
            "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 550 no\n",
            MAIL + "C: DATA\nS: 451 no\n",
            MAIL + "C: DATA\nS: 451 no\nC: RSET\nS: 250 ok\n",
        ],
    )
    def test_refused_before_it(self, refused):
        assert fates(HELLO + refused + BYE) == [("refused", "refused", "refused")]

    @pytest.mark.parametrize("left", ["C: RSET\nS: 250 ok\n", "", "C: EHLO gw\nS: 250 mx\n"])
    def test_left(self, left):
        (one,) = of(HELLO + MAIL + left + BYE)
        assert one.verdict == "abandoned"

    def test_a_second_mail_that_is_refused_changes_nothing(self):
        nested = "C: MAIL FROM:<x@y>\nS: 503 nested\n"
        (one,) = of(HELLO + MAIL + nested + DATA + "S: 250 kept\n" + BYE)
        assert (one.sender, one.verdict) == (b"a@b", "delivered")

    def test_the_connection_ends_within_the_message(self):
        (one,) = of(HELLO + MAIL + "C: DATA\nS: 354 go\nC: Subject: x\nclose client")
        assert (one.verdict, one.outcome, one.octets) == ("abandoned", "none", None)

    def test_the_capture_ends_within_the_message(self):
        assert fates(HELLO + MAIL + "C: DATA\nS: 354 go\nC: Subject: x") == [
            ("unknown", "unknown", "unknown")
        ]

    def test_the_capture_ends_before_the_reply(self):
        assert fates(HELLO + MAIL + DATA) == [("unknown", "unknown", "unknown")]

    def test_a_hole_that_hides_the_reply_hides_the_fate(self):
        text = HELLO + MAIL + DATA + "S[lost]: 250 kept\n" + BYE
        assert fates(text) == [("unknown", "unknown", "unknown")]

    def test_text_run_as_commands_is_refused(self):
        text = "C: DATA\nS: 451 no\nC: Subject: x\n+ .\nS: 500 a\n+ 500 b\n"
        (one,) = of(HELLO + MAIL + text + BYE)
        assert (one.verdict, one.texts) == ("refused", ((4, 5, 6, True),))

    def test_text_that_is_sent_again_and_again(self):
        text = "C: DATA\nS: 451 no\nC: Subject: x\n+ .\nS: 500 a\n+ 500 b\n"
        (one,) = of(HELLO + MAIL + text * 2 + BYE)
        assert one.texts == ((4, 5, 6, True), (7, 8, 9, True))

    def test_commands_that_the_server_took_for_text_make_no_message(self):
        text = "C: DATA\nS: 354 go\nC: QUIT\nclose client"
        (one,) = of(HELLO + MAIL + text)
        assert (one.verdict, one.because) == ("abandoned", "the server read commands as message text")


class TestSeveralReplies:
    LMTP = HELLO.replace("HELO", "LHLO") + MAIL + "C: RCPT TO:<e@f>\nS: 250 ok\n" + DATA

    def test_lmtp_accepts_for_one_of_two(self):
        (one,) = of(self.LMTP + "S: 250 kept\n+ 450 later\n" + BYE)
        assert (one.verdict, one.because) == ("delivered", "refused for 1 of 2 recipients")
        assert (one.final, one.final_code) == (7, 450)
        assert one.exchanges == (2, 7)

    def test_lmtp_refuses_for_both(self):
        assert fates(self.LMTP + "S: 550 no\n+ 450 later\n" + BYE) == [("refused", "refused", "refused")]


class TestTheFinalReplyAndItsClient:
    AT_RISK = ("accepted", "unknown", "duplicate-risk")

    def test_never_acknowledged_by_a_client_that_had_closed(self):
        end = "fin client [unprompted +60s]\nS[after body +75s]: 250 kept\nreset client [flags R]"
        assert fates(HELLO + MAIL + DATA + end) == [self.AT_RISK]

    def test_acknowledged_by_a_reset_behind_the_fin(self):
        end = "fin client [unprompted +60s]\nS[after body +75s]: 250 kept\nreset client"
        assert fates(HELLO + MAIL + DATA + end) == [self.AT_RISK]

    def test_acknowledged_by_a_reset_alone(self):
        assert fates(HELLO + MAIL + DATA + "S: 250 kept\nreset client") == [
            ("accepted", "unknown", "delivered")
        ]

    def test_acknowledged_with_the_fin(self):
        end = "S: 250 kept\nfin client\nfin server\nack client"
        assert fates(HELLO + MAIL + DATA + end) == [("accepted", "accepted", "delivered")]

    def test_the_capture_ends_with_the_reply(self):
        end = "capture server\nS: 250 kept"
        assert fates(HELLO + MAIL + DATA + end, rtt="client 40ms server 1ms") == [
            ("accepted", "unknown", "delivered")
        ]

    def test_sent_again_and_again(self):
        end = "S[dropped]: 250 kept\n" + "S[again +1s]\n" * 4
        assert fates(HELLO + MAIL + DATA + end.replace("S[again +1s]", "S[dropped again +1s]:")) == [
            self.AT_RISK
        ]

    def test_a_client_that_goes_on_before_it(self):
        end = "C[unprompted +30s]: RSET\nS[after body +40s]: 250 kept\nS[unprompted]: 250 ok\n"
        assert fates(HELLO + MAIL + DATA + end + BYE)[0] == self.AT_RISK

    def test_closed_by_the_server_without_it(self):
        (one,) = of(HELLO + MAIL + DATA + "close server")
        assert (one.outcome, one.verdict) == ("unknown", "duplicate-risk")
        assert "server" in one.because

    def test_a_message_that_the_server_never_acknowledged_cannot_be_at_risk(self):
        text = DATA.replace("C: Subject", "C[dropped]: Subject")
        assert [each[2] for each in fates(HELLO + MAIL + text + "reset client")] == ["abandoned"]


class TestBeliefs:
    TEXT = HELLO + MAIL + DATA + "S: 554 no\n" + BYE

    def read(self, text, believed, **others):
        one = said(text)
        beliefs = [Belief(220, 0, 1), *[None] * (len(one.exchanges) - 1)]
        beliefs[5] = Belief(believed, 10, 20)
        for index, code in others.items():
            beliefs[int(index[1:])] = Belief(code, 5, 9)
        reading = Reading(
            Reader("line", (), 1.0, None),
            Drift(1, None, "multiline-reply", 0),
            (0, *[1] * (len(one.exchanges) - 1)),
            tuple(beliefs),
        )
        (found,) = transactions_of(one.connection, one.exchanges, reading)
        return found

    def test_lost(self):
        one = self.read(self.TEXT, 250)
        assert (one.outcome, one.believed, one.verdict) == ("refused", "accepted", "lost")

    def test_at_risk(self):
        one = self.read(self.TEXT.replace("554", "250"), 550)
        assert (one.outcome, one.believed, one.verdict) == ("accepted", "refused", "duplicate-risk")

    def test_a_354_is_success_to_a_client_that_sent_its_message_on_a_250(self):
        assert self.read(self.TEXT, 354, i4=250).verdict == "lost"
        assert self.read(self.TEXT, 354).verdict == "unknown"

    def test_a_recipient_whose_refusal_it_did_not_see(self):
        text = self.TEXT.replace("554", "250").replace("C: RCPT TO:<c@d>\nS: 250", "C: RCPT TO:<c@d>\nS: 550")
        one = self.read(text, 250, i3=250)
        assert (one.outcome, one.verdict, one.because) == ("accepted", "lost", "for 1 of 1 recipients")

    def test_in_step_again_at_the_message(self):
        one = said(self.TEXT)
        shifts = (0, 1, 1, 0, 0, 0, 0)
        reading = Reading(
            Reader("segment", (), 1.0, None), Drift(1, 3, "split-reply", 0), shifts, (None,) * 7
        )
        (found,) = transactions_of(one.connection, one.exchanges, reading)
        assert (found.believed, found.verdict) == ("refused", "refused")

    def test_a_client_that_waits_for_nothing_believes_nothing(self):
        one = said(self.TEXT)
        blind = Reading(Reader("blind", (), 1.0, None))
        (found,) = transactions_of(one.connection, one.exchanges, blind)
        assert (found.believed, found.verdict) == ("unknown", "refused")

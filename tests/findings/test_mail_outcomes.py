from dataclasses import replace

import pytest
from judged import codes, found, said

from desync.exchanges.envelopes import transactions_of
from desync.exchanges.reading import Belief, Drift, Reader, Reading
from desync.findings.finding import Facts, Place

HELLO = "S: 220 mx\nC: HELO gw\nS: 250 mx\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
MESSAGE = MAIL + "C: DATA\nS: 354 go\nC: Subject: x\n+\n+ body\n+ .\n"
BYE = "C: QUIT\nS: 221 bye\nclose"
LATE = "fin client [unprompted +60s]\nS[after body +75s]: 250 kept\nreset client [flags R]"
AGAIN = "C[unprompted +30s]: RSET\nS[after body +40s]: 250 kept\nS[unprompted]: 250 ok\ngap 2000\n"


def drifted(text, believed, cause="multiline-reply", candidates=(), *, agreed=True):
    """A dialogue of a client that took this code for the reply to its message."""
    one = said(text)
    count = len(one.exchanges)
    beliefs = tuple(Belief(believed, 3, 9) if index == 5 else None for index in range(count))
    reading = Reading(
        Reader("line", candidates, 1.0, None),
        Drift(1, None, cause, 0, agreed),
        (0, *[1] * (count - 1)),
        beliefs,
    )
    return replace(one, reading=reading, transactions=transactions_of(one.connection, one.exchanges, reading))


class TestLost:
    def test_believed_accepted_and_refused(self):
        one = found(drifted(HELLO + MESSAGE + "S: 554 no\n" + BYE, 250), "SYNC204")
        assert (one.severity, one.certainty, one.blame) == ("error", "consistent", "client")
        assert one.exchanges == (2, 5)
        assert one.details["because"] == "SYNC201"
        assert one.details["final_code"] == 554
        assert "554" in one.message

    def test_a_surplus_reply_is_the_servers_doing(self):
        assert found(
            drifted(HELLO + MESSAGE + "S: 554 no\n" + BYE, 250, "surplus-reply"), "SYNC204"
        ).blame == ("server")

    def test_other_models_leave_it_open(self):
        one = found(drifted(HELLO + MESSAGE + "S: 554 no\n" + BYE, 250, candidates=("segment",)), "SYNC204")
        assert one.certainty == "inconclusive"
        assert one.details["reasons"]

    def test_it_is_no_surer_than_the_drift_that_it_follows_from(self):
        one = drifted(HELLO + MESSAGE + "S: 554 no\n" + BYE, 250)
        one = replace(one, connection=one.connection._replace(times_sound=False))
        drift, lost = found(one, "SYNC201"), found(one, "SYNC204")
        assert (drift.certainty, lost.certainty) == ("inconclusive", "inconclusive")
        assert lost.details["reasons"] == drift.details["reasons"]

    def test_models_that_do_not_agree_on_the_drift_say_nothing(self):
        one = drifted(HELLO + MESSAGE + "S: 554 no\n" + BYE, 250, agreed=False)
        assert (one.transactions[0].believed, one.transactions[0].verdict) == ("unknown", "unknown")
        assert "SYNC204" not in codes(one)

    @pytest.mark.parametrize(("true", "believed"), [("554 no", 550), ("250 kept", 250), ("554 no", None)])
    def test_what_is_not_lost(self, true, believed):
        assert "SYNC204" not in codes(drifted(f"{HELLO}{MESSAGE}S: {true}\n{BYE}", believed))

    def test_a_refusal_in_step_is_known(self):
        assert "SYNC204" not in codes(said(HELLO + MESSAGE + "S: 554 no\n" + BYE))


class TestDuplicateRisk:
    def test_closed_while_it_waited(self):
        one = found(said(HELLO + MESSAGE + LATE), "SYNC205")
        assert (one.severity, one.certainty, one.blame) == ("warning", "consistent", "client")
        assert one.details["waited_ns"] == pytest.approx(60_000_000_000, rel=1e-3)
        assert one.details["repeats"] == []

    def test_who_waits_for_ten_minutes_has_done_enough(self):
        text = LATE.replace("+60s", "+600s").replace("+75s", "+660s")
        assert found(said(HELLO + MESSAGE + text), "SYNC205").blame == "server"

    def test_a_server_that_closes_without_a_word(self):
        one = found(said(HELLO + MESSAGE + "close server"), "SYNC205")
        assert one.blame == "server"
        assert "perhaps accepted" in one.message

    def test_a_reply_that_does_not_come_through(self):
        again = "S[dropped again +1s]:\n" * 4
        assert found(said(HELLO + MESSAGE + "S[dropped]: 250 kept\n" + again), "SYNC205").blame == "path"

    def test_went_on_and_sent_it_again(self):
        one = found(said(HELLO + MESSAGE + AGAIN + MESSAGE + "S: 250 kept\n" + BYE), "SYNC205")
        assert one.details["because"] == "SYNC107"
        (again,) = one.details["repeats"]
        assert f"frame {again['frame']}" in one.message

    def test_believed_refused(self):
        one = found(drifted(HELLO + MESSAGE + "S: 250 kept\n" + BYE, 550), "SYNC205")
        assert (one.blame, one.details["because"]) == ("client", "SYNC201")

    def test_repeats_elsewhere_come_from_the_facts(self):
        one = said(HELLO + MESSAGE + LATE)
        sent = one.exchanges[2].sent[0]
        facts = Facts(repeats={Place(sent.capture, sent.frame): (Place(1, 77),)})
        again = found(one, "SYNC205", facts)
        assert again.details["repeats"] == [{"capture": 1, "frame": 77}]
        assert "frame 77" in again.message

    def test_without_its_beginning_it_is_inconclusive(self):
        text = "capture nothing\n" + HELLO + "capture both\n" + MESSAGE + LATE
        assert found(said(text, handshake=False), "SYNC205").certainty == "inconclusive"

    @pytest.mark.parametrize(
        "end",
        [
            "S: 250 kept\n" + BYE,
            "S[+75s]: 250 kept\nfin client\nfin server\nack client",
            "S: 250 kept\nreset client",
            "S: 554 no\nfin client\nreset client",
            "",
        ],
    )
    def test_what_is_no_risk(self, end):
        assert "SYNC205" not in codes(said(HELLO + MESSAGE + end))

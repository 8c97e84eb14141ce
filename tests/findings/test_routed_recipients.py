"""MAIL701: recipients that name a way, and were accepted."""

import pytest
from build import segments_capture
from judged import codes, findings, found, heard, played, said

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\nC: MAIL FROM:<a@b>\nS: 250 ok\n"
ROUTED = "C: RCPT TO:<user%host@relay>\nS: 250 ok\n"
BYE = "C: QUIT\nS: 221 bye\nclose"
MESSAGE = "C: DATA\nS: 354 go\nC: x\n+ .\nS: 250 kept\n"


def finding(text):
    return found(said(text), "MAIL701")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("user%host@relay", "percent"),
        ("@a,@b:user@c", "source-route"),
        ("host!user", "bang"),
        ('"user@host"@relay', "quoted"),
        ("user@host@relay", "two-hosts"),
    ],
)
@pytest.mark.parametrize("code", [250, 251, 252])
def test_each_form_is_found_when_it_is_accepted(path, form, code):
    one = finding(HELLO + f"C: RCPT TO:<{path}>\nS: {code} ok\n" + MESSAGE + BYE)
    assert (one.severity, one.blame, one.certainty) == ("warning", "configuration", "proved")
    assert one.details["recipients"] == [
        {"exchange": 3, "address": path, "form": form, "code": code, "message": "accepted"}
    ]
    assert one.exchanges == (3, 3)


@pytest.mark.parametrize("code", [550, 553, 450, 501])
def test_a_refused_one_is_none(code):
    assert "MAIL701" not in codes(said(HELLO + f"C: RCPT TO:<user%host@relay>\nS: {code} no\n" + BYE))


@pytest.mark.parametrize(
    "later",
    ["C: DATA\nS: 554 no valid recipients\n", "C: DATA\nS: 354 go\nC: x\n+ .\nS: 550 relaying denied\n"],
    ids=["DATA", "message"],
)
def test_nor_is_one_whose_message_was_refused(later):
    assert "MAIL701" not in codes(said(HELLO + ROUTED + later + BYE))


def test_the_sender_may_be_of_any_form():
    text = HELLO.replace("a@b", "a%c@b") + "C: RCPT TO:<c@d>\nS: 250 ok\n" + MESSAGE + BYE
    assert "MAIL701" not in codes(said(text))


def test_a_probe_that_sends_no_message_is_answer_enough():
    one = finding(HELLO + ROUTED + "C: RSET\nS: 250 ok\n" + BYE)
    assert (one.certainty, one.details["recipients"][0]["message"]) == ("proved", "none")
    assert "message" not in one.message


def test_recipients_of_several_messages_are_one_finding():
    text = HELLO + ROUTED + MESSAGE + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c!d>\nS: 250 ok\n"
    one = finding(text + "C: RSET\nS: 250 ok\n" + BYE)
    assert one.details["times"] == 2
    assert [each["form"] for each in one.details["recipients"]] == ["percent", "bang"]
    assert "2 routed recipients" in one.message
    assert "1 of them with a message" in one.message


def test_it_never_says_that_mail_was_relayed():
    assert finding(HELLO + ROUTED + MESSAGE + BYE).message.endswith("whether mail was relayed is not known")


def test_the_message_shows_no_address():
    assert "user%host@relay>" not in finding(HELLO + ROUTED.replace("user%", "anna%") + MESSAGE + BYE).message


LMTP = (
    "S: 220 mx\nC: LHLO gw\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<no@one>\nS: 550 no\n"
    "C: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<user%host@relay>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\n+ .\n"
)
PRDR = LMTP.replace("LHLO", "EHLO").replace("250 mx", "250-mx\n+ 250 PRDR").replace("<a@b>", "<a@b> PRDR")


class TestARecipientsOwnReply:
    def test_refused_in_lmtp(self):
        assert "MAIL701" not in codes(said(LMTP + "S: 250 c\n+ 550 user\n" + BYE))

    def test_accepted_in_lmtp_though_another_was_refused(self):
        one = finding(LMTP + "S: 550 c\n+ 250 user\n" + BYE)
        assert one.details["recipients"][0]["message"] == "accepted"

    def test_refused_in_prdr(self):
        assert "MAIL701" not in codes(said(PRDR + "S: 353 each\n+ 250 c\n+ 550 user\n+ 250 kept\n" + BYE))

    def test_refused_in_prdr_for_all(self):
        assert "MAIL701" not in codes(said(PRDR + "S: 353 each\n+ 250 c\n+ 250 user\n+ 550 no\n" + BYE))

    def test_accepted_in_prdr(self):
        one = finding(PRDR + "S: 353 each\n+ 450 c\n+ 250 user\n+ 250 kept\n" + BYE)
        assert one.details["recipients"][0]["message"] == "accepted"


class TestDoubt:
    def test_the_capture_ends_before_the_reply_to_the_message(self):
        one = finding(HELLO + ROUTED + "C: DATA\nS: 354 go\nC: x\n+ .\n")
        assert one.certainty == "inconclusive"
        assert one.details["reasons"] == ["what became of the message is not in the capture"]

    @pytest.mark.parametrize("lost", range(3, 12))
    def test_a_hole_never_leaves_it_proved_falsely(self, lost):
        text = HELLO + "C: RCPT TO:<user%host@relay>\nS: 550 no\n" + BYE
        sent = played(text)
        one = heard(segments_capture(sent[:lost] + sent[lost + 1 :]))
        assert "MAIL701" not in codes(one)

    @pytest.mark.parametrize("first", range(3, 17))
    def test_nor_do_several_in_a_row(self, first):
        text = HELLO + ROUTED + MESSAGE.replace("250 kept", "550 relaying denied") + BYE
        sent = played(text)
        for last in range(first + 1, len(sent)):
            several = findings(heard(segments_capture(sent[:first] + sent[last:])))
            assert {one.certainty for one in several if one.rule.code == "MAIL701"} <= {"inconclusive"}

    def test_from_the_middle(self):
        sent = played(HELLO + ROUTED + MESSAGE + BYE)[8:]
        assert found(heard(segments_capture(sent)), "MAIL701").certainty == "inconclusive"


@pytest.mark.parametrize("size", [1, 2, 7, 30])
def test_segments_do_not_matter(size):
    text = HELLO + f"C[pieces {size}]: RCPT TO:<user%host@relay>\nS: 250 ok\n" + MESSAGE + BYE
    assert finding(text).certainty == "proved"

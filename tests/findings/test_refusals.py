import pytest
from judged import codes, found, said

HELLO = "S: 220 mx\nC: HELO gw\nS: 250 mx\n"
PIPELINED = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 ok\n"
BYE = "C: QUIT\nS: 221 bye\nclose"
CLASS = "SYNC203"


@pytest.mark.parametrize(
    ("text", "run", "what"),
    [
        ("S: 554 no\nC: EHLO gw\nS: 250 mx\n" + BYE, (1, 1), "EHLO sent though the connection"),
        ("S: 220 mx\nC: EHLO gw\nS: 502 no\n" + MAIL + BYE, (2, 2), "MAIL sent though EHLO"),
        (HELLO + "C: MAIL FROM:<a@b>\nS: 451 no\nC: RCPT TO:<c@d>\nS: 503 no\n" + BYE, (3, 3), "RCPT sent"),
        (
            HELLO + "C: MAIL FROM:<a@b>\nS: 451 no\nC: DATA\nS: 503 no\n" + BYE,
            (3, 3),
            "DATA sent though MAIL",
        ),
        (
            HELLO + MAIL + "C: RCPT TO:<c@d>\nS: 550 no\nC: DATA\nS: 503 no\n" + BYE,
            (4, 4),
            "the only recipient",
        ),
        (HELLO + MAIL + "C: DATA\nS: 451 no\nC: .\nS: 500 what\n" + BYE, (4, 4), "message text sent"),
        (HELLO + MAIL + "C: BDAT 3\n+ x\nS: 452 no\nC: BDAT 3 LAST\n+ x\nS: 503 no\n" + BYE, (4, 4), "BDAT"),
        (HELLO + "C: AUTH LOGIN\nS: 504 no\nC: dXNlcg==\nS: 500 what\n" + BYE, (3, 3), "AUTH's answer"),
    ],
)
def test_going_on_in_spite_of_a_refusal(text, run, what):
    one = found(said(text), CLASS)
    assert (one.severity, one.certainty, one.blame) == ("warning", "consistent", "client")
    assert one.exchanges == run
    assert what in one.message


@pytest.mark.parametrize(
    "text",
    [
        "S: 554 no\n" + BYE,
        "S: 220 mx\nC: EHLO gw\nS: 502 no\nC: HELO gw\nS: 250 mx\n" + MAIL + BYE,
        # A later hello that is refused leaves the session as it was (RFC 5321, section 4.1.4).
        HELLO + "C: EHLO gw\nS: 502 no\n" + MAIL + BYE,
        HELLO + "C: AUTH PLAIN AGEAYg==\nS: 535 no\n" + MAIL + BYE,
        HELLO + "C: VRFY root\nS: 502 no\nC: NOOP\nS: 500 no\n" + MAIL + BYE,
        HELLO + "C: MAIL FROM:<a@b>\nS: 451 no\nC: RSET\nS: 250 ok\n" + MAIL + BYE,
        HELLO + "C: MAIL FROM:<a@b>\nS: 451 no\n" + MAIL + "C: RCPT TO:<c@d>\nS: 250 ok\n" + BYE,
        HELLO + MAIL + "C: MAIL FROM:<e@f>\nS: 503 nested\nC: RCPT TO:<c@d>\nS: 250 ok\n" + BYE,
        HELLO + MAIL + "C: RCPT TO:<c@d>\nS: 550 no\nC: RCPT TO:<e@f>\nS: 250 ok\nC: DATA\nS: 354 go\n",
        HELLO + MAIL + "C: DATA\nS: 451 no\nC: XYZZY\nS: 500 what\n" + BYE,
        # The refusal had not arrived, lawfully or not.
        PIPELINED + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ DATA\nS: 250 a\n+ 550 b\n+ 503 c\n" + BYE,
        HELLO + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 451 a\n+ 503 b\n" + BYE,
        # What a client that sends in groups holds when it sends the next one, it need not have read.
        PIPELINED + "C: MAIL FROM:<a@b>\nC[unprompted +1ms]: RCPT TO:<c@d>\nS[after MAIL]: 250 a\n+ 550 b\n"
        "C: DATA\nS: 503 c\n" + BYE,
    ],
)
def test_what_is_no_such_thing(text):
    assert CLASS not in codes(said(text))


def test_a_client_in_lockstep_ignores_it_though_it_might_have_sent_ahead():
    text = PIPELINED + MAIL + "C: RCPT TO:<c@d>\nS: 550 no\nC: DATA\nS: 503 no\n" + BYE
    assert found(said(text), CLASS).exchanges == (4, 4)


def test_what_follows_from_one_refusal_is_one_finding():
    text = (
        HELLO + "C: MAIL FROM:<a@b>\nS: 451 no\nC: RCPT TO:<c@d>\nS: 503 no\nC: RCPT TO:<e@f>\nS: 503 no\n"
        "C: DATA\nS: 503 no\nC: Subject: x\n+ .\nS: 500 a\n+ 500 b\n" + BYE
    )
    one = found(said(text), CLASS)
    assert one.exchanges == (3, 6)
    assert one.details["times"] == 4
    assert one.message == (
        "RCPT, RCPT and DATA sent though MAIL had been refused with 451, and 1 more refusal ignored"
    )


def test_each_message_has_its_own():
    message = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 550 no\nC: DATA\nS: 503 no\n"
    found_in = codes(said(HELLO + message + "C: RSET\nS: 250 ok\n" + message + BYE))
    assert found_in.count(CLASS) == 2


def test_octets_that_are_missing_leave_it_open():
    text = "S: 220 mx\nC: EHLO gw\nS: 502 no\nC[lost]: NOOP\nS: 250 ok\n" + MAIL + BYE
    one = found(said(text), CLASS)
    assert one.certainty == "inconclusive"
    assert one.details["reasons"]

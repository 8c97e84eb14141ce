from judged import codes, found, said

OPENING = """
    S: 220 mx
    C: EHLO gw
    S: 250 mx
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 451 no
"""
TEXT = "C: Subject: my secret\n+\n+ NOOP\n+ .\nS: 500 a\n+ 500 b\n+ 250 c\n+ 500 d\n"
BYE = "C: QUIT\nS: 221 bye\nclose"
CLASS = "SYNC202"


def test_it_says_how_many_lines_and_what_they_drew():
    one = found(said(OPENING + TEXT + BYE), CLASS)
    assert (one.certainty, one.severity, one.blame, one.evidence) == (
        "proved",
        "error",
        "client",
        ("content",),
    )
    assert one.exchanges == (5, 8)
    details = one.details
    assert (details["lines"], details["ended"], details["data"], details["data_code"]) == (4, True, 4, 451)
    assert details["drew"] == {"250": 1, "500": 3}
    assert details["obeyed_as"] == [{"exchange": 7, "verb": "NOOP", "code": 250}]
    assert details["octets"] == len("Subject: my secret\r\n\r\nNOOP\r\n.\r\n")


def test_nothing_of_the_text_is_shown():
    one = found(said(OPENING + TEXT + BYE), CLASS)
    assert "secret" not in one.message
    assert "secret" not in str(one.details)


def test_that_its_lines_did_not_wait_for_each_other_follows_from_it():
    one = found(said(OPENING + TEXT + BYE), "SYNC104")
    assert one.exchanges == (6, 8)
    assert (one.details["because"], one.details["because_exchange"]) == (CLASS, 5)
    assert one.message.startswith("3 lines of message text sent before the reply to a line of message text")


def test_what_it_follows_from():
    assert found(said(OPENING + TEXT + BYE), CLASS).details["because"] == "SYNC203"
    early = (
        OPENING.replace("S: 451 no", "")
        + "C[unprompted +1ms]: Subject: x\n+ .\nS: 451 no\n+ 500 a\n+ 500 b\n"
    )
    one = said(early + BYE)
    assert found(one, CLASS).details["because"] == "SYNC106"
    assert found(one, "SYNC106").exchanges == (5, 6)
    assert "SYNC203" not in codes(one)


def test_what_was_said_before_the_greeting_stays_one_run():
    blast = OPENING.replace("S: 220 mx\n", "").split("\n")
    sent = [line.strip().removeprefix("C: ") for line in blast if "C:" in line]
    text = "C: " + "\n+ ".join([*sent, "Subject: x", ".", "QUIT"]) + "\nS: 220 mx\n"
    text += "S: 250 mx\n+ 250 a\n+ 250 b\n+ 451 no\n+ 500 c\n+ 500 d\n+ 221 bye"
    one = said(text)
    assert found(one, "SYNC101").exchanges == (1, 7)
    assert found(one, CLASS).exchanges == (5, 6)


def test_without_its_beginning_it_is_consistent():
    one = said(
        "capture nothing\n" + OPENING.replace("C: MAIL", "capture both\nC: MAIL") + TEXT + BYE,
        handshake=False,
    )
    assert found(one, CLASS).certainty == "consistent"


def test_with_a_hole_it_is_inconclusive():
    one = said(OPENING.replace("C: MAIL", "C[lost]: MAIL") + TEXT + BYE)
    assert found(one, CLASS).certainty == "inconclusive"


def test_a_single_line_is_not_proof():
    one = said(OPENING + "C: Subject: x\nS: 500 a\n" + BYE)
    assert found(one, CLASS).certainty == "consistent"

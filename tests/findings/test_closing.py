"""Who closed a connection before its time: PATH605."""

import pytest
from build import segments_capture
from judged import codes, found, heard, played, said

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"
MAIL = f"{HELLO}C: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\nC: DATA\nS: 354 go\n"
QUIT = f"{HELLO}C: QUIT\n"


def closing(text, **keys):
    """Who closed, in which phase, before whose replies; None where that was in order."""
    conversation = said(text, **keys)
    if "PATH605" not in codes(conversation):
        return None
    one = found(conversation, "PATH605")
    assert (one.severity, one.certainty) == ("note", "proved")
    assert one.details["closed_by"] == one.blame
    return one.blame, one.details["phase"], one.details["outstanding"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S: 220 mx\nclose client", ("client", "CONNECT", [])),
        ("S: 220 mx\nreset client", ("client", "CONNECT", [])),
        ("C: EHLO gw\nfin client [unprompted +1ms]", ("client", "EHLO", ["greeting", "EHLO"])),
        (f"{HELLO}close client", ("client", "EHLO", [])),
        (f"{HELLO}close", ("server", "EHLO", [])),
        (f"{HELLO}reset server", ("server", "EHLO", [])),
        (f"{HELLO}C: RSET\nfin server", ("server", "RSET", ["RSET"])),
        (f"{HELLO}C: RSET\nreset client [unprompted +1ms]", ("client", "RSET", ["RSET"])),
        (f"{HELLO}C: FOO\nS: 500 what?\nclose client", ("client", "UNKNOWN", [])),
        (f"{MAIL}close client", ("client", "DATA", [])),
        (f"{MAIL}C: Subject: x\nclose client", ("client", "DATA", [])),
        (f"{MAIL}C: x\n+ .\nfin client [unprompted +1ms]", ("client", "END-OF-MESSAGE", ["mail data"])),
        (f"{MAIL}C: x\n+ .\nS: 250 kept\nclose client", ("client", "END-OF-MESSAGE", [])),
        (f"{MAIL}C: x\n+ .\nS: 554 no\nclose", ("server", "END-OF-MESSAGE", [])),
        (f"{HELLO}C: AUTH LOGIN\nS: 334 a\nC: eA==\nS: 334 b\nclose client", ("client", "AUTH", [])),
        (f"{QUIT}fin client [unprompted +1ms]\nS[after QUIT]: 221 bye", ("client", "QUIT", ["QUIT"])),
        (f"{QUIT}fin server", ("server", "QUIT", ["QUIT"])),
        ("S: 554 not you\nclose", ("server", "CONNECT", [])),
    ],
)
def test_it_was_before_its_time(text, expected):
    assert closing(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{QUIT}S: 221 bye\nclose",
        f"{QUIT}S: 221 bye\nclose client",
        f"{QUIT}S: 221 bye\nreset client",
        f"{QUIT}S: 221 bye\nreset client [flags R]",
        f"{QUIT}S: 221 bye\nreset server",
        f"{QUIT}S: 221 bye\nfin server\nreset client",
        f"{QUIT}S: 221 bye\nclose\nreset client",
        f"{HELLO}S[+300s]: 421 idle\nclose",
        f"{HELLO}S[+300s]: 421 idle\nclose client",
        f"{HELLO}S[+300s]: 451 timeout\nclose",
        "S: 421 busy\nclose",
        "S: 521 no mail here\nclose",
        HELLO,
        f"{HELLO}C: RSET",
        f"{HELLO}C: STARTTLS\nS: 220 go\nC[hex]: 16030100050100000100\nclose client",
        "close client",
        "reset client",
        "C: GET / HTTP/1.0\nclose client",
    ],
)
def test_it_was_in_order_or_nobody_can_tell(text):
    assert closing(text) is None


def test_a_fin_that_answers_another_is_not_the_first():
    sent = played(f"{HELLO}fin client\nfin server\nack client")
    # The capture has both in the other order.
    at = next(index for index, one in enumerate(sent) if "F" in one.flags)
    sent[at], sent[at + 1] = sent[at + 1], sent[at]
    assert found(heard(segments_capture(sent)), "PATH605").details["closed_by"] == "client"


def test_a_fin_that_was_not_captured_came_first_all_the_same():
    assert closing(f"{HELLO}fin client [lost]\nfin server\nack client") is None


@pytest.mark.parametrize(
    "text",
    [
        f"{HELLO}C[lost]: RSET\nS: 250 ok\nclose client",
        f"{HELLO}S[lost unprompted]: 421 bye\nclose client",
        f"{HELLO}C[lost]: RSET\nreset client [unprompted +1ms]",
    ],
)
def test_what_is_missing_may_have_been_a_farewell(text):
    one = found(said(text), "PATH605")
    assert (one.certainty, one.details["outstanding"]) == ("inconclusive", [])
    assert one.details["reasons"] == ["octets were not captured"]


def test_a_capture_that_begins_in_the_midst_is_not_sure():
    one = found(said(f"{HELLO}C: RSET\nS: 250 ok\nclose client", handshake=False), "PATH605")
    assert one.certainty == "inconclusive"
    assert "the capture begins in mid-stream" in one.details["reasons"]


@pytest.mark.parametrize(
    ("text", "blame"),
    [
        (f"{HELLO}C: RSET\nfin client [unprompted +301s]", "server"),
        (f"{HELLO}C: RSET\nfin client [unprompted +299s]", "client"),
        (f"{HELLO}C: RSET\nS: 250 ok\nfin client [+301s]", "client"),
        (f"{HELLO}C: RSET\nS: 250 ok\nfin server [unprompted +301s]", "client"),
        (f"{HELLO}C: RSET\nS: 250 ok\nfin server [unprompted +299s]", "server"),
    ],
)
def test_who_has_waited_long_enough_is_not_to_blame(text, blame):
    assert found(said(text), "PATH605").blame == blame


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S: 220 mx\nclose client", "the client closed the connection after CONNECT, without QUIT"),
        (
            f"{HELLO}reset server [+2s]",
            "the server reset the connection after EHLO, 2.0 s later, without 221 or 421",
        ),
        (
            f"{MAIL}C: x\nclose client",
            "the client closed the connection after DATA, before the end of the message",
        ),
        (
            f"{QUIT}fin client [unprompted +1ms]\nS[after QUIT]: 221 bye",
            "the client closed the connection after QUIT, before the reply to QUIT",
        ),
        (
            "C: EHLO gw\nfin client [unprompted +1ms]",
            "the client closed the connection after EHLO, before the greeting and 1 more",
        ),
    ],
)
def test_the_message_says_who_when_and_before_what(text, message):
    assert found(said(text), "PATH605").message == message


def test_without_a_clock_it_is_told_all_the_same():
    sent = [one._replace(time=0) for one in played(f"{HELLO}close client")]
    one = found(heard(segments_capture(sent)), "PATH605")
    assert (one.certainty, one.details["waited_ns"]) == ("proved", None)

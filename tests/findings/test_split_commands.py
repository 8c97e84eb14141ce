"""Servers that take one read for one command: REPLY310, and REPLY306 because of it."""

import pytest
from build import segments_capture
from judged import codes, found, heard, played, said

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\n"
END = "C: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye\nclose"
SPLIT = rf"""{HELLO}C: MAIL FROM:<a@b>
+ RCP\
S: 250 a
+ 500 what?
C: T TO:<c@d>
S: 500 what?
{END}"""


def test_the_first_piece_drew_a_reply():
    conversation = said(SPLIT)
    one = found(conversation, "REPLY310")
    assert (one.severity, one.certainty, one.blame) == ("error", "proved", "server")
    start = len("EHLO gw\r\nMAIL FROM:<a@b>\r\n")
    assert one.details["cut"] == one.details["acknowledged"] == start + 3
    assert one.details["octets"] == [start, start + len("RCPT TO:<c@d>\r\n")]
    assert one.details["reply_code"] == 500
    assert (
        one.message
        == "RCPT, which came in 2 segments, was answered piece by piece: a 500 to the first 3 octets"
    )
    assert conversation.exchanges[one.exchanges[0]].prompt.verb == "RCPT"


def test_the_surplus_reply_names_it_as_its_cause():
    one = found(said(SPLIT), "REPLY306")
    assert one.details["because"] == "REPLY310"
    assert one.details["because_exchange"] == found(said(SPLIT), "REPLY310").exchanges[0]


def test_a_command_obeyed_before_its_crlf():
    one = found(said(f"S: 220 mx\nC: HELO gw\\\nS: 250 mx\nC[+1ms]: \nS: 500 what?\n{END}"), "REPLY310")
    assert (one.certainty, one.details["reply_code"]) == ("proved", 250)


def test_where_the_rest_had_arrived_the_codes_alone_say_it():
    late = SPLIT.replace("S: 250 a\n+ 500 what?\nC: T TO", "C[unprompted +1ms]: T TO").replace(
        "S: 500 what?", "S: 250 a\n+ 500 what?\n+ 500 what?"
    )
    one = found(said(late), "REPLY310")
    assert (one.certainty, one.details["acknowledged"]) == ("consistent", None)


@pytest.mark.parametrize(
    "text",
    [
        # The server waits for the rest of the line.
        SPLIT.replace("\n+ 500 what?", "").replace("S: 500 what?", "S: 250 b"),
        # It refuses the recipient once.
        SPLIT.replace("\n+ 500 what?", ""),
        # It closes while half of a command is there.
        f"{HELLO}C: MAIL FRO\\\nS[+300s]: 421 timeout\nclose",
        # The surplus reply is to the message; the split command is taken as it is.
        f"{HELLO}C: RSET\n+ RS\\\nS: 250 a\n+ 250 a\nC: ET\nS: 250 b\n{END}",
        # Each piece is a line.
        f"{HELLO}C: RCP\nS: 500 what?\nC: T TO:<c@d>\nS: 500 what?\n{END}",
    ],
)
def test_it_is_something_else(text):
    assert "REPLY310" not in codes(said(text))


def test_what_is_missing_may_have_asked_for_it():
    one = found(said(SPLIT.replace("C: QUIT", "C[lost]: QUIT")), "REPLY310")
    assert one.certainty == "inconclusive"
    assert one.details["reasons"]


def test_the_rest_sent_twice_changes_nothing():
    sent = played(SPLIT)
    again = [
        copy for one in sent for copy in ([one, one._replace(time=one.time + 1)] if one.octets else [one])
    ]
    assert found(heard(segments_capture(again)), "REPLY310").details == found(said(SPLIT), "REPLY310").details

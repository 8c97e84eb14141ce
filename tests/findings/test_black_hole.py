"""Segments of full size that vanish, where smaller ones do not: PATH603."""

import pytest
from build import segments_capture
from judged import codes, found, heard, played, said

from desync.units import MILLISECOND

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"
MAIL = f"{HELLO}C: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\nC: DATA\nS: 354 go\n"
LINE = "x" * 71
FULL = f"C[{{}} repeat 20]: {LINE}\n"
TAIL = "C[unprompted]: end\n+ .\n"
AGAIN = "C[unprompted +{} again of xxx {}]:\n"
LOST = "".join(AGAIN.format(delay, "dropped") for delay in ("300ms", "600ms", "1200ms", "2400ms"))
GIVES_UP = "S[unprompted +300s]: 421 timeout\nclose"
STUCK = MAIL + FULL.format("dropped") + TAIL + LOST
SMALLER = """
    C[unprompted +300ms again 50-562]:
    C[unprompted again 562-1074]:
    C[unprompted again 1074-1510]:
    S[after xxx +5s]: 250 kept
    C: QUIT
    S: 221 bye
    close
"""


def hole(text, **keys):
    return found(said(text, **keys), "PATH603")


def test_the_message_never_arrives():
    one = hole(STUCK + GIVES_UP)
    assert (one.severity, one.certainty, one.blame) == ("error", "consistent", "path")
    assert one.details["side"] == "client"
    assert (one.details["size"], one.details["transmissions"]) == (1460, 5)
    assert (one.details["got_through"], one.details["df"]) == (False, True)
    assert one.details["passed"] == len("MAIL FROM:<a@b>\r\n")
    assert one.details["offset"] == len("EHLO gw\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
    assert one.details["span_ns"] // MILLISECOND == 4500


def test_smaller_segments_carry_the_same_octets_through():
    start = len("EHLO gw\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
    moved = SMALLER
    for number in (1510, 1074, 562, 50):
        moved = moved.replace(str(number), str(number - 50 + start))
    one = hole(STUCK + moved)
    assert (one.certainty, one.details["got_through"]) == ("consistent", True)


def test_the_server_may_be_the_one_that_sends():
    text = HELLO + "C: HELP\n" + FULL.format("dropped").replace("C[", "S[").replace("]: x", "]: 214-x")[:-5]
    text = (
        text
        + "\n"
        + "S[unprompted]: 214 end\n"
        + LOST.replace("C[", "S[")
        + "C[unprompted +60s]: QUIT\nclose client"
    )
    assert hole(text).details["side"] == "server"


def test_the_times_are_not_needed():
    sent = [one._replace(time=0) for one in played(STUCK + GIVES_UP)]
    assert found(heard(segments_capture(sent)), "PATH603").details["span_ns"] is None


@pytest.mark.parametrize(
    "text",
    [
        # The last copy gets through.
        MAIL + FULL.format("dropped") + TAIL + LOST + AGAIN.format("5s", "") + "S: 250 kept",
        # Three copies: chance.
        MAIL + FULL.format("dropped") + TAIL + "\n".join(LOST.splitlines()[:2]) + "\n" + GIVES_UP,
        # The other side is gone.
        MAIL + FULL.format("dropped") + TAIL.replace("unprompted", "unprompted dropped") + LOST,
        # A segment as large got through before.
        MAIL + FULL.format("unprompted") + FULL.format("unprompted dropped") + LOST + GIVES_UP,
        # Not full: some other reason.
        MAIL + FULL.format("dropped").replace("repeat 20", "repeat 10") + TAIL + LOST + GIVES_UP,
        # Smaller ones had to be sent again, too.
        STUCK.replace("C: RCPT TO:<c@d>", "C[dropped]: RCPT TO:<c@d>\nC[unprompted +300ms again]:")
        + GIVES_UP,
        # Quick repeats within a second are no timer's.
        MAIL + FULL.format("dropped") + TAIL + AGAIN.format("50ms", "dropped") * 5 + GIVES_UP,
    ],
)
def test_it_is_something_else(text):
    assert "PATH603" not in codes(said(text))


def test_who_says_nothing_behind_it_may_be_gone():
    one = hole(STUCK)
    assert one.certainty == "inconclusive"
    assert one.details["reasons"] == ["the capture does not show whether the other side was still there"]


def test_a_segment_as_large_may_have_passed_before_the_capture():
    sent = played(STUCK + GIVES_UP)
    one = found(heard(segments_capture(sent[6:])), "PATH603")
    assert (one.certainty, one.details["reasons"]) == ("inconclusive", ["the capture begins in mid-stream"])


def test_second_copies_of_a_packet_are_no_transmissions():
    sent = played(MAIL + FULL.format("dropped") + TAIL + GIVES_UP)
    full = next(one for one in sent if len(one.octets) == 1460)
    twice = [copy for one in sent for copy in ([one] * 5 if one is full else [one])]
    octets = segments_capture(twice)
    assert "PATH603" not in codes(heard(octets))

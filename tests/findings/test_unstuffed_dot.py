"""DATA405: the rest of a message behind a lone dot; and what else may follow an end of data."""

import pytest
from build import cut, segments_capture
from dialogues import BYE, OPENING
from judged import codes, found, heard, played, said

CODE = "DATA405"
WHAT = "+ 500 what\n"


def of(text):
    return found(said(OPENING + text + BYE), CODE)


def test_it_says_how_many_lines_and_what_they_drew():
    one = of(f"C: a\n+ .\n+ my secret\n+ NOOP\n+ .\nS: 250 kept\n{WHAT}+ 250 ok\n{WHAT}")
    assert (one.severity, one.certainty, one.blame, one.exchanges) == ("error", "proved", "client", (6, 8))
    details = one.details
    assert (details["lines"], details["ended"], details["data"], details["final_code"]) == (3, True, 5, 250)
    assert details["drew"] == {"250": 1, "500": 2}
    assert details["obeyed_as"] == [{"exchange": 7, "verb": "NOOP", "code": 250}]
    assert "secret" not in f"{one.message} {details}"


def test_that_its_lines_did_not_wait_follows_from_it():
    one = said(OPENING + f"C: a\n+ .\n+ b\n+ c\n+ .\nS: 250 kept\n{WHAT * 3}" + BYE)
    early = found(one, "SYNC105")
    assert early.details["because"] == CODE
    assert "message text" in early.message


def test_without_a_second_dot_it_is_consistent():
    one = of(f"C: a\n+ .\n+ b is it\n+ c as well\nS: 250 kept\n{WHAT * 2}")
    assert (one.certainty, one.details["ended"]) == ("consistent", False)


def test_a_message_in_many_segments():
    text = "C: a\n+ .\n+ b\nS: 250 kept\n+ 500 what\nC[unprompted +1ms]: c\n+ .\nS: 500 what\n+ 500 what\n"
    assert of(text).details["lines"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "C: a\n+ .\n+ MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 ok\n+ 250 ok\n+ 250 ok\n",
        "C: a\n+ .\n+ RSET\nS: 250 ok\n+ 250 ok\n",
        "C: a\n+ .\n+\nS: 250 ok\n+ 500 what\n",
        "C: a\n+ .\n+\n+\nS: 250 ok\n+ 500 what\n+ 500 what\n",
        "C: a\n+ .\n+ .\nS: 250 ok\n+ 500 what\n",
        "C: a\n+ .\nS: 250 ok\nC: b\nS: 500 what\nC: c\nS: 500 what\nC: .\nS: 500 what\n",
        "C: a\n+ ..\n+ b\n+ .\nS: 250 ok\n",
        "C: a\n+ .\n+ XFOO\nS: 250 ok\n+ 500 what\n",
        "C: a\\n.\\nb\n+ c\n+ .\nS: 250 ok\n+ 500 what\n+ 500 what\n+ 500 what\n",
    ],
    ids=[
        "the next message",
        "a reset",
        "an empty line",
        "two empty lines",
        "a dot too many",
        "lines that waited",
        "a stuffed dot",
        "one unknown command",
        "another end of data",
    ],
)
def test_what_else_may_follow(text):
    assert CODE not in codes(said(OPENING + text + BYE))


def test_a_refused_data_is_another_matter():
    text = OPENING.replace("354 go", "451 no") + "C: Subject: a\n+ .\n+ b\n+ .\nS: 500 a\n" + WHAT * 3
    assert "SYNC202" in (found_codes := codes(said(text + BYE)))
    assert CODE not in found_codes


def test_a_hole_in_the_message_shows_no_end_of_it():
    text = "C: a\n+ .\nC[lost unprompted]: b\nC[unprompted]: c\n+ d\n+ .\nS: 250 kept\n"
    assert CODE not in codes(said(OPENING + text.replace("C: a\n+ .", "C: a") + BYE))
    assert CODE not in codes(said("C: a\n+ .\n+ b\n+ c\n+ .\nS: 250 kept\n", handshake=False))


def test_with_a_hole_it_is_inconclusive():
    text = OPENING.replace("C: RCPT", "C[lost]: RCPT") + f"C: a\n+ .\n+ b\n+ c\n+ .\nS: 250 kept\n{WHAT * 3}"
    assert found(said(text + BYE), CODE).certainty == "inconclusive"


def test_cutting_the_segments_changes_nothing():
    sent = played(OPENING + f"C: a\n+ .\n+ b\n+ c\n+ .\nS: 250 kept\n{WHAT * 3}" + BYE)
    pieces = [
        part for one in sent for part in (cut(one, *range(1, len(one.octets))) if one.octets else [one])
    ]
    one, other = (found(heard(segments_capture(each)), CODE) for each in (sent, pieces))
    assert (one.certainty, one.message, one.details) == (other.certainty, other.message, other.details)

"""DATA403: bare CR and LF, where and how many; and where they are nobody's business."""

import pytest
from build import cut, segments_capture
from dialogues import BYE
from judged import codes, found, heard, played, said

CODE = "DATA403"
OPENING = """
    S: 220 mx
    C: EHLO gw
    S: 250-mx
    + 250 CHUNKING
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
"""
DATA = "C: DATA\nS: 354 go\n"


def of(text):
    return found(said(text), CODE)


def test_in_mail_data():
    one = of(OPENING + DATA + "C: a\\nb\\rc\n+ .\nS: 250 ok\n" + BYE)
    assert (one.severity, one.certainty, one.blame) == ("warning", "proved", "client")
    assert one.details["commands"] is None
    start = one.details["mail_data"]["offsets"][0] - 1
    assert one.details["mail_data"] == {"lf": 1, "cr": 1, "prompts": 1, "offsets": [start + 1, start + 3]}
    assert one.message == "1 bare LF and 1 bare CR in mail data"


def test_in_commands():
    one = of(OPENING + "C: RSET\\n\\\nS: 250 ok\nC: NOOP\\r\nS: 250 ok\n" + BYE)
    assert one.details["mail_data"] is None
    assert {name: one.details["commands"][name] for name in ("lf", "cr", "prompts")} == {
        "lf": 1,
        "cr": 1,
        "prompts": 2,
    }
    assert one.exchanges == (4, 5)


@pytest.mark.parametrize(
    "text",
    [
        DATA + "C: a\n+ b\n+ .\nS: 250 ok\n",
        "C: BDAT 6 LAST\n+ a\\nb\\rc\\n\\\nS: 250 ok\n",
        "C: AUTH LOGIN\nS: 334 x\nC: YQ==\\n\\\nS: 334 y\nC: Yg==\\n\\\nS: 535 no\n",
    ],
    ids=["all is well", "a chunk", "answers to AUTH"],
)
def test_nothing_there(text):
    assert CODE not in codes(said(OPENING + text + BYE))


def test_the_line_of_a_chunk_is_a_command():
    one = of(OPENING + "C: BDAT 2 LAST\\nab\\\nS: 250 ok\n" + BYE)
    assert one.details["commands"]["lf"] == 1


def test_a_chunk_that_was_read_as_commands_is_one_all_the_same():
    text = "C: BDAT 16 LAST\n+ dear\\nall\\nyours\\n\\\nS: 503 no\n+ 500 what\n+ 500 what\n+ 500 what\n"
    assert CODE not in codes(said(OPENING + text + BYE))


def test_a_line_that_has_not_ended_is_no_bare_cr():
    assert CODE not in codes(said(OPENING + "C: NOOP\\r\\\n"))


def test_one_finding_for_all_of_a_connection():
    text = OPENING + DATA + "C: " + "a\\n" * 40 + "\n+ .\nS: 250 ok\nC: RSET\\n\\\nS: 250 ok\n" + BYE
    one = of(text)
    assert one.details["mail_data"]["lf"] == 40
    assert len(one.details["mail_data"]["offsets"]) == 5
    assert one.exchanges == (5, 6)


def test_behind_a_hole_it_is_inconclusive():
    text = OPENING.replace("C: RCPT", "C[lost]: RCPT") + DATA + "C: a\\nb\n+ .\nS: 250 ok\n" + BYE
    one = of(text)
    assert (one.certainty, one.details["mail_data"]["lf"]) == ("inconclusive", 1)


def test_where_the_server_was_not_captured_it_is_consistent_at_most():
    sent = [
        one for one in played(OPENING + DATA + "C: a\\nb\n+ .\nS: 250 ok\n" + BYE) if one.side == "client"
    ]
    assert found(heard(segments_capture(sent)), CODE).certainty != "proved"


def test_cutting_the_segments_changes_nothing():
    sent = played(
        OPENING + DATA + "C: a\\n\\r\\nb\\r\\r\\nc\\n\\n\n+ .\nS: 250 ok\nC: RSET\\n\\\nS: 250 ok\n" + BYE
    )
    pieces = [
        part for one in sent for part in (cut(one, *range(1, len(one.octets))) if one.octets else [one])
    ]
    one, other = (found(heard(segments_capture(each)), CODE) for each in (sent, pieces))
    assert (one.certainty, one.message, one.details) == (other.certainty, other.message, other.details)

import pytest
from judged import said

from desync.exchanges.mail_text import mail_texts

OPENING = """
    S: 220 mx
    C: HELO gw
    S: 250 mx
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 451 no
"""


def texts(behind, opening=OPENING):
    return mail_texts(said(opening + behind).exchanges)


def test_a_message_behind_a_refused_data_is_text_to_its_dot():
    (one,) = texts("C: Subject: x\n+\n+ body\n+ .\nS: 500 a\n+ 500 b\n+ 500 c\n+ 500 d\nC: QUIT\nS: 221 bye")
    assert one == (4, 5, 8, True)


def test_a_text_without_header_is_known_by_its_dot():
    (one,) = texts("C: body\n+ .\nS: 500 a\n+ 500 b\nC: QUIT\nS: 221 bye")
    assert (one.first, one.last, one.ended) == (5, 6, True)


def test_a_text_that_stops_is_known_by_its_header():
    (one,) = texts("C: From: a\n+ To: b\nS: 500 a\n+ 500 b\nC: QUIT\nS: 221 bye")
    assert (one.first, one.last, one.ended) == (5, 6, False)


def test_lines_that_read_like_commands_are_text_within_a_segment():
    (one,) = texts("C: Subject: x\n+ RSET\n+ QUIT\n+ .\nS: 500 a\n+ 250 b\n+ 221 c")
    assert (one.first, one.last, one.ended) == (5, 8, True)


def test_a_text_may_begin_before_the_refusal_has_come():
    sent = OPENING.replace("S: 451 no", "C[unprompted +1ms]: Subject: x\n+ .\nS: 451 no\n+ 500 a\n+ 500 b")
    (one,) = texts("C: QUIT\nS: 221 bye", sent)
    assert (one.first, one.last) == (5, 6)


@pytest.mark.parametrize(
    "behind",
    [
        "C: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye",
        "C: QUIT\nS: 221 bye",
        "C: MAIL FROM:<e@f>\nS: 250 ok",
        "C: XYZZY\nS: 500 what\nC: PLUGH\nS: 500 what\nC: QUIT\nS: 221 bye",
        "C: .\nS: 500 what\nC: QUIT\nS: 221 bye",
        "C: HELP ME\nS: 214 no",
        "",
    ],
)
def test_other_things_behind_a_refused_data_are_no_text(behind):
    assert texts(behind) == ()


def test_what_an_accepted_data_draws_is_no_text():
    accepted = OPENING.replace("451 no", "354 go")
    assert (
        texts("C: Subject: x\n+ .\nS: 250 kept\nC: To: y\nS: 500 what\nC: QUIT\nS: 221 bye", accepted) == ()
    )


def test_a_session_goes_on_behind_a_text_that_stopped():
    (one,) = texts(
        "C: From: a\n+ To: b\nS: 500 a\n+ 500 b\nC: RSET\nS: 250 ok\nC: MAIL FROM:<a@b>\nS: 250 ok\n"
        "C: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye"
    )
    assert (one.first, one.last) == (5, 6)

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.findings.catalogue import RULES
from desync.findings.mail_log import _TABLE, LINE_LIMIT, codes_for

LINES = [
    (
        "SYNC101",
        "postfix/postscreen[3181]: PREGREET 20 after 0.52 from [192.0.2.7]:4312: HELO gw.example.net",
    ),
    ("SYNC101", "improper command pipelining after CONNECT from unknown[192.0.2.7]: QUIT"),
    ("SYNC101", "554 5.5.0 Error: SMTP protocol synchronization"),
    (
        "SYNC101",
        (
            "SMTP protocol synchronization error (input sent without waiting for greeting): rejected "
            'connection from H=[192.0.2.7] input="HELO gw\\r\\n"'
        ),
    ),
    ("SYNC101", "554 SMTP synchronization error"),
    (
        "SYNC101",
        "rejecting commands from gw.example.net [192.0.2.7] due to pre-greeting traffic after 0 seconds",
    ),
    ("SYNC101", "421 mx.example.org You talk too soon"),
    ("SYNC101", "550 Connecting host started transmitting before SMTP greeting"),
    ("SYNC104", "improper command pipelining after EHLO from gw.example.net[192.0.2.7]: AUTH LOGIN\\r\\n"),
    ("SYNC104", "improper command pipelining after HELO from unknown[192.0.2.7]"),
    ("SYNC104", "improper command pipelining after MAIL from unknown[192.0.2.7]: RCPT TO:<b@example.org>"),
    (
        "SYNC104",
        (
            "SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): "
            'rejected "EHLO gw" H=gw [192.0.2.7] next input="AUTH LOGIN\\r\\n"'
        ),
    ),
    ("SYNC104", "500 5.5.1 Invalid command: Pipelining not supported"),
    ("SYNC104", "COMMAND PIPELINING from [192.0.2.7]:4312 after HELO: MAIL FROM:<>"),
    ("SYNC105", "improper command pipelining after DATA from unknown[192.0.2.7]: Subject: hello"),
    ("SYNC105", "improper command pipelining after NOOP from unknown[192.0.2.7]"),
    (
        "SYNC105",
        'synchronization error (next input sent too soon: pipelining was advertised): rejected "DATA" H=x',
    ),
    ("SYNC109", "improper command pipelining after QUIT from static.example.net[192.0.2.7]"),
    ("SYNC202", "warning: non-SMTP command from unknown[192.0.2.7]: Subject: hello"),
    ("SYNC202", "too many errors after RCPT from unknown[192.0.2.7]"),
    ("SYNC202", 'SMTP syntax error in "Subject: hello" H=[192.0.2.7] unrecognized command'),
    ("SYNC202", "SMTP call from [192.0.2.7]:2373 dropped: too many unrecognized commands"),
    ("SYNC202", "500 5.3.3 Unrecognized command"),
    ("DATA403", "disconnect: bare <LF> received after DATA from unknown[192.0.2.7]"),
    ("DATA403", "521 5.5.2 mx.example.org Error: bare <LF> received"),
    ("DATA403", "451 See http://pobox.com/~djb/docs/smtplf.html."),
    (
        "SYNC205",
        (
            "conversation with mx.example.org[192.0.2.25] timed out while sending end of data -- message may "
            "be sent more than once"
        ),
    ),
    (
        "SYNC205",
        (
            "lost connection with mx.example.org[192.0.2.25] while sending end of data -- message may be "
            "sent more than once"
        ),
    ),
    ("SYNC205", "lost connection after DATA (1234 bytes) from unknown[192.0.2.7]"),
    ("SYNC205", "SMTP data timeout (message abandoned) on connection from [192.0.2.7]"),
    ("PATH605", "lost connection after CONNECT from unknown[192.0.2.7]"),
    ("PATH605", "timeout after EHLO from unknown[192.0.2.7]"),
    ("PATH605", "Remote(SocketError)"),
    ("SYNC103", "EHLO rejected with code: 220"),
    ("SYNC201", 'Expected response code "354" but got code "250", with message "250 OK"'),
    ("PATH601", "SMTP <<< 220 **************************2******200*******0*00"),
]


@pytest.mark.parametrize(("code", "line"), LINES)
def test_the_likeliest_code_of_a_log_line_comes_first(code, line):
    matches = codes_for(line)
    assert matches[0].code == code
    assert len({match.code for match in matches}) == len(matches)
    assert all(match.meaning.endswith(".") and match.mta for match in matches)


def test_case_does_not_matter():
    assert codes_for("IMPROPER COMMAND PIPELINING AFTER ehlo FROM X")[0].code == "SYNC104"


@pytest.mark.parametrize(
    "line", ["", "connect from gw.example.net[192.0.2.7]", "250 2.0.0 Ok: queued as 1A2B", "pipelining"]
)
def test_other_lines_say_nothing(line):
    assert codes_for(line) == ()


def test_a_teaser_banner_may_lie_behind_a_pregreet():
    codes = [match.code for match in codes_for("PREGREET 12 after 0.1 from [192.0.2.7]:25: EHLO x")]
    assert codes == ["SYNC101", "SYNC103", "SYNC108"]


def test_every_code_is_one_of_the_catalogue():
    named = {code for entry in _TABLE for code in entry.codes}
    assert named <= {rule.code for rule in RULES}


def test_what_lies_far_behind_in_a_line_is_not_looked_at():
    assert codes_for("x" * LINE_LIMIT + "You talk too soon") == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "220 " + "*" * 1_000_000,
        "220 " * 100_000,
        "220-" + "0 *" * 100_000,
        "expected response code " * 50_000,
        "rejected failed" * 50_000,
        "lost connection after " * 50_000,
        "lost connection after " + "A" * 1_000_000,
        "PREGREET " + "9" * 1_000_000,
    ],
)
def test_no_line_makes_matching_slow(hostile):
    began = time.process_time()
    codes_for(hostile)
    assert time.process_time() - began < 0.5


@given(st.text())
def test_no_line_makes_it_raise(line):
    assert isinstance(codes_for(line), tuple)

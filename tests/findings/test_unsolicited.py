"""What REPLY308 says of the channel."""

import pytest
from judged import found, said

IDLE = "S: 220 mx\nC: EHLO gw\nS: 250 mx\nS[+300s]: 421 idle\n"
ON = "C: NOOP\nS[after NOOP]: 250 ok\n"


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("close", "the server closed the channel with a 421 that answers no command"),
        ("fin server", "the server closed the channel with a 421 that answers no command"),
        (ON + "close", "the server sent a 421 that answers no command, and went on"),
        (ON, "the server sent a 421 that answers no command, and went on"),
        ("", "the server sent a 421 that answers no command"),
        ("fin client", "the server sent a 421 that answers no command"),
    ],
)
def test_it_says_what_the_capture_shows(end, message):
    assert found(said(IDLE + end), "REPLY308").message == message

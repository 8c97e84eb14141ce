"""CAP904: the capture began when the connection was open already."""

from build import Sent, segments_capture
from judged import codes, heard

SYN = Sent("client", 0, b"", None, 1_000_000_000, "S")
REFUSED = Sent("server", -1, b"", 0, 1_001_000_000, "R")
SAID = Sent("server", 0, b"220 mx\r\n", 0, 1_002_000_000)


def told(*sent):
    return codes(heard(segments_capture(sent)))


def test_without_a_syn():
    assert "CAP904" in told(SAID)


def test_a_syn_that_nobody_answered_is_the_beginning():
    assert told(SYN) == []
    assert told(SYN, REFUSED) == []


def test_a_server_that_speaks_without_its_syn():
    assert "CAP904" in told(SYN, SAID)

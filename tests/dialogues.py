"""Dialogues that the properties are tried on, lawful and not, as segments and as records."""

import struct
from functools import cache

from build import pcap, segments_capture
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from judged import heard, played

OPENING = """
    S: 220 mx
    C: EHLO gw
    S: 250-mx
    + 250 PIPELINING
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 354 go
"""
"""How a dialogue begins that comes to mail data, PIPELINING offered."""

BYE = "C: QUIT\nS: 221 bye\nclose"

BROKEN = {
    "1999": r"""
        S: 220 smtp.tele.fi \
        C: HELO gw
        S[unprompted +10ms]: rest
        C: MAIL FROM:<a@b>
        S[after HELO]: 250 hi
        C: RCPT TO:<c@d>
        S[after MAIL]: 250 ok
        C: QUIT
        S[after RCPT]: 250 ok
        S[after QUIT]: 221 bye
    """,
    "early": (
        "C: HELO gw\n+ MAIL FROM:<a@b>\nS: 220 mx\nS[unprompted]: 250 hi\nS[unprompted]: 250 ok\n"
        "C: QUIT\nS: 221 bye"
    ),
    "inside": (
        "S: 220-mx\nC: EHLO gw\nS[unprompted +10ms]: 220 rest\nS[after EHLO]: 250 mx\nC: QUIT\nS: 221 bye"
    ),
    "unoffered": """
        S: 220 mx
        C: EHLO gw
        S: 250 mx
        C: MAIL FROM:<a@b>
        + RCPT TO:<c@d>
        + DATA
        S: 250 a
        S[unprompted]: 250 b
        S[unprompted]: 354 go
        C: Subject: x
        +
        + text
        + .
        S: 250 kept
        C: QUIT
        S: 221 bye
        close
    """,
    "past a barrier": (
        "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\nC: NOOP\n+ MAIL FROM:<a@b>\n"
        "S: 250 a\n+ 250 b\nC: QUIT\nS: 221 c"
    ),
    "data early": """
        S: 220 mx
        C: EHLO gw
        S: 250 mx
        C: DATA
        C[unprompted]: Subject: x
        +
        + QUIT
        + .
        S: 354 go
        S[unprompted]: 250 kept
        C: QUIT
        S: 221 bye
    """,
    "server's faults": (
        "S: 220 mx\nC: RSET\nS: 250-ok\n+ 550 no\nC: NOOP\nS: 250 a\n+ 250 b\nC: QUIT\nS: 221 bye"
    ),
}
CLEAN = {
    "a message": """
        S: 220 mx.example.org ESMTP
        C: EHLO gw.example.net
        S: 250-mx.example.org
        + 250-SIZE 1000
        + 250 HELP
        C: MAIL FROM:<a@b>
        S: 250 ok
        C: RCPT TO:<c@d>
        S: 250 ok
        C: DATA
        S: 354 go
        C: Subject: x
        +
        + QUIT
        + ..
        + .
        S: 250 kept
        C: QUIT
        S: 221 bye
        close
    """,
    "groups": """
        S: 220 mx
        C: EHLO gw
        S: 250-mx
        + 250 PIPELINING
        C: MAIL FROM:<a@b>
        + RCPT TO:<c@d>
        + DATA
        S: 250 a
        + 550 b
        + 354 c
        C: x
        + .
        + RSET
        + QUIT
        S: 250 kept
        + 250 ok
        + 221 bye
    """,
    "authentication": (
        "S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\n"
        "S: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 535 no\nC: QUIT\nS: 221 bye"
    ),
    "a refused message": (
        "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 451 later\nC: RSET\nS: 250 ok\n"
        "C: QUIT\nS: 221 bye\nclose"
    ),
    "LMTP": """
        S: 220 mx
        C: LHLO gw
        S: 250 mx
        C: MAIL FROM:<a@b>
        S: 250 a
        C: RCPT TO:<c@d>
        S: 250 b
        C: RCPT TO:<e@f>
        S: 250 c
        C: DATA
        S: 354 go
        C: x
        + .
        S: 250 c
        + 450 e
        C: QUIT
        S: 221 bye
    """,
}
ALL = CLEAN | BROKEN
bounded = settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
names = st.sampled_from(sorted(ALL))


@cache
def sent(name):
    return tuple(played(ALL[name]))


@cache
def whole(name):
    return heard(segments_capture(sent(name)))


def records(octets):
    """The records of a pcap made by the tests: header fields (time, fraction, length) and octets."""
    found, at = [], 24
    while at < len(octets):
        seconds, fraction, held, length = struct.unpack_from("<IIII", octets, at)
        found.append(((seconds, fraction, length), octets[at + 16 : at + 16 + held]))
        at += 16 + held
    return found


def repacked(frames):
    parts = [pcap([])]
    for (seconds, fraction, length), packet in frames:
        parts.append(struct.pack("<IIII", seconds, fraction, len(packet), length) + packet)
    return b"".join(parts)

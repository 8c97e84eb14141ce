"""Clients that read properly, at servers and distances of all kinds: nobody is said to have drifted."""

import pytest
from incidents import talks
from judged import findings, played

from desync.units import MILLISECOND

HELLO = """
    S: 220 mx.example.org ESMTP
    C: EHLO gw.example.net
    S: 250-mx.example.org
    + 250 8BITMIME
"""
GROUPS = """
    S: 220 mx.example.org ESMTP
    C: EHLO gw.example.net
    S: 250-mx.example.org
    + 250 PIPELINING
"""
MESSAGE = """
    C: MAIL FROM:<a@example.net>
    S: 250 sender ok
    C: RCPT TO:<b@example.org>
    S: 250 recipient ok
    C: DATA
    S: 354 go ahead
    C: Subject: x
    +
    + text
    + .
    S: 250 kept
"""
BYE = """
    C: QUIT
    S: 221 bye
    close
"""
PROPER = {
    "a program that thinks for seconds": (HELLO + MESSAGE).replace("C:", "C[+3s]:") + BYE,
    "somebody who types": """
        S: 220 mx.example.org
        C[+5s pieces 1 every 200ms]: HELO me
        S: 250 mx.example.org
        C[+4s pieces 1 every 150ms]: MAIL FROM:<a@example.net>
        S: 250 ok
        C[+3s pieces 1 every 150ms]: QUIT
        S: 221 bye
        close
    """,
    "replies in pieces": (HELLO + MESSAGE).replace("S:", "S[pieces 7 every 3ms]:") + BYE,
    "several lines everywhere": (HELLO + MESSAGE)
    .replace("S: 2", "S: 250-first\n+ 2")
    .replace("250-first\n+ 220", "220-first\n+ 220")
    + BYE,
    "a surplus reply, read away": (HELLO + MESSAGE)
    + "S[unprompted +1ms]: 250 again"
    + MESSAGE.replace("C: MAIL", "C[+3s]: MAIL")
    + BYE,
    "a missing reply, and QUIT": HELLO + "C: NOOP\nC[unprompted +30s]: QUIT\nS: 221 bye\nclose",
    "a missing reply, and the next message": HELLO
    + "C: RSET"
    + MESSAGE.replace("C: MAIL", "C[unprompted +30s]: MAIL")
    + BYE,
    "a server that closes while idle": HELLO
    + "gap 300s\nS: 421 idle too long\nfin server\ngap 2s\nC: QUIT\nreset server",
    "a server that closes meanwhile": HELLO
    + "gap 5s\nS: 421 shutting down\nC[unprompted +5001ms]: RSET\nfin server\nreset server",
    "groups, answered one by one": GROUPS
    + """
        C: MAIL FROM:<a@example.net>
        + RCPT TO:<b@example.org>
        + RCPT TO:<c@example.org>
        + DATA
        S: 250 a
        S[unprompted +3ms]: 250 b
        S[unprompted +3ms]: 550 c
        S[unprompted +30ms]: 354 go
        C: x
        + .
        S: 250 kept
    """
    + BYE,
    "groups of the next message behind this one": GROUPS
    + """
        C: MAIL FROM:<a@example.net>
        + RCPT TO:<b@example.org>
        + DATA
        S: 250 a
        S[unprompted +30ms]: 250 b
        S[unprompted +30ms]: 354 go
        C: x
        + .
        + MAIL FROM:<a@example.net>
        + RCPT TO:<b@example.org>
        + DATA
        S: 250 kept
        S[unprompted +1ms]: 250 a
        S[unprompted +1ms]: 250 b
        S[unprompted +1ms]: 354 go
        C: y
        + .
        + QUIT
        S: 250 kept
        + 221 bye
    """,
    "LMTP": """
        S: 220 mx.example.org
        C: LHLO gw.example.net
        S: 250-mx.example.org
        + 250 PIPELINING
        C: MAIL FROM:<a@example.net>
        + RCPT TO:<b@example.org>
        + RCPT TO:<c@example.org>
        + DATA
        S: 250 a
        + 250 b
        + 250 c
        + 354 go
        C: x
        + .
        S: 250 b
        S[unprompted +3ms]: 450 c
        C: QUIT
        S: 221 bye
    """,
    "authentication": HELLO
    + """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: YQ==
        S: 334 UGFzc3dvcmQ6
        C: Yg==
        S: 235 ok
    """
    + MESSAGE
    + BYE,
    "a greeting that refuses": "S: 554 no service\n" + BYE,
    "a hello that is refused": """
        S: 220 mx.example.org
        C: EHLO gw.example.net
        S: 502 what
        C: HELO gw.example.net
        S: 250 mx.example.org
    """
    + MESSAGE
    + BYE,
    "RSET and QUIT together after a refusal": HELLO
    + """
        C: MAIL FROM:<a@example.net>
        S: 550 no
        C: RSET
        C[unprompted +0.1ms]: QUIT
        S[after RSET]: 250 ok
        S[unprompted +0.1ms]: 221 bye
        close
    """,
    "replies with the wrong code": (HELLO + MESSAGE).replace("220 mx", "250 mx").replace("354", "250") + BYE,
    "a greeting without a code": """
        S: Welcome to mx
        C: EHLO gw.example.net
        S: 250-mx
        + 250 HELP
    """
    + MESSAGE
    + BYE,
    "a reply without a code": (HELLO + MESSAGE).replace("S: 250 sender ok", "S: sender ok") + BYE,
    "an empty line before a reply": (HELLO + MESSAGE).replace("S: 250 sender", "S: \n+ 250 sender") + BYE,
    "an empty line behind a reply": (HELLO + MESSAGE).replace("250 sender ok", "250 sender ok\n+") + BYE,
    "QUIT before a late greeting": """
        C[+5s]: QUIT
        S[unprompted +8s]: 220 mx
        S[unprompted +1ms]: 221 bye
        close
    """,
    "lines of different codes": (HELLO + MESSAGE).replace("S: 250 sender", "S: 250-x\n+ 251 sender") + BYE,
}
AWAY = [(0.02, 0.2), (0, 2), (0, 30), (30, 0), (200, 1), (60, 60)]


@pytest.mark.parametrize("name", PROPER)
def test_nobody_drifts(name):
    made = talks(
        [played(PROPER[name], rtt=f"client {client}ms server {server}ms") for client, server in AWAY]
    )
    for away, one in zip(AWAY, made, strict=True):
        assert one.reading.drift is None, away
        assert one.reading.reader.model == "whole-reply", away
        assert not {each.rule.code for each in findings(one)} & {"SYNC201", "SYNC202", "SYNC204"}, away


@pytest.mark.parametrize("name", PROPER)
def test_nor_where_all_is_sent_once_more(name):
    sent = played(PROPER[name], rtt="client 20ms server 20ms")
    copies = [one._replace(time=one.time + 250 * MILLISECOND) for one in sent if one.octets]
    (one,) = talks([sorted([*sent, *copies], key=lambda one: one.time)])
    assert one.reading.drift is None
    assert one.reading.reader.model == "whole-reply"

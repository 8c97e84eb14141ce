"""What looks like early talk and is none: FINDINGS.md, the table of look-alikes."""

import pytest
from build import segments_capture
from judged import accusations, codes, found, heard, played, said

from desync.units import SECOND

HELLO = """
    S: 220 mx.example.org
    C: EHLO gw
    S: 250-mx.example.org
    + 250 SIZE 1000
"""
OFFERED = HELLO.replace("SIZE 1000", "PIPELINING")
HEADERS = "C: Subject: x\n+\n+ text\n+ .\n"

PROXY_2 = "0d0a0d0a000d0a515549540a"

LOOK_ALIKES = {
    "PROXY protocol 1": "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n" + HELLO,
    "PROXY protocol 1 in two segments": (
        "C[unprompted]: PROXY TCP4 192.0.2.1 \\\n"
        "C[unprompted]: 192.0.2.2 4711 25\n"
    ) + HELLO,
    "PROXY protocol 2": f"C[hex unprompted]: {PROXY_2}2111000cc0000201c000020212670019\n" + HELLO,
    "PROXY protocol 2, local": f"C[hex unprompted]: {PROXY_2}20000000\n" + HELLO,
    "SOCKS 5": (
        "C[hex]: 050100\nS[hex]: 0500\nC[hex]: 05010001c00002010019\n"
        "S[hex]: 05000001c00002010019\n"
    ) + HELLO,
    "SOCKS 4": "C[hex]: 04010019c000020100\nS[hex]: 005a0019c0000201\n" + HELLO,
    "HTTP CONNECT": "C: CONNECT mx:25 HTTP/1.1\n+ Host: mx\n+\nS: HTTP/1.1 200 OK\n+\n" + HELLO,
    "PIPE_CONNECT in this connection": """
        C[unprompted]: EHLO gw
        S: 220 mx
        + 250-mx
        + 250-PIPELINING
        + 250 PIPE_CONNECT
        C: QUIT
        S: 221 bye
    """,
    "X_PIPE_CONNECT and its group": """
        C[unprompted]: EHLO gw
        + MAIL FROM:<a@b>
        + RCPT TO:<c@d>
        + DATA
        S: 220 mx
        + 250-mx
        + 250-PIPELINING
        + 250 X_PIPE_CONNECT
        + 250 ok
        + 250 ok
        + 354 go
    """,
    "implicit TLS on a plaintext port": "C[hex]: 16030100050100000100\nS: 220 mx\nS[unprompted]: 500 what",
    "the capture lost the reply's last octets": """
        S: 220 mx.example\\
        S[lost unprompted]: .org
        C: EHLO gw
        S: 250 mx
        C: QUIT
        S: 221 bye
    """,
    "the capture lost the last line of a reply": """
        S: 220 mx
        C: EHLO gw
        S: 250-mx
        S[lost unprompted]: 250 SIZE
        C: MAIL FROM:<a@b>
        S: 250 ok
        C: QUIT
        S: 221 bye
    """,
    "MAIL RCPT RCPT DATA": OFFERED
    + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ RCPT TO:<e@f>\n+ DATA\nS: 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n"
    + HEADERS
    + "S: 250 kept",
    "MAIL RCPT DATA in three segments": OFFERED
    + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nC[unprompted]: DATA\nS: 250 a\n+ 250 b\n+ 354 go\n",
    "the dot with MAIL behind it": OFFERED
    + (
        "C: DATA\nS: 354 go\nC: x\n+ .\n+ MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ DATA\nS: 250 kept\n"
        "+ 250 a\n+ 250 b\n+ 354 go"
    ),
    "the dot with RSET and QUIT": OFFERED + (
        "C: DATA\nS: 354 go\nC: x\n+ .\n+ RSET\n+ QUIT\nS: 250 kept\n+ 250 a\n"
        "+ 221 b"
    ),
    "a group of BDAT": OFFERED
    + (
        "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ BDAT 3\n+ x\n+ BDAT 0 LAST\nS: 250 a\n+ 250 b\n"
        "+ 250 c\n+ 250 kept"
    ),
    "a 421 that crosses a command": HELLO + (
        "gap 300s\nC: MAIL FROM:<a@b>\nS[unprompted +300s ack=9]: 421 too long\n"
        "fin server"
    ),
    "a 421 in the middle of a group": OFFERED + (
        "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 421 closing\n"
        "fin server"
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
        C: .
        S: 250 c
        + 250 e
        C: QUIT
        S: 221 bye
    """,
    "LMTP, the replies one by one": """
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
        C: .
        S: 250 c
        S[unprompted +1s]: 550 e
        C: MAIL FROM:<a@b>
        S: 250 a
    """,
    "PRDR": """
        S: 220 mx
        C: EHLO gw
        S: 250-mx
        + 250 PRDR
        C: MAIL FROM:<a@b> PRDR
        S: 250 a
        C: RCPT TO:<c@d>
        S: 250 b
        C: RCPT TO:<e@f>
        S: 250 c
        C: DATA
        S: 354 go
        C: .
        S: 353 going on
        + 250 c
        + 450 e
        + 250 kept
        C: QUIT
        S: 221 bye
    """,
    "XCLIENT greeted again": HELLO + (
        "C: XCLIENT NAME=x ADDR=192.0.2.1\nS: 220 mx\nC: EHLO x\nS: 250 mx\nC: QUIT\n"
        "S: 221 bye"
    ),
    "XCLIENT with a group behind the new EHLO": OFFERED
    + (
        "C: XCLIENT NAME=x\nS: 220 mx\nC: EHLO x\nS: 250-mx\n+ 250 PIPELINING\n"
        "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 a\n+ 250 b"
    ),
    "STARTTLS": HELLO + (
        "C: STARTTLS\nS: 220 go\nC[hex]: 16030100050100000100\nC[hex unprompted]: 1603010001ff\n"
        "S[hex]: 16030300050200000100"
    ),
    "TURN": HELLO + (
        "C: TURN\nS: 250 ok\nC: 220 gw\nS: EHLO mx\nC: 250 gw\nS: MAIL FROM:<a@b>\nC: 250 ok\n"
        "S: QUIT\nC: 221 bye"
    ),
    "ATRN": HELLO + "C: ATRN example.net\nS: 250 ok\nC: 220 gw\nS: EHLO mx\nC: 250 gw\nS: QUIT\nC: 221 bye",
    "AUTH with challenges": HELLO + (
        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 235 ok\n"
        "C: QUIT\nS: 221 bye"
    ),
    "AUTH cancelled": HELLO + (
        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 cancelled\nC: QUIT\n"
        "S: 221 bye"
    ),
    "the same reply sent again": HELLO + "S[again +300ms]:\nC: QUIT\nS: 221 bye",
    "the reply's second half sent again behind the command": """
        S: 220 mx.example.org \\
        S[unprompted +5ms]: ready
        C: EHLO gw
        S[again 19-26 unprompted +200ms]:
        S[after EHLO]: 250 mx
        C: QUIT
        S: 221 bye
    """,
    "a command in two segments": HELLO + (
        "C: MAIL FROM:\\\nC[unprompted +1ms]: <a@b>\nS: 250 ok\nC: QUIT\n"
        "S: 221 bye"
    ),
    "a command, an octet at a time": HELLO + (
        "C[pieces 1 every 50ms]: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\n"
        "S: 221 bye"
    ),
    "a tarpit": (
        "S[pieces 1 every 1s]: 220 mx.example.org\nC: EHLO gw\nS[pieces 1 every 1s]: 250 mx\n"
        "C: QUIT\nS: 221 bye"
    ),
    "a wait that ended with QUIT": HELLO + "C: NOOP\nC[unprompted +60s]: QUIT\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_accuses_nobody(name):
    assert accusations(said(LOOK_ALIKES[name])) == []


# That somebody waited takes a clock.
@pytest.mark.parametrize("name", [name for name in LOOK_ALIKES if name != "a wait that ended with QUIT"])
@pytest.mark.parametrize("disorder", ["backwards", "all times zero", "clock steps"])
def test_nor_does_it_out_of_order_or_without_a_clock(name, disorder):
    sent = played(LOOK_ALIKES[name])
    changed = {
        "backwards": sent[:3] + sent[:2:-1],
        "all times zero": [one._replace(time=0) for one in sent],
        "clock steps": [
            one._replace(time=one.time - (number % 3) * 7200 * SECOND) for number, one in enumerate(sent)
        ],
    }
    assert accusations(heard(segments_capture(changed[disorder]))) == []


def test_a_tarpit_is_noted_once_for_each_reply_in_a_row():
    one = said(LOOK_ALIKES["a tarpit"])
    assert codes(one) == ["REPLY301"]
    assert found(one, "REPLY301").exchanges == (0, 1)


def test_implicit_tls_is_a_foreign_protocol():
    assert codes(said(LOOK_ALIKES["implicit TLS on a plaintext port"])) == ["SYNC108"]


def test_a_crossing_421_is_noted():
    assert codes(said(LOOK_ALIKES["a 421 that crosses a command"])) == ["REPLY308"]

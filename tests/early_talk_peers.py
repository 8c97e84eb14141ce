"""Early talk, legal and not: AUTH, changed roles, XCLIENT, proxies, PIPE_CONNECT."""

from early_talk import (
    ACCEPTED,
    BYE,
    ENVELOPE,
    GREETING,
    OFFERED,
    OKS,
    PLAIN,
    Case,
    group,
    replies,
)

ANSWERS = GREETING + "C: EHLO gw\nS: 250-mx\n+ 250-PIPELINING\n+ 250 AUTH PLAIN LOGIN\n"
CHALLENGES = "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 235 ok\n"

AUTH = {
    "an initial response": Case(ANSWERS + "C: AUTH PLAIN AGEAYg==\nS: 235 ok\n" + BYE),
    "an empty initial response": Case(ANSWERS + "C: AUTH EXTERNAL =\nS: 235 ok\n" + BYE),
    "two challenges": Case(ANSWERS + CHALLENGES + BYE),
    "a challenge without text": Case(ANSWERS + "C: AUTH PLAIN\nS: 334 \nC: AGEAYg==\nS: 235 ok\n" + BYE),
    "cancelled": Case(ANSWERS + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 cancelled\n" + BYE),
    "refused, and another mechanism": Case(ANSWERS + "C: AUTH CRAM-MD5\nS: 504 no\n" + CHALLENGES + BYE),
    "behind the first EHLO": Case(
        GREETING
        + group("EHLO gw", "AUTH PLAIN AGEAYg==")
        + replies("250-mx", "250 AUTH PLAIN", "235 ok")
        + BYE,
        "SYNC104",
    ),
    "both answers at once": Case(
        ANSWERS
        + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n"
        + group("YQ==", "Yg==")
        + replies("334 UGFzc3dvcmQ6", "235 ok")
        + BYE,
        "SYNC105",
    ),
    "all at once": Case(
        ANSWERS
        + group("AUTH LOGIN", "YQ==", "Yg==")
        + replies("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok")
        + BYE,
        "SYNC105",
    ),
    "all at once, not offered": Case(
        PLAIN
        + group("AUTH LOGIN", "YQ==", "Yg==")
        + replies("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok")
        + BYE,
        "SYNC104",
    ),
    "an answer with AUTH that is not all of it": Case(
        ANSWERS + group("AUTH LOGIN YQ==", "RSET") + replies("334 UGFzc3dvcmQ6", "501 no") + BYE, "SYNC105"
    ),
    "the whole transaction behind it": Case(
        ANSWERS
        + group("AUTH PLAIN AGEAYg==", *ENVELOPE, "DATA")
        + replies("235 ok", *OKS, "354 go")
        + group("x", ".")
        + "S: 250 kept\n"
        + BYE
    ),
    "the last answer and MAIL": Case(
        ANSWERS
        + "C: AUTH PLAIN\nS: 334 \n"
        + group("AGEAYg==", "MAIL FROM:<a@b>")
        + replies("235 ok", "250 ok")
        + BYE,
        "SYNC105",
    ),
    "cancelled, with QUIT behind it": Case(
        ANSWERS + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n" + group("*", "QUIT") + replies("501 no", "221 bye"),
        "SYNC105",
    ),
}

TURNED = (
    "C: 220 gw\nS: EHLO mx\nC: 250-gw\n+ 250 PIPELINING\nS: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n"
    "C: 250 ok\n+ 250 ok\nS: QUIT\nC: 221 bye\nclose client\n"
)

ROLES = {
    "TURN": Case(PLAIN + "C: TURN\nS: 250 ok\n" + TURNED),
    "ATRN behind AUTH": Case(
        ANSWERS + CHALLENGES + "C: ATRN example.net,example.com\nS: 250 now reversing\n" + TURNED
    ),
    "TURN, the server's commands with its reply": Case(
        PLAIN + "C: TURN\nS: 250 ok\nC: 220 gw\nS: EHLO mx\n+ MAIL FROM:<a@b>\nC: 250 gw\n"
    ),
    "TURN refused": Case(PLAIN + "C: TURN\nS: 502 no\n" + ACCEPTED + BYE),
    "ATRN without mail": Case(PLAIN + "C: ATRN\nS: 453 no mail\n" + BYE),
    "ATRN within a group": Case(
        OFFERED + group("ATRN", "RSET") + replies("450 no", "250 ok") + BYE, "SYNC105"
    ),
    "TURN, and MAIL before it is answered": Case(
        OFFERED + group("TURN", "MAIL FROM:<a@b>") + "S: 250 ok\n", "SYNC105"
    ),
    "TURN, and its greeting before it is answered": Case(
        PLAIN + group("TURN", "220 gw") + "S: 250 ok\nS[unprompted]: EHLO mx\nC: 250 gw\n", "SYNC104"
    ),
    "ETRN": Case(PLAIN + "C: ETRN example.net\nS: 253 3 pending\n" + BYE),
    "two ETRN": Case(
        OFFERED + group("ETRN example.net", "ETRN example.com") + replies("250 a", "250 b") + BYE, "SYNC105"
    ),
}

XCLIENT = {
    "greeted again": Case(
        PLAIN + "C: XCLIENT NAME=x ADDR=192.0.2.1\nS: 220 mx\nC: EHLO x\nS: 250 mx\n" + BYE
    ),
    "not greeted again, as before Postfix 2.3": Case(
        PLAIN + "C: XCLIENT NAME=x\nS: 250 ok\n" + ACCEPTED + BYE
    ),
    "greeted with a refusal": Case(PLAIN + "C: XCLIENT NAME=x\nS: 554 not you\nC: QUIT\nS: 221 bye\n"),
    "a group behind the new EHLO": Case(
        OFFERED
        + "C: XCLIENT NAME=x\nS: 220 mx\nC: EHLO x\nS: 250-mx\n+ 250 PIPELINING\n"
        + group(*ENVELOPE)
        + replies(*OKS)
        + BYE
    ),
    "a group behind the second greeting": Case(
        OFFERED + "C: XCLIENT NAME=x\nS: 220 mx\n" + group(*ENVELOPE) + replies(*OKS) + BYE, "SYNC104"
    ),
    "a group behind a new EHLO that offers nothing": Case(
        OFFERED
        + "C: XCLIENT NAME=x\nS: 220 mx\nC: EHLO x\nS: 250 mx\n"
        + group(*ENVELOPE)
        + replies(*OKS)
        + BYE,
        "SYNC104",
    ),
    "refused: the offer stands": Case(
        OFFERED + "C: XCLIENT NAME=x\nS: 503 no\n" + group(*ENVELOPE) + replies(*OKS) + BYE
    ),
    "at the end of a group": Case(
        OFFERED + group("RSET", "XCLIENT NAME=x") + replies("250 ok", "220 mx") + BYE
    ),
    "two lines of it in a group": Case(
        OFFERED
        + group("XCLIENT NAME=x", "XCLIENT ADDR=192.0.2.1")
        + replies("220 mx", "220 mx")
        + "C: EHLO x\nS: 250 mx\n"
        + BYE
    ),
    "two lines of it, not offered": Case(
        PLAIN + group("XCLIENT NAME=x", "XCLIENT ADDR=192.0.2.1") + replies("220 mx", "220 mx") + BYE,
        "SYNC104",
    ),
    "EHLO before the second greeting": Case(
        OFFERED + group("XCLIENT NAME=x", "EHLO x") + replies("220 mx", "250 mx") + BYE, "SYNC105"
    ),
    "EHLO on a part of the second greeting": Case(
        PLAIN
        + "C: XCLIENT NAME=x\nS: 220 mx \\\nC: EHLO x\nS[unprompted +60ms]: ready\nS[after EHLO]: 250 mx\n"
        + BYE,
        "SYNC102 SYNC201",
    ),
    "XFORWARD with the envelope": Case(
        OFFERED
        + group("XFORWARD NAME=x ADDR=192.0.2.1", "XFORWARD HELO=y", *ENVELOPE)
        + replies("250 a", "250 b", *OKS)
        + BYE
    ),
    "XFORWARD with the envelope, not offered": Case(
        PLAIN + group("XFORWARD NAME=x", *ENVELOPE) + replies("250 a", *OKS) + BYE, "SYNC104"
    ),
}

SESSION = PLAIN + ACCEPTED + BYE
EARLY = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250-mx\n+ 250 SIZE\n" + BYE

PREFIXES = {
    "PROXY 1": "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n",
    "PROXY 1 over IPv6": "C[unprompted]: PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\n",
    "PROXY 1 unknown": "C[unprompted]: PROXY UNKNOWN\n",
    "PROXY 1 unknown, with addresses": "C[unprompted]: PROXY UNKNOWN ffff::1 ffff::2 65535 65535\n",
    "PROXY 1 in pieces": "C[unprompted pieces 5 every 30ms]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n",
    "PROXY 2": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 11 000c c0000201 c0000202 1267 0019\n",
    "PROXY 2 over IPv6": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 21 0024" + "20" * 36 + "\n",
    "PROXY 2 over a UNIX socket": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 31 00d8"
    + "2f" * 216
    + "\n",
    "PROXY 2 local": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 20 00 0000\n",
    "PROXY 2 unspecified": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 00 0000\n",
    "PROXY 2 with TLVs": (
        "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 11 001c c0000201 c0000202 1267 0019"
        " 03 0004 01020304 04 0006 45484c4f0d0a\n"
    ),
    "PROXY 2 in pieces": (
        "C[hex unprompted pieces 5 every 30ms]: "
        "0d0a0d0a000d0a515549540a 21 11 000c c0000201 c0000202 1267 0019\n"
    ),
    "PROXY 2 in several segments": "C[hex unprompted]: 0d0a0d0a000d0a515549540a 21 11 1010"
    + "41" * 4112
    + "\n",
    "SOCKS 4": "C[hex]: 04010019c000020100\nS[hex]: 005a0019c0000201\n",
    "SOCKS 4a": "C[hex]: 04010019 00000001 00 6d7800\nS[hex]: 005a0019c0000201\n",
    "SOCKS 5": "C[hex]: 050100\nS[hex]: 0500\nC[hex]: 05010001c00002010019\nS[hex]: 05000001c00002010019\n",
    "SOCKS 5 by name": (
        "C[hex]: 050100\nS[hex]: 0500\nC[hex]: 050100 03 026d78 0019\nS[hex]: 05000001c00002010019\n"
    ),
    "SOCKS 5 with a password": (
        "C[hex]: 050102\nS[hex]: 0502\nC[hex]: 01 0161 0162\nS[hex]: 0100\n"
        "C[hex]: 05010001c00002010019\nS[hex]: 05000001c00002010019\n"
    ),
    "HTTP CONNECT": "C: CONNECT mx:25 HTTP/1.1\n+ Host: mx\n+\nS: HTTP/1.1 200 OK\n+\n",
    "HTTP CONNECT 1.0": "C: CONNECT mx:25 HTTP/1.0\n+\nS: HTTP/1.0 200 Connection established\n+ Via: x\n+\n",
}

PROXIED = {}
for name, prefix in PREFIXES.items():
    PROXIED[name] = Case(prefix + SESSION)
    PROXIED[f"{name}, and EHLO before the greeting"] = Case(prefix + EARLY, "SYNC101")
PROXIED["PROXY 1 and EHLO in one segment"] = Case(
    "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\n+ EHLO gw\nS: 220 mx\nS[unprompted]: 250 mx\n"
    + BYE,
    "SYNC101",
)
PROXIED["PROXY behind the greeting"] = Case(
    GREETING + "C: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\nC: EHLO gw\nS: 250 mx\n" + BYE
)
PROXIED["HTTP CONNECT refused"] = Case(
    "C: CONNECT mx:25 HTTP/1.1\n+\nS: HTTP/1.1 403 Forbidden\n+\nclose\n", "SYNC108"
)
PROXIED["a greeting on CONNECT"] = Case("C: CONNECT mx:25 HTTP/1.1\n+\nS: 220 mx\n", "SYNC108")

PIPE = "S: 220 mx\n+ 250-mx\n+ 250-PIPELINING\n+ 250 PIPE_CONNECT\n"
UNSAID = "S: 220 mx\n+ 250-mx\n+ 250 PIPELINING\n"
CONNECT = {
    "EHLO": Case(group("EHLO gw") + PIPE + ACCEPTED + BYE),
    "EHLO that nobody offered": Case(group("EHLO gw") + UNSAID + ACCEPTED + BYE, "SYNC101"),
    "EHLO that another connection offered": Case(group("EHLO gw") + UNSAID + ACCEPTED + BYE, early=True),
    "X_PIPE_CONNECT": Case(group("EHLO gw") + PIPE.replace(" PIPE_", " X_PIPE_") + BYE),
    "PIPECONNECT": Case(group("EHLO gw") + PIPE.replace("PIPE_C", "PIPEC") + BYE),
    "in lower case": Case(group("EHLO gw") + PIPE.replace("PIPE_CONNECT", "pipe_connect") + BYE),
    "EHLO and the envelope": Case(
        group("EHLO gw", *ENVELOPE, "DATA")
        + PIPE
        + "+ 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n"
        + group("x", ".")
        + "S: 250 kept\n"
        + BYE
    ),
    "EHLO and the envelope, another connection's offer": Case(
        group("EHLO gw", *ENVELOPE, "DATA")
        + UNSAID
        + "+ 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n"
        + group("x", ".")
        + "S: 250 kept\n"
        + BYE,
        early=True,
    ),
    "EHLO and the envelope that nobody offered": Case(
        group("EHLO gw", *ENVELOPE, "DATA")
        + UNSAID
        + "+ 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n"
        + group("x", ".")
        + "S: 250 kept\n"
        + BYE,
        "SYNC101",
    ),
    "EHLO and chunks": Case(
        group("EHLO gw", *ENVELOPE, "BDAT 3 LAST", "x")
        + PIPE
        + "+ 250 a\n+ 250 b\n+ 250 c\n+ 250 kept\n"
        + BYE
    ),
    "EHLO and STARTTLS": Case(
        group("EHLO gw", "STARTTLS") + PIPE + "+ 220 go\n" + "C[hex]: 16030100050100000100\n"
    ),
    "EHLO and one other command": Case(group("EHLO gw", "NOOP") + PIPE + "+ 250 ok\n" + BYE),
    "the greeting, and then EHLO with its envelope": Case(
        "S: 220 mx\n"
        + group("EHLO gw", *ENVELOPE)
        + PIPE.replace("220 mx\n+ ", "")
        + "+ 250 a\n+ 250 b\n+ 250 c\n"
        + BYE
    ),
    "EHLO, and its envelope behind the greeting": Case(
        group("EHLO gw")
        + "S: 220 mx\n"
        + group(*ENVELOPE)
        + "S[unprompted +60ms]: 250-mx\n+ 250-PIPELINING\n+ 250 PIPE_CONNECT\n"
        + "+ 250 a\n+ 250 b\n+ 250 c\n"
        + BYE
    ),
    "EHLO, the envelope and the message": Case(
        group("EHLO gw", *ENVELOPE, "DATA", "x", ".")
        + PIPE
        + "+ 250 a\n+ 250 b\n+ 250 c\n+ 354 go\n+ 250 kept\n"
        + BYE,
        "SYNC106",
    ),
    "EHLO, and more behind what ends a group": Case(
        group("EHLO gw", "NOOP", *ENVELOPE) + PIPE + "+ 250 n\n+ 250 a\n+ 250 b\n+ 250 c\n" + BYE, "SYNC105"
    ),
    "HELO": Case(group("HELO gw") + "S: 220 mx\n+ 250 mx\n" + BYE, "SYNC101", early=True),
    "MAIL without EHLO": Case(
        group("MAIL FROM:<a@b>") + "S: 220 mx\n+ 503 no\n" + BYE, "SYNC101", early=True
    ),
    "two EHLO": Case(group("EHLO gw", "EHLO gw", "NOOP") + PIPE + "+ 250 mx\n+ 250 ok\n" + BYE, "SYNC105"),
    "a second group before the first is answered": Case(
        PLAIN + group("MAIL FROM:<a@b>", "RCPT TO:<c@d>") + replies("250 a", "250 b") + BYE,
        "SYNC104",
        early=True,
    ),
}

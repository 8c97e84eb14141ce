"""Early talk, legal and not: PIPELINING, CHUNKING, LMTP and PRDR. Each form stands beside its neighbour.

A ``Case`` names the rules of the kind SYNC that it breaks; a legal one names none.
"""

from typing import NamedTuple

GREETING = "S: 220 mx.example.org\n"
PLAIN = GREETING + "C: EHLO gw\nS: 250-mx\n+ 250 SIZE 1000\n"
OFFERED = GREETING + "C: EHLO gw\nS: 250-mx\n+ 250-SIZE 1000\n+ 250 PIPELINING\n"
CHUNKING = OFFERED.replace("250-SIZE 1000", "250-CHUNKING")
CHUNKING_ALONE = CHUNKING.replace("PIPELINING", "SIZE 1000")
MESSAGE = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\n"
ACCEPTED = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
BYE = "C: QUIT\nS: 221 bye\nclose\n"


def group(*lines):
    """Lines of the client in one segment."""
    return "C: " + "\n+ ".join(lines) + "\n"


def replies(*lines):
    """Lines of the server in one segment."""
    return "S: " + "\n+ ".join(lines) + "\n"


ENVELOPE = ("MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@f>")
OKS = ("250 a", "250 b", "250 c")


class Case(NamedTuple):
    text: str
    codes: str = ""
    """The rules broken, in any order."""
    early: bool = False
    """Whether another connection's EHLO reply offers PIPE_CONNECT."""


PIPELINING = {
    "the envelope and DATA in one segment": Case(
        OFFERED + group(*ENVELOPE, "DATA") + replies(*OKS, "354 go") + group("x", ".") + "S: 250 kept\n" + BYE
    ),
    "the envelope and DATA, not offered": Case(
        PLAIN + group(*ENVELOPE, "DATA") + replies(*OKS, "354 go") + group("x", ".") + "S: 250 kept\n" + BYE,
        "SYNC104",
    ),
    "the message with them": Case(
        OFFERED + group(*ENVELOPE, "DATA", "x", ".") + replies(*OKS, "354 go", "250 kept") + BYE, "SYNC106"
    ),
    "a group before any EHLO": Case(
        GREETING + group("NOOP", "RSET") + replies("250 a", "250 b") + BYE, "SYNC104"
    ),
    "after HELO alone": Case(
        GREETING + "C: HELO gw\nS: 250 mx\n" + group(*ENVELOPE) + replies(*OKS) + BYE, "SYNC104"
    ),
    "after a refused EHLO and HELO": Case(
        GREETING + "C: EHLO gw\nS: 502 no\nC: HELO gw\nS: 250 mx\n" + group(*ENVELOPE) + replies(*OKS) + BYE,
        "SYNC104",
    ),
    "HELO behind an EHLO that offered it": Case(
        OFFERED + "C: HELO gw\nS: 250 mx\n" + group(*ENVELOPE) + replies(*OKS) + BYE, "SYNC104"
    ),
    "a second EHLO that offers it no more": Case(
        OFFERED + "C: EHLO gw\nS: 250-mx\n+ 250 SIZE\n" + group(*ENVELOPE) + replies(*OKS) + BYE, "SYNC104"
    ),
    "a second EHLO that is the first to offer it": Case(
        PLAIN + "C: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\n" + group(*ENVELOPE) + replies(*OKS) + BYE
    ),
    "a second EHLO that is refused": Case(
        OFFERED + "C: EHLO gw\nS: 503 once is enough\n" + group(*ENVELOPE) + replies(*OKS) + BYE
    ),
    "EHLO at the end of a group": Case(
        OFFERED + group("RSET", "EHLO gw") + replies("250 ok", "250-mx", "250 PIPELINING") + BYE
    ),
    "EHLO within a group": Case(
        OFFERED + group("EHLO gw", "MAIL FROM:<a@b>") + replies("250-mx", "250 PIPELINING", "250 ok") + BYE,
        "SYNC105",
    ),
    "the first EHLO with a group behind it": Case(
        GREETING + group("EHLO gw", *ENVELOPE) + replies("250-mx", "250 PIPELINING", *OKS) + BYE, "SYNC104"
    ),
    "a refused STARTTLS takes nothing back": Case(
        OFFERED + "C: STARTTLS\nS: 454 not now\n" + group(*ENVELOPE) + replies(*OKS) + BYE
    ),
    "STARTTLS that was let takes it back": Case(
        OFFERED + "C: STARTTLS\nS: 220 go\n" + group(*ENVELOPE) + replies(*OKS) + BYE, "SYNC104"
    ),
    "STARTTLS and a new EHLO": Case(
        OFFERED
        + "C: STARTTLS\nS: 220 go\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\n"
        + group(*ENVELOPE)
        + replies(*OKS)
        + BYE
    ),
    "TLS after STARTTLS": Case(
        OFFERED + "C: STARTTLS\nS: 220 go\nC[hex]: 16030100050100000100\nC[hex unprompted]: 1603010001ff\n"
        "S[hex]: 16030300050200000100\n"
    ),
    # What stands behind STARTTLS in its segment is injection, not a matter of turns.
    "STARTTLS within a group": Case(OFFERED + group("STARTTLS", "RSET") + replies("454 no", "250 ok") + BYE),
    "STARTTLS at the end of a group": Case(
        OFFERED + group("RSET", "STARTTLS") + replies("250 ok", "220 go") + "C[hex]: 16030100050100000100\n"
    ),
    "the dot, and the next envelope": Case(
        OFFERED
        + MESSAGE
        + group("x", ".", *ENVELOPE, "DATA")
        + replies("250 kept", *OKS, "354 go")
        + group("y", ".")
        + "S: 250 kept\n"
        + BYE
    ),
    "the dot, and the next envelope, not offered": Case(
        PLAIN + MESSAGE + group("x", ".", *ENVELOPE) + replies("250 kept", *OKS) + BYE, "SYNC104"
    ),
    "the dot and RSET": Case(
        OFFERED + MESSAGE + group("x", ".", "RSET") + replies("250 kept", "250 ok") + BYE
    ),
    "the dot and QUIT": Case(OFFERED + MESSAGE + group("x", ".", "QUIT") + replies("250 kept", "221 bye")),
    "the dot and QUIT, not offered": Case(
        PLAIN + MESSAGE + group("x", ".", "QUIT") + replies("250 kept", "221 bye"), "SYNC104"
    ),
    "RSET and an envelope": Case(OFFERED + group("RSET", *ENVELOPE) + replies("250 ok", *OKS) + BYE),
    "RSET and QUIT, not offered": Case(
        PLAIN + group("RSET", "QUIT") + replies("250 ok", "221 bye"), "SYNC104"
    ),
    "all that the old verbs allow": Case(
        OFFERED
        + group("SEND FROM:<a@b>", "RSET", "SOML FROM:<a@b>", "RSET", "SAML FROM:<a@b>", "RCPT TO:<c@d>")
        + replies(*["250 ok"] * 6)
        + BYE
    ),
    "behind QUIT": Case(OFFERED + group("QUIT", "NOOP") + "S: 221 bye\n", "SYNC109"),
    "a group in several segments": Case(
        OFFERED
        + "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nC[unprompted]: DATA\n"
        + replies("250 a", "250 b", "354 go")
        + group("x", ".")
        + "S: 250 kept\n"
        + BYE
    ),
    "the next command before the last reply of a group": Case(
        OFFERED
        + group(*ENVELOPE, "DATA")
        + "S: 250 a\nC: NOOP\n"
        + replies("250 b", "250 c", "503 no", "250 ok")
        + BYE,
        "SYNC105",
    ),
}

BARRIERS = {
    verb: (f"{said_}", answer)
    for verb, said_, answer in [
        ("NOOP", "NOOP", "250 ok"),
        ("VRFY", "VRFY anna", "252 perhaps"),
        ("EXPN", "EXPN list", "250 anna"),
        ("TURN", "TURN", "502 no"),
        ("ATRN", "ATRN example.net", "450 no"),
        ("ETRN", "ETRN example.net", "250 ok"),
        ("AUTH", "AUTH CRAM-MD5", "504 no"),
        ("an unknown verb", "XYZZY", "500 what"),
    ]
}
FREE = {
    "HELP": ("HELP", "214 no"),
    "XFORWARD": ("XFORWARD NAME=x ADDR=192.0.2.1", "250 ok"),
    "BURL": ("BURL imap://x/y;urlauth=z", "250 ok"),
    "AUTH with all of its answer": ("AUTH PLAIN AGEAYg==", "235 ok"),
    "AUTH with an empty answer": ("AUTH EXTERNAL =", "235 ok"),
}
for name, (line, answer) in BARRIERS.items():
    PIPELINING[f"{name} at the end of a group"] = Case(
        OFFERED + group("RSET", line) + replies("250 ok", answer) + BYE
    )
    PIPELINING[f"{name} within a group"] = Case(
        OFFERED + group(line, "RSET") + replies(answer, "250 ok") + BYE, "SYNC105"
    )
    PIPELINING[f"{name} in a group, not offered"] = Case(
        PLAIN + group("RSET", line) + replies("250 ok", answer) + BYE, "SYNC104"
    )
for name, (line, answer) in FREE.items():
    PIPELINING[f"{name} within a group"] = Case(
        OFFERED + group(line, "RSET") + replies(answer, "250 ok") + BYE
    )
    PIPELINING[f"{name} in a group, not offered"] = Case(
        PLAIN + group(line, "RSET") + replies(answer, "250 ok") + BYE, "SYNC104"
    )

CHUNKS = {
    "an envelope with its chunks": Case(
        CHUNKING
        + group(*ENVELOPE, "BDAT 3", "x", "BDAT 3 LAST", "y")
        + replies(*OKS, "250 3", "250 kept")
        + BYE
    ),
    "an envelope with its chunks, not offered": Case(
        CHUNKING_ALONE
        + group(*ENVELOPE, "BDAT 3", "x", "BDAT 3 LAST", "y")
        + replies(*OKS, "250 3", "250 kept")
        + BYE,
        "SYNC104",
    ),
    "a chunk with its command": Case(
        CHUNKING_ALONE
        + ACCEPTED
        + group("BDAT 3", "x")
        + "S: 250 3\n"
        + group("BDAT 3 LAST", "y")
        + "S: 250 ok\n"
        + BYE
    ),
    "a chunk behind its command": Case(
        CHUNKING_ALONE + ACCEPTED + "C: BDAT 3 LAST\nC[unprompted +1s]: x\nS: 250 ok\n" + BYE
    ),
    "two chunks, not offered": Case(
        CHUNKING_ALONE
        + ACCEPTED
        + group("BDAT 3", "x", "BDAT 3 LAST", "y")
        + replies("250 3", "250 kept")
        + BYE,
        "SYNC104",
    ),
    "the last chunk and MAIL": Case(
        CHUNKING + ACCEPTED + group("BDAT 3 LAST", "x", *ENVELOPE) + replies("250 kept", *OKS) + BYE
    ),
    "the last chunk and MAIL, not offered": Case(
        CHUNKING_ALONE + ACCEPTED + group("BDAT 3 LAST", "x", *ENVELOPE) + replies("250 kept", *OKS) + BYE,
        "SYNC104",
    ),
    "an empty last chunk": Case(
        CHUNKING + ACCEPTED + group("BDAT 3", "x", "BDAT 0 LAST") + replies("250 3", "250 kept") + BYE
    ),
    "an empty last chunk and QUIT": Case(
        CHUNKING
        + ACCEPTED
        + group("BDAT 3", "x", "BDAT 0 LAST", "QUIT")
        + replies("250 3", "250 kept", "221 bye")
    ),
    "an empty last chunk, not offered": Case(
        CHUNKING_ALONE + ACCEPTED + group("BDAT 3", "x", "BDAT 0 LAST") + replies("250 3", "250 kept") + BYE,
        "SYNC104",
    ),
    "chunks and a refused recipient": Case(
        CHUNKING
        + group(*ENVELOPE, "BDAT 3 LAST", "x")
        + replies("250 a", "250 b", "550 no", "250 kept")
        + BYE
    ),
    "NOOP between two chunks": Case(
        CHUNKING
        + ACCEPTED
        + group("BDAT 3", "x", "NOOP", "BDAT 0 LAST")
        + replies("250 3", "250 ok", "250 kept")
        + BYE,
        "SYNC105",
    ),
    "an envelope with a URL": Case(
        CHUNKING + group(*ENVELOPE, "BURL imap://x/y;urlauth=z LAST") + replies(*OKS, "250 kept") + BYE
    ),
    "the last URL and MAIL": Case(
        CHUNKING
        + ACCEPTED
        + group("BURL imap://x/y;urlauth=z LAST", *ENVELOPE)
        + replies("250 kept", *OKS)
        + BYE,
        "SYNC105",
    ),
    "chunk and URL": Case(
        CHUNKING
        + ACCEPTED
        + group("BDAT 3", "x", "BURL imap://x/y;urlauth=z LAST")
        + replies("250 3", "250 kept")
        + BYE
    ),
}

LMTP = GREETING + "C: LHLO gw\nS: 250-mx\n+ 250 PIPELINING\n"
LMTP_PLAIN = GREETING + "C: LHLO gw\nS: 250 mx\n"
PRDR = GREETING + "C: EHLO gw\nS: 250-mx\n+ 250-PIPELINING\n+ 250 PRDR\n"
PRDR_ENVELOPE = ("MAIL FROM:<a@b> PRDR", *ENVELOPE[1:])

SEVERAL = {
    "LMTP, all in turn": Case(
        LMTP_PLAIN + "C: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\nC: RCPT TO:<e@f>\nS: 250 c\n"
        "C: DATA\nS: 354 go\nC: .\nS: 250 c\n+ 250 e\n" + BYE
    ),
    "LMTP, the replies one by one": Case(
        LMTP
        + group(*ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + "C: .\nS: 250 c\nS[unprompted +1s]: 450 e\n"
        + BYE
    ),
    "LMTP, QUIT between two of its replies": Case(
        LMTP_PLAIN + "C: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\nC: RCPT TO:<e@f>\nS: 250 c\n"
        "C: DATA\nS: 354 go\nC: .\nS: 250 c\nC: QUIT\nS[unprompted +60ms]: 250 e\nS[after QUIT]: 221 bye\n",
        "SYNC104",
    ),
    "LMTP, RSET between two of its replies, offered": Case(
        LMTP
        + group(*ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + "C: .\nS: 250 c\nC: RSET\nS[unprompted +60ms]: 250 e\n"
        "S[after RSET]: 250 ok\n" + BYE
    ),
    "LMTP, the dot and the next envelope": Case(
        LMTP
        + group(*ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + group(".", *ENVELOPE)
        + replies("250 c", "250 e", *OKS)
        + BYE
    ),
    "LMTP, a refused recipient": Case(
        LMTP
        + group(*ENVELOPE, "DATA")
        + replies("250 a", "550 no", "250 c", "354 go")
        + "C: .\nS: 250 e\n"
        + BYE
    ),
    "LMTP, none accepted": Case(
        LMTP
        + group(*ENVELOPE, "DATA")
        + replies("250 a", "550 no", "550 no", "503 none")
        + "C: RSET\nS: 250 ok\n"
        + BYE
    ),
    "LMTP, the envelope in a group that was not offered": Case(
        LMTP_PLAIN + group(*ENVELOPE, "DATA") + replies(*OKS, "354 go") + "C: .\nS: 250 c\n+ 250 e\n" + BYE,
        "SYNC104",
    ),
    "LMTP with chunks": Case(
        LMTP.replace("PIPELINING", "CHUNKING\\r\\n250 PIPELINING").replace("+ 250 CH", "+ 250-CH")
        + group(*ENVELOPE, "BDAT 3 LAST", "x")
        + replies(*OKS, "250 c", "450 e")
        + BYE
    ),
    "PRDR": Case(
        PRDR
        + group(*PRDR_ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + "C: .\n"
        + replies("353 each", "250 c", "450 e", "250 kept")
        + BYE
    ),
    "PRDR, one by one": Case(
        PRDR
        + group(*PRDR_ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + "C: .\nS: 353 each\nS[unprompted +1s]: 250 c\nS[unprompted +1s]: 450 e\n"
        "S[unprompted +1s]: 250 kept\n" + BYE
    ),
    "PRDR, the dot and the next envelope": Case(
        PRDR
        + group(*PRDR_ENVELOPE, "DATA")
        + replies(*OKS, "354 go")
        + group(".", *ENVELOPE)
        + replies("353 each", "250 c", "450 e", "250 kept", *OKS)
        + BYE
    ),
    "PRDR, the dot and QUIT before its last word, not offered": Case(
        PRDR.replace("+ 250-PIPELINING\n", "")
        + "C: MAIL FROM:<a@b> PRDR\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\nC: RCPT TO:<e@f>\n"
        "S: 250 c\nC: DATA\nS: 354 go\nC: .\nS: 353 each\n+ 250 c\n+ 250 e\n"
        "C: QUIT\nS[unprompted +60ms]: 250 kept\nS[after QUIT]: 221 bye\n",
        "SYNC104",
    ),
    "PRDR, refused for all at once": Case(
        PRDR + group(*PRDR_ENVELOPE, "DATA") + replies(*OKS, "354 go") + "C: .\nS: 550 no\n" + BYE
    ),
    "PRDR with chunks": Case(
        PRDR
        + group(*PRDR_ENVELOPE, "BDAT 3 LAST", "x")
        + replies(*OKS, "353 each", "250 c", "450 e", "250 kept")
        + BYE
    ),
    "PRDR that was not asked for": Case(
        PRDR + group(*ENVELOPE, "DATA") + replies(*OKS, "354 go") + "C: .\nS: 250 kept\n" + BYE
    ),
}

r"""Dialogues that hold what must not be shown, in every place that may hold it.

Every secret has ``xq`` in it, in any case, and nothing else has; or it is in ``ENCODED``: what base64 makes
of such words.
"""

import base64

HEAD = """
client: 192.0.2.17:41025
server: 198.51.100.25:25
rtt: client 1ms server 20ms
---
handshake
S: 220 mx.example.org ESMTP ready
C: EHLO gw.example.net
S: 250-mx.example.org
+ 250 AUTH PLAIN LOGIN CRAM-MD5
"""

ENVELOPE = """
C: MAIL FROM:<someone@example.net>
S: 250 2.1.0 Ok
C: RCPT TO:<anybody@example.org>
S: 250 2.1.5 Ok
"""

END = """
C: QUIT
S: 221 2.0.0 Bye
fin client
fin server
"""


def base64_of(text: str) -> str:
    """A text as AUTH sends it."""
    return base64.b64encode(text.encode()).decode()


USER, PASSWORD, PLAIN, PROMPT = (
    base64_of("xqusername"),
    base64_of("xqpassword"),
    base64_of("\0xqusername\0xqpassword"),
    base64_of("<xq1896.697170952@xqrealm>"),
)
ENCODED = (USER, PASSWORD, PLAIN, PROMPT)

_TEXT = """
C: Subject: the xqsubject of it
+ X-Note: xqnote
+
+ xqfirst line
+ VRFY xqverified xqplan at noon
+ HELO xqhello
+ MAIL FROM:<xqperson@example.net>
+ xqlast
+ .
"""

DIALOGUES = {
    "text behind a refused DATA": HEAD
    + ENVELOPE
    + "C: DATA\nS: 554 5.5.1 No valid recipients\n"
    + _TEXT
    + """
S: 500 5.5.2 unrecognized: "Subject: the xqsubject of it"
S: 500 5.5.2 unrecognized "X-Note: xqnote"
S: 500 5.5.2 Error
S: 500 xqfirst?
S: 252 2.0.0 xqverified
S: 250 mx.example.org Hello xqhello
S: 250 2.1.0 xqperson@example.net... Sender ok
S: 502 5.5.2 XQLAST unknown
S: 500 what is a dot
"""
    + END,
    "text behind a refused DATA, split": HEAD
    + ENVELOPE
    + """
C: DATA
S: 451 4.3.0 Try later
C: Subject: xqsub\\
C[+30ms]: ject and more
S: 500 5.5.2 Subject: xqsub
C: xqbody\\
C[+30ms]:  xqtail
+ .
S: 500 5.5.2 xqbody
S: 500 5.5.2 what
"""
    + END,
    "commands that are text": HEAD
    + """
C: xqunknown xqverb
S: 500 5.5.1 xqunknown: command unrecognized
C: MAIL xqwithout syntax
S: 501 5.5.4 Syntax error near xqwithout
C: NOOP xqnoop argument
S: 250 2.0.0 Ok, xqnoop
C: HELP xqtopic
S: 214 2.0.0 no help on xqtopic
C: DATA xqargument
S: 501 5.5.4 DATA xqargument
"""
    + END,
    "AUTH LOGIN": HEAD
    + f"""
C: AUTH LOGIN
S: 334 {base64_of("Username:")}
C: {USER}
S: 334 {base64_of("Password:")}
C: {PASSWORD}
S: 535 5.7.8 xqusername: bad password, not xqpassword
"""
    + END,
    "AUTH PLAIN": HEAD
    + f"""
C: AUTH PLAIN {PLAIN}
S: 235 2.7.0 Welcome xqusername ({PLAIN})
"""
    + END,
    "AUTH CRAM-MD5": HEAD
    + f"""
C: AUTH CRAM-MD5
S: 334 {PROMPT}
C: {base64_of("xquser b913a602c7eda7a495b4e6e7334d3890")}
S: 535 5.7.8 xquser refused for {PROMPT} of xqrealm
"""
    + END,
    "AUTH refused, answered all the same": HEAD
    + f"""
C: AUTH LOGIN
S: 504 5.7.4 Unrecognized authentication type
C: {USER}
S: 500 5.5.1 Command unrecognized: "{USER[:11]}..."
C: {PASSWORD}
S: 500 5.5.1 Command unrecognized: xqpassword
"""
    + END,
    "AUTH ahead of its challenge": HEAD
    + f"""
C: AUTH LOGIN
+ {USER}
+ {PASSWORD}
S: 334 {base64_of("Username:")}
+ 334 {base64_of("Password:")}
+ 235 2.7.0 hello xqusername
"""
    + END,
    "AUTH behind unknown mechanisms": HEAD
    + f"""
C: auth  plain {PLAIN}
S: 501 5.5.2 cannot read {PLAIN}
C: AUTH={PLAIN}
S: 500 5.5.2 AUTH={PLAIN}
C: AUTH xQcredentialXq
S: 504 5.5.4 no xQcredentialXq here
"""
    + END.replace("C: QUIT", "C[+5ms]: QUIT"),
    "drift over private replies": f"""
client: 192.0.2.17:41025
server: 198.51.100.25:25
rtt: client 40ms server 0ms
---
handshake
S: 220 mx.example.org \\
C: EHLO gw.example.net
S[unprompted +10ms]: ESMTP ready
C: AUTH LOGIN
S[after EHLO]: 250-mx.example.org
+ 250 AUTH LOGIN
C: {USER}
S[after AUTH]: 334 {base64_of("Username:")}
C: {PASSWORD}
S[after {USER}]: 334 {base64_of("xqPassword:")}
C: MAIL FROM:<someone@example.net>
S[after {PASSWORD}]: 535 5.7.8 xqusername unknown
C: QUIT
S[after MAIL]: 530 5.7.0 Authentication required
fin client
S[after QUIT]: 221 2.0.0 Bye xqusername
reset client
""",
    "a chunk run as commands": HEAD
    + ENVELOPE
    + """
C: BDAT 54 LAST
+ Subject: xqchunk
+ xqsecond line
+ RCPT TO:<xqbox@x>
+ xqend1
S: 503 5.5.1 No valid recipients
+ 500 5.5.2 xqchunk
+ 500 5.5.2 unknown: xqsecond line
+ 503 5.5.1 xqbox@x
+ 500 5.5.2 xqend1
"""
    + END,
    "a chunk that is too long": HEAD
    + ENVELOPE
    + """
C: BDAT 20 LAST
+ Subject: xqchunk
+ xqtoo long by far
+ xqand more
S: 250 2.0.0 Ok: queued as 4AB12
+ 500 5.5.2 xqtoo long by far
+ 500 5.5.2 xqand
"""
    + END,
    "a message with holes, copies and other octets": HEAD
    + ENVELOPE
    + """
C: DATA
S: 354 End with a dot
C: Subject: xqheld back
+ xqbody of it
C[lost]: + xqlost line
C: xqbehind the hole
C[again +5ms]: xqother octets!!!!
C: .
S: 250 2.0.0 Ok: queued as 4AB13
"""
    + END,
    "copies of commands with other octets": HEAD
    + """
C: MAIL FROM:<someone@example.net>
C[again +5ms]: xqtext in the place of that xx12345
S: 250 2.1.0 Ok
S[again +5ms]: 250 2.1.xq
"""
    + END,
    "text behind a hole where commands may be": HEAD
    + ENVELOPE
    + """
C: DATA
S[lost]: 354 End with a dot
C[lost]: Subject: xqlost
C: xqsubject and what follows
+ HELO xqhello
+ xqbody
+ .
S: 250 2.0.0 Ok
"""
    + END,
    "an unstuffed dot": HEAD
    + ENVELOPE
    + """
C: DATA
S: 354 End with a dot
C: Subject: xqone
+
+ .
+ xqrest of the message
+ vrfy xqname
+ .
S: 250 2.0.0 Ok: queued as 4AB14
+ 500 5.5.2 xqrest of the message
+ 252 2.5.2 xqname may be here
+ 500 5.5.2 what
"""
    + END,
    "a smuggled message": HEAD
    + ENVELOPE
    + r"""
C: DATA
S: 354 End with a dot
C: Subject: xqouter\r\n\r\nxqtext\n.
+ MAIL FROM:<admin@example.org>
+ RCPT TO:<all@example.org>
+ DATA
+ xqinner text
+ .
S: 250 2.0.0 Ok: queued as 4AB15
+ 250 2.1.0 Ok
+ 250 2.1.5 Ok
+ 354 End with a dot
+ 250 2.0.0 Ok: queued as 4AB16
"""
    + END,
    "text behind STARTTLS": HEAD.replace("AUTH PLAIN LOGIN CRAM-MD5", "STARTTLS")
    + """
C: STARTTLS
+ xqinjected command line
+ HELP xqinjected
S: 220 2.0.0 Ready to start TLS
+ 500 5.5.2 xqinjected what
C: QUIT
S: 221 2.0.0 Bye
fin client
fin server
""",
    "replies too many": HEAD
    + ENVELOPE
    + """
C: DATA
S: 554 5.5.1 No
C: Subject: xqsubject
+ .
S: 500 5.5.2 Subject: xqsubject
+ 500 5.5.2 .
+ 500 5.5.2 again: xqsubject
S[+500ms unprompted]: 421 4.4.2 closing on "Subject: xqsubject"
fin server
fin client
""",
    "another protocol": r"""
client: 192.0.2.17:41025
server: 198.51.100.25:25
---
handshake
S: 220 mx.example.org ESMTP
C: GET /xqpath?xqquery HTTP/1.1\r\nHost: xqhost\r\nAuthorization: Basic eHE6eHE=\r\nCookie: xqcookie
S: 500 5.5.2 Command unrecognized: GET /xqpath?xqquery
+ 500 5.5.2 Host: xqhost
reset server
""",
    "a reset with a text": HEAD
    + ENVELOPE
    + """
C: DATA
S: 354 End with a dot
C: Subject: xqheld
C[flags RA]: xqreset text
""",
    "only the client's side": HEAD.replace("---\n", "---\ncapture client\n", 1)
    + ENVELOPE
    + f"""
C: AUTH LOGIN
S: 334 {base64_of("Username:")}
C: {USER}
S: 334 {base64_of("Password:")}
C: {PASSWORD}
S: 235 2.7.0 Ok
C: DATA
S: 354 End with a dot
C: Subject: xqsubject
+ HELO xqhello
+ EXPN xqlist
+ RCPT TO:<xqbox@example.org>
+ .
S: 250 2.0.0 Ok
"""
    + END,
    "only the server's side": HEAD.replace("---\n", "---\ncapture server\n", 1)
    + """
C: xqunknown verb
S: 500 5.5.1 xqunknown: command unrecognized
C: DATA
S: 503 5.5.1 No recipients
C: Subject: xqsubject
+ xqbody of it
S: 500 5.5.2 unrecognized: "Subject: xqsubject"
+ 502 5.5.2 xqbody not implemented
"""
    + f"C: AUTH PLAIN {PLAIN}\nS: 535 5.7.8 xqusername: no such user\n"
    + END,
    "from the middle of a message on": HEAD.replace("---\n", "---\ncapture nothing\n", 1)
    + ENVELOPE
    + """
C: DATA
S: 354 End with a dot
C: Subject: xqbegun
capture both
C: xqmiddle of the message
+ HELO xqhello
C: VRFY xqname
C: xqend
+ .
S: 250 2.0.0 Ok: queued as 4AB17
"""
    + END,
    "octets after QUIT": HEAD
    + """
C: QUIT
+ xqafter QUIT
+ NOOP xqafter
S: 221 2.0.0 Bye
+ 500 5.5.2 xqafter QUIT
fin client
fin server
""",
}

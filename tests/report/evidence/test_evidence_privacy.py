"""Nothing private is in an annotated capture, wherever it was sent; and it says the same all the same."""

import json
from base64 import b64encode

import pytest
from build import capture_file
from report.evidence import reading

from desync.report.evidence.annotated import Redaction

HEAD = """
client: 192.0.2.17:41025
server: 198.51.100.25:25
rtt: client 40ms server 1ms
---
handshake
S: 220 mx.example.org ESMTP ready
C: EHLO gw.example.net
"""

PLAIN = b64encode(b"\0alice\0Sekret-pw").decode()
LOGIN = b64encode(b"Sekret-user").decode()

TO_DATA = """
S: 250 mx.example.org
C: MAIL FROM:<a@example.net>
S: 250 Ok
C: RCPT TO:<b@example.org>
S: 250 Ok
C: DATA
"""

SECRET_PLACES = {
    "message": TO_DATA
    + r"""
S: 354 Go ahead
C: Subject: Sekret subject
+
+ ..Sekret behind two dots
+ QUIT Sekret
+ MAIL FROM:<sekret@example.net>
+ Sekret text\
C: of Sekret lines
+ .
S: 250 Ok: queued as 4F1
C: QUIT
S: 221 Bye
close
""",
    "bare line ends": TO_DATA
    + r"""
S: 354 Go ahead
C: Sekret one\n.\nSekret two\r.\rSekret three\n.\r\nSekret\0four\
C:
+ .
S: 250 Ok: queued as 4F1
close
""",
    "refused DATA": TO_DATA
    + """
S: 554 No
C: Subject: Sekret subject
+
+ Sekret text
+ HELP Sekret
+ .
S: 500 Unrecognized: "Subject: Sekret subject"
+ 500 what?
+ 500 5.5.2 Sekret text?
+ 214 Ask others
+ 500 .?
C: QUIT
S: 221 Bye
close
""",
    "AUTH PLAIN": f"""
S: 250-mx.example.org
+ 250 AUTH PLAIN LOGIN
C: AUTH PLAIN {PLAIN}
S: 535 5.7.8 no such user: alice with Sekret-pw ({PLAIN})
C: AUTH PLAIN
S: 334 U2VrcmV0IGNoYWxsZW5nZQ==
C: {PLAIN}
S: 235 Welcome, Sekret-pw
C: QUIT
S: 221 Bye
close
""",
    "AUTH LOGIN": f"""
S: 250-mx.example.org
+ 250 AUTH PLAIN LOGIN
C: AUTH LOGIN {LOGIN}
S: 334 UGFzc3dvcmQ6U2VrcmV0
C: {LOGIN}
S: 535 Sekret-user is not known
C: {LOGIN}
S: 500 {LOGIN} not understood
C: QUIT
S: 221 Bye
close
""",
    "chunks": """
S: 250-mx.example.org
+ 250 CHUNKING
C: MAIL FROM:<a@example.net>
S: 250 Ok
C: RCPT TO:<b@example.org>
S: 250 Ok
C: BDAT 24 LAST
+ Sekret chunk, 24 octet\\
S: 250 Ok: queued as 4F1
C: BDAT 16 LAST
+ Sekret refused\\r\\n\\
S: 503 No
+ 500 Sekret refused?
C: QUIT
S: 221 Bye
close
""",
    "unknown lines": """
S: 250 mx.example.org
C: Sekret-command with words
S: 500 "Sekret-command with words"
C: HELO Sekret to six words in all
S: 501 no
C: NOOP Sekret
S: 250 Ok
C: QUIT Sekret
S: 221 Bye
close
""",
    "other copies": TO_DATA
    + """
S: 354 Go ahead
C[dropped]: Sekret text
C[again +300ms]: Other--text
C[again +300ms]: Sekret text
C: .
S: 250 Ok: queued as 4F1
close
""",
    "overlap in a command": """
S: 250 mx.example.org
C: MAIL FROM:<a@example.net>
C[again +1ms]: Sekret Sekret Sekret here
S: 250 Ok
C: QUIT
S: 221 Bye
close
""",
    "behind a hole": TO_DATA
    + """
S: 354 Go ahead
C[lost]: Sekret lost
C: Sekret text behind it
+ .
S: 250 Ok: queued as 4F1
C: QUIT
S: 221 Bye
close
""",
    "fragments": TO_DATA
    + """
S: 354 Go ahead
C[fragment 24]: Subject: Sekret subject
+
+ Sekret text that is long enough for several fragments of Sekret octets
+ .
S: 250 Ok: queued as 4F1
C[fragment 24 reversed]: NOOP
S: 250 Ok
C[fragment 24 lost-fragment 2]: Sekret and another Sekret text that is cut into fragments
C: QUIT
S: 221 Bye
close
""",
    "twice": TO_DATA
    + """
S: 354 Go ahead
C[duplicate]: Sekret text
+ .
S[duplicate]: 250 Ok: queued as 4F1
C[bad-checksum]: QUIT
S[offload-checksum]: 221 Bye
close
""",
    "a RST": """
S: 250 mx.example.org
C: QUIT
S: 221 Bye
C[flags RA at 20]: Sekret reason
""",
    "behind the end": """
S: 250 mx.example.org
C: QUIT
S: 221 Bye
close
C[at 200]: Sekret text behind the FIN
""",
    "injected": r"""
S: 250-mx.example.org
+ 250 STARTTLS
C: STARTTLS
+ Sekret behind STARTTLS
S: 220 Go
+ 250 mx.example.org again
C[hex]: 16030100050100000100
S[hex]: 16030100050200000100
""",
}
"""Dialogues behind EHLO; what is private has the word in it."""

SOCKS = f"""
client: 192.0.2.17:41025
server: 198.51.100.25:25
---
handshake
C[hex]: 050102
S[hex]: 0502
C[hex]: 0106{b"Sekret".hex()}07{b"Sekret2".hex()}
S[hex]: 0100
C[hex]: 050100010a0000010019
S[hex]: 050000010a0000010019
S: 220 mx.example.org ESMTP ready
C: EHLO gw.example.net
S: 250 mx.example.org
C: QUIT
S: 221 Bye
close
"""

CONNECT = """
client: 192.0.2.17:41025
server: 198.51.100.25:25
---
handshake
C: CONNECT mx.example.org:25 HTTP/1.1
+ Proxy-Authorization: Basic Sekret
+
S: HTTP/1.1 200 OK
+
S: 220 mx.example.org ESMTP ready
C: EHLO gw.example.net
S: 250 mx.example.org
C: QUIT
S: 221 Bye
close
"""

HELLO = b"\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03" + b"name.example.com".rjust(42, b"\1")
STARTTLS = f"""{HEAD}
S: 250-mx.example.org
+ 250 STARTTLS
C: STARTTLS
S: 220 Go
C[hex]: {HELLO.hex()}
S[hex]: {HELLO.hex()}
C[hex]: 17030300041234abcd
"""

SECRETS = (b"Sekret", b"sekret", PLAIN.encode(), LOGIN.encode(), b"U2VrcmV0", b"Other--", b"alice")


@pytest.mark.parametrize("text", [SOCKS, CONNECT])
def test_what_a_proxy_is_told_is_private_too(text, tmp_path):
    path = capture_file(tmp_path, text)
    assert b"Sekret" in path.read_bytes()
    octets = reading.write(path)
    assert b"Sekret" not in octets
    evidence = tmp_path / "evidence.pcapng"
    evidence.write_bytes(octets)
    assert reading.connections(evidence) == reading.connections(path)
    named = reading.write(path, Redaction(addresses=True))
    assert b"Sekret" not in named
    assert b"mx.example.org" not in named


@pytest.mark.parametrize("renamed", [False, True])
def test_tls_stays_but_for_the_names_in_it(renamed, tmp_path):
    path = capture_file(tmp_path, STARTTLS)
    evidence = tmp_path / "evidence.pcapng"
    evidence.write_bytes(reading.write(path, Redaction(addresses=renamed)))
    octets = evidence.read_bytes()
    assert (b"name.example.com" in octets) is not renamed
    assert (b"\x12\x34\xab\xcd" in octets) is not renamed
    assert HELLO[:11] in octets
    assert renamed or reading.connections(evidence) == reading.connections(path)


def test_each_dialogue_has_a_secret():
    assert all("Sekret" in text or "U2VrcmV0" in text or PLAIN in text for text in SECRET_PLACES.values())


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("where", SECRET_PLACES)
def test_nothing_private_is_left(where, private, tmp_path):
    path = capture_file(tmp_path, HEAD + SECRET_PLACES[where])
    octets = reading.write(path, Redaction(private=private))
    assert any(secret in octets for secret in SECRETS) is not private


@pytest.mark.parametrize("where", SECRET_PLACES)
def test_it_says_the_same(where, tmp_path):
    path = capture_file(tmp_path, HEAD + SECRET_PLACES[where])
    evidence = tmp_path / "evidence.pcapng"
    evidence.write_bytes(reading.write(path))
    assert reading.connections(evidence) == reading.connections(path)
    assert reading.sums_are_kept(path, evidence)


@pytest.mark.parametrize("where", SECRET_PLACES)
def test_it_says_the_same_under_other_names(where, tmp_path):
    path = capture_file(tmp_path, HEAD + SECRET_PLACES[where])
    octets = reading.write(path, Redaction(addresses=True))
    assert not any(secret in octets for secret in (*SECRETS, b"mx.example.org", b"gw.example.net"))
    assert not any(
        bytes(map(int, address.split("."))) in octets for address in ("192.0.2.17", "198.51.100.25")
    )
    evidence = tmp_path / "evidence.pcapng"
    evidence.write_bytes(octets)
    said, before = reading.connections(evidence), reading.connections(path)
    assert [[_verdict(one) for one in each["findings"]] for each in said] == [
        [_verdict(one) for one in each["findings"]] for each in before
    ]
    assert reading.sums_are_kept(path, evidence)


def _verdict(text):
    found = json.loads(text)
    return sorted((name, str(found[name])) for name in ("code", "certainty", "blame", "exchanges", "message"))

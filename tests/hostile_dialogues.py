r"""Dialogues whose every word is an attack on whoever prints it.

Each hostile text stands in the greeting, in HELO, in sender and recipient, in an extension, in a queue
identifier and in refusals; once at least beside a finding that shows it.
"""

from typing import Final

TEXTS: Final = {
    "control characters": r"a\x01\x02\x08\x0b\x0c\x0e\x7f\x80\x9bb",
    "nul": r"a\0b",
    "ansi": r"\x1b[31mred\x1b[2J\x1b[1;1Hfirst",
    "osc": r"\x1b]0;title\x07\x1b]52;c;Y29weQ==\x07\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x07",
    "eight-bit csi": r"\xc2\x9b31m\x9b31m",
    "html": r"<script>alert(1)</script><img/src=x/onerror=alert(2)>&amp;</td></table>",
    "attributes": r"'\x22><svg/onload=alert(3)>{{7*7}}",
    "markdown": r"`x`|y|[link](javascript:alert(1))![i](http://evil.example/i.png)<b>@team #1 ***",
    "fence": r"`````~~~~~|||",
    "formula": r"=cmd|'/c\x20calc'!A1",
    "formula plus": r"+1+cmd",
    "formula at": r"@SUM(A1:A9)",
    "formula minus": r"-2+3",
    "tab": r"\t=1+1",
    "path": r"../../../../etc/passwd",
    "windows path": r"..\\..\\con.txt\x00.exe",
    "invalid utf-8": r"\xff\xfe\xc3\x28\xed\xa0\x80\xf8\x88",
    "right to left": r"\xe2\x80\xaegnp.exe\xe2\x80\xac\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8f",
    "invisible": r"a\xe2\x80\x8bb\xef\xbb\xbfc\xc2\xadd\xe2\x80\xa8e\xe2\x80\xa9f\xef\xbf\xb9",
    "surrogates escaped": r"\\ud800\\x1b\\u202e",
    "long": "A" * 400,
    "json": r"\x22,\x22code\x22:\x22SYNC999\x22,\x22x\x22:\x22",
    "shell": r"';rm\x20-rf\x20/;'$(id)`id`",
    "format": r"%s%n{0.__class__}{evil}[bold]x[/bold]:smile:",
}
"""What is said, as the language of dialogues writes it; blanks are written as octets, as it is one word."""


def dialogue(text: str) -> str:
    """A connection in which a hostile text stands everywhere."""
    return rf"""
client: 192.0.2.17:41025
server: 198.51.100.25:25
rtt: client 40ms server 0ms
---
handshake
S: 220 {text} \
C: EHLO {text}
S[unprompted +10ms]: {text} ESMTP {text}
S: 250-{text} Hello {text}
+ 250-{text.upper() if chr(92) not in text else text}
+ 250 X-{text}
C: MAIL FROM:<{text}@{text}.example.net>
S: 250 {text}
C: RCPT TO:<{text}%{text}@example.org>
S: 250 {text}
C: RCPT TO:<x%{text}@example.org>
S: 550 5.1.1 {text}
C: DATA
S: 354 {text}
C: Subject: {text}
+ .
S: 250 2.0.0 Ok: queued as {text}
S[+300ms unprompted]: 250 {text}
C: VRFY {text}
S: {text}
C: {text}
S: 500 {text} {text}
S[+300ms unprompted]: 421 {text}
fin server
fin client
"""

r"""REPLY301 reply-line-split

A line of a reply left the server in more than one segment: the text in one, the rest, or
only the CRLF, in another.

Fires when
    The octets of one line of a reply were first sent in two or more segments. The finding
    says how many octets each segment held, how long the rest took, and how the split came
    about: by separate writes (a short segment, the rest later), at the segment size (MSS),
    at the end of a buffer, or by a retransmission. A line sent octet by octet is one
    finding, not one for each octet.

    Certainty: the segments show it, as far as they are the wire's. Whether two writes or
    the kernel made the split is read from their sizes and times.

Does not fire when
    - Whole lines of one reply are in different segments: REPLY302.
    - The capture shows frames above the MSS (CAP911): two segments may have been merged, so
      that a line which looks whole was split on the wire. No split seen is no proof of
      none.
    - The rest of the line never came: REPLY305.
    - The line is mail text, or a command.

    Not known: what the clients make of it, unless one of them spoke on the fragment
    (SYNC102). Then this finding is named there.

Why it matters
    It is lawful and nobody's error: TCP carries octets, not lines, and every client must
    cope. But it is the exposure on which a client that takes a segment for a reply fails.
    A server version that begins to write its banner and the CRLF apart has set this off,
    in 1999 and again since.

What to do
    client: Nothing, if it waits for the CRLF. Else see SYNC102.
    server: One write for each reply, its CRLF included: a buffered writer and one flush for
        a reply (setvbuf with _IOFBF). Set TCP_NODELAY only after that; alone it makes the
        split more certain.

Example
        frame 4  S: "220 smtp.tele.fi "         [0, 17)
        frame 5  S: "rest of the greeting\r\n"  [17, 39), 120 ms later
        frame 6  C: "HELO gw.example.net\r\n"   acknowledges 39

        desync show captures/rules/REPLY301-reply-line-split.fires.pcap --stream 0

See it in Wireshark
    Clear the SMTP preference that reassembles lines over several segments
    (smtp.desegment_lines): otherwise the line is shown on its last segment only. Server
    segments that do not end a line:

        tcp.srcport == 25 && tcp.len > 0 && !(tcp.payload[-2:] == 0d:0a)

References
    - RFC 9293, section 3.7: segment boundaries need not be those of writes.
    - RFC 5321, section 2.3.8: only CRLF ends a line.
    - captures/ccnotes-1999.snoop: the greeting in two segments, as a capture of its time.
    - captures/incidents/postal-2026.pcap: a banner and its CRLF written apart
      (postalserver/postal, pull request 3599).
    - A tarpit that sends one character a second:
      https://github.com/testssl/testssl.sh/issues/731
    - Frames that are larger than the wire's:
      http://packetbomb.com/how-can-the-packet-size-be-greater-than-the-mtu/
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.rule import Rule
from desync.findings.split_runs import of_cuts
from desync.findings.splits import line_splits, splits

RULE: Final = Rule(code="REPLY301", name="reply-line-split", severity="note", blame="nobody")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find reply lines that left in more than one segment: one finding for neighbouring replies."""
    cuts = {
        one.index: line_splits(one.reply, splits(conversation, one.reply))
        for one in conversation.exchanges
        if one.reply is not None
    }
    yield from of_cuts(RULE, conversation, cuts, "a reply line")

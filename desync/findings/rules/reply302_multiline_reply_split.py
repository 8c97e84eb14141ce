r"""REPLY302 multiline-reply-split

The lines of one reply left the server in more than one segment, cut between lines.

Fires when
    A reply of several lines was first sent in two or more segments, and a segment ends
    behind the CRLF of a line that is not the last one. The finding says how many octets
    each segment held, how long the next took, and how the split came about.

    Certainty: the segments show it, as far as they are the wire's.

Does not fire when
    - The cut is inside a line: REPLY301. A reply may show both.
    - The replies to a pipelined group come in several segments: each reply is whole.
    - LMTP or PRDR: several replies to one end of data are several replies.
    - The capture shows frames above the MSS (CAP911): what looks whole may have been split.

    Not known: what the clients make of it, unless one spoke inside the reply (SYNC103).

Why it matters
    It is lawful and nobody's error. But a client that takes one segment for the whole reply
    goes on behind the first lines (SYNC103), and never sees the extensions that the later
    lines name. A pause between the lines, as servers make it to slow down senders, makes
    such clients fail each time.

What to do
    client: Nothing, if it reads on while the fourth character is "-". Else see SYNC103.
    server: Write all lines of a reply with one write, without a pause. Where the pause is
        on purpose, know whom it hits.

Example
        frame 6  S: "250-mx.example.org\r\n250-SIZE 10240000\r\n"  [26, 65)
        frame 7  S: "250-STARTTLS\r\n250 HELP\r\n"                 [65, 89), 40 ms later

        desync show captures/rules/REPLY302-multiline-reply-split.fires.pcap --stream 0

See it in Wireshark
    Clear the SMTP preference that reassembles lines over several segments
    (smtp.desegment_lines), then show the server's segments that begin with a code and a
    hyphen, and what follows each:

        tcp.srcport == 25 && tcp.payload matches "^[2-5][0-9][0-9]-"

References
    - RFC 5321, section 4.2.1: replies of several lines.
    - RFC 9293, section 3.7: segment boundaries need not be those of writes.
    - A GSM module that took the first segment of the EHLO reply for all of it:
      https://github.com/emersion/go-smtp/pull/120
    - The same in a test server's tracker: https://github.com/aio-libs/aiosmtpd/issues/389
    - "more likely when there is a delay between first and last line": KB 912341,
      https://mskb.pkisolutions.com/kb/912341
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.rule import Rule
from desync.findings.split_runs import of_cuts
from desync.findings.splits import line_splits, splits

RULE: Final = Rule(code="REPLY302", name="multiline-reply-split", severity="note", blame="nobody")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find multi-line replies whose lines left in more than one segment."""
    cuts = {}
    for one in conversation.exchanges:
        if one.reply is not None and len(one.reply.lines) > 1:
            found = splits(conversation, one.reply)
            inside = line_splits(one.reply, found)
            cuts[one.index] = [cut for cut in found if cut not in inside]
    yield from of_cuts(RULE, conversation, cuts, "a multi-line reply")

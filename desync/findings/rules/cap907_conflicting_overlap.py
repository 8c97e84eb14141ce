r"""CAP907 conflicting-overlap

The same octets of a stream were sent twice, with different contents.

Fires when
    A later copy of octets that are already there differs from the first one. desync keeps
    the first copy for reading the dialogue and reports both, with frame and offset.

    Certainty: proved that the copies differ, where both have a good checksum. Which of them
    the receiver took is not to be seen.

Does not fire when
    - The later copy says the same, whole or in part: an ordinary retransmission.
    - The checksum of the copy that differs is bad: a receiver throws it away. A checksum
      that the sending machine left to its network card is not bad.
    - It is a keep-alive of one octet in front of the next sequence number.
    - A new connection uses the same addresses and ports.

    Not known: whether a box on the path rewrites what passes through it, somebody injects
    segments, or a TCP is faulty; and what the other end made of it.

Why it matters
    A sender's TCP sends again what it sent. If a copy differs, something between the sender
    and the place of capture changed one of the two, or put in octets of its own. A dialogue
    that the receiver read from the other copy may have gone otherwise than shown.

What to do
    client: Capture at the client as well, and compare with the capture from the server.
    server: Look for boxes that inspect or rewrite mail on the path, and switch that off for
        the mail port.

Example
        frame 8  C: "RCPT TO:<b@example.org>\r\n"    acknowledges 132
        frame 9  C: "RCPT TO:<x@example.org>\r\n"    the same octets, sent again

        desync show captures/rules/CAP907-conflicting-overlap.fires.pcap --stream 0

See it in Wireshark
    Wireshark shows both as segments of the same sequence number; compare their octets.

        tcp.analysis.retransmission || tcp.segment.overlap.conflict

References
    - RFC 9293, section 3.4: each octet has a sequence number.
    - Why a reader must not choose in silence:
      https://github.com/JarryShaw/PyPCAPKit/issues/443
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP907", name="conflicting-overlap", severity="warning", blame="path")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find octets of which two differing copies were captured."""
    connection = conversation.connection
    for side, stream in (("client", connection.client_stream), ("server", connection.server_stream)):
        if stream.conflicts:
            first, more = stream.conflicts[0], len(stream.conflicts) - 1
            others = f", and {more} more" if more else ""
            yield of_connection(
                RULE,
                conversation,
                message=f"the {side}'s octets {first.start} to {first.end} came twice and differ{others}",
                certainty="proved",
                segments=[segment for one in stream.conflicts for segment in (one.kept, one.dropped)],
                details={
                    "side": side,
                    "conflicts": len(stream.conflicts),
                    "octets": [first.start, first.end],
                    "kept": first.kept.frame,
                },
            )

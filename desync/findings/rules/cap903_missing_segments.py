r"""CAP903 missing-segments

Octets were sent and received, but are not in the capture.

Fires when
    One side acknowledges octets that the capture does not hold, or the sequence numbers
    skip over octets that never come. The finding gives the side, the offset and the length
    of each hole. A hole stays a hole: desync puts nothing in its place.

    Certainty: proved where the other side acknowledged the octets. Where they were skipped
    and never acknowledged, they may also have been lost for good.

Does not fire when
    - The octets come later in the file, sent again or out of order.
    - The snap length cut them off: CAP908.
    - A whole direction is missing: CAP905. The beginning is missing: CAP904.
    - The sequence number is a keep-alive's, one octet before the next.

    Not known: what the octets said, how many commands or replies they held, and what the
    capturing machine dropped besides.

Why it matters
    Behind a hole, commands and replies have to be aligned anew, by acknowledgments, codes
    and times. What needs the missing octets is inconclusive: a reply that seems to end in
    the middle of a line is no fragment if the client acknowledged the rest.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: filter for the mail port; give the capture a larger
        buffer (tcpdump -B); write to a fast disk; look at the drops that tcpdump counts at
        its end; do not mirror more than the mirror port can carry.

Example
    The end of the greeting was not captured, but the client's acknowledgment covers it. So
    nothing is said against its EHLO.

        frame 4  S: "220 mx.exam"                [0, 11)
                 missing                         [11, 26)
        frame 5  C: "EHLO gw.example.net\r\n"    acknowledges 26

        desync show captures/rules/CAP903-missing-segments.fires.pcap --stream 0

See it in Wireshark
    Wireshark marks both sides of a hole:

        tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment

References
    - RFC 9293, section 3.4: what an acknowledgment says.
    - Why a lost packet allows no resynchronising by guess:
      https://github.com/elastic/beats/pull/5408
    - "Both sides spoke, so it is lost" fails on reordered captures:
      https://github.com/seladb/PcapPlusPlus/issues/851
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.missing import about_gaps
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP903", name="missing-segments", severity="warning", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find octets that were acknowledged or skipped over, and never captured."""
    yield from about_gaps(RULE, conversation, "loss", "were sent and never captured")

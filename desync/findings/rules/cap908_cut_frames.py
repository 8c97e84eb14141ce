r"""CAP908 cut-frames

The capture kept only the first part of each frame, and cut off octets of the mail dialogue.

Fires when
    Frames of a mail connection are shorter in the file than they were on the wire, and what
    is missing is payload. The finding gives the snap length, how many frames were cut, and
    how many octets are missing on each side.

    Certainty: proved: the record holds both lengths.

Does not fire when
    - What was cut is padding behind the IP packet, or the frame's check sequence.
    - Only frames without mail were cut.
    - The file ends inside a record: CAP901.

    Not known: what the cut octets said. Their number is known, and so the places of all
    others: sequence and acknowledgment numbers stay good.

Why it matters
    Verbs and codes are at the beginning of a segment and mostly survive; the line ends do
    not, nor the second command of a group. A line whose end was cut is not called a
    fragment. What needs the missing octets is inconclusive.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: tcpdump -s 0, the default since version 4; old versions
        kept 68 or 96 octets. With snoop leave -s away.

Example
    A snap length of 96 leaves 42 octets of payload behind the headers of Ethernet, IP and
    TCP without options.

        frame 6  S: 42 octets of 118 captured   [26, 144)
        frame 7  C: "MAIL FROM:<a@example.net>\r\n"   acknowledges 144

        desync show captures/rules/CAP908-cut-frames.fires.pcap --stream 0

See it in Wireshark
    Frames that are longer than what the file holds of them:

        frame.cap_len < frame.len && tcp.len > 0

References
    - RFC 1761: snoop's included length and original length.
    - draft-ietf-opsawg-pcap: captured and original length of a record.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.missing import about_gaps
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP908", name="cut-frames", severity="warning", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find mail octets that the snap length cut off."""
    yield from about_gaps(RULE, conversation, "snaplen", "were cut off by the snap length")

r"""CAP906 duplicate-frames

The capture holds the same packets twice.

Fires when
    Segments of a connection are in the file more than once as the same packet: same IP
    identification, same sequence and acknowledgment numbers, same octets, close together.
    The finding counts them. They are used once.

    Certainty: consistent. An IPv6 packet has no identification, so that a copy and a
    retransmission that was sent at once look alike.

Does not fire when
    - The sender sent the octets again: a retransmission has an identification of its own,
      comes after a while, and often carries a newer acknowledgment.
    - The network duplicated a packet and both copies arrived: it looks the same, and
      changes nothing either.
    - The octets differ: CAP907.

    Not known: which copy is the earlier one on the wire, where both sides of a router or
    all interfaces of a machine were captured at once.

Why it matters
    Nothing is wrong with the mail. But whoever counts frames or retransmissions counts
    double, and a copy taken behind the machine may be recorded out of order. No verdict
    rests on the order of frames here, so none changes.

What to do
    client: Nothing.
    server: Nothing. Who captures: name one interface in place of "any"; mirror each port in
        one direction, or one port in both; or take copies out with editcap -d.

Example
        frame 4  S: "220 mx.example.org ESMTP\r\n"    [0, 26)
        frame 5  S: "220 mx.example.org ESMTP\r\n"    [0, 26), the same packet
        frame 6  C: "HELO gw.example.net\r\n"         acknowledges 26

        desync show captures/rules/CAP906-duplicate-frames.fires.pcap --stream 0

See it in Wireshark
    Wireshark calls the copies retransmissions or duplicate ACKs. Compare ip.id with the
    frame before; a retransmission's differs.

        tcp.analysis.retransmission || tcp.analysis.duplicate_ack

References
    - RFC 791, section 3.1, and RFC 6864: the identification field.
    - How copies come about, and how to take them out:
      http://www.thevisiblenetwork.com/2014/02/11/filter-duplicate-packets-from-a-capture-file/
      http://www.packetevents.com/2009/07/Packet%20De-duplication/
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP906", name="duplicate-frames", severity="note", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find connections whose packets were recorded more than once."""
    connection = conversation.connection
    count = connection.assembly.duplicated
    if count:
        yield of_connection(
            RULE,
            conversation,
            message=f"{count} of {len(connection.rows)} frames are second copies of a packet",
            certainty="proved",
            details={"frames": count, "of": len(connection.rows)},
        )

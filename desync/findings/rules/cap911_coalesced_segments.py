r"""CAP911 coalesced-segments

The capture holds segments larger than the wire can have carried: the machine that captured
had its network card cut or join them. Segment boundaries here are not the wire's.

Fires when
    Segments of a mail connection carry more payload than the maximum segment size (MSS)
    that the receiving side announced in its SYN. The finding counts them for each
    direction.

    Certainty: proved where the SYN with its MSS was captured; consistent where the size
    alone says it.

Does not fire when
    - The segments are large, but within the MSS: jumbo frames, the loopback interface.
    - The MSS is not known, and no segment is larger than an Ethernet frame can be.
    - No mail connection has such segments.

    Not known: how the octets were cut on the wire, and so whether a reply arrived whole.
    The 1999 case may hide in what looks like one segment.

Why it matters
    "This reply was not split" is no evidence in such a capture, in either direction: joined
    on receipt, what came in two segments looks like one; not yet cut on sending, what left
    in two looks like one. What was seen split, was split. Acknowledgment numbers are not
    touched: a command that was early stays proved.

What to do
    client: Nothing.
    server: Nothing. Who captures: switch the offloads off for the time of the capture
        (ethtool -K eth0 tso off gso off gro off lro off), or capture at a mirror port.

Example
    The MSS is 1460, the segment is twice that.

        frame 18  C: 2920 octets of mail data    acknowledges 176

        desync show captures/rules/CAP911-coalesced-segments.fires.pcap --stream 0

See it in Wireshark
    Look up the MSS in both SYNs, then show what is above the smaller of the two:

        tcp.flags.syn == 1 && tcp.options.mss_val
        tcp.len > 1460

References
    - RFC 9293, section 3.7.1: the MSS option; section 3.7: segments are not writes.
    - Frames larger than the MTU:
      http://packetbomb.com/how-can-the-packet-size-be-greater-than-the-mtu/
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP911", name="coalesced-segments", severity="note", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find segments above the size that the other side had allowed: several in one frame."""
    connection = conversation.connection
    client = connection.client_side
    sides = (
        ("client", client, connection.client_stream, connection.handshake.server_mss),
        ("server", 1 - client, connection.server_stream, connection.handshake.client_mss),
    )
    for side, number, stream, allowed in sides:
        largest = connection.assembly.largest[number]
        if allowed is not None and largest > allowed:
            yield of_connection(
                RULE,
                conversation,
                message=f"the {side}'s frames carry up to {largest} octets, a segment {allowed}: "
                "where segments began cannot be seen",
                certainty="proved",
                segments=[one for one in stream.first if one.end - one.start > allowed][:3],
                details={"side": side, "largest": largest, "mss": allowed},
            )

r"""CAP904 mid-stream

The capture began when the connection was already open: its SYN is not there.

Fires when
    A mail connection's first captured segments are not its handshake. Offsets are counted
    from the first octet that was captured.

    Certainty: proved by what is there; the SYN may have been lost instead, which comes to
    the same.

Does not fire when
    - The handshake is in another file of the same rotated set: the files are read as one.
    - The SYN is there, and the SYN-ACK or the ACK is missing: the numbers can be had from
      what is left.
    - A new SYN on a known pair of addresses and ports: that is a new connection.
    - The SYN is there, nobody answered it, or a RST did, and nothing was said.

    Not known: what was said before: whether there was a greeting, HELO or EHLO, whether
    PIPELINING was offered, whether the mail data had begun, and what the round trip is.

Why it matters
    The first command and the first reply that were captured need not belong together. They
    are aligned by acknowledgments, codes and times, and where that leaves a doubt a verdict
    is inconclusive. Commands in a group cannot be called unlawful when the offer may lie
    before the capture.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: start before the connections that matter; with pooled
        connections that stay open for hours, close them once the capture runs.

Example
    The capture begins with RCPT. Whether PIPELINING was offered is not known.

        frame 1  C: "RCPT TO:<b@example.org>\r\n"   acknowledges 0
        frame 2  S: "250 2.1.5 Ok\r\n"              [0, 14)

        desync show captures/rules/CAP904-mid-stream.fires.pcap --stream 0

See it in Wireshark
    Connections of which no SYN was captured have neither of the first two bits of
    tcp.completeness set:

        tcp.port == 25 && !(tcp.completeness & 3)

References
    - RFC 9293, section 3.5: how a connection is opened.
    - Why starting in the middle is ambiguous: https://github.com/elastic/beats/pull/5408
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP904", name="mid-stream", severity="note", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find connections whose beginning was not captured."""
    connection = conversation.connection
    unknown = [
        side
        for side, stream in (("client", connection.client_stream), ("server", connection.server_stream))
        if stream.origin != "syn"
    ]
    said = connection.client_stream.length or connection.server_stream.length
    if unknown and (said or "client" in unknown):
        yield of_connection(
            RULE,
            conversation,
            message="the connection's SYN was not captured: where its streams begin is not known",
            certainty="proved",
            details={"sides": list(unknown)},
        )

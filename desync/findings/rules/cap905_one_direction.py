r"""CAP905 one-direction

Only one side of the connection was captured.

Fires when
    One side of a mail connection sent segments, and of the other not one is in the capture,
    although the acknowledgments of the first show that it spoke. The finding says which
    side is missing and, as far as they tell, how many octets it sent.

    Certainty: proved by acknowledgments that grow.

Does not fire when
    - The other side never answered: a SYN without SYN-ACK, with nothing acknowledged.
    - The other direction lies in another capture and both were given together (--merge).
    - The directions carry different VLAN tags: they are one connection here.
    - Some octets of the other side are missing: CAP903.

    Not known: what the missing side said. Of a client alone one still sees what it sent and
    how much of the server's stream it had received then, but not where replies ended.

Why it matters
    Whether a client spoke too early is decided by where the reply ends, and that is on the
    missing side. So nearly everything is inconclusive. A client's side alone looks orderly
    even where it is not.

What to do
    client: Nothing: the capture is at fault, not the mail.
    server: Nothing. Who captures: mirror both directions of the port, or both paths where
        routing is asymmetric; filter with "port 25", not with "dst port 25".

Example
        frame 4  C: "HELO gw.example.net\r\n"           acknowledges 26
        frame 5  C: "MAIL FROM:<a@example.net>\r\n"     acknowledges 45

        desync show captures/rules/CAP905-one-direction.fires.pcap --stream 0

See it in Wireshark
    Statistics, Conversations, TCP: one column of packets is zero. The client's segments say
    how much they acknowledge of what is not there:

        tcp.analysis.ack_lost_segment

References
    - RFC 9293, section 3.4: what an acknowledgment says of the other side.
    - A tool made for mirrors that show one direction, or two VLAN tags:
      https://github.com/youshengyishengzaifendou/smtp-analyzer
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP905", name="one-direction", severity="note", blame="capture")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find connections of which one side's frames are not in the capture."""
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    if client.captured and server.captured:
        return
    silent, stream = ("client", client) if not client.captured else ("server", server)
    if stream.length == 0 and not connection.assembly.finished[connection.client_side]:
        # A SYN that nobody answered: nothing says that there was another direction.
        return
    yield of_connection(
        RULE,
        conversation,
        message=f"no frame of the {silent} was captured",
        certainty="proved",
        details={"side": silent, "octets": stream.length},
    )

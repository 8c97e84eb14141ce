r"""SYNC108 foreign-protocol

The client's first octets are another protocol: a TLS ClientHello on a port where the server
speaks plain text first, an HTTP request, a SOCKS request.

Fires when
    The client's stream begins with octets that start another protocol: hex 16 03 (a TLS
    handshake record), "GET /", "POST /" and the like, a SOCKS greeting. The finding says
    which. It stands instead of SYNC101.

    Certainty: the octets say it. That it is a matter of configuration is the likely
    reading, not a proof.

Does not fire when
    - TLS begins after STARTTLS and its 220: that is how it should be, CAP912.
    - The port is one for TLS from the first octet (465): counted as encrypted mail.
    - A PROXY header, a SOCKS or an HTTP CONNECT prefix is followed by an SMTP dialogue: the
      prefix is taken off, and the dialogue is read from behind it.

    Not known: which of the two ends is set up wrongly, and who meant what. A port scanner
    sends the same octets on purpose.

Why it matters
    Both sides wait or fail: the TLS client for a ServerHello, the server for a command.
    Logs call it early talk or a synchronization error, which leads astray: nobody is
    misreading replies. The usual cause is implicit TLS chosen for port 25 or 587, or
    STARTTLS for 465.

What to do
    client: Choose STARTTLS (also named "explicit TLS") on 25 and 587, implicit TLS (also
        named "SSL/TLS") on 465. Point HTTP checks at an HTTP port.
    server: Nothing, unless it was meant to speak TLS from the first octet on this port:
        then its listener lacks that setting.

Example
        frame 4  C: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03..."  acknowledges 0
        frame 5  S: "220 mx.example.org ESMTP\r\n"                    [0, 26)

        desync show captures/rules/SYNC108-foreign-protocol.fires.pcap --stream 0

See it in Wireshark
    Client segments that begin with a TLS record or an HTTP request:

        tcp.dstport == 25 && tcp.payload[0:2] == 16:03
        tcp.dstport == 25 && tcp.payload matches "^(GET|POST|HEAD|OPTIONS) "

References
    - RFC 8314: implicit TLS on port 465; RFC 3207: STARTTLS.
    - RFC 8446, section 5.1: a handshake record begins with hex 16.
    - An HTTP request at a mail server: internetstandards/Internet.nl, issue 2055.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Rule

RULE: Final = Rule(code="SYNC108", name="foreign-protocol", severity="warning", blame="configuration")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find clients that speak another protocol than SMTP."""
    if conversation.foreign is None:
        return
    run = [one for one in conversation.exchanges if one.prompt.kind != "connection"]
    if run:
        yield of_exchanges(
            RULE,
            run,
            message=f"the client speaks {conversation.foreign}, not SMTP",
            certainty="proved" if conversation.connection.client_stream.origin == "syn" else "inconclusive",
            evidence=("content",),
            details={"protocol": conversation.foreign},
        )

r"""CAP912 encrypted

From here on the connection is TLS: what was said cannot be read.

Fires when
    STARTTLS was answered with 220 and TLS records follow, or the connection is TLS from its
    first octet on a port for that (465). The finding gives the offset on each side at which
    the plain text ends. It says so where the client began its handshake before it had the reply
    to STARTTLS (details, ahead): RFC 3207 does not allow it, and a refusal would find TLS
    records where commands are read.

    Certainty: proved by the record headers.

Does not fire when
    - STARTTLS was refused, or the client went on in plain text.
    - A TLS ClientHello came on a port where the server speaks plain text first: SYNC108.
    - Mail data looks random, but stands where mail data belongs.

    Not known: everything behind this point: commands, replies, what the client waited for.
    That a connection is otherwise clean holds for its plain part only.

Why it matters
    Encryption is as it should be; it is named so that silence is not taken for innocence. A
    client that misreads replies does so inside TLS too, and the server's log may still say
    so. The plain part, greeting and first EHLO, is judged as usual.

What to do
    client: Nothing.
    server: Nothing. To look inside, reproduce the case without TLS against a test server of
        your own, or search the mail server's log.

Example
        frame 8   C: "STARTTLS\r\n"                   acknowledges 118
        frame 9   S: "220 2.0.0 Ready for TLS\r\n"    [118, 143)
        frame 10  C: "\x16\x03\x01..."                TLS from here on

        desync show captures/rules/CAP912-encrypted.fires.pcap --stream 0

See it in Wireshark
    Where plain text ends, and the name that the client asked for:

        smtp.req.command == "STARTTLS"
        tls.handshake.type == 1

References
    - RFC 3207: STARTTLS; section 4.2: what is forgotten behind it.
    - RFC 8314: implicit TLS on port 465.
    - RFC 8446, section 5.1: the record header.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule

RULE: Final = Rule(code="CAP912", name="encrypted", severity="note", blame="nobody")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find where TLS begins: nothing can be said of what follows."""
    encryption = conversation.encryption
    if encryption is None:
        return
    connection = conversation.connection
    if (encryption.client or 0) >= connection.client_stream.length and encryption.exchange is not None:
        # STARTTLS was agreed upon, and nothing followed.
        return
    first = connection.client_stream.sent(encryption.client) if encryption.client is not None else None
    ahead = first is not None and _is_ahead(conversation, encryption.exchange, first.acknowledged)
    early = ", the handshake before the reply to STARTTLS had arrived" if ahead else ""
    yield of_connection(
        RULE,
        conversation,
        message=f"encrypted from here on{early}"
        if encryption.exchange is not None
        else "encrypted from its first octet on",
        certainty="proved",
        segments=[first] if first else [],
        details={"exchange": encryption.exchange, **({"ahead": True} if ahead else {})},
    )


def _is_ahead(conversation: Conversation, asked: int | None, acknowledged: int) -> bool:
    """Whether a handshake began before its client had received the whole reply to STARTTLS."""
    reply = conversation.exchanges[asked].reply if asked is not None else None
    return reply is not None and reply.complete and acknowledged < reply.octets[1]

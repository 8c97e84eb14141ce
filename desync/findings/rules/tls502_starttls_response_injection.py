r"""TLS502 starttls-response-injection

Plain text stands behind the server's 220 to STARTTLS, before its first TLS record: a client
that keeps what it has read takes it for a reply that came encrypted (NO STARTTLS).

Fires when
    The server's stream goes on behind the whole 220 with octets that are no TLS record, and
    they left before the server had received anything of the client's handshake. The finding
    says how many octets and lines, the code that the first line begins with, and whether they
    came in the segment of the 220. Their text is not shown.

    Certainty: proved where the connection was captured from its SYN without holes up to there;
    else inconclusive.

Does not fire when
    - The text answers a command that the client had sent in plain text behind STARTTLS: that
      is TLS501, and the server's answer to it.
    - The client goes on in plain text behind the 220, and is answered: a capture that was
      rewritten without TLS.
    - The text answers the handshake: the server had octets of it when it left. So does a
      server that cannot start TLS after all, or that never meant to.
    - The server's last word is a 421, or another 4yz: it closes without TLS.

    Not known: who wrote it. The server may send a line too many, or somebody between it and
    the capture added it. Not known either whether the client used it inside TLS: a client that
    reads its buffer first takes it for the reply to its next command, and is a reply behind
    from there on.

Why it matters
    Who can write into the plain part of a connection can so answer the client's first commands
    inside TLS: offer other extensions and login methods, say that the message was accepted, or
    shift every reply by one.

What to do
    client: Throw away all input that lies in the buffer behind the 220, or better, close the
        connection: nothing may stand there.
    server: Write the 220 and nothing else, then wait for the handshake.

Example
    A made-up EHLO reply stands behind the 220.

        frame 8   S: "220 2.0.0 Ready to start TLS\r\n250-mx...  [66, 143)
        frame 9   C: "\x16\x03\x01\x00\x8f..."                   acknowledges 143

        desync show captures/rules/TLS502-starttls-response-injection.fires.pcap --stream 0

See it in Wireshark
    Text behind the CRLF of the server's 220, where a TLS record should follow:

        smtp.response.code == 220 || tls.handshake.type
        tcp.srcport == 25 && tcp.payload matches "^220 [^\r\n]*\r\n[^\x14-\x17]"

References
    - RFC 3207, section 4: behind the 220 comes the handshake; section 4.2: the client forgets
      what it had read before.
    - NO STARTTLS, response injection: https://nostarttls.secvuln.info/
    - A client that reads on in its buffer: https://github.com/dinhvh/libetpan/issues/386
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.protocol import Encryption
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Rule
from desync.findings.starttls import doubts, starttls
from desync.findings.wording import counted
from desync.tcp.stream import Sent

RULE: Final = Rule(code="TLS502", name="starttls-response-injection", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find plain text between the server's 220 to STARTTLS and its first TLS record."""
    encryption = conversation.encryption
    for asked in starttls(conversation):
        if encryption is None or encryption.exchange != asked.index or asked.reply is None:
            continue
        start, end = asked.reply.octets[1], _end(conversation, asked, encryption)
        sent = conversation.connection.server_stream.sent(start)
        if start < end and sent is not None and not _is_answer(conversation, encryption, sent, start):
            yield _finding(conversation, asked, start, end, sent)


def _end(conversation: Conversation, asked: Exchange, encryption: Encryption) -> int:
    """Where the text behind the 220 ends that answers no command."""
    behind = conversation.exchanges[asked.index + 1 :]
    answers = (one.reply.octets[0] for one in behind if one.reply is not None)
    begun = encryption.server
    return min([begun if begun is not None else 0, *answers])


def _is_answer(conversation: Conversation, encryption: Encryption, sent: Sent, start: int) -> bool:
    """Whether text answers the client's handshake, or its silence, instead of standing before it."""
    client, server = conversation.connection.client_stream, conversation.connection.server_stream
    hello = encryption.client if encryption.client is not None else client.length
    if sent.acknowledged > hello:
        return True
    # The server's last word behind the 220, a 4yz: it closes the channel (RFC 5321, section 3.8).
    return encryption.server == server.length and server.slice(start, start + 1) == b"4"


def _finding(conversation: Conversation, asked: Exchange, start: int, end: int, sent: Sent) -> Finding:
    server = conversation.connection.server_stream
    text = server.slice(start, end)
    reasons = doubts(conversation, asked, server=end)
    shares = sent == server.sent(start - 1)
    code = int(text[:3]) if len(text) > 3 and text[:3].isdigit() else None
    where = "in its segment" if shares else "before the client's handshake"
    return of_exchanges(
        RULE,
        [asked],
        message=f"{counted(end - start, 'octet')} of plain text behind the 220 to STARTTLS, {where}; "
        "a client that does not throw it away reads it inside TLS",
        certainty="inconclusive" if reasons else "proved",
        segments=reply_segments(conversation, start, end),
        details={
            "starttls": asked.index,
            "octets": end - start,
            "lines": text.count(b"\n") + (not text.endswith(b"\n")),
            "code": code,
            "same_segment": shares,
            **({"reasons": reasons} if reasons else {}),
        },
        at=sent,
    )

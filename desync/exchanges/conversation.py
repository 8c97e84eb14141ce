"""A mail connection as a dialogue: who asked what, what answered it, on what evidence.

The whole of what findings judge and reports print. Records; judges nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from desync.exchanges.dialogue import Dialogue
from desync.exchanges.envelopes import transactions_of
from desync.exchanges.evidence import evidence_of, exchanges_of
from desync.exchanges.exchange import Exchange
from desync.exchanges.pairing import NOTHING_SAID, Pairing, pair
from desync.exchanges.protocol import Encryption, Protocol
from desync.exchanges.readers.verdict import reading_of
from desync.exchanges.reading import Reading
from desync.exchanges.text_lines import text_lines
from desync.exchanges.transaction import Transaction
from desync.smtp.command import HELLOS
from desync.smtp.foreign import Foreign, foreign_protocol, handshake_at, is_client_hello, is_tls
from desync.smtp.prefix import Prefix, read_prefix
from desync.smtp.prompt import Phase
from desync.smtp.reply import Reply
from desync.smtp.server import Replies
from desync.tcp.connection import Connection
from desync.tcp.stream import Stream

Found = TypeVar("Found")

HEAD = 4096
"""Octets at a stream's beginning in which a proxy's words or another protocol are looked for."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One mail connection.

    Attributes:
        connection: The TCP connection below it.
        protocol: SMTP, or LMTP where the client said LHLO.
        prefix: A proxy's words before the dialogue, or None.
        foreign: The protocol that the client speaks instead of SMTP, or None.
        encryption: Where TLS begins, or None.
        pairing: How the exchanges came about.
        exchanges: The dialogue; exchange 0 is the greeting.
        unpaired: Replies that answer nothing, in stream order.
        quit: Index of the exchange in which the client said QUIT, or None.
        reading: How the client read the replies, and what it therefore believed.
        transactions: What became of each message.
    """

    connection: Connection
    protocol: Protocol
    prefix: Prefix | None
    foreign: Foreign | None
    encryption: Encryption | None
    pairing: Pairing
    exchanges: tuple[Exchange, ...]
    unpaired: tuple[Reply, ...]
    quit: int | None
    reading: Reading
    transactions: tuple[Transaction, ...]
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, work: Callable[["Conversation"], Found]) -> Found:
        """What a function makes of this conversation: worked out once, however many findings ask for it.

        Args:
            work: A function that depends on nothing else. Whoever gets what it returns must not change it.
        """
        if work not in self._known:
            self._known[work] = work(self)
        found: Found = self._known[work]
        return found

    @property
    def name(self) -> bytes | None:
        """What the client calls itself in its last HELO, EHLO or LHLO that is no line of a message."""
        for one in reversed(self.exchanges):
            command = one.prompt.command
            if one.prompt.verb not in HELLOS or command is None or not command.argument.strip():
                continue
            if one.index not in self.text_lines:
                return command.argument.strip()
        return None

    @property
    def text_lines(self) -> frozenset[int]:
        """The exchanges whose lines are, or may be, lines of a message, whatever they read like."""
        return self.once(_text_lines)

    def asked(self, reply: Reply) -> Exchange | None:
        """The exchange that a reply answers, or None where nobody asked for it."""
        index = self.once(_askers).get(reply.index)
        return None if index is None else self.exchanges[index]

    @property
    def greeting(self) -> Reply | None:
        """The server's greeting, if it was captured."""
        return self.exchanges[0].reply if self.exchanges else None

    @property
    def replies(self) -> list[Reply]:
        """All replies of the server, in stream order."""
        answers = [one.reply for one in self.exchanges if one.reply is not None]
        return sorted([*answers, *self.unpaired], key=lambda reply: reply.index)


def _text_lines(conversation: Conversation) -> frozenset[int]:
    texts = [text for one in conversation.transactions for text in one.texts]
    return text_lines(conversation.exchanges, texts)


def _askers(conversation: Conversation) -> dict[int, int]:
    """The exchange that each reply answers, both by their numbers."""
    return {one.reply.index: one.index for one in conversation.exchanges if one.reply is not None}


def converse(connection: Connection, *, implicit_tls: bool = False) -> Conversation:
    """Read the dialogue of a mail connection.

    Args:
        connection: The connection.
        implicit_tls: Whether its port is one on which TLS begins at once (RFC 8314).
    """
    client, server = connection.client_stream, connection.server_stream
    first_client, first_server = client.slice(0, HEAD), server.slice(0, HEAD)
    prefix = read_prefix(first_client, first_server)
    offset = prefix.client if prefix else 0
    foreign = (
        foreign_protocol(client.slice(offset, offset + HEAD))
        if client.origin == "syn" or not prefix
        else None
    )
    replies = Replies(server, prefix.server if prefix else 0)
    dialogue = Dialogue(client, server, replies, offset, foreign if foreign not in ("HTTP", "SSH") else None)
    answered = first_server[replies.offset :]
    # Without an answer the port says which of the two it is.
    implicit = foreign == "TLS" and (is_tls(answered) or (implicit_tls and not answered))
    pairing = NOTHING_SAID if implicit else pair(dialogue)
    exchanges = tuple(exchanges_of(evidence_of(pairing, client, server)))
    lmtp = any(one.prompt.verb == "LHLO" for one in exchanges)
    unpaired = tuple(one.reply for one in pairing.pairs if one.prompt is None and one.reply is not None)
    reading = reading_of(connection, exchanges, unpaired)
    return Conversation(
        connection=connection,
        protocol="lmtp" if lmtp else "smtp",
        prefix=prefix,
        foreign=None if implicit else foreign,
        encryption=Encryption(None, offset, replies.offset)
        if implicit
        else _encryption(dialogue, pairing, exchanges),
        pairing=pairing,
        exchanges=exchanges,
        unpaired=unpaired,
        quit=next(
            (one.index for one in exchanges if one.prompt.verb == "QUIT" and one.reply_code != 500), None
        ),
        reading=reading,
        transactions=transactions_of(connection, exchanges, reading),
    )


def _encryption(dialogue: Dialogue, pairing: Pairing, exchanges: tuple[Exchange, ...]) -> Encryption | None:
    """Where TLS begins: at the client's first record behind a 220 to STARTTLS."""
    asked = next(
        (
            one
            for one in exchanges
            if one.prompt.verb == "STARTTLS" and one.reply is not None and one.reply.code == 220
        ),
        None,
    )
    if asked is None or asked.reply is None:
        return None
    hello = is_client_hello(dialogue.client_octets(pairing.offset, 5))
    if pairing.phase is not Phase.STARTTLS and not hello:
        return None
    return Encryption(asked.index, pairing.offset, _end_of_plain_text(dialogue.server, asked.reply.octets[1]))


def _end_of_plain_text(server: Stream, offset: int) -> int:
    """Where the server's first TLS record begins: behind the reply to STARTTLS, or text that follows it."""
    run = server.run_at(offset)
    if run is None:
        return offset
    octets = run[1][offset - run[0] : offset - run[0] + HEAD]
    if not octets or not (octets[0] in b"\t\r\n" or 0x20 <= octets[0] < 0x7F):
        # A TLS record of some type (RFC 8446, section 5.1), or an SSL 2 message.
        return offset
    at = handshake_at(octets)
    return offset + at if at is not None else min(offset + HEAD, server.length)

r"""PATH604 delayed-ack-stall

The server wrote what it had to say in two pieces, and the second one waited for the
client's delayed acknowledgment: 40 ms or more for nothing, each time.

Fires when
    A small segment of the server is followed by a bare acknowledgment of the client, put off
    by 35 to 550 ms, and that by the server's next small segment, at once (within a millisecond
    and a fiftieth of the round trip). The round trips from the capture to both sides, as the
    handshake shows them, are taken off first. The pieces may belong to one reply, or be the
    replies to a group of commands.

    One finding for a connection: how often, and what it cost in all.

    Certainty: consistent. The gap ends on the acknowledgment; that the server's kernel held
    the octets back, and not its program, cannot be seen. One stall may be chance, several are
    not.

Does not fire when
    - The client sent a command, or its FIN, between the two segments.
    - The acknowledgment came at once, or the next segment came later than it: the server was
      thinking, or is a tarpit. Where the server makes as many such pauses as others, those that
      end on an acknowledgment are taken for chance.
    - One of the segments is as large as the MSS, or was sent again.
    - Something before the first segment was still unacknowledged: then the server does not
      wait for acknowledgments.
    - The handshake is not in the capture, or the clock is unsound.
    - TLS has begun, or a proxy was speaking before the dialogue.

    Not known: when the server's program wrote the second piece.

Why it matters
    A tenth of a second for every reply makes seconds of a message with many recipients, and
    minutes of a queue. It is the best argument for one write for each reply: it cures this as
    it cures the split (REPLY301) that misleads careless clients. TCP_NODELAY cures this alone.

What to do
    client: Nothing is wrong with it.
    server: Write each reply with one write, and the replies to a group with one write for all:
        a buffered writer, flushed before the next read. Set TCP_NODELAY only after that.

Example
        frame 10  S: "250 2.1.0 Ok\r\n"      [68, 82)
        frame 11  C: ACK, 40 ms later        acknowledges 82
        frame 12  S: "250 2.1.5 Ok\r\n"      [82, 96), at once

        desync show captures/rules/PATH604-delayed-ack-stall.fires.pcap --stream 0

See it in Wireshark
    Server segments that come late; look whether a bare ACK of the client stands right before
    them:

        tcp.srcport == 25 && tcp.len > 0 && tcp.time_delta > 0.035

References
    - RFC 9293, section 3.7.4: Nagle; section 3.8.6.3: delayed acknowledgments.
    - RFC 2920, section 3.2: replies to a group in one write.
    - 0.1 s between two replies, 100 s for a thousand messages:
      http://www.mail-archive.com/postfix-users@postfix.org/msg39777.html
    - Without Nagle, a careless client hung: https://github.com/Exim/exim/wiki/Q0088
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_connection
from desync.findings.row_segments import segment_at
from desync.findings.rule import Rule
from desync.findings.stalls import stalls
from desync.findings.wording import duration

RULE: Final = Rule(code="PATH604", name="delayed-ack-stall", severity="note", blame="server")

MOST_NAMED: Final = 10
"""Stalls whose frames one finding names."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find octets of the server that waited for the client's delayed acknowledgment."""
    if conversation.foreign is not None:
        return
    connection, secret, prefix = conversation.connection, conversation.encryption, conversation.prefix
    plain = secret.server if secret is not None else None
    found = stalls(
        connection,
        prefix.server if prefix is not None else 0,
        connection.server_stream.length if plain is None else plain,
    )
    if not found:
        return
    total = sum(one.waited for one in found)
    times = "once" if len(found) == 1 else f"{len(found)} times"
    yield of_connection(
        RULE,
        conversation,
        message=f"the server's next segment waited {times} for the client's delayed acknowledgment: "
        f"{duration(total)} in all",
        certainty="consistent",
        segments=[
            segment_at(connection, row)
            for one in found[:MOST_NAMED]
            for row in (one.before, one.ack, one.after)
        ],
        details={
            "stalls": len(found),
            "waited_ns": total,
            "longest_ns": max(one.waited for one in found),
            "delays_ns": [one.delay for one in found[:MOST_NAMED]],
        },
    )

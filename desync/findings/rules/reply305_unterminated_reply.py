r"""REPLY305 unterminated-reply

The server's last octets are a line without its CRLF, or a reply without its last line, and
nothing follows them.

Fires when
    The server's stream ends inside a reply: the last line has no CRLF, or the last line
    has a hyphen behind its code. The finding quotes the last octets in hex, says how long
    the silence was, and who closed the connection.

    Certainty: consistent at most, unless the server's FIN follows the last octet: then it
    is proved that nothing more was sent.

Does not fire when
    - The rest came later, however late: REPLY301, REPLY302.
    - The capture ends here, or lost the octets behind: a hole (CAP903) or a cut file
      (CAP901). The client's acknowledgment tells: if it covers more than was captured, the
      reply may well have been whole.
    - The client reset the connection while the reply was under way.
    - TLS began: CAP912.

    Not known: whether the server never wrote the rest, or a box on the path swallowed it.
    Captures from both ends would tell.

Why it matters
    A correct client waits for the CRLF until its timer ends, then reports that the server
    did not answer. If the reply was that to the mail data, the message was probably taken
    and will be sent again.

What to do
    client: Waiting is right, up to the timeouts of RFC 5321; then close the connection.
    server: End every reply with CRLF, also where its text fills the buffer; flush before
        waiting for the next command.

Example
    The last octets are hex 74 6f 6f 20 6c 6f 6e 67, no 0d 0a; then ten minutes of silence.

        frame 24  C: ".\r\n"                               acknowledges 200
        frame 25  S: "250 2.6.0 queued, but text too long" [200, 235)
        frame 27  C: FIN                                   acknowledges 235, 600 s later

        desync show captures/rules/REPLY305-unterminated-reply.fires.pcap --stream 0

See it in Wireshark
    The server's last segment with data: look at its last two octets, and at what ends the
    connection.

        tcp.srcport == 25 && tcp.len > 0 && !(tcp.payload[-2:] == 0d:0a)
        tcp.flags.fin == 1 || tcp.flags.reset == 1

References
    - RFC 5321, section 4.2: a reply ends with CRLF; section 4.5.3.2: the timeouts.
    - A reply longer than its buffer that left without 0d 0a, and the message queued again:
      KB 303118, https://mskb.pkisolutions.com/kb/303118
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule

RULE: Final = Rule(code="REPLY305", name="unterminated-reply", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find a last reply that never ended."""
    replies = conversation.replies
    connection = conversation.connection
    stream = connection.server_stream
    if not replies or replies[-1].complete or conversation.foreign is not None:
        return
    last = replies[-1].lines[-1].line
    if last.terminated or last.end != stream.length or stream.gaps:
        return
    closed = connection.assembly.finished[1 - connection.client_side]
    yield of_reply(
        RULE,
        conversation,
        replies[-1],
        message="the server's last octets end without CRLF and nothing follows",
        certainty="proved" if closed and stream.origin == "syn" else "inconclusive",
        details={} if closed else {"reasons": ["the capture does not show how the connection ended"]},
    )

r"""REPLY308 unsolicited-reply

The server sent a reply while nothing was outstanding, typically a 421 before it closed.

Fires when
    A reply left the server when every prompt that its TCP had received was answered. The
    server's own acknowledgment decides: a reply in a segment that does not cover the end of
    a command cannot answer it, even where the capture shows the command first.

    It says that the server closes the channel: a 421, or another 4yz that is the server's last
    word. The finding says whether the server did, or went on, as far as the capture shows it.

    Certainty: proved by the acknowledgment number of the reply's segment, in a connection that
    was captured from its SYN without holes; else inconclusive.

Does not fire when
    - The reply answers something: it follows a prompt that already has one, REPLY306.
    - XCLIENT or STARTTLS: the server may greet again.
    - The reply is a retransmission of one that was given.
    - A 421 answers the command that was outstanding: RFC 5321 allows it to any command.

    Not known: whether the client read it, and for what it took it. If its next command does
    not acknowledge the reply, it had not; if it does, the reply may have lain unread.

Why it matters
    A 421 on shutdown or after a long idle time is allowed. But it lies in the buffer of a
    client that keeps connections open: it is read as the answer to the next command, and
    the answer to that command as the one to the command after. And a 421 that crosses a
    command on the wire looks as if the client had spoken before its turn; it has not.

What to do
    client: Before a command on a connection that has been idle, look whether something lies
        unread. A 421 means: open another connection.
    server: Nothing, for a 421 that is followed by closing the connection. Send no other
        reply unasked.

Example
    RSET is on its way when the server's idle timer ends; the 421 covers nothing of it.

        frame 20  S: "421 4.4.2 Idle too long\r\n"   [206, 231)
        frame 21  C: "RSET\r\n"                      acknowledges 206

        desync show captures/rules/REPLY308-unsolicited-reply.fires.pcap --stream 0

See it in Wireshark
    Find the reply and compare its tcp.ack with the tcp.nxtseq of the command before it: if
    it is smaller, the server had not received the command.

        smtp.response.code == 421

References
    - RFC 5321, section 3.8: closing with 421; section 4.2.3: 421 to any command.
    - A 421 read as the reply to RSET: https://github.com/chatmail/filtermail/issues/143
    - Octets that came while idle, and every later reply one off:
      https://github.com/cole/aiosmtplib/pull/350
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule
from desync.findings.unasked import is_closing, is_sure, unasked
from desync.smtp.reply import Reply

RULE: Final = Rule(code="REPLY308", name="unsolicited-reply", severity="note", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find replies sent with nothing outstanding that say that the server closes the channel."""
    for reply in unasked(conversation):
        if is_closing(conversation, reply):
            yield of_reply(
                RULE,
                conversation,
                reply,
                message=_message(conversation, reply),
                certainty="proved" if is_sure(conversation, reply) else "inconclusive",
            )


def _message(conversation: Conversation, reply: Reply) -> str:
    """Say what the server did with the channel, as far as the capture shows it."""
    connection = conversation.connection
    what = f"a {reply.code} that answers no command"
    if connection.server_stream.length > reply.octets[1]:
        return f"the server sent {what}, and went on"
    if connection.assembly.finished[1 - connection.client_side]:
        return f"the server closed the channel with {what}"
    return f"the server sent {what}"

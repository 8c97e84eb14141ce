r"""REPLY307 missing-reply

The server left a command unanswered, although the connection went on: it answered later
commands, but not this one.

Fires when
    A prompt has no reply while later prompts have theirs. The finding names the prompt that
    the pairing leaves without one, and how far it is forced.

    Certainty: proved where no other pairing is possible; consistent where several prompts
    of a group could be the one left out, which is the usual case.

Does not fire when
    - The connection ended before the reply: whoever closed it, nothing shows that the reply
      was left out.
    - The capture has a hole where the reply may have been (CAP903), holds one direction
      only (CAP905), or begins after it (CAP904).
    - The reply came later, out of the client's turn: SYNC107.
    - TLS began: CAP912.

    Not known: whether the server read the command and gave no answer, threw it away with
    its input buffer, or keeps the reply in an output buffer that is never flushed.

Why it matters
    A client that waits, waits until its timer ends. In a pipelined group the replies that
    do come are taken for those of the commands before: every one is off by one, and the
    reply to a recipient may be taken for that to the message.

What to do
    client: For that server leave PIPELINING out (Postfix: discard the keyword "pipelining"
        for its address), and report it.
    server: Answer each command, in order; never flush the input buffer when a command
        fails; flush the output buffer before waiting for input.

Example
    RSET has no reply: the 250 is that of MAIL, as its text says.

        frame 20  C: "RSET\r\n"                          acknowledges 206
        frame 21  C: "MAIL FROM:<a@example.net>\r\n"     acknowledges 206
        frame 22  S: "250 2.1.0 Sender ok\r\n"           [206, 227)

        desync show captures/rules/REPLY307-missing-reply.fires.pcap --stream 0

See it in Wireshark
    Show commands and replies only, and count: every command one reply.

        smtp.req.command || smtp.response.code

References
    - RFC 5321, section 4.2: every command must generate exactly one reply.
    - RFC 2920, section 3.2: a server answers in order and must not lose its TCP input.
    - A group ending in QUIT, of which all but QUIT was ignored:
      http://www.porcupine.org/postfix-mirror/workarounds.html
    - Replies left in the output buffer: https://github.com/IndySockets/Indy/issues/239
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Rule

RULE: Final = Rule(code="REPLY307", name="missing-reply", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find prompts that were passed over: a later one was answered."""
    if conversation.foreign is not None:
        return
    answered = [one.index for one in conversation.exchanges if one.reply is not None]
    last = max(answered, default=0)
    stream = conversation.connection.server_stream
    for one in conversation.exchanges:
        if (
            one.index >= last
            or one.reply is not None
            or not one.prompt.terminated
            or one.prompt.kind == "connection"
        ):
            continue
        # A hole may hold the reply: then nothing is missing but from the capture.
        if stream.gaps or stream.origin != "syn" or conversation.connection.client_stream.gaps:
            continue
        yield of_exchanges(
            RULE,
            [one],
            message=f"{one.prompt.verb or 'a line'} was never answered, though the connection went on",
            certainty="consistent",
        )

r"""SYNC204 mail-lost

The client believes that a message was accepted; the server refused it, or never had it.

Fires when
    A reader model explains the connection under which the client took another reply, a positive
    one, for the reply to its message, while the true one refuses; or its text was run as
    commands (SYNC202), and what it took for the reply to it is positive; or a recipient was
    refused whose refusal it took for an acceptance, and the message was accepted for others.

    Certainty: consistent, never proved: what a program believes is not in a capture.
    Inconclusive where other reader models explain the connection as well.

Does not fire when
    - The client was in step and the message was refused: it knows.
    - The client drifted, but took a refusal for the reply to its message: it will try again.
    - The client closed before any reply that it could have taken for that to the message.
    - The end of the message, or the reply to it, is not in the capture.

    Not known: what the client does with the message then. Most delete it, and report it sent.

Why it matters
    This is mail that nobody misses until somebody asks: no queue holds it, no bounce is sent,
    the sender's log says "250". The server's log has the refusal, under a session that looks
    ordinary.

What to do
    client: Cure what set the drift off (SYNC201 names it). Look through the log for messages
        sent by the same client since, and compare the queue ids that the server named.
    server: Nothing in its replies was wrong if the drift began with a misread. Where it began
        with a surplus, late or unsolicited reply, mend that. Its log says which messages it
        refused in these sessions.

Example
    The client takes each line for a reply, and is two behind since the EHLO reply. It reads the
    250 to RCPT as the one to its message, says QUIT, and closes before the 554 comes.

        frame 11  C: "Subject: Lost\r\n\r\nAll is well.\r\n.\r\n"   acknowledges 95
        frame 12  S: "250 2.1.5 Recipient ok\r\n"               [95, 119)
        frame 13  C: "QUIT\r\n"                                 acknowledges 119
        frame 14  S: "354 End data with <CR><LF>.<CR><LF>\r\n"  [119, 156)
        frame 15  C: FIN                                        acknowledges 156
        frame 16  S: "554 5.7.1 Refused\r\n"                    [156, 175)

        desync show captures/rules/SYNC204-mail-lost.fires.pcap --stream 0

See it in Wireshark
    Follow the TCP stream and count: the k-th reply of the server answers the k-th thing that
    the client sent, the greeting answering the connection. Then read it as the client did.

        smtp.req.command || smtp.response.code

References
    - RFC 5321, section 4.2.5: with its 250 the server takes responsibility for the message.
    - RFC 5321, section 6.1: until then the client has it.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.outcome import about_transaction, cause_code
from desync.findings.rule import Rule

RULE: Final = Rule(code="SYNC204", name="mail-lost", severity="error", blame="client")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find messages that a client believes accepted, and that were not."""
    for number, one in enumerate(conversation.transactions):
        if one.verdict != "lost":
            continue
        code, blame = cause_code(conversation, one)
        true = (
            f"refused with {one.final_code}" if one.final_code is not None and one.final_code >= 400 else ""
        )
        partly = one.outcome == "accepted"
        yield about_transaction(
            RULE,
            conversation,
            number,
            message="recipients were refused that the client took for accepted"
            if partly
            else f"a message that the client took for accepted was {true or 'never taken'}",
            blame=blame,
            details={"because": code},
        )

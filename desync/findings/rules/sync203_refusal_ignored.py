r"""SYNC203 refusal-ignored

The server refused, the client had received the refusal, and went on as if it had been let.

Fires when
    A command acknowledges the whole of a 4yz or 5yz reply, is in step, and makes sense only had
    that reply been positive:

    - a hello, MAIL, AUTH or STARTTLS after the connection was refused (554, 421);
    - MAIL after every hello was refused: HELO has to follow a refused EHLO, and be accepted;
    - RCPT, DATA or BDAT after a refused MAIL;
    - DATA or BDAT after every recipient was refused;
    - message text, or its final dot alone, after a refused DATA;
    - BDAT after a refused BDAT of the same message;
    - the answer of an AUTH exchange, in the clear, after AUTH was refused.

    What follows from the same refusal is one finding, until something is accepted anew.

    Certainty: consistent. That the refusal had arrived is proved by the acknowledgment number;
    whether the program read it and did not mind, or does not look at replies, it cannot show.
    Inconclusive where octets between the two are missing.

Does not fire when
    - The refusal had not arrived when the client sent: a lawful group (MAIL, RCPT and DATA
      together where PIPELINING is offered), or SYNC104 to SYNC106.
    - PIPELINING is offered and the client makes use of it anywhere on the connection: what it
      sends need not have waited for what its TCP had acknowledged by then.
    - Some recipients were refused and others accepted: the message goes to the others.
    - QUIT, RSET or another hello follows: always right. HELO after a refused EHLO; MAIL after a
      refused AUTH, VRFY, NOOP or STARTTLS, or after a refused message: allowed.
    - A second MAIL is refused because the first one stands: the first goes on.
    - The client had drifted, and took another reply for the refusal: SYNC201.

    Not known: what the client made of it in the end. Most servers refuse what follows as well;
    one that does not takes a message that it had refused, or hands it to nobody.

Why it matters
    A client that does not heed a refusal reports mail as sent that was not, or runs into the
    next fault: text behind a refused DATA is read as commands (SYNC202). Where the server is
    lenient, its refusal has no effect.

What to do
    client: Look at the first digit of every reply: on 4 keep the message and try later, on 5
        return it. Then RSET or QUIT.
    server: Go on refusing, with 503, whatever follows a refusal. Close with 421 after several.

Example
    The only recipient is refused; DATA comes all the same.

        frame 9   C: "RCPT TO:<bert@example.org>\r\n"           acknowledges 66
        frame 10  S: "550 5.1.1 No such user\r\n"               [66, 90)
        frame 11  C: "DATA\r\n"                                 acknowledges 90
        frame 12  S: "503 5.5.1 No valid recipients\r\n"        [90, 121)

        desync show captures/rules/SYNC203-refusal-ignored.fires.pcap --stream 0

See it in Wireshark
    Look at each refusal, and at what the client sends next; its tcp.ack covers the refusal:

        smtp.response.code >= 400 || smtp.req.command

References
    - RFC 5321, section 4.2.1: what the first digit means; 3.1: only QUIT after a 554 greeting;
      3.3: RCPT and DATA without an accepted MAIL or RCPT draw 503.
    - RFC 2920, section 3.1: a client that pipelines must look at all replies of the group.
    - RFC 3030, section 4.2: after a refused BDAT the client sends RSET.
    - RFC 4954, section 4: the answers follow a 334 only.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.refusals import Unheeded, unheeded
from desync.findings.rule import Rule
from desync.findings.run_text import text_at
from desync.findings.wording import commands, counted

RULE: Final = Rule(code="SYNC203", name="refusal-ignored", severity="warning", blame="client")

MOST_LISTED: Final = 20
"""Refusals listed in one finding; the number of all of them is given beside."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find refusals that the client had received, and did not heed."""
    for _, group in groupby(unheeded(conversation), key=lambda one: one.group):
        run = list(group)
        reasons = _doubts(conversation, run[0])
        yield of_exchanges(
            RULE,
            [one.sent for one in run],
            message=_message(conversation, run),
            certainty="inconclusive" if reasons else "consistent",
            evidence=("ack", "content"),
            segments=[
                segment
                for one in run
                if one.refused.reply is not None
                for segment in reply_segments(conversation, *one.refused.reply.octets)
            ],
            details={
                "refused": run[0].refused.index,
                "code": run[0].refused.reply_code,
                "times": len(run),
                "ignored": [
                    {"refused": one.refused.index, "code": one.refused.reply_code, "sent": one.sent.index}
                    for one in run[:MOST_LISTED]
                ],
                **({"reasons": reasons} if reasons else {}),
            },
        )


def _message(conversation: Conversation, run: list[Unheeded]) -> str:
    first = run[0]
    same = [one.sent for one in run if one.refused is first.refused]
    is_text = text_at(conversation, first.sent.index) is not None or first.sent.prompt.text == b"."
    said = "message text" if is_text else "AUTH's answer" if first.what == "AUTH" else commands(same)
    others = len({one.refused.index for one in run}) - 1
    more = f", and {counted(others, 'more refusal')} ignored" if others else ""
    return f"{said} sent though {first.what} had been refused with {first.refused.reply_code}{more}"


def _doubts(conversation: Conversation, first: Unheeded) -> list[str]:
    """What stands against a verdict; empty where nothing does."""
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    found = []
    if client.missing(first.refused.prompt.end, first.sent.prompt.start) or not first.sent.prompt.whole:
        found.append("octets of the client between the refusal and this are not in the capture")
    reply = first.refused.reply
    if reply is not None and server.missing(0, first.sent.acknowledged or 0):
        found.append("octets of the server before this are not in the capture")
    if first.refused.pairing != "forced":
        found.append("which command was refused is not certain")
    return found

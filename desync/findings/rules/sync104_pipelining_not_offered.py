r"""SYNC104 pipelining-not-offered

The client sent a command while the reply to the one before was still outstanding, and the
server had not offered PIPELINING.

Fires when
    The first transmission of a command acknowledges nothing of the reply that the client
    had to wait for, that reply is not the greeting, and the last EHLO reply that the client
    had received in whole did not list PIPELINING. Before any EHLO reply, after HELO, and
    after STARTTLS until the new EHLO reply, nothing is offered.

    Certainty: proved by the acknowledgment number, or by the segment itself where two
    commands share one: no reply can have come between them.

Does not fire when
    - PIPELINING was offered and received: groups are lawful then, and SYNC105 says where
      they must end.
    - The client held part of the reply: SYNC102, SYNC103.
    - The client had been silent for long before it went on: SYNC107.
    - A 421 that nobody asked for crosses the command on the wire: REPLY308.
    - One command arrives in two segments. That is one command.
    - Mail data came before the 354: SYNC106. Something follows QUIT: SYNC109.

    Not known: whether the program meant to pipeline, or does not look at replies at all. A
    client of the second kind that happens to be slower than the server leaves no trace.

Why it matters
    RFC 5321 lets a client send ahead only where the server has offered it. The server may
    throw away what lies in its buffer, answer "500 Pipelining not supported", or refuse the
    session: Postfix logs "improper command pipelining", Exim "SMTP protocol synchronization
    error". And who does not wait for a reply cannot heed it: a refused recipient, a refused
    sender, a 421.

What to do
    client: Wait for each reply in whole before the next command, or send EHLO, read the
        reply to its last line and use groups only where PIPELINING stands in it. Forget
        the list after STARTTLS.
    server: Rejecting is right. If the client must be served, exempt it by address. Offering
        PIPELINING, where the server supports it, makes the groups of MAIL, RCPT and DATA
        lawful; it does not make lawful what follows EHLO or AUTH too early.

Example
    The client sends QUIT behind RSET without having seen a reply to RSET; the EHLO reply
    did not offer PIPELINING.

        frame 10  C: "RSET\r\n"                   acknowledges 91
        frame 11  C: "QUIT\r\n"                   acknowledges 91
        frame 12  S: "250 2.0.0 Flushed\r\n"      [91, 110)
        frame 13  S: "221 2.0.0 Bye\r\n"          [110, 125)

        desync show captures/rules/SYNC104-pipelining-not-offered.fires.pcap --stream 0

See it in Wireshark
    Look up the EHLO reply first: no line "250-PIPELINING" or "250 PIPELINING". Then compare
    the second command's tcp.ack with the tcp.seq of the reply to the first: it is not above
    it, so nothing of the reply had come.

        tcp.srcport == 25 && tcp.payload contains "PIPELINING"
        tcp.dstport == 25 && tcp.len > 0

References
    - RFC 5321, section 4.3.1: wait for the reply unless an extension allows otherwise.
    - RFC 2920, sections 2 and 3.1: PIPELINING is the server's offer.
    - RFC 3207, section 4.2: after STARTTLS the list of extensions is forgotten.
    - EHLO and AUTH LOGIN in one write: https://github.com/33hops/xsibackup/issues/12
    - "500 Pipelining not supported": https://github.com/OpenSMTPD/OpenSMTPD/issues/451
    - The same from a home automation client:
      https://github.com/nymea/nymea-plugins/issues/724
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import because, commands, name_of_reply, of_run, reasons_of

RULE: Final = Rule(code="SYNC104", name="pipelining-not-offered", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find commands sent while a reply was outstanding that had to be waited for."""
    first = run.exchanges[0]
    said, reply = commands(run.exchanges, conversation), name_of_reply(conversation, first)
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{said} sent before {reply}, though PIPELINING was not offered",
        details={**reasons_of(run), **because(conversation, run)},
    )

r"""SYNC109 octets-after-quit

The client sent something after QUIT.

Fires when
    The client's stream goes on behind the CRLF of QUIT, before or after the 221. Whatever
    comes there, this is the only rule of its kind that speaks.

    Certainty: the octets are there; no acknowledgment is needed.

Does not fire when
    - QUIT ends a lawful group, or came together with the end of the mail data.
    - The client retransmits what it had sent before QUIT, or sends a keep-alive.
    - Only FIN or RST follows.
    - The word QUIT stands in mail data, or in what a client in step sends as such.

    Not known: whether the program believes that QUIT was accepted. A client whose QUIT was
    read as mail data has another fault; see what the server answered.

Why it matters
    Little by itself. Most often it is a script that pours its commands down a pipe, which
    is then early in other places too. A client that is one reply behind may also show it:
    it takes an earlier reply for the 221. Servers may log it and ban the address: a monitor
    of the administrator's own was banned for it.

What to do
    client: Send QUIT last, read the 221, close the connection.
    server: Ignore what follows, and close.

Example
        frame 30  C: "QUIT\r\n\r\n"             acknowledges 240
        frame 31  S: "221 2.0.0 Bye\r\n"        [240, 255)

        desync show captures/rules/SYNC109-octets-after-quit.fires.pcap --stream 0

See it in Wireshark
    Find QUIT, note its tcp.nxtseq, and look for client segments with data from there on:

        smtp.req.command == "QUIT"
        tcp.dstport == 25 && tcp.len > 0

References
    - RFC 5321, section 4.1.1.10: QUIT; section 3.8: how a session ends.
    - RFC 2920, section 3.1: QUIT may only end a group.
    - A monitor that was banned for it:
      https://github.com/nagios-plugins/nagios-plugins/issues/145
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Rule
from desync.findings.runs import Run

RULE: Final = Rule(code="SYNC109", name="octets-after-quit", severity="note", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find what the client sent behind its QUIT."""
    start, end = run.exchanges[0].prompt.start, run.exchanges[-1].prompt.end
    return of_exchanges(
        RULE,
        run.exchanges,
        message=f"{end - start} octets sent behind QUIT",
        certainty="proved" if conversation.connection.client_stream.first_gap >= end else "inconclusive",
    )

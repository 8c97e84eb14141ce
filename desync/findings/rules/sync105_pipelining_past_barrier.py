r"""SYNC105 pipelining-past-barrier

The server offers PIPELINING, but the client went on behind a command that must end a group,
before the reply to it had come.

Fires when
    The first transmission of a command acknowledges nothing of the reply to the last
    command before it that must end a group: EHLO, HELO, DATA, VRFY, EXPN, TURN, ATRN, ETRN,
    NOOP, any step of an AUTH exchange, XCLIENT before anything but another XCLIENT, BURL
    with LAST, or a verb that no specification allows inside a group. MAIL, RCPT, RSET, SEND,
    SOML, SAML, HELP, BDAT, other BURLs, XFORWARD and the end of mail data may be followed at
    once, and so may AUTH with the whole of its answer in its line (PLAIN, EXTERNAL).

    Certainty: proved by the acknowledgment number, or by the segment itself where both
    commands share one.

Does not fire when
    - The group is lawful: MAIL RCPT RCPT DATA in one segment; the final dot together with
      MAIL, RSET or QUIT; BDAT chunks behind RCPT and behind each other.
    - PIPELINING was not offered: SYNC104.
    - The client held part of the reply: SYNC102, SYNC103. It waited long first: SYNC107.
    - Mail data came before the 354: SYNC106.
    - Something follows QUIT: SYNC109. Something follows STARTTLS: TLS501.

    Not known: why. A library that batches whatever it is given, and a program that does not
    look at replies, look alike here.

Why it matters
    A command ends a group because its reply decides what may come next. Behind DATA it
    decides whether the next octets are mail data or commands; behind EHLO, which extensions
    there are; behind AUTH, whether the session may send at all; behind STARTTLS, whether
    the next octets are plain text or TLS. Servers answer with "improper command pipelining
    after DATA" (Postfix), "pipelining was advertised" (Exim), and may close the connection.

What to do
    client: End each group with one of the commands above and read all replies of the group
        before going on. NOOP may be used to end a group on purpose. Nothing may follow
        STARTTLS in its segment.
    server: Rejecting is right. Never act on octets that came in plain text behind STARTTLS.

Example
    PIPELINING was offered, but NOOP ends a group: MAIL had to wait for its reply.

        frame 8   C: "NOOP\r\n"                          acknowledges 118
        frame 9   C: "MAIL FROM:<a@example.net>\r\n"     acknowledges 118
        frame 10  S: "250 2.0.0 Ok\r\n"                  [118, 132)

        desync show captures/rules/SYNC105-pipelining-past-barrier.fires.pcap --stream 0

See it in Wireshark
    Take the frame with the command that ends the group, and the next client frame with
    data: the second one's tcp.ack is not above the tcp.seq of the reply to the first.

        smtp.req.command in {"EHLO", "DATA", "NOOP", "AUTH", "STARTTLS", "VRFY"}

References
    - RFC 2920, section 3.1: which commands may only end a group; commands of other
      extensions too, unless their specification says otherwise.
    - RFC 4954, section 4 (AUTH); RFC 4468, section 3.2 (BURL); RFC 3030 (BDAT).
    - XCLIENT and XFORWARD: https://www.postfix.org/XCLIENT_README.html and
      https://www.postfix.org/XFORWARD_README.html
    - "improper command pipelining after DATA":
      https://github.com/swiftmailer/swiftmailer/issues/1143
    - Input behind QUIT, and a monitor that was banned for it:
      https://github.com/nagios-plugins/nagios-plugins/issues/145
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import because, commands, name_of_end, of_run, reasons_of

RULE: Final = Rule(code="SYNC105", name="pipelining-past-barrier", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find commands sent in a group behind one that must end it."""
    first = run.exchanges[0]
    said, reply = commands(run.exchanges, conversation), name_of_end(conversation, first)
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{said} sent before {reply}, which ends a pipelined group",
        details={**reasons_of(run), **because(conversation, run)},
    )

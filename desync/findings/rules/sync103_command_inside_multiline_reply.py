r"""SYNC103 command-inside-multiline-reply

The client sent its next command in the middle of a reply of several lines: it had received
whole lines of it, but not the last one.

Fires when
    The first transmission of a command acknowledges one or more whole lines of the reply
    that the client had to wait for, ends exactly on a line's CRLF, and the last line of the
    reply ("250 ", with a space) is still to come.

    Certainty: proved by the acknowledgment number of the command's own segment. The last
    line cannot have been read: the client's TCP did not have it.

Does not fire when
    - All lines had been acknowledged. A client that takes the first line for the reply
      slips through here when all lines arrive in one segment; the replies that it then
      confuses show it, not this rule.
    - The acknowledgment ends inside a line: SYNC102.
    - The lines carry different codes, or the last line is missing for good: that is the
      server's doing, REPLY304 or REPLY305.
    - The capture lost the last line but the client acknowledged it: a hole, CAP903.
    - PIPELINING was offered and the command may follow in a group.

    Not known: whether the client takes one line for a reply or one segment for a reply.
    Both stop here; the first cannot be helped from the server's side, the second often can.

Why it matters
    The lines left over are read as the answer to the next command. A client that reads one
    line of a greeting of two answers EHLO with the greeting's second line and gives up:
    "EHLO rejected with code: 220". A client that takes the first segment of the EHLO reply
    for all of it may miss STARTTLS, AUTH or SIZE, and go on without them.

What to do
    client: Read on while the fourth character of the line is "-"; the reply ends with the
        line whose fourth character is a space (or which ends behind the code). Read every
        reply with one function that keeps its buffer between calls, the greeting included.
        Do not cure it by skipping a 220 where a 250 was expected: that hides the next
        fault.
    server: The replies were lawful. Write all lines of a reply with one write, without a
        pause between them. Where old devices must connect, a greeting of one line helps.

Example
        frame 4  S: "220-mx.example.org ESMTP\r\n"     [0, 26)
        frame 5  C: "EHLO app.example.net\r\n"         acknowledges 26
        frame 6  S: "220 No unsolicited mail.\r\n"     [26, 52)

        desync show captures/rules/SYNC103-command-inside-multiline-reply.fires.pcap --stream 0

See it in Wireshark
    Find the segment that brings the reply's last line and compare its tcp.nxtseq with the
    tcp.ack of the command in question: the command acknowledges less. Server segments whose
    first line says that more follow:

        tcp.srcport == 25 && tcp.payload matches "^[2-5][0-9][0-9]-"

References
    - RFC 5321, section 4.2.1: replies of several lines; section 4.3.1: wait for the reply.
    - One line read of a greeting of two: https://github.com/Notifuse/notifuse/issues/183
    - The first segment of the EHLO reply taken for all of it (GSM module):
      https://github.com/emersion/go-smtp/pull/120
    - Skipping the surplus 220: https://github.com/opencart/opencart/pull/4035
    - "354-" and "354 ", worse with a pause between them: KB 912341,
      https://mskb.pkisolutions.com/kb/912341
    - A greeting of two lines against a client library:
      https://github.com/microsoft/referencesource/issues/123
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import commands, held_details, name_of_reply, octets, of_run

RULE: Final = Rule(code="SYNC103", name="command-inside-multiline-reply", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find commands sent on whole lines of a reply, but not the last."""
    first = run.exchanges[0]
    said, reply = commands(run.exchanges, conversation), name_of_reply(conversation, first)
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{said} sent on {octets(first)} of {reply}, before its last line",
        details=held_details(conversation, run),
    )

r"""SYNC102 command-on-reply-fragment

The client took part of a line for the whole reply: it sent its next command while the line
that it was answering had not yet ended. This is the case of 1999 that desync is named for.

Fires when
    The first transmission of a command acknowledges part of a line of the reply that the
    client had to wait for, and no CRLF of it. A CR without its LF counts as part of a line.
    The rest of the reply must be in the capture, behind the acknowledged octets. The
    finding says which reply, how many octets of it the client held, the last of them in
    hex, how many were still to come, how the split came about, and whether one write per
    reply would have prevented it.

    Certainty: proved by the acknowledgment number of the command's own segment, at any
    capture point and without a clock. If that segment acknowledges less than the end of the
    reply, the client's TCP did not have the rest, so no program behind it can have read it.

Does not fire when
    - The client's acknowledgment covers octets that the capture lost: that is a hole in the
      capture (CAP903), and nothing is said about the client.
    - The same octets of the reply came twice. The acknowledgment decides, not the order of
      frames, and a command that was sent again can only acquit.
    - A server that sends one octet a second (a tarpit) is read by a client that waits for
      the end of the line: the split is noted once as REPLY301, the client is in step.
    - The client held whole lines, but not the last one: SYNC103. Held nothing: SYNC101, or
      SYNC104 to SYNC107.

    Not known: what the program did with the fragment. That it took it for the reply, and
    fell one reply behind, is a reading of what it did next, never a proof. A program that
    never waits may by chance have half a line in its kernel when it speaks; one case looks
    like this rule, only many cases tell the two apart.

Why it matters
    The rest of the line is still on its way. It is likely to be read as the answer to the
    next command, and from then on every answer may be taken for that of another command:
    mail counted as sent that was refused, or sent twice. Often the session heals by luck,
    when the rest and the next reply arrive together and are swallowed in one read; so the
    fault comes and goes with the network, with a new version of the server, with the load.

What to do
    client: Use one function to read every reply: the greeting, the reply to each command,
        the reply to the mail data. It keeps its buffer from call to call; it returns only
        when it holds a line that ends in CRLF and whose fourth character is not "-"; it
        leaves what follows in the buffer; a timeout ends the connection. What one recv()
        returns is not a reply: TCP keeps octets in order, it does not keep writes together.
    server: The replies were lawful. To spare such clients, build each reply whole, all its
        lines and their CRLF, and hand it to the kernel in one write: full buffering and one
        flush for each reply (setvbuf with _IOFBF, a buffered writer). This makes splits
        rare; it cannot rule them out, for a long reply is still cut at the segment size and
        a segment may be lost.

Example
    "220 smtp.tele.fi " is 17 octets, the last of them hex 66 69 20, with no 0d 0a. The HELO
    acknowledges exactly these 17.

        frame 4  S: "220 smtp.tele.fi "         [0, 17)
        frame 5  C: "HELO gw.example.net\r\n"   acknowledges 17
        frame 6  S: "rest of the greeting\r\n"  [17, 39)

        desync show captures/rules/SYNC102-command-on-reply-fragment.fires.pcap --stream 0

See it in Wireshark
    Wireshark shows a split reply on its last segment only, the fragment as plain TCP. Clear
    the SMTP preference that reassembles lines over several segments (smtp.desegment_lines)
    to see each piece where it is. Then compare the command's tcp.ack with the tcp.nxtseq of
    the frame that ends the reply: the smaller tcp.ack is the proof. With relative numbers
    (the default) a tcp.ack of 18 means 17 octets. Server segments that do not end a line:

        tcp.srcport == 25 && tcp.len > 0 && !(tcp.payload[-2:] == 0d:0a)

References
    - RFC 5321, section 4.3.1: the sender MUST wait for the reply; section 4.2: what a reply
      is; section 2.3.8: only CRLF ends a line.
    - RFC 9293, section 3.4: acknowledgments are cumulative; section 3.7: segment boundaries
      need not be those of writes and reads.
    - captures/ccnotes-1999.snoop: the greeting in two segments, as a capture of its time.
    - captures/incidents/postal-2026.pcap: a banner and its CRLF written apart
      (postalserver/postal, pull request 3599).
    - "250" and " OK\r\n" taken for two replies:
      https://github.com/PHPMailer/PHPMailer/issues/1683
    - The mirror image, a server that takes a segment for a command:
      https://github.com/normanmaurer/niosmtp/issues/35
    - A client that hung once small writes were no longer gathered:
      https://github.com/Exim/exim/wiki/Q0088
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import commands, held_details, name_of_reply, octets, of_run

RULE: Final = Rule(code="SYNC102", name="command-on-reply-fragment", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find commands sent on part of a line of the reply that they should have waited for."""
    first = run.exchanges[0]
    said, reply = commands(run.exchanges, conversation), name_of_reply(conversation, first)
    details = held_details(conversation, run)
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{said} sent on {octets(first)} of {reply}, in the middle of a line",
        details=details,
    )

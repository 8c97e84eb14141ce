r"""SYNC106 mail-data-before-go-ahead

The client began to send the message before it had received the 354 that allows it.

Fires when
    The first transmission of mail data acknowledges less than the end of the reply to DATA.
    PIPELINING does not help: the message must always
    wait for the 354.

    Certainty: proved by the acknowledgment number of the segment with the first octets of
    the message, or by the segment itself where DATA and mail data share one.

Does not fire when
    - The message comes by BDAT: its chunks need no 354.
    - The 354 had been acknowledged in whole: then the message may follow at once.
    - DATA was refused, the refusal had been received, and the text was sent all the same.
      That is not early; it is disobedience, and what the server makes of the text is worse.
    - A reply to DATA that came in two segments was acknowledged in part only. The fragment
      is what counts: SYNC102, SYNC103.

    Not known: whether the program looks at the reply to DATA at all. If it had waited a
    little longer by chance, nothing would show.

Why it matters
    RFC 5321 forbids it without exception, because DATA may be refused: then the server
    reads the message as commands, line by line, and answers each line. Whatever in the text
    looks like a command is carried out. Where the server says 354 all went well this time,
    and nothing in the client will keep it from going wrong the next time.

What to do
    client: Send DATA, read its reply to the end, and send the message only on 354. On any
        other code send no message text; RSET or QUIT instead.
    server: Keep refusing. Answering DATA at once makes the fault rarer, not harmless. Many
        errors in a row are a reason to close the connection with 421.

Example
        frame 14  C: "DATA\r\n"                                 acknowledges 139
        frame 15  C: "Subject: report\r\n\r\nAll is well.\r\n.\r\n"  acknowledges 139
        frame 16  S: "354 End data with <CR><LF>.<CR><LF>\r\n"  [139, 176)

        desync show captures/rules/SYNC106-mail-data-before-go-ahead.fires.pcap --stream 0

See it in Wireshark
    Compare the tcp.ack of the first segment of the message with the tcp.nxtseq of the frame
    with the 354: it is smaller.

        smtp.req.command == "DATA" || smtp.response.code == 354

References
    - RFC 5321, section 3.3: message data MUST NOT be sent unless a 354 is received.
    - RFC 2920, section 3.1: DATA ends a group; its reply must be looked at even where all
      recipients were refused.
    - RFC 3030, section 2: BDAT, which needs no 354.
    - "improper command pipelining after DATA":
      https://github.com/swiftmailer/swiftmailer/issues/1143
    - Header lines answered with 501 each, in a capture:
      https://github.com/ChangemakerStudios/Papercut-SMTP/issues/144
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import because, of_run, reasons_of

RULE: Final = Rule(code="SYNC106", name="mail-data-before-go-ahead", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find mail data sent before the server had said that it may come."""
    return of_run(
        RULE,
        conversation,
        run,
        message="mail data sent before the reply to DATA had arrived",
        details={**reasons_of(run), **because(conversation, run)},
    )

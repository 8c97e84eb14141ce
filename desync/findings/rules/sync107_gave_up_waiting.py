r"""SYNC107 gave-up-waiting

The client waited, the reply did not come, and it went on with the next command on the same
connection instead of closing it. The reply came later.

Fires when
    A command would be SYNC104 or SYNC105, but the client had been silent before it for
    longer than 200 ms and longer than three round trips to each side; and the outstanding
    reply comes afterwards. The finding says for how long the client had been silent. A
    round number (10, 30, 60 s) is most likely a timer of the client.

    Certainty: that the command was sent without the reply is proved by its acknowledgment
    number. That the client was waiting, and gave up, is read from the silence.

Does not fire when
    - The client spoke without a pause: SYNC104, SYNC105.
    - The client closed the connection after the wait. That is what it should do.
    - The reply never came: then there is none to be confused with the next one.
    - The times of the capture are unsound (CAP909): silence cannot be measured then.

    Not known: whether the server was slow, or its reply was lost on the way and had to be
    sent again. Retransmissions around the silence speak for the second.

Why it matters
    The late reply is taken for the answer to the next command, and every answer after it is
    one off. Typically the wait is behind the end of the mail data, while the server scans
    the message: it is accepted, the client believes that it failed, and sends it again; or
    the late 250 is taken for the next message's success.

What to do
    client: A timeout makes the connection unusable: close it and open another. Wait at
        least as long as RFC 5321 asks: five minutes for the greeting, MAIL and RCPT, two
        for DATA, three for each block of the message, ten for the reply behind its end.
    server: Answer the end of the mail data soon: scan before DATA is answered, or after the
        message was taken over.

Example
    30 s of silence, then MAIL on the same connection. The 250 that comes then belongs to
    the message before; the client takes it for the reply to MAIL.

        frame 20  C: "last line\r\n.\r\n"                  acknowledges 176
        frame 22  C: "MAIL FROM:<b@example.net>\r\n"       acknowledges 176, 30 s later
        frame 23  S: "250 2.0.0 Ok: queued as 1A2B3C\r\n"  [176, 208)

        desync show captures/rules/SYNC107-gave-up-waiting.fires.pcap --stream 0

See it in Wireshark
    Show the time since the previous displayed frame and look for the pause; behind it, the
    client's segment with a tcp.ack that has not grown.

        tcp.dstport == 25 && tcp.len > 0 && tcp.time_delta > 5

References
    - RFC 5321, section 4.5.3.2: the timeouts; section 4.3.1: wait for the reply.
    - 30 s behind the dot, then every reply one off:
      https://github.com/swiftmailer/swiftmailer/issues/828
    - RSET eats the late 250: https://github.com/symfony/symfony/pull/65352
    - A late 235 read as the reply to DATA: https://github.com/dinhvh/libetpan/issues/181
    - "10 seconds is a very round number":
      https://github.com/PHPMailer/PHPMailer/issues/1072
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.out_of_turn import waited
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import commands, duration, name_of_reply, of_run, reasons_of

RULE: Final = Rule(code="SYNC107", name="gave-up-waiting", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find commands sent when the client had stopped waiting for a reply."""
    first = run.exchanges[0]
    said, reply = commands(run.exchanges, conversation), name_of_reply(conversation, first)
    silence = waited(conversation, first) or 0
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{said} sent after {duration(silence)} of silence, without {reply}",
        details={**reasons_of(run), "waited_ns": silence},
    )

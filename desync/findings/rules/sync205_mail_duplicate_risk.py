r"""SYNC205 mail-duplicate-risk

A message was accepted, or may have been, and its client does not know: it will come again.

Fires when
    - The final reply accepts, and was never acknowledged: the client had closed, or reset the
      connection, or the reply was sent again and again without an answer.
    - The client waited for the final reply, gave up, and went on or closed; the reply comes
      later, or the connection ends before it. The server had the whole message.
    - The server closes the connection without a final reply.
    - The client drifted (SYNC201), and took a refusal for the reply to an accepted message.

    Where the same envelope (client, sender, recipients) comes again later, on the same
    connection or elsewhere in the archive, the finding names the frame of its MAIL. Of a
    client with very many connections the nearest later ones are looked through;
    details.not_searched counts the others.

    Certainty: consistent, never proved: an acknowledgment is the client's TCP's, and whether
    the program read what it covers cannot be seen. Inconclusive where octets are missing.

Does not fire when
    - The final reply was acknowledged, if only with the client's FIN: it had arrived.
    - The capture ends before the acknowledgment could come.
    - The client reset the connection with an acknowledgment of the reply, and had not closed
      before: it may have read it.
    - The server never acknowledged the end of the message: it cannot have accepted it.
    - The message was refused: sending it again is right.

    Not known: whether the client does send it again. Where no repeat is in the archive it may
    come from another host, later, or never.

Why it matters
    RFC 1047 described it in 1988: the recipient gets the message twice, or as often as the
    client tries. Each attempt takes as long as the one before, so a slow scan behind the end of
    a message turns one message into hundreds.

What to do
    client: Wait ten minutes for the reply to a message, as RFC 5321 asks. Close the connection
        after a wait that has timed out. Read the reply before closing.
    server: Answer the end of a message at once, or within seconds: scan before DATA is
        answered, or after the message was taken over. Never close without a reply.

Example
    The server needs 75 s; the client has closed after 60. The 250 meets a closed socket.

        frame 13  C: "Subject: report\r\n\r\nAll is well.\r\n.\r\n"  acknowledges 117
        frame 15  C: FIN, 60 s later                            acknowledges 117
        frame 17  S: "250 2.0.0 Ok: queued as 4WxYz0205\r\n"    [117, 152)
        frame 18  C: RST

        desync show captures/rules/SYNC205-mail-duplicate-risk.fires.pcap --stream 0

See it in Wireshark
    Find the last segment of the message, and whether a client segment behind it has a tcp.ack
    that covers the final reply:

        smtp.data.fragments || smtp.response.code == 250 || tcp.flags.reset == 1

References
    - RFC 1047: Duplicate messages and SMTP.
    - RFC 5321, section 4.5.3.2.6: ten minutes for the reply behind the end of the message;
      6.1: after it the server has the responsibility.
    - Postfix: "timed out while sending end of data -- message may be sent more than once".
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator, Sequence
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.receipts import receipts_of
from desync.findings.finding import Detail, Facts, Finding, Place
from desync.findings.outcome import about_transaction
from desync.findings.repeats import repeats_of
from desync.findings.reply_lost import lost_reply
from desync.findings.rule import Rule

RULE: Final = Rule(code="SYNC205", name="mail-duplicate-risk", severity="warning", blame="nobody")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:
    """Find messages that may be delivered twice."""
    if conversation.foreign is not None:
        return
    risks = [
        number for number, one in enumerate(conversation.transactions) if one.verdict == "duplicate-risk"
    ]
    if not risks:
        return
    receipts, known = receipts_of(conversation.connection), repeats_of(conversation, facts)
    for number in risks:
        one = conversation.transactions[number]
        why = lost_reply(conversation, one, receipts)
        sent = conversation.exchanges[one.exchanges[0]].sent[:1]
        place = Place(sent[0].capture, sent[0].frame) if sent else None
        repeats = known.get(place, ()) if place else ()
        beyond = facts.beyond.get(place, 0) if place else 0
        state = "accepted" if one.outcome == "accepted" else "perhaps accepted"
        named: list[Detail] = [{"capture": each.capture, "frame": each.frame} for each in repeats]
        yield about_transaction(
            RULE,
            conversation,
            number,
            message=f"a message was {state}, but {one.because}{_again(place, repeats, beyond)}",
            blame=why.blame,
            details={
                "waited_ns": why.waited,
                "repeats": named,
                **({"not_searched": beyond} if beyond else {}),
                **({"because": why.because} if why.because else {}),
            },
        )


def _again(place: Place | None, repeats: Sequence[Place], beyond: int) -> str:
    """Say where the same envelope comes again, or that not all was looked through for it."""
    if not repeats:
        return f"; {beyond} later connections of the client were not searched for it" if beyond else ""
    first = repeats[0]
    elsewhere = f" of capture {first.capture}" if place and place.capture != first.capture else ""
    return f"; the same envelope comes again in frame {first.frame}{elsewhere}"

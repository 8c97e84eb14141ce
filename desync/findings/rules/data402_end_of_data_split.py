r"""DATA402 end-of-data-split

The end of mail data, CRLF . CRLF, left the client in more than one segment.

Fires when
    The five octets of CRLF . CRLF were first sent in two or more segments: one finding for the
    connection, with the octets in each segment of the first message and the number of messages.
    A note.

    A finding of its own, an error that blames the path, where the connection then stalls
    without the final reply, as behind a Cisco PIX with "fixup protocol smtp" (CSCds90792): the
    server acknowledged the message up to its end, and never that end, though it was sent three
    times or more; or the greeting is masked with asterisks and the reply did not come within a
    minute.

    Certainty: the split is proved by the segments. The stall is consistent where the greeting
    is masked or the server still sent something while the end was sent again and again, or
    where the client waited the ten minutes of RFC 5321; inconclusive where the path may have
    failed altogether, or the server may only be slow.

Does not fire when
    - One segment carries all five octets. Where the first copy of a piece may be missing, so
      that only a retransmission cut them, it is inconclusive.
    - The message is empty: the first CRLF is that of DATA, and came before the 354.
    - No stall: the reply came, however late; or nothing but its absence speaks for a box.
    - No stall: octets of the message before its end were not acknowledged either (a cut path,
      or full-size segments that do not get through).
    - The capture shows frames above the MSS (CAP911): what looks whole may have been split.

    Not known: which box it is. That there is one, the masked greeting says.

Why it matters
    TCP may cut anywhere, and every correct server copes. Boxes that look at one segment at a
    time do not see the end of the message: they drop it, or keep the server from seeing it. The
    client waits until it times out, and sends the message again, for days, and the recipient
    may get it every time.

What to do
    client: Nothing is wrong there. Writing the end of the message together with its last octets
        avoids the split (Postfix: smtp_pix_workarounds = delay_dotcrlf).
    server: Switch the inspection off on the box in front (no fixup protocol smtp 25, no inspect
        esmtp), or update it: PIX 5.2(4) and 6.0(1) mend it.

Example
        frame 13  C: "Subject: All is well\r\n\r\nas ever\r\n"    acknowledges 117
        frame 14  C: ".\r\n"                                      acknowledges 117
        frame 15  S: "250 2.0.0 Ok: queued as 4WxYz0401\r\n"      [117, 152)

        desync show captures/rules/DATA402-end-of-data-split.fires.pcap --stream 0

See it in Wireshark
    Short client segments with a dot; behind a box they come again and again:

        tcp.dstport == 25 && tcp.len <= 5 && tcp.payload contains 2e
        tcp.analysis.retransmission && tcp.len <= 5

References
    - RFC 5321, section 4.1.1.4: the end of mail data; section 4.5.3.2.6: wait ten minutes.
    - RFC 9293, section 3.7: segment boundaries need not be those of writes.
    - Microsoft knowledge base, 295725: the end of the message in separate packets;
      Cisco bug CSCds90792: the dot and its CRLF in separate packets.
    - Postfix: "timed out while sending end of data -- message may be sent more than once".
    - A server that hung on it: https://github.com/TheFox/smtpd/pull/15
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.data_ends import octet_doubts
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Certainty, Rule
from desync.findings.stalled_data import Stall, pieces_of_end, stall_of, was_sent_again
from desync.findings.wording import counted, duration

RULE: Final = Rule(code="DATA402", name="end-of-data-split", severity="note", blame="nobody")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find ends of mail data in several segments: one finding for all, one for a stall."""
    if conversation.foreign is not None:
        return
    split = [
        (one, pieces)
        for one in conversation.exchanges
        if not one.again and len(pieces := pieces_of_end(conversation, one)) > 1
    ]
    if not split:
        return
    last, pieces = split[-1]
    stall = stall_of(conversation, last)
    if stall is not None:
        yield _stalled(conversation, last, pieces, stall)
        split.pop()
    if split:
        yield _note(conversation, [one for one, _ in split], split[0][1])


def _note(conversation: Conversation, run: list[Exchange], pieces: list[int]) -> Finding:
    first = run[0]
    doubts = octet_doubts(conversation, first.prompt.end, 0)
    if was_sent_again(conversation, first, len(pieces)):
        doubts.append("a segment of it may have been sent again, cut in another way")
    return of_exchanges(
        RULE,
        run[:1],
        message=f"the end of mail data in {len(pieces)} segments ({counted(len(run), 'message')})",
        certainty="inconclusive" if doubts else "proved",
        segments=first.sent[-len(pieces) :],
        details={
            "pieces": list(pieces),
            "messages": len(run),
            "stalled": False,
            **({"reasons": list(doubts)} if doubts else {}),
        },
        at=first.sent[-1],
    )


def _stalled(conversation: Conversation, one: Exchange, pieces: list[int], stall: Stall) -> Finding:
    certainty, reasons = _certainty(conversation, one, stall)
    what = (
        f"sent {stall.copies} times and never acknowledged"
        if stall.copies
        else "acknowledged, never answered"
    )
    waited = f" in {duration(stall.waited)}" if stall.waited is not None else ""
    masked = ", behind a masked greeting" if stall.masked else ""
    found = of_exchanges(
        RULE,
        [one],
        message=f"the end of mail data in {len(pieces)} segments, {what}{waited}{masked}",
        certainty=certainty,
        segments=one.sent[-len(pieces) :],
        details={
            "pieces": list(pieces),
            "messages": 1,
            "stalled": True,
            "copies": stall.copies,
            "waited_ns": stall.waited,
            "masked": stall.masked,
            **({"reasons": list(reasons)} if reasons else {}),
        },
        at=one.sent[-1],
    )
    return replace(found, severity="error", blame="path")


def _certainty(conversation: Conversation, one: Exchange, stall: Stall) -> tuple[Certainty, list[str]]:
    doubts = octet_doubts(conversation, one.prompt.end, conversation.connection.server_stream.length)
    if doubts:
        return "inconclusive", doubts
    if stall.copies:
        if stall.masked or stall.alive:
            return "consistent", ["a box on the path is not seen itself"]
        return "inconclusive", ["the path may have failed altogether"]
    if stall.patient:
        return "consistent", ["a box on the path is not seen itself"]
    return "inconclusive", ["the server may only be slow"]

r"""DATA401 nonstandard-end-of-data

Mail data holds what some servers take for its end, although it is none: a dot alone between
two line breaks that are not both CRLF. On this SMTP smuggling rests.

Fires when
    One of these stands in the mail data of a message, before CRLF . CRLF (details.marks says
    which, how often and where):

        LF . LF      LF . CRLF      CRLF . LF      LF . CR      CRLF . CR
        CR . CR      CR . CRLF      CR . LF        CRLF . CR CRLF    CRLF NUL . CRLF

    details.stage says what the server made of it:
        present     It read on to the standard end. A note: the text holds the mark, no more.
        accepted    It took the message there. A warning.
        answered    It read what stood behind the mark, and was sent as mail data, as commands,
                    and answered them. An error.

    Certainty: present is proved by the octets. accepted and answered are proved where a reply
    left before the server had the standard end: its own segment acknowledges the mark, and
    less than the end. Where the server had all of it when it replied, the number of replies
    says it: consistent. Inconclusive with holes in what the verdict needs.

Does not fire when
    - A line begins with a dot and goes on: CRLF . x is dot-stuffing, CRLF . . CRLF a stuffed
      dot.
    - The mark has its dot doubled, as a client does that counts LF as a line break.
    - The mark stands in a BDAT chunk, where no dot ends anything.
    - A CR is the last octet captured behind the dot: an LF may have followed.
    - The server replied late, or refused the message: present, not accepted.
    - The octets lie in a stretch of long mail data that is not looked at; what stands around
      a dot alone is always looked at, unless a NUL stands beside it.

    Not known: who wrote the mark. A client that stuffs dots by its own line breaks cannot let
    CRLF . LF through from the text of a message: that one it made itself. Nor what another
    server behind this one will make of a mark that is only present.

Why it matters
    Where the sending server lets a mark through that the receiving one ends the message at,
    the text behind it runs as commands: whoever wrote the message sends another one in the
    name of the sending server, with its address and its DKIM and SPF standing. Both are at
    fault: the client must not send a bare CR or LF, the server must not end at it.

What to do
    client: Send CRLF only. Turn bare line breaks of a message into CRLF, or refuse the message,
        before dots are stuffed.
    server: End mail data at CRLF . CRLF only. Postfix: smtpd_forbid_bare_newline = normalize
        (the default since 3.9). Exim 4.97.1, Sendmail 8.18 and aiosmtpd 1.4.5 mend it.

Example
    The mark and the commands behind it came in one segment; five replies left for one message.

        frame 13  C: "... because\n.\nMAIL FROM:<root@..."       acknowledges 117
        frame 14  S: "250 2.0.0 Ok: queued as 4WxYz0401\r\n"    [117, 152)
        frame 15  S: "250 2.1.0 Ok\r\n"                         [152, 166)
        frame 16  S: "250 2.1.5 Ok\r\n"                         [166, 180)

        desync show captures/rules/DATA401-nonstandard-end-of-data.fires.pcap --stream 0

See it in Wireshark
    Client segments with a dot between bare line feeds, then count the replies behind:

        tcp.dstport == 25 && tcp.payload contains 0a:2e:0a
        smtp.response.code

References
    - RFC 5321, section 4.1.1.4: no server may end mail data at LF . LF; 2.3.8: no bare CR, LF.
    - SMTP smuggling:
      https://sec-consult.com/blog/detail/smtp-smuggling-spoofing-e-mails-worldwide/
    - CVE-2023-51764 (Postfix), CVE-2023-51765 (Sendmail), CVE-2023-51766 (Exim),
      CVE-2024-27305 (aiosmtpd).
    - https://www.postfix.org/smtp-smuggling.html
    - What is not smuggling: https://www.postfix.org/false-smuggling-claims.html
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.certainty import first_unforced
from desync.findings.data_ends import DataEnd, Stage, data_ends, octet_doubts
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Blame, Certainty, Rule, Severity
from desync.findings.wording import counted
from desync.smtp.marks import name_of_mark

RULE: Final = Rule(code="DATA401", name="nonstandard-end-of-data", severity="error", blame="server")

MOST_NAMED: Final = 10
"""Offsets and answered lines named in one finding; the number of all of them is given beside."""

_WEIGHT: Final[dict[Stage, tuple[Severity, Blame]]] = {
    "present": ("note", "client"),
    "accepted": ("warning", "server"),
    "answered": ("error", "server"),
}


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find non-standard ends in mail data: one finding for each message."""
    for end in data_ends(conversation):
        certainty, reasons = _certainty(conversation, end)
        client = conversation.connection.client_stream
        mark = end.taken or end.marks[0]
        carriers = [one for _, _, one in client.carriers(mark.start, mark.end)]
        severity, blame = _WEIGHT[end.stage]
        found = of_exchanges(
            RULE,
            [end.exchange, *end.lines],
            message=_message(end),
            certainty=certainty,
            segments=[*carriers, *(reply_segments(conversation, *end.reply.octets) if end.reply else ())],
            details={**_details(end), **({"reasons": list(reasons)} if reasons else {})},
            at=carriers[-1] if carriers else None,
        )
        yield replace(found, severity=severity, blame=blame)


def _message(end: DataEnd) -> str:
    kinds = sorted({mark.name for mark in end.marks})
    which = end.taken.name if end.taken else " or ".join(kinds)
    if end.stage == "present":
        return f"mail data holds {counted(len(end.marks), 'non-standard end')} ({', '.join(kinds)})"
    if end.stage == "accepted":
        return f"the server took {which} for the end of the message{_early(end)}"
    verbs = list(dict.fromkeys(one.prompt.verb for one in end.lines if one.prompt.verb))[:4]
    answered = sum(1 for one in end.lines if one.reply is not None)
    named = f" ({', '.join(verbs)})" if verbs else ""
    return (
        f"the server took {which} for the end of the message{_early(end)} and answered "
        f"{counted(answered, 'prompt')} behind it in the client's mail data{named}"
    )


def _early(end: DataEnd) -> str:
    if not end.early:
        return ""
    return " although it had no standard end" if end.standard is None else " before it had the standard end"


def _details(end: DataEnd) -> dict[str, Detail]:
    count = Counter(mark.octets for mark in end.marks)
    obeyed = [one for one in end.lines if one.reply is not None and one.reply.is_positive]
    return {
        "stage": end.stage,
        "marks": {name_of_mark(octets): number for octets, number in sorted(count.items())},
        "offsets": [mark.start for mark in end.marks[:MOST_NAMED]],
        "taken": end.taken.name if end.taken else None,
        "offset": end.taken.start if end.taken else None,
        "standard_end": end.standard,
        "before_standard_end": end.early,
        "final_code": end.reply.code if end.reply is not None else None,
        "commands": sum(1 for one in end.lines if one.prompt.verb),
        "lines": len(end.lines),
        "replies": sum(1 for one in end.lines if one.reply is not None),
        "obeyed": len(obeyed),
        "obeyed_as": [
            {"exchange": one.index, "verb": one.prompt.verb, "code": one.reply_code}
            for one in obeyed[:MOST_NAMED]
        ],
        "blames": ["client"] if end.stage == "present" else ["client", "server"],
    }


def _certainty(conversation: Conversation, end: DataEnd) -> tuple[Certainty, list[str]]:
    missing = _missing(conversation, end)
    if missing:
        return "inconclusive", missing
    if first_unforced(conversation) < end.exchange.index:
        return "consistent", ["which reply answers which command is not certain"]
    data = conversation.exchanges[end.exchange.index - 1]
    if data.reply is None and end.reply is None:
        return "consistent", ["no reply says that it was mail data"]
    if end.stage != "present" and end.reply is not end.exchange.reply:
        return "consistent", ["the early reply may be one too many, and the mark text"]
    if end.stage != "present" and not end.early:
        what = "the client's FIN" if end.standard is None else "the standard end"
        return "consistent", [f"the server had {what} as well when it replied"]
    return "proved", []


def _missing(conversation: Conversation, end: DataEnd) -> list[str]:
    """What stands against a verdict of this stage in the octets that it needs."""
    if end.stage == "present":
        data = conversation.exchanges[end.exchange.index - 1].reply
        return octet_doubts(conversation, end.marks[0].end, data.octets[1] if data is not None else 0)
    replies = [one.reply for one in (end.exchange, *end.lines) if one.reply is not None]
    replies += [end.reply] if end.reply is not None else []
    # Where no standard end is seen, a hole anywhere behind may hold one.
    client_end = conversation.connection.client_stream.length if end.standard is None else end.standard
    return octet_doubts(conversation, client_end, max((one.octets[1] for one in replies), default=0))

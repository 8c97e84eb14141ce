r"""TLS503 starttls-masked

The reply to EHLO has a keyword of eight letters X, or seven and one more letter, where a
server says STARTTLS: a box in the path wrote over the offer, and the mail goes unencrypted.

Fires when
    A line of a positive EHLO or LHLO reply is a keyword XXXXXXXX or XXXXXXXA (any last letter),
    without parameters, and no line of that reply says STARTTLS. Boxes that inspect SMTP do not
    change the length of a packet; they write X over what they do not want to pass.

    Certainty: consistent. The pattern is that of the box; STARTTLS is the usual keyword of
    eight letters that they mask, but CHUNKING, 8BITMIME and SMTPUTF8 are as long. Where one of
    them is offered by its name, it was not it. Inconclusive where a part of the reply is not in
    the capture: STARTTLS may stand there.

Does not fire when
    - STARTTLS stands in the same reply by its name.
    - BINARYMIME is offered by its name and CHUNKING is not: one mask of eight letters is that
      of CHUNKING, which a server must offer with it (RFC 3030, section 3). So it is with the
      Exchange servers that have no certificate.
    - The keyword is a longer or shorter run of X: then it was another one, PATH602.
    - It is a known extension that begins with X: XCLIENT, XFORWARD, X-EXPS, XVERB.
    - The offer was taken out altogether. From one side that looks like a server without TLS;
      captures of both sides show it.

    Not known: what the server really said, and on which side of the capture the box is: look at
    the same reply at the server.

Why it matters
    The client sees no offer of TLS, and sends the message, and often its password, in plain
    text; or it refuses to send at all where TLS is required (DANE, MTA-STS).

What to do
    client: Require TLS for receivers that publish it, so that mail waits instead of going in
        plain text.
    server: Let the firewall pass SMTP uninspected: on a Cisco PIX or ASA "no fixup protocol
        smtp 25" or "no inspect esmtp", or "allow-tls" in its policy map.

Example
    The second line said STARTTLS when it left the server.

        frame 6   S: "250-mx.example.org\r\n250-XXXXXXXA\r\n250 8BITMIME\r\n" [32, 80)
        frame 7   C: "MAIL FROM:<anna@example.net>\r\n"         no STARTTLS

        desync show captures/rules/TLS503-starttls-masked.fires.pcap --stream 0

See it in Wireshark
    Replies to EHLO with a masked keyword:

        smtp.rsp.parameter matches "^X{7}[A-Z]$"

References
    - RFC 3207, section 2: the keyword; section 6: an attacker can take the offer out.
    - Cisco, document 113423, "SMTP and ESMTP Connections with ASA Inspection": what is not
      allowed is replaced by X.
    - Cisco ASA firewall guide, "SMTP and Extended SMTP Inspection": encrypted connections are
      not allowed by default, and other keywords of the EHLO reply are masked.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule
from desync.findings.starttls import keywords, masked_offers
from desync.smtp.reply import Reply

RULE: Final = Rule(code="TLS503", name="starttls-masked", severity="warning", blame="path")

_AS_LONG: Final = (b"CHUNKING", b"8BITMIME", b"SMTPUTF8")
"""Other keywords of eight letters that the mask may hide (RFC 3030, RFC 6152, RFC 6531)."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find offers of STARTTLS that a box wrote over; one finding for a connection."""
    for one in conversation.exchanges:
        if one.prompt.verb not in ("EHLO", "LHLO") or one.reply is None or one.reply_code != 250:
            continue
        masks = masked_offers(one.reply)
        if masks:
            yield _finding(conversation, one, one.reply, masks[0])
            return


def _finding(conversation: Conversation, one: Exchange, reply: Reply, number: int) -> Finding:
    words = keywords(reply)
    mask = words[number].decode("ascii")
    others = [word.decode() for word in _AS_LONG if word not in words]
    reasons = [] if reply.whole and reply.complete else ["a part of the EHLO reply was not captured"]
    details: dict[str, Detail] = {"exchange": one.index, "keyword": mask, "may_be_instead": others}
    return of_reply(
        RULE,
        conversation,
        reply,
        message=f"the EHLO reply offers {mask}: a keyword as long as STARTTLS was written over on the way",
        certainty="inconclusive" if reasons else "consistent",
        details={**details, **({"reasons": list(reasons)} if reasons else {})},
    )
